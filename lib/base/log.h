/*
 * log - one line per event on stderr: "event key=value key=value".
 *
 * Each line is one non-blocking write of at most LOG_LINE_MAX bytes; what a
 * stuck logger does not take is dropped and counted, and the count is logged
 * once it listens again: a log never stops mail.  Control bytes, quotes and
 * bytes that are not UTF-8 are escaped; a value with blanks is quoted; one
 * that would be longer than LOG_VALUE_MAX is cut ("..."), so that it pushes no
 * other out of the line.
 *
 * Keys are the same everywhere: id from to via host client helo login code tls
 * delay bytes folder by why error count lane box path.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "lib/base/str.h"

enum { LOG_LINE_MAX = 4096, LOG_VALUE_MAX = 1000 };

/* Makes stderr non-blocking.  Call once, in main, before the first event. */
void log_open(void);

/* log_event("deliver", "id", id, "to", address, NULL): pairs of key and C
 * string; a pair whose value is NULL is left out. */
void log_event(const char *event, ...) __attribute__((sentinel));

/* From now on lines are kept until log_flush, or until LOG_LINE_MAX bytes are
 * together: one write, and one wake-up of the logger, for all that is said in
 * one go.  The program's normal end flushes. */
void log_gather(void);
void log_flush(void);

/* A number as a C string, living until the end of the full expression:
 * log_event("x", "bytes", log_number(n).s, NULL). */
struct log_number {
	char s[24];
};
struct log_number log_number(uint64_t n);

/* The same of the seconds since then (clock_wall_us), as in "12.345". */
struct log_number log_delay(uint64_t since_us);

/* What anybody may cause at will is logged at once, and then once a second
 * with its number: it must not be a way to push everything else out of the
 * log.  {0} is valid. */
struct log_crowd {
	uint64_t count;     /* since that was logged */
	uint64_t logged_ms; /* clock_mono_ms; 0: never */
};

/* One more.  How many are to be logged now; 0: none. */
uint64_t log_crowd(struct log_crowd *crowd, uint64_t now_ms);

/* Appends a value as it stands in a line: escaped, and in quotes where it is
 * not plain.  For whatever else shows strangers' words in one line. */
void log_escape(struct str *to, struct slice value);

#endif
