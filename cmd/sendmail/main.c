/*
 * sendmail - the door that every Unix program knows, before posthouse.
 *
 * Run by cron, mail(1), web applications and people, as whoever they are;
 * needs no privilege: local-submit(8) asks the kernel who calls.
 */
#include "cmd/sendmail/hand_in.h"
#include "cmd/sendmail/options.h"
#include "cmd/sendmail/smtp.h"
#include "lib/base/die.h"
#include "lib/base/home.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const char usage[] = "sendmail [-itv] [-f SENDER] [-F NAME] "
    "[-N NOTIFY] [-R RET] [-V ENVID] [RECIPIENT ...]\n"
    "       sendmail -bs | -bp | -q";

/* die_nomem speaks another code. */
static void
last_words(void)
{
	_exit(EX_TEMPFAIL);
}

/* The front command stands beside this one. */
static int
list_queue(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path,
	    sizeof path - sizeof "posthouse");
	char *slash;

	path[len < 0 ? 0 : len] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		memcpy(slash + 1, "posthouse", sizeof "posthouse");
	execl(path, "posthouse", "queue", "list", (char *)NULL);
	fprintf(stderr, "sendmail: cannot run %s: %s\n", path,
	    strerror(errno));
	return EX_OSFILE;
}

static int
obey(const struct options *options)
{
	switch (options->mode) {
	case MODE_LETTER:
		return hand_in(options);
	case MODE_SMTP:
		return smtp_serve();
	case MODE_LIST:
		return list_queue();
	case MODE_NOTHING:
		return EX_OK;
	}
	return EX_SOFTWARE;
}

int
main(int argc, char *argv[])
{
	struct options options;
	const char *fault = options_read(argc, argv, &options);

	die_name = "sendmail";
	die_last_words = last_words;
	if (fault) {
		fprintf(stderr, "sendmail: %s\nusage: %s\n", fault, usage);
		return EX_USAGE;
	}
	if (options.mode != MODE_LIST && options.mode != MODE_NOTHING &&
	    chdir(home_path()) < 0) {
		fprintf(stderr, "sendmail: cannot enter %s: %s (is posthouse "
		    "there?  POSTHOUSE_HOME names another folder)\n",
		    home_path(), strerror(errno));
		return EX_TEMPFAIL;
	}
	return obey(&options);
}
