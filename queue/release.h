/*
 * release - what etrn-serve asks queue-manager on run/release/s.
 *
 * One packet each way (lib/base/question.h asks), text.  The question is
 * "release DOMAIN" or "release DOMAIN client ADDRESS ACCOUNT PASSPORT", where
 * ADDRESS is an IP address without brackets: mail of a domain with to=client
 * goes there, if the passport (lib/mail/passport.h) proves that this account,
 * which may ask for it, has just logged in; others do not look at it.  The
 * answer begins with one of release_words.  Nothing else is understood.
 */
#ifndef QUEUE_RELEASE_H
#define QUEUE_RELEASE_H

#include "lib/base/str.h"

#define RELEASE_SOCKET "run/release/s"

enum { RELEASE_QUESTION_MAX = 1024 };

enum release_result {
	RELEASE_STARTED, /* "started N": messages that are sent now */
	RELEASE_RUNNING, /* "running N": an earlier release is at it */
	RELEASE_EMPTY,   /* "empty": nothing is held */
	RELEASE_DOWN,    /* "down WHY": not now */
	RELEASE_UNKNOWN  /* "unknown": no domain of the kind etrn */
};
extern const char *const release_words[];

/* {0} is a valid empty one. */
struct release_answer {
	enum release_result result;
	uint64_t count;
	struct str why;
};

struct release_question {
	struct slice domain;
	/* Where to, and who says so; or all three are empty. */
	struct slice client, account, passport;
};

/* Asks, and waits `seconds` at most.  0, or -1 with errno: no answer. */
int release_ask(const struct release_question *question, unsigned seconds,
    struct release_answer *answer);

/* What is said on the socket, and read from it: 0, or -1, which is no
 * question or no answer.  The slices are of the text. */
int release_parse(struct slice text, struct release_question *question);
void release_write(struct str *to, const struct release_answer *answer);
int release_read(struct slice text, struct release_answer *answer);

#endif
