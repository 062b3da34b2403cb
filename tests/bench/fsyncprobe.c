/*
 * fsyncprobe - how many durable files a second the disk takes.
 *
 *   fsyncprobe DIR PROCESSES FILES BYTES
 *
 * The processes share the files between them.  Each is created in DIR/tmp,
 * written, fsynced and renamed into DIR/new, and DIR/new is fsynced: a letter
 * kept with nothing around it.  Prints files per second.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct probe {
	int tmp_fd, new_fd;
	char *bytes;
	size_t len;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void
die(const char *what)
{
	perror(what);
	_exit(111);
}

static int
open_dir(int parent_fd, const char *name)
{
	int fd;

	(void)mkdirat(parent_fd, name, 0700);
	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		die(name);
	return fd;
}

static void
keep(const struct probe *probe, const char *name)
{
	int fd = openat(probe->tmp_fd, name, O_WRONLY | O_CREAT | O_EXCL,
	    0600);

	if (fd < 0)
		die(name);
	if (write(fd, probe->bytes, probe->len) != (ssize_t)probe->len ||
	    fsync(fd) < 0 || close(fd) < 0)
		die("write");
	if (renameat(probe->tmp_fd, name, probe->new_fd, name) < 0 ||
	    fsync(probe->new_fd) < 0)
		die("rename");
}

static void
start(const struct probe *probe, long process, long files)
{
	char name[64];
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return;
	for (long i = 0; i < files; i++) {
		snprintf(name, sizeof name, "%ld.%ld", process, i);
		keep(probe, name);
	}
	_exit(0);
}

int
main(int argc, char *argv[])
{
	struct probe probe;
	long processes, files;
	int status, bad = 0;
	double begin;

	if (argc != 5 || (processes = atol(argv[2])) < 1 ||
	    (files = atol(argv[3])) < processes || atol(argv[4]) < 1) {
		fprintf(stderr, "usage: fsyncprobe DIR PROCESSES FILES "
		    "BYTES\n");
		return 100;
	}
	probe.tmp_fd = open_dir(open_dir(AT_FDCWD, argv[1]), "tmp");
	probe.new_fd = open_dir(open_dir(AT_FDCWD, argv[1]), "new");
	probe.len = (size_t)atol(argv[4]);
	probe.bytes = calloc(1, probe.len);
	if (!probe.bytes)
		die("memory");
	begin = now();
	for (long i = 0; i < processes; i++)
		start(&probe, i, files / processes + (i < files % processes));
	while (wait(&status) > 0)
		bad |= status;
	printf("%.0f\n", (double)files / (now() - begin));
	return bad ? 111 : 0;
}
