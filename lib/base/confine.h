/*
 * confine - a program locks itself in: no_new_privs, Landlock, seccomp.
 *
 * Each program has one const table that says, like pledge and unveil, what it
 * still needs after its last open.  Landlock governs files; what Landlock
 * cannot see (network, connect, kill, ptrace, chmod) seccomp forbids.  Paths
 * are directories, never files: a replaced CDB is a new file.
 */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

/* Promises: what the system-call filter lets pass.  Every program may read,
 * write, map memory, tell the time, wait and exit. */
enum confine_promise {
	MAY_OPEN = 1 << 0,    /* open and stat files (which: the paths below) */
	MAY_CREATE = 1 << 1,  /* fsync, ftruncate, mkdir, flock, fallocate */
	MAY_RENAME = 1 << 2,  /* rename and unlink */
	MAY_FORK = 1 << 3,    /* fork, wait for and signal own children, and
	                       * make pairs of sockets to talk to them */
	MAY_ACCEPT = 1 << 4,  /* accept on inherited listeners */
	MAY_LOCAL = 1 << 5,   /* Unix packet sockets: socket, connect */
	MAY_PASS = 1 << 6,    /* sendmsg and recvmsg, with descriptors */
	MAY_WATCH = 1 << 7,   /* inotify, epoll, timerfd, signalfd */
	MAY_CONNECT = 1 << 8, /* Internet sockets: socket, connect */
	/* For who holds a stranger's connection: as MAY_LOCAL, and the same
	 * with datagrams, but only where the path is shorter than an address
	 * of the Internet, so that the stranger's socket cannot be connected
	 * to another host.  (sendmsg may give a datagram a path of any
	 * length: no filter sees it.) */
	MAY_ASK = 1 << 9,
	MAY_SEND = 1 << 10,
	MAY_SYNC = 1 << 11,   /* syncfs: the whole disk waits for it */
	MAY_LINK = 1 << 12    /* linkat: a second name for a file */
};

enum { CONFINE_PATH_MAX = 13 }; /* of MAY_ASK and MAY_SEND */

/* Rights below a directory. */
enum confine_right {
	DIR_READ = 1 << 0,   /* open for reading, list */
	DIR_ADD = 1 << 1,    /* create files and write to them */
	DIR_CHANGE = 1 << 2  /* all of it: rename, remove, make directories */
};

struct confine_path {
	const char *path; /* relative to the instance; NULL ends the table */
	unsigned rights;
};

struct confine {
	unsigned promises;
	const struct confine_path *paths; /* NULL: no files at all */
};

/* Locks this process and all its children in, now and for good.  What a
 * library reads at its first use (time zones, OpenSSL's settings, users) must
 * have been used before.  Ends the program when the kernel refuses (a path
 * that is missing included); a kernel without Landlock is logged once and gets
 * seccomp alone. */
void confine(const struct confine *needs);

/* For a parent whose children need less than itself: prepares the child's
 * Landlock domain (the paths alone) once, before confine() ... */
int confine_prepare(const struct confine_path *paths);

/* ... and puts the calling child into it, which makes no children of its own
 * (unless it is root's).  domain_fd is what confine_prepare gave (-1: this
 * kernel has none).  Ends the program when refused. */
void confine_enter(int domain_fd);

#endif
