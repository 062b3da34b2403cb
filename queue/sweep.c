/* sweep - removes finished messages in a process of its own; see sweep.h. */
#include "queue/sweep.h"

#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "queue/id.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Ids travel in slots of one size, and never more of them at once than a
 * pipe takes whole: so each read begins and ends with a slot. */
enum { SLOT = 32, FULL = PIPE_BUF,
	/* What a pipe holds, and what was read from it last. */
	GIVEN = 64 * 1024 + FULL };
_Static_assert((int)QUEUE_ID_MAX < SLOT, "an id has room in a slot");

static const struct confine_path paths[] = {
	{"queue/active", DIR_CHANGE},
	{0}
};
static const struct confine needs = {MAY_RENAME, paths};

static void
remove_message(int active_fd, const char *id)
{
	struct str path = {0};

	queue_id_path(&path, ".", slice_of(id));
	if (unlinkat(active_fd, str_c(&path), 0) < 0 && errno != ENOENT)
		log_event("alarm", "id", id, "why",
		    "delivered, but cannot be removed", "error",
		    strerror(errno), NULL);
	str_free(&path);
}

static void
remove_all(int active_fd, struct slice ids)
{
	for (size_t at = 0; at + SLOT <= ids.len; at += SLOT)
		remove_message(active_fd, ids.s + at);
}

static _Noreturn void
serve(int active_fd, int from_fd)
{
	char ids[FULL];
	ssize_t n;

	confine(&needs);
	while ((n = read(from_fd, ids, sizeof ids)) > 0)
		remove_all(active_fd, slice_make(ids, (size_t)n));
	_exit(EXIT_DONE);
}

/* Held by the sweeper alone, as long as it lives. */
static int
take_turn(int active_fd)
{
	int fd = openat(active_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
start(struct sweep *sweep, int active_fd)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		serve(active_fd, ends[0]);
	}
	close(ends[0]);
	sweep->fd = ends[1];
	/* A sweeper that is gone is an error of write, not our end. */
	signal(SIGPIPE, SIG_IGN);
	return pid < 0 ? -1 : fcntl(sweep->fd, F_SETFL, O_NONBLOCK);
}

int
sweep_start(struct sweep *sweep, int active_fd)
{
	int turn_fd = take_turn(active_fd);
	int result;

	if (turn_fd < 0)
		return -1;
	result = start(sweep, active_fd);
	close(turn_fd);
	return result;
}

void
sweep_add(struct sweep *sweep, int active_fd, const char *id)
{
	char slot[SLOT] = {0};

	snprintf(slot, sizeof slot, "%s", id);
	str_add(&sweep->ids, slot, sizeof slot);
	if (sweep->ids.len == FULL)
		sweep_flush(sweep, active_fd);
}

static void
remember(struct sweep *sweep, struct slice ids)
{
	str_add_slice(&sweep->given, ids);
	if (sweep->given.len < 2 * GIVEN)
		return;
	memmove(sweep->given.s, sweep->given.s + sweep->given.len - GIVEN,
	    GIVEN);
	sweep->given.len = GIVEN;
}

/* It was killed; nobody else removes what it had not come to. */
static void
clear_up(struct sweep *sweep, int active_fd)
{
	log_event("alarm", "why", "the sweeper is gone: finished messages are "
	    "removed without it until queue-manager is started again", NULL);
	remove_all(active_fd, str_slice(&sweep->given));
	str_free(&sweep->given);
	sweep_let_go(sweep);
}

void
sweep_flush(struct sweep *sweep, int active_fd)
{
	struct slice ids = str_slice(&sweep->ids);

	if (!ids.len)
		return;
	if (write(sweep->fd, ids.s, ids.len) == (ssize_t)ids.len) {
		remember(sweep, ids);
	} else {
		if (errno == EPIPE)
			clear_up(sweep, active_fd);
		remove_all(active_fd, ids);
	}
	str_clear(&sweep->ids);
}

void
sweep_let_go(struct sweep *sweep)
{
	if (sweep->fd >= 0)
		close(sweep->fd);
	sweep->fd = -1;
}
