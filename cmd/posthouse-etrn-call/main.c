/*
 * posthouse-etrn-call - call the hosts that hold mail for us, now.
 *
 * Run by root as "posthouse etrn call": asks etrn-call on run/call/s.
 */
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"

#include <stdio.h>
#include <string.h>

/* Longer than a call may take. */
enum { PATIENCE_S = 11 * 60 };

static const char synopsis[] = "posthouse etrn call [DOMAIN|@DOMAIN|#QUEUE]";

/* It comes from a process that speaks to strangers: a terminal gets no
 * control bytes. */
static void
print(char kind, struct slice line)
{
	FILE *to = kind == 'o' ? stdout : stderr;
	struct str text = {0};

	str_add_line(&text, line, '?');
	fprintf(to, "%s\n", str_c(&text));
	str_free(&text);
}

static int
ask(const char *name)
{
	static char packet[PACKET_MAX];
	struct str question = {0};
	int fd = local_connect_or_die("run/call/s", PATIENCE_S,
	    "etrn-call does not answer; see 'posthouse status', and whether "
	    "control/calls has a row");
	int status = EXIT_TEMP;
	bool is_first = true;
	ssize_t n;

	str_addf(&question, "call %s", name);
	if (packet_send(fd, str_slice(&question), -1) < 0)
		die_temp("cannot ask etrn-call");
	while ((n = packet_receive(fd, packet, sizeof packet, 0, NULL)) > 1) {
		if (packet[0] != 'o')
			status = packet[0] == 'p' ? EXIT_PERM : EXIT_TEMP;
		else if (is_first)
			status = EXIT_DONE;
		is_first = false;
		print(packet[0], slice_make(packet + 1, (size_t)n - 2));
	}
	if (is_first)
		die_temp("etrn-call went away in the middle");
	str_free(&question);
	return fflush(stdout) == EOF ? EXIT_TEMP : status;
}

int
main(int argc, char *argv[])
{
	die_name = "posthouse-etrn-call";
	if (argc == 2 && !strcmp(argv[1], "--help"))
		die_help(synopsis);
	if (argc > 2)
		die_usage(synopsis);
	home_enter();
	return ask(argc == 2 ? argv[1] : "all");
}
