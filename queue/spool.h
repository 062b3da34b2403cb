/*
 * spool - the queue as queue-manager sees it: the only mover of its files.
 *
 * All calls are relative to directories opened once.  Nothing here needs an
 * fsync: FORMAT.md says why each state found after a power cut is a good one.
 */
#ifndef QUEUE_SPOOL_H
#define QUEUE_SPOOL_H

#include "queue/id.h"
#include "queue/message.h"
#include "queue/note.h"
#include "queue/sweep.h"

#include <dirent.h>
#include <sys/types.h>

/* A drop box and what its place allows; SECURITY.md: provenance is a place. */
struct box {
	const char *name;
	const char *user;  /* the producer, without the users prefix */
	bool needs_login;  /* its messages carry an account and a passport */
	bool takes_once;   /* its ids may be of the once form */
	char once_prefix;  /* which one */
};
extern const struct box boxes[];
enum { BOX_COUNT = 7 };

/* The file in spent/ that new marks are links to. */
struct spool_mark {
	char id[QUEUE_ID_MAX + 1]; /* its first name; empty: there is none */
	uint64_t made_s;           /* its mtime */
};

/* A mark's age is that of its file, for all its names share one inode: so it
 * gets names for an hour only, and an hour is added to what is promised. */
enum { MARK_SERVES_S = 3600, SPENT_KEEP_S = 30 * 24 * 3600 + MARK_SERVES_S };

struct spool {
	int box_fd[BOX_COUNT];
	uid_t producer[BOX_COUNT];
	int active_fd, note_fd, spent_fd, corrupt_fd, torn_fd;
	struct sweep sweep; /* for its owner to start and flush */
	struct spool_mark mark;
};

/* Opens the directories.  prefix is the users' ("ph"), or NULL when all
 * programs run as the caller.  0, or -1 with errno; *what names the culprit. */
int spool_open(struct spool *spool, const char *prefix, const char **what);

enum spool_taken {
	SPOOL_TAKEN,      /* now in active/; fd and envelope are filled in */
	SPOOL_GONE,       /* no such file any more */
	SPOOL_UNFINISHED, /* its writer is at work, or it is too young to say */
	SPOOL_ABORTED,    /* no length; removed or moved to corrupt/torn */
	SPOOL_AGAIN,      /* a once id that was here before: removed */
	SPOOL_LEFT,       /* a newer format, or not ours to move: left */
	SPOOL_LATER,      /* an error that may pass: left for the next look */
	SPOOL_CORRUPT,    /* moved to corrupt/ */
	SPOOL_REMOVED     /* no regular file, so no letter: removed */
};

struct spool_letter {
	struct envelope envelope;
	int fd;           /* O_RDONLY, the caller's to close */
	size_t head_len;
	const char *why;  /* for SPOOL_LEFT, _LATER, _CORRUPT, _REMOVED */
};

/* Takes one file out of a box.  was_closed: its writer just closed it (else:
 * found by a scan). */
enum spool_taken spool_take(struct spool *spool, size_t box, const char *name,
    bool was_closed, struct spool_letter *letter);

/* Opens and reads a message in active/.  SPOOL_TAKEN, SPOOL_GONE, SPOOL_LEFT
 * (unknown version, unreadable), SPOOL_LATER or SPOOL_CORRUPT (moved there). */
enum spool_taken spool_read(struct spool *spool, const char *id,
    struct spool_letter *letter);

/* Locks a message in active/: through fd, where it is open already, or -1.
 * Its descriptor, or -1 with errno (and fd is closed): EWOULDBLOCK when a
 * worker of an earlier manager still has it. */
int spool_lock(struct spool *spool, const char *id, int fd);

/* Moves a message from active/ to corrupt/; its note goes.  0 or -1, errno. */
int spool_give_up(struct spool *spool, const char *id);

/* Removes a finished message and its note; a once id is remembered. */
int spool_finish(struct spool *spool, const char *id, bool has_note);

/* Makes the fan folder of a path ("./6q/6qw5...") below dir_fd.  0 or -1. */
int spool_make_fan(int dir_fd, const struct str *path);

/* Notes.  0, or -1 with errno (ENOENT, or EPROTO for a torn one). */
int spool_note_read(struct spool *spool, const char *id, struct note *note);
int spool_note_write(struct spool *spool, const char *id, struct slice note);
void spool_note_remove(struct spool *spool, const char *id);
/* Makes the note durable, for those few that hold a promise. */
int spool_note_sync(struct spool *spool, const char *id);
/* Adds lines of note_encode_change.  When this fails, the note is to be
 * written anew before anything else is added. */
int spool_note_append(struct spool *spool, const char *id,
    struct slice changes);

/* Calls found for every id in active/ (fan-out folders are read in turn), and
 * removes notes without a message.  0 or -1, errno. */
int spool_list(struct spool *spool,
    void (*found)(void *context, const char *id), void *context);

/* Calls found for every name in a box.  0 or -1, errno. */
int spool_list_box(struct spool *spool, size_t box,
    void (*found)(void *context, const char *name), void *context);

/* Marks of once ids in spent/: is there one; make one (0, or -1 with errno). */
bool spool_is_spent(struct spool *spool, const char *id);
int spool_mark_spent(struct spool *spool, const char *id);

/* Removes what is old: spent ids of 30 days, torn files of 7. */
void spool_prune(struct spool *spool);

#endif
