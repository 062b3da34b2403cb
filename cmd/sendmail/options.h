/* options - what sendmail(8) was asked to do. */
#ifndef SENDMAIL_OPTIONS_H
#define SENDMAIL_OPTIONS_H

#include <stdbool.h>

enum sendmail_mode {
	MODE_LETTER, /* -bm: a message on standard input */
	MODE_SMTP,   /* -bs: SMTP on standard input and output */
	MODE_LIST,   /* -bp, mailq: what is in the queue? */
	MODE_NOTHING /* -q, -bi, newaliases: there is nothing to do */
};

struct options {
	enum sendmail_mode mode;
	bool takes_header; /* -t: recipients from To, Cc and Bcc */
	bool keeps_dots;   /* -i, -oi */
	bool is_verbose;   /* -v */
	const char *sender; /* -f, -r; NULL: the caller */
	const char *name;   /* -F; or NULL */
	const char *ret, *envid, *notify; /* -R -V -N; or NULL */
	char **rcpts;       /* the arguments that follow, NULL ends them */
};

/* Fills *options.  NULL, or what is wrong with the arguments. */
const char *options_read(int argc, char *argv[], struct options *options);

#endif
