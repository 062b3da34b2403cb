/*
 * who - whose letter is it, that came to a shared address?
 *
 * A pure function over the letter's header and what the house knows, which it
 * asks by callbacks.  Everything in the letter is hostile, and work and memory
 * have limits whatever it holds.  RFC 5322 3.4 and 3.6.4, 2047, 3464, 8098.
 *
 *   who.c      the order in which it is asked
 *   named.c    tags and names: To, Cc, and the envelope
 *   thread.c   Message-IDs: of what was written before, of what comes back
 *   subject.c  whether two letters speak of the same thing
 */
#ifndef SHARE_SORT_WHO_H
#define SHARE_SORT_WHO_H

#include "cmd/share-sort/subject.h"

enum {
	WHO_MAX = 50,             /* people that one letter may name */
	WHO_MAILBOXES_MAX = 10000, /* addresses that are looked at */
	WHO_SHARED_MAX = 500,     /* shared ones among them: each may have
	                           * sixty tags, and each tag be a name */
	WHO_DISPLAY_MAX = 4096,   /* bytes of a longer name: nobody's */
	WHO_IDS_MAX = 50,         /* Message-IDs looked up, of each kind */
	WHO_ID_MAX = 2000         /* of a longer one, so many bytes count */
};

/* How it was found, in the order in which they count. */
enum who_by {
	WHO_REPORT,   /* it returns a letter of that person */
	WHO_ASSIGNED, /* the manager has given this thread to that person */
	WHO_TAG,      /* sales+zhangsan@ */
	WHO_NAME,     /* "Zhangsan" <sales@...> */
	WHO_THREAD,   /* it answers a letter of that person */
	WHO_UNNAMED
};

/* The letter; views.  Body is needed of reports only. */
struct who_letter {
	struct slice header, body;
	bool has_null_sender;
	const struct strs *rcpts; /* of the envelope */
};

/* What the ledger knows of a Message-ID. */
struct who_trace {
	struct str account;
	struct str subject; /* subject_hash */
};

/* What the house knows.  The callbacks replace what they return; accounts are
 * those that get mail for that person. */
struct who_house {
	void *context;
	struct charsets *charsets;

	/* Is this a shared address (any spelling)? */
	bool (*is_shared)(void *context, struct slice address);
	/* Whom does the tag of a shared address name? */
	bool (*by_tag)(void *context, struct slice address,
	    struct str *account);
	/* Who bears the name with this key (name_fold)? */
	bool (*by_name)(void *context, struct slice folded,
	    struct str *account);
	/* Who sent the letter with this Message-ID, or, with is_assigned, who
	 * was it given to? */
	bool (*by_id)(void *context, struct slice id, bool is_assigned,
	    struct who_trace *trace);
};

struct who {
	enum who_by by;
	struct strs accounts; /* each once; none if WHO_UNNAMED */
	struct str why;       /* the words that decided, for the log; may be
	                       * empty */
	bool is_for_one;      /* never for all: a report, said by a machine,
	                       * or our own letter that came back */
};

/* Decides.  *who must be {0} or from an earlier call. */
void who_decide(const struct who_house *house,
    const struct who_letter *letter, struct who *who);
void who_free(struct who *who);
void who_trace_free(struct who_trace *trace);

/* "name", "thread" ... */
const char *who_by_word(enum who_by by);

/* Is it a report (multipart/report, or anything with a null sender), so that
 * its body is worth reading? */
bool who_is_report(const struct who_letter *letter);

/* Replaces *id by the letter's own Message-ID.  False: it has none. */
bool who_message_id(struct slice header, struct str *id);

/* Replaces *hash by the hash of the letter's base subject. */
void who_subject(struct charsets *charsets, struct slice header,
    struct str *hash);

/* ---- among the parts ---- */

/* Adds an account, once. */
void who_add(struct who *who, struct slice account);

/* named.c: those whom tags and names name, and which of both.  True when
 * there is one. */
bool named_find(const struct who_house *house,
    const struct who_letter *letter, struct who *who);

/* thread.c: whose thread it is.  True when there is one. */
bool thread_find(const struct who_house *house,
    const struct who_letter *letter, bool is_assigned, struct who *who);
bool report_find(const struct who_house *house,
    const struct who_letter *letter, struct who *who);

#endif
