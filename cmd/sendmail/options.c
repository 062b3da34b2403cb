/*
 * options - what sendmail(8) was asked to do; see options.h.
 *
 * Thirty years of callers: options that tune another program's queue, files
 * or protocols are taken, with their arguments, and mean nothing.
 */
#include "cmd/sendmail/options.h"

#include <string.h>
#include <unistd.h>

/* "+": options end at the first recipient, as they always did. */
static const char known[] =
    "+A:B:C:D:F:GIL:M:N:O:R:TUV:X:b:cd::e:f:h:imno:p:q::r:stvx";

static const char *
take_mode(char mode, struct options *options)
{
	switch (mode) {
	case 'm':
		options->mode = MODE_LETTER;
		return NULL;
	case 's':
		options->mode = MODE_SMTP;
		return NULL;
	case 'p':
		options->mode = MODE_LIST;
		return NULL;
	case 'i':
		options->mode = MODE_NOTHING;
		return NULL;
	case 'd':
	case 'D':
		return "-bd: 'posthouse up' starts the services";
	case 'v':
		return "-bv: 'posthouse explain' shows where a letter goes";
	}
	return "unknown mode: -bm, -bs, -bp and -bi are known";
}

static const char *
take(int option, struct options *options)
{
	switch (option) {
	case 'b':
		return take_mode(optarg[0], options);
	case 'I':
	case 'q':
		options->mode = MODE_NOTHING;
		return NULL;
	case 'F':
		options->name = optarg;
		return NULL;
	case 'N':
		options->notify = optarg;
		return NULL;
	case 'R':
		options->ret = optarg;
		return NULL;
	case 'V':
		options->envid = optarg;
		return NULL;
	case 'f':
	case 'r':
		options->sender = optarg;
		return NULL;
	case 'o':
		options->keeps_dots |= optarg[0] == 'i';
		return NULL;
	case 'i':
		options->keeps_dots = true;
		return NULL;
	case 't':
		options->takes_header = true;
		return NULL;
	case 'v':
		options->is_verbose = true;
		return NULL;
	case '?':
		return "unknown option, or one without its argument";
	}
	return NULL; /* one of those that mean nothing here */
}

/* Called by another name it is another command. */
static void
take_name(const char *path, struct options *options)
{
	const char *name = path ? path : "", *slash = strrchr(name, '/');

	if (slash)
		name = slash + 1;
	if (strcmp(name, "mailq") == 0)
		options->mode = MODE_LIST;
	else if (strcmp(name, "newaliases") == 0)
		options->mode = MODE_NOTHING;
}

const char *
options_read(int argc, char *argv[], struct options *options)
{
	const char *fault = NULL;
	int option;

	*options = (struct options){.mode = MODE_LETTER};
	take_name(argv[0], options);
	opterr = 0;
	optind = 0; /* from the beginning, and with the "+" */
	while (!fault && (option = getopt(argc, argv, known)) != -1)
		fault = take(option, options);
	options->rcpts = argv + optind;
	for (char **rcpt = options->rcpts; *rcpt && !fault; rcpt++)
		if (**rcpt == '-')
			fault = "options come before the recipients";
	return fault;
}
