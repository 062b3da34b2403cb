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

/* Does it hold bytes above 127? */
bool report_is_8bit(const struct report *report);

/* The header of a message: up to and without its first empty line. */
struct slice report_header(struct slice message);

/* RFC 3461 4: xtext decoded; what is not xtext is left as it is, and control
 * bytes become "?". */
void report_xtext(struct str *to, struct slice xtext);

#endif
