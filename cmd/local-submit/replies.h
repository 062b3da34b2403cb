/* replies - every reply of local-submit with its codes: one table. */
#ifndef LOCAL_SUBMIT_REPLIES_H
#define LOCAL_SUBMIT_REPLIES_H

enum reply {
	REPLY_FINE, /* none yet: go on */
	REPLY_TAKEN,
	REPLY_CROWD,
	REPLY_LOCAL_ERROR,
	REPLY_TIMEOUT,
	REPLY_DISK_FULL,
	REPLY_BAD_REQUEST,
	REPLY_BAD_DSN,
	REPLY_NO_RCPTS,
	REPLY_BAD_RCPT,
	REPLY_BAD_SENDER,
	REPLY_NOT_YOURS,
	REPLY_OURS,
	REPLY_MANY_RCPTS,
	REPLY_TOO_BIG,
	REPLY_LONG_HEADER,
	REPLY_LOOP
};

struct reply_text {
	unsigned code;
	const char *text; /* begins with the enhanced code */
};

/* For all but REPLY_TAKEN. */
const struct reply_text *reply_text(enum reply reply);

#endif
