/*
 * unit_folder - folders for the cases of a unit test, gone when it is over.
 *
 * The tear-down of a case that fails, or whose test is told to end or killed,
 * is never reached.  So they all lie in one, and a process that nobody else
 * knows removes that when the test is over, in whatever way.
 */
#ifndef TESTS_UNIT_UNIT_FOLDER_H
#define TESTS_UNIT_UNIT_FOLDER_H

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The folder of all folders, and the newest in it. */
static char unit_home[64], unit_path[sizeof unit_home + 8];

struct unit_sweeper {
	pid_t pid;
	int over_fd; /* a byte, or its end: the test is over */
};

static inline int
unit_remove_one(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void
unit_remove(const char *path)
{
	nftw(path, unit_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline _Noreturn void
unit_sweep(int over_fd)
{
	char byte;

	setsid(); /* who ends the test ends its process group */
	(void)!read(over_fd, &byte, 1);
	unit_remove(unit_home);
	_exit(EXIT_SUCCESS);
}

static inline struct unit_sweeper
unit_sweeper_begin(void)
{
	struct unit_sweeper sweeper = {0};
	int ends[2];

	/* in memory where that is possible: a queue is a thousand folders */
	snprintf(unit_home, sizeof unit_home, "%s/posthouse-unit.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(unit_home) || pipe2(ends, O_CLOEXEC) < 0 ||
	    (sweeper.pid = fork()) < 0) {
		perror("cannot make a folder for the test");
		exit(EXIT_FAILURE);
	}
	if (sweeper.pid == 0) {
		close(ends[1]);
		unit_sweep(ends[0]);
	}
	close(ends[0]);
	sweeper.over_fd = ends[1];
	return sweeper;
}

static inline void
unit_sweeper_end(struct unit_sweeper sweeper)
{
	(void)!write(sweeper.over_fd, "", 1);
	close(sweeper.over_fd);
	waitpid(sweeper.pid, NULL, 0);
}

/* A new folder; its name holds until the next. */
static inline const char *
unit_folder(void)
{
	snprintf(unit_path, sizeof unit_path, "%s/XXXXXX", unit_home);
	ck_assert_ptr_nonnull(mkdtemp(unit_path));
	return unit_path;
}

/* The working directory becomes a new folder. */
static inline void
unit_folder_enter(void)
{
	ck_assert_int_eq(chdir(unit_folder()), 0);
}

/* Files, folders and all, directly in a folder. */
static inline size_t
unit_count(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	ck_assert_ptr_nonnull(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		count += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return count;
}

#endif
