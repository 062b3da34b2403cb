/* desk - the managers' mailboxes, for the commands of posthouse share. */
#ifndef POSTHOUSE_SHARE_DESK_H
#define POSTHOUSE_SHARE_DESK_H

#include "control/share.h"
#include "lib/mail/charset.h"
#include "lib/mail/letter_top.h"
#include "lib/mail/maildir_letter.h"

struct desk_settings {
	struct str me, users;
};

struct desk {
	struct config config;
	struct desk_settings settings;
	struct charsets charsets;
	int mail_fd;
	struct strs waiting; /* ids of letters that wait for an approval ... */
	bool knows_waiting;  /* ... if queue-manager has answered */
};

/* One manager's mailbox, while it is looked through. */
struct drawer {
	struct desk *desk;
	struct str domain, manager;
	int fd;
};

/* A letter in it, as far as it was read. */
struct paper {
	const struct drawer *drawer;
	const struct maildir_letter *file;
	const struct letter_top *top;
	struct slice header; /* of the message, or what of it was read */
	struct slice key;    /* by which commands know it: its queue id, or
	                      * the time it got its name */
};

/* Reads tables and settings, becomes the user who owns mail/, and locks
 * itself in.  Ends the program when that fails. */
void desk_open(struct desk *desk);

/* Asks queue-manager which letters wait: root may, so before desk_open. */
void waiting_load(struct desk *desk);

/* Does this one, or does nobody know? */
bool waiting_has(const struct desk *desk, struct slice id);

/* Goes through the mailboxes of all managers, or those of one domain, until
 * visit() says false. */
void desk_each(struct desk *desk, struct slice domain,
    bool (*visit)(void *context, const struct drawer *drawer), void *context);

/* Goes through the letters of a folder ("Approve"; "": the INBOX) until
 * visit() says false; one that is missing has none. */
void drawer_each(const struct drawer *drawer, const char *folder,
    bool (*visit)(void *context, const struct paper *paper), void *context);

/* Moves a letter into a folder, with a mark (NULL: none).  0 or -1, errno. */
int paper_move(const struct paper *paper, const char *folder,
    const char *mark);

/* The first field of that name, without folds; empty: none. */
struct slice paper_field(const struct paper *paper, const char *name);

/* ---- the commands: exit status ---- */
int share_list(struct desk *desk, const char *domain);
int share_assign(struct desk *desk, const char *key, const char *who);
int share_decide(struct desk *desk, const char *id, bool is_approval,
    const char *why);

#endif
