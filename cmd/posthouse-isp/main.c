/*
 * posthouse-isp - look at the mailboxes at providers, and fetch from them now.
 *
 * Run by root as "posthouse isp ...": asks pop3-fetch on run/fetch/s.
 */
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_S = 60 };

static const char synopsis[] =
    "posthouse isp list\n"
    "       posthouse isp fetch|resume ACCOUNT|ISP-ADDRESS|all\n"
    "       posthouse isp detect ADDRESS [OPTION ...]   (detect --help)";

/* The answer has been made printable by who gave it. */
static int
ask(const char *question)
{
	static char packet[PACKET_MAX];
	int fd = local_connect_or_die("run/fetch/s", PATIENCE_S,
	    "pop3-fetch does not answer; see 'posthouse status', and whether "
	    "control/isp has a row with pop3=");

	if (packet_send(fd, slice_of(question), -1) < 0)
		die_temp("cannot ask pop3-fetch");
	for (;;) {
		ssize_t n = packet_receive(fd, packet, sizeof packet, 0, NULL);
		struct slice text = slice_make(packet + 1,
		    n > 0 ? (size_t)n - 1 : 0);
		uint64_t status;

		if (n <= 0)
			die_temp("pop3-fetch went away in the middle");
		if (packet[0] == 'o' || packet[0] == 'e')
			fwrite(text.s, 1, text.len,
			    packet[0] == 'o' ? stdout : stderr);
		else if (fflush(stdout) == EOF)
			die_temp("cannot write");
		else
			return slice_u64(text, 255, &status) ? (int)status :
							       EXIT_BUG;
	}
}

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
	return ask(str_c(&question));
}
