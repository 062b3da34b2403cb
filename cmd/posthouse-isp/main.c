/*
 * posthouse-isp - look at the mailboxes at providers, and fetch from them now.
 *
 * Run by root as "posthouse isp ...": asks pop3-fetch on run/fetch/s.
 */
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/order.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char synopsis[] =
    "posthouse isp list\n"
    "       posthouse isp fetch|resume ACCOUNT|ISP-ADDRESS|all\n"
    "       posthouse isp detect ADDRESS [OPTION ...]   (detect --help)";

/* It speaks to strangers: a program of its own, beside this one. */
_Noreturn static void
become_detect(char *argv[])
{
	struct str path = {0};
	const char *libexec = getenv("POSTHOUSE_LIBEXEC");

	if (!libexec)
		die_perm("POSTHOUSE_LIBEXEC is not set: run posthouse isp");
	str_addf(&path, "%s/posthouse-isp-detect", libexec);
	execv(str_c(&path), argv);
	die_temp("cannot run %s", str_c(&path));
}

int
main(int argc, char *argv[])
{
	struct str question = {0};

	die_name = "posthouse-isp";
	if (argc == 2 && !strcmp(argv[1], "--help"))
		die_help(synopsis);
	if (argc > 1 && !strcmp(argv[1], "detect"))
		become_detect(argv + 1);
	if (argc == 2 && !strcmp(argv[1], "list"))
		str_puts(&question, "list");
	else if (argc == 3 && (!strcmp(argv[1], "fetch") ||
	    !strcmp(argv[1], "resume")))
		str_addf(&question, "%s %s", argv[1], argv[2]);
	else
		die_usage(synopsis);
	home_enter();
	return order_give("run/fetch/s", "pop3-fetch", "pop3-fetch does not "
	    "answer; see 'posthouse status', and whether control/isp has a row "
	    "with pop3=", str_slice(&question));
}
