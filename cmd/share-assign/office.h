/*
 * office - a manager's mailbox, and what is moved about in it.
 *
 * The mailbox belongs to a mail user: any file in it may be a link, a pipe,
 * or gone the next moment.  Nothing in it is believed but what queue-manager
 * has sealed.
 */
#ifndef SHARE_ASSIGN_OFFICE_H
#define SHARE_ASSIGN_OFFICE_H

#include "control/share.h"

/* What all offices share; main's. */
struct tools {
	struct config config;   /* cdb/routing */
	struct str me;          /* name of this host */
	uint64_t databytes;     /* of a letter; 0: no limit */
	uint64_t minfree_bytes;
	unsigned minfree_percent;
	int mail_fd, box_fd;    /* mail/, queue/drop/local */
	int watch_fd;           /* inotify; -1: there is none */
	struct watch *watches;
	size_t watches_len, watches_cap;
	bool lacks_watches;     /* that was logged */
};

/* A watched directory. */
struct watch {
	int wd;
	bool has_dirs; /* a mailbox or a folder; else its new/ or cur/ */
	struct office *office;
};

/* One of the staff. */
struct person {
	struct str part;   /* of the folder "Assign.PART" */
	struct str account;
};

struct office {
	struct str domain, manager;
	struct str mailbox; /* "DOMAIN/LOCAL" below mail/ */
	struct person *people;
	size_t len, cap;
	bool has_audit;     /* some letters wait for an approval */

	/* ---- house.c ---- */
	uint64_t next_ms;   /* when it is looked through again */
	unsigned failures;  /* in a row */
	bool is_alarmed;    /* its trouble was logged */
};

/* Fills it from the tables.  False: nobody manages this domain. */
bool office_load(struct tools *tools, struct slice domain,
    struct office *office);
void office_free(struct office *office);

/* What a look through an office comes to. */
enum scan {
	SCAN_DONE,
	SCAN_MORE, /* go on at once, after the others */
	SCAN_AGAIN /* something is in the way: look again in a while */
};

/* Makes and subscribes folders that are missing, has them watched, and deals
 * with the letters in them. */
enum scan office_scan(struct tools *tools, struct office *office);

/* house.c: has a directory watched for this office.  Without inotify, or when
 * it has no more watches, the look every minute has to do. */
void tools_watch(struct tools *tools, struct office *office,
    const char *path, uint32_t what);

/* The account that a folder "Assign.PART" means, in *to.  False: nobody. */
bool office_whose(struct tools *tools, const struct office *office,
    struct slice part, struct str *to);

#endif
