/*
 * posthouse-settings - every setting, its value, and where it comes from.
 *
 * Run by the administrator.  Reads the single-value files as the compiler
 * would, and tells where the tables in force still differ.
 */
#include "control/config.h"
#include "control/faults.h"
#include "control/settings.h"
#include "lib/base/die.h"
#include "lib/base/home.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 64 };

static const char synopsis[] = "posthouse settings [--help] [NAME ...]";

static void
print_in_force(struct config *config, const struct setting_rule *rule,
    const struct setting_value *value)
{
	const struct setting table[] = {
	    {rule->name, SETTING_TEXT, 0}, {0}};
	struct str in_force = {0};

	if (config_settings(config, table, &in_force) == 0 &&
	    !slice_eq(str_slice(&in_force), str_slice(&value->value)))
		printf("    in force is still \"%s\": run posthouse compile\n",
		    str_c(&in_force));
	str_free(&in_force);
}

static void
print_row(const struct setting_rule *rule, const struct setting_value *value)
{
	bool is_given = value->source == SETTING_FROM_FILE;

	printf("%-17s %-24s %-14s %s%s\n", rule->name, str_c(&value->text),
	    rule->fallback ? rule->fallback :
	    rule == setting_rules ? "-" : "me",
	    is_given ? "control/" : "default", is_given ? rule->name : "");
}

/* Exit 100 when the file is faulty.  config: what is in force, or NULL. */
static int
print_setting(struct config *config, const struct setting_rule *rule,
    struct slice me, bool is_long)
{
	struct setting_value value = {0};
	int status = EXIT_DONE;

	setting_load(rule, me, &value);
	if (value.source == SETTING_FAULTY) {
		fflush(stdout);
		fprintf(stderr, "control/%s:1: %s\n", rule->name,
		    str_c(&value.fault));
		status = EXIT_PERM;
	} else {
		print_row(rule, &value);
		if (is_long)
			printf("    %s\n", rule->meaning);
		if (config)
			print_in_force(config, rule, &value);
	}
	setting_value_free(&value);
	return status;
}

static bool
is_wanted(const char *name, int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == 1;
}

/* Why nothing is said of what is in force. */
static void
tell_lack(int error)
{
	const char *why = "what is in force cannot be read: run it as root";

	if (error == ENOENT)
		why = "none of it is in force yet: run posthouse compile";
	else if (error == EPROTO)
		why = "the tables in force are damaged or from another "
		    "version: run posthouse compile";
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", die_name, why);
}

static int
print_settings(int argc, char *argv[])
{
	struct setting_value me = {0};
	struct config config;
	int status = EXIT_DONE, error;

	error = config_open(&config, "routing") < 0 ? errno : 0;
	setting_load(setting_rules, slice_of(""), &me);
	printf("%-17s %-24s %-14s %s\n", "name", "value", "default", "from");
	for (const struct setting_rule *r = setting_rules; r->name; r++)
		if (is_wanted(r->name, argc, argv) &&
		    print_setting(error ? NULL : &config, r,
		    str_slice(&me.value), argc > 1) != 0)
			status = EXIT_PERM;
	if (error)
		tell_lack(error);
	setting_value_free(&me);
	config_close(&config);
	return status;
}

_Noreturn static void
unknown(const char *name)
{
	const char *names[NAMES_MAX + 1];
	size_t count = 0;

	for (const struct setting_rule *r = setting_rules; r->name &&
	    count < NAMES_MAX; r++)
		names[count++] = r->name;
	names[count] = NULL;
	die_unknown("setting", name, names, "posthouse settings");
}

static void
check_names(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help"))
			die_help(synopsis);
		if (argv[i][0] == '-')
			die_usage(synopsis);
		if (!setting_find(slice_of(argv[i])))
			unknown(argv[i]);
	}
}

int
main(int argc, char *argv[])
{
	die_name = "posthouse-settings";
	check_names(argc, argv);
	home_enter();
	return print_settings(argc, argv);
}
