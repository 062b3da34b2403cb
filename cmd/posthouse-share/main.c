/*
 * posthouse-share - the letters that wait for a manager: look at them, assign
 * them, approve and reject them.
 *
 * Run by root as "posthouse share ..."; works as the user who owns the
 * mailboxes, and believes nothing that lies in them.
 */
#include "cmd/posthouse-share/desk.h"

#include "lib/base/die.h"
#include "lib/base/home.h"

#include <string.h>

static const char synopsis[] =
    "posthouse share list [DOMAIN]\n"
    "       posthouse share assign LETTER ADDRESS|NAME\n"
    "       posthouse share approve ID ...\n"
    "       posthouse share reject ID [WHY]";

static int
approve_all(struct desk *desk, char *ids[])
{
	int status = EXIT_DONE;

	while (*ids && status == EXIT_DONE)
		status = share_decide(desk, *ids++, true, "");
	return status;
}

static int
act(struct desk *desk, int argc, char *argv[])
{
	const char *verb = argv[1];

	if (!strcmp(verb, "list"))
		return share_list(desk, argv[2]);
	if (!strcmp(verb, "assign"))
		return share_assign(desk, argv[2], argv[3]);
	if (!strcmp(verb, "approve"))
		return approve_all(desk, argv + 2);
	return share_decide(desk, argv[2], false,
	    argc > 3 ? argv[3] : "the manager rejected it");
}

static bool
is_understood(int argc, char *argv[])
{
	static const struct {
		const char *verb;
		int least, most;
	} verbs[] = {{"list", 2, 3}, {"assign", 4, 4}, {"approve", 3, 1000},
	    {"reject", 3, 4}};

	for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
		if (!strcmp(argv[1], verbs[i].verb))
			return argc >= verbs[i].least && argc <= verbs[i].most;
	return false;
}

int
main(int argc, char *argv[])
{
	static struct desk desk;

	die_name = "posthouse-share";
	if (argc == 2 && !strcmp(argv[1], "--help"))
		die_help(synopsis);
	if (!is_understood(argc, argv))
		die_usage(synopsis);
	home_enter();
	if (!strcmp(argv[1], "list"))
		waiting_load(&desk);
	desk_open(&desk);
	return act(&desk, argc, argv);
}
