/* home - the instance and readiness; see home.h. */
#include "lib/base/home.h"

#include "lib/base/die.h"
#include "lib/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *
home_path(void)
{
	const char *home = getenv("POSTHOUSE_HOME");

	return home && *home ? home : "/var/posthouse";
}

/* Started without a supervisor nobody holds READY_FD, and the next open would
 * get it: ready() must not write into a socket of ours. */
static void
keep_ready_fd(void)
{
	int fd;

	if (fcntl(READY_FD, F_GETFD) >= 0 || errno != EBADF)
		return;
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && fd != READY_FD) {
		(void)dup3(fd, READY_FD, O_CLOEXEC);
		close(fd);
	}
}

/* The folder of the tables is one that people stand in, and every instance
 * has it. */
static void
die_without_control(void)
{
	struct slice home = slice_of(home_path()), parent = home;

	while (parent.len > 1 && parent.s[parent.len - 1] != '/')
		parent.len--;
	if (slice_is(slice_after(home, parent.len), "control"))
		die_perm("no instance in %s: name the folder above it with "
		    "-d %.*s", home_path(), (int)parent.len, parent.s);
	die_perm("no instance in %s: make one there with posthouse init, or "
	    "name another with -d HOME", home_path());
}

void
home_enter(void)
{
	keep_ready_fd();
	if (chdir(home_path()) == 0) {
		if (access("control", F_OK) < 0 && errno == ENOENT)
			die_without_control();
		return;
	}
	if (errno == ENOENT || errno == ENOTDIR)
		die_without_control();
	die_temp("cannot enter %s (every folder on the way must be open to "
	    "the system's users, mode 755)", home_path());
}

gid_t
home_group(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		die_temp("cannot examine %s", path);
	return st.st_gid;
}

int
home_user(const char *prefix, const char *role, uid_t *uid)
{
	struct str name = {0};
	const struct passwd *user;

	*uid = geteuid();
	if (!prefix)
		return 0;
	str_addf(&name, "%s%s", prefix, role);
	user = getpwnam(str_c(&name));
	str_free(&name);
	if (!user) {
		errno = ENOENT;
		return -1;
	}
	*uid = user->pw_uid;
	return 0;
}

bool
home_is_user(const char *prefix, const char *name)
{
	static const char *const roles[] = {"smtp", "subm", "relay", "submit",
		"auth", "key", "queue", "mail", "log", "remote", "isp", "pop",
		"share", "etrn", "call"};

	if (!prefix || !slice_starts(slice_of(name), prefix))
		return false;
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (!strcmp(name + strlen(prefix), roles[i]))
			return true;
	return false;
}

void
ready(void)
{
	struct stat st;

	/* started by hand there is none, and 3 is some file of ours */
	if (fstat(READY_FD, &st) < 0 || !S_ISFIFO(st.st_mode))
		return;
	if (write(READY_FD, "\n", 1) == 1)
		close(READY_FD);
}
