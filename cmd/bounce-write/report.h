/* report - the text of a delivery report: RFC 3464 in RFC 6522's envelope. */
#ifndef BOUNCE_WRITE_REPORT_H
#define BOUNCE_WRITE_REPORT_H

#include "lib/mail/job.h"

struct report_settings {
	struct str me, bouncefrom, bouncehost, doublebounceto;
	uint64_t queuelifetime_s;
};

/* What a report is made of; all views. */
struct report {
	const struct report_settings *settings;
	const struct job *job;
	struct slice to;      /* who reads it */
	struct slice id;      /* its own queue id: boundary and Message-ID */
	struct slice message; /* the returned part: whole, or its header */
	bool is_whole;
	uint64_t now_us;
};

/* Appends the report, header and all, LF line ends. */
void report_write(struct str *to, const struct report *report);

/* The same for a digest of what is in quarantine, when the job wants that:
 * rows "quarantined TAB id sender TAB words", and in envid how many there are
 * in all. */
bool digest_is_wanted(const struct job *job);
void digest_write(struct str *to, const struct report *report);

/* The same for a notice that a login was refused: one recipient, the mailbox
 * at the provider, and one row, "paused-writer TAB TAB words" or
 * "paused-postmaster ...". */
bool notice_is_wanted(const struct job *job);
void notice_write(struct str *to, const struct report *report);

/* The same for a note of held mail: the rows' recipients are domains, the rows
 * "held-WEEK TAB TAB messages seconds", envid how many there are in all. */
bool held_is_wanted(const struct job *job);
void held_write(struct str *to, const struct report *report);

/* Appends From, To, Subject, Date and Message-ID of a letter to a person ... */
void report_head(struct str *to, const struct report *report,
    const char *subject);

/* ... the rest of the header, and the first line. */
void report_letter(struct str *to, const struct report *report,
    const char *subject);

/* Appends text broken at blanks, each line after the first behind indent;
 * RFC 5322 2.1.1 allows 998 bytes, and people read 78. */
void report_fold(struct str *to, struct slice text, const char *indent);

/* Does it hold bytes above 127? */
bool report_is_8bit(const struct report *report);

/* The header of a message: up to and without its first empty line. */
struct slice report_header(struct slice message);

/* RFC 3461 4: xtext decoded; what is not xtext is left as it is, and control
 * bytes become "?". */
void report_xtext(struct str *to, struct slice xtext);

#endif
