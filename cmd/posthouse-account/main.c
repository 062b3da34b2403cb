/*
 * posthouse-account - add, list and remove accounts, set passwords.
 *
 * Run by the administrator.  Edits control/accounts and
 * control/secrets/passwd and compiles them; what does not compile is undone.
 */
#include "cmd/posthouse-account/commands.h"

#include "control/compile.h"
#include "lib/base/die.h"
#include "lib/base/home.h"

#include <string.h>

static const char synopsis[] =
    "posthouse account add ADDRESS [ROLE] [OPTION=VALUE ...]\n"
    "       posthouse account add ADDRESS [--role ROLE] [--OPTION VALUE ...]\n"
    "       posthouse account passwd ADDRESS   "
    "(asks, or reads standard input)\n"
    "       posthouse account list\n"
    "       posthouse account remove ADDRESS";

static const struct command {
	const char *name;
	int least, most; /* words after the name */
	int (*run)(int argc, char *argv[]);
} commands[] = {
    {"add", 1, 32, account_add},
    {"passwd", 1, 1, account_passwd},
    {"list", 0, 0, account_list},
    {"remove", 1, 1, account_remove},
};

static const struct command *
find_command(int argc, char *argv[])
{
	if (argc == 2 && !strcmp(argv[1], "--help"))
		die_help(synopsis);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (argc > 1 && !strcmp(argv[1], commands[i].name) &&
		    argc - 2 >= commands[i].least &&
		    argc - 2 <= commands[i].most)
			return &commands[i];
	die_usage(synopsis);
}

int
main(int argc, char *argv[])
{
	const struct command *command;

	die_name = "posthouse-account";
	command = find_command(argc, argv);
	home_enter();
	compile_lock_or_die();
	return command->run(argc - 2, argv + 2);
}
