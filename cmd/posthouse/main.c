/*
 * posthouse - the front door: one command, its subcommands in libexec.
 *
 * Run by people.  Finds its programs beside itself, so that build/bin/posthouse
 * works without installing, names the instance, cleans the environment and
 * becomes posthouse-SUBCOMMAND.
 */
#include "control/faults.h"
#include "lib/base/die.h"
#include "lib/base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name, *does;
} subcommands[] = {
	{"init", "make an instance: users, folders, first tables"},
	{"compile", "check the tables in control/ and put them in force"},
	{"up", "start everything; returns when it is ready"},
	{"down", "stop everything; returns when it has ended"},
	{"restart", "restart programs"},
	{"status", "what is running, since when, and why the rest is not"},
	{"etrn", "send the mail held for a domain now"},
	{"explain", "what happens to a recipient, step by step"},
	{"settings", "every setting, its value, and where it comes from"},
	{"check", "whether the DNS agrees with the tables"},
	{"account", "add, list and remove accounts, set passwords"},
	{"isp", "find a provider's servers, fetch from mailboxes there now"},
	{"share", "assign letters to staff; approve or reject what staff send"},
	{"queue", "look at and control the messages that wait"},
	{"trace", "one message's way through all logs"},
	{"room", "whether the queue's disk has room for mail"},
	{"certificates", "which certificates are in force, and for how long"},
	{"dovecot", "print a Dovecot configuration for the mailboxes"},
	{"services", "write the s6 service directories (up does it too)"},
};
enum { SUBCOMMANDS = sizeof subcommands / sizeof *subcommands };

static const char *const kept[] = {"TERM", "TZ", "LANG", "LC_ALL", "COLUMNS",
    "POSTHOUSE_HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS"};

static const char usage[] = "posthouse [-d HOME] SUBCOMMAND [ARGUMENT ...]";

static void
help(void)
{
	printf("usage: %s\n\n", usage);
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		printf("  %-12s %s\n", subcommands[i].name,
		    subcommands[i].does);
	printf("\nHOME is the instance: -d, or $POSTHOUSE_HOME, or "
	    "/var/posthouse.\nFor more: posthouse SUBCOMMAND --help, or "
	    "man posthouse-SUBCOMMAND.\n");
	exit(EXIT_DONE);
}

/* PREFIX, where this program is PREFIX/bin/posthouse. */
static void
find_prefix(struct str *prefix)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);

	if (len < 0)
		die_temp("cannot read /proc/self/exe (is /proc mounted?)");
	path[len] = '\0';
	for (int i = 0; i < 2; i++)
		*strrchr(path, '/') = '\0';
	str_puts(prefix, path);
}

/* Nothing of the caller's reaches our programs but what is named here: no
 * variables, and no descriptors that it left open. */
static void
clean_environment(void)
{
	enum { KEPT = sizeof kept / sizeof *kept };
	char *values[KEPT];

	for (size_t i = 0; i < KEPT; i++) {
		const char *value = getenv(kept[i]);

		values[i] = value ? mem_dup(slice_of(value)) : NULL;
	}
	clearenv();
	close_range(STDERR_FILENO + 1, ~0U, 0);
	for (size_t i = 0; i < KEPT; i++) {
		if (values[i])
			setenv(kept[i], values[i], 1);
		free(values[i]);
	}
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
	    "/sbin:/bin", 1);
}

/* Takes "/" and "/." off: what is at the end of a HOME tells what it is. */
static void
cut_end(struct str *path)
{
	while (path->len > 1 && (path->s[path->len - 1] == '/' ||
	    (path->s[path->len - 1] == '.' && path->s[path->len - 2] == '/')))
		path->s[--path->len] = '\0';
}

/* Makes a relative HOME absolute: subcommands and services change folders. */
static void
set_home(const char *home)
{
	struct str path = {0};
	char here[4096];

	if (*home != '/') {
		if (!getcwd(here, sizeof here))
			die_temp("cannot tell the current folder");
		str_puts(&path, here);
		str_putc(&path, '/');
	}
	str_puts(&path, home);
	cut_end(&path);
	setenv("POSTHOUSE_HOME", str_c(&path), 1);
	str_free(&path);
}

static void
set_path(const char *name, const struct str *prefix, const char *below)
{
	struct str path = {0};

	str_add_slice(&path, str_slice(prefix));
	str_puts(&path, below);
	setenv(name, str_c(&path), 1);
	str_free(&path);
}

static bool
is_subcommand(const char *name)
{
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (strcmp(subcommands[i].name, name) == 0)
			return true;
	return false;
}

_Noreturn static void
unknown(const char *name)
{
	const char *names[SUBCOMMANDS + 1];

	if (strcmp(name, "help") == 0)
		help();
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		names[i] = subcommands[i].name;
	names[SUBCOMMANDS] = NULL;
	die_unknown("subcommand", name, names, "posthouse --help");
}

_Noreturn static void
become(const struct str *prefix, char *argv[])
{
	struct str path = {0};

	if (!is_subcommand(*argv))
		unknown(*argv);
	str_add_slice(&path, str_slice(prefix));
	str_puts(&path, "/libexec/posthouse/posthouse-");
	str_puts(&path, *argv);
	execv(str_c(&path), argv);
	die_temp("cannot run %s", str_c(&path));
}

int
main(int argc, char *argv[])
{
	struct str prefix = {0};
	const char *home = getenv("POSTHOUSE_HOME");
	int option;

	while ((option = getopt(argc, argv, "+d:h-:")) != -1) {
		if (option == 'd' && *optarg)
			home = optarg;
		else if (option == 'h' ||
		    (option == '-' && strcmp(optarg, "help") == 0))
			help();
		else
			die_usage(usage);
	}
	if (optind == argc)
		die_usage(usage);
	find_prefix(&prefix);
	clean_environment();
	set_home(home && *home ? home : "/var/posthouse");
	set_path("POSTHOUSE_LIBEXEC", &prefix, "/libexec/posthouse");
	set_path("POSTHOUSE_SHARE", &prefix, "/share/posthouse");
	become(&prefix, argv + optind);
}
