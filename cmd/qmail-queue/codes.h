/* codes - the exit codes of qmail-queue's interface. */
#ifndef QMAIL_QUEUE_CODES_H
#define QMAIL_QUEUE_CODES_H

/* 11 to 40: never; all others: later. */
enum qmail_exit {
	QMAIL_EXIT_DONE = 0,
	QMAIL_EXIT_LONG_ADDRESS = 11,
	QMAIL_EXIT_REFUSED = 31,
	QMAIL_EXIT_NO_MEMORY = 51,
	QMAIL_EXIT_TIMEOUT = 52,
	QMAIL_EXIT_WRITE = 53,      /* the disk is full */
	QMAIL_EXIT_READ = 54,       /* the message or the envelope */
	QMAIL_EXIT_HOME = 61,
	QMAIL_EXIT_NOT_NOW = 71,    /* local-submit says: later */
	QMAIL_EXIT_NO_ANSWER = 72,
	QMAIL_EXIT_NO_SERVICE = 73,
	QMAIL_EXIT_BROKEN = 74,     /* the conversation broke off */
	QMAIL_EXIT_BAD_ENVELOPE = 91
};

#endif
