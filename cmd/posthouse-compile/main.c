/*
 * posthouse-compile - check the control tables and put them in force.
 *
 * Run by the administrator; believes the tables only after all of them are
 * checked.
 */
#include "control/compile.h"
#include "control/pending.h"
#include "lib/base/die.h"
#include "lib/base/home.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char synopsis[] = "posthouse compile [--pending]";

/* Not all of them are there in every instance. */
static bool
is_service(const struct str *name)
{
	struct str path = {0};
	bool is_there;

	str_addf(&path, "run/service/%s", str_c(name));
	is_there = access(str_c(&path), F_OK) == 0;
	str_free(&path);
	return is_there;
}

/* New tables are noticed by themselves; what needs a hand is said here. */
static void
tell_what_to_do(const struct compile_report *report)
{
	for (size_t i = 0; i < report->to_restart.len; i++) {
		if (!is_service(&report->to_restart.v[i]))
			continue;
		printf("%s reads what changed when it starts: "
		    "run posthouse restart %s\n",
		    str_c(&report->to_restart.v[i]),
		    str_c(&report->to_restart.v[i]));
	}
	if (report->is_up_needed)
		printf("services are to be started or stopped: "
		    "run posthouse up\n");
}

static int
tell(struct compile_report *report, enum compile_result result)
{
	struct str text = {0};

	warnings_print(&report->warnings, &text);
	fputs(str_c(&text), stderr);
	str_clear(&text);
	switch (result) {
	case COMPILE_DONE:
		tell_what_to_do(report);
		return EXIT_DONE;
	case COMPILE_FAULTS:
		faults_print(&report->faults, &text);
		fputs(str_c(&text), stderr);
		pending_faults(report->faults.len);
		fprintf(stderr, "%s: %zu fault%s; the tables compiled before "
		    "stay in force\n", die_name, report->faults.len,
		    report->faults.len == 1 ? "" : "s");
		str_free(&text);
		return EXIT_PERM;
	case COMPILE_ERROR:
		die_temp("cannot %s; the tables compiled before stay in force",
		    str_c(&report->doing));
	}
	return EXIT_BUG;
}

static int
tell_pending(void)
{
	struct str text = {0};

	pending_tell(&text);
	if (text.len)
		printf("%s\n", str_c(&text));
	str_free(&text);
	return EXIT_DONE;
}

int
main(int argc, char *argv[])
{
	struct compile_report report = {0};
	bool is_pending = argc == 2 && !strcmp(argv[1], "--pending");
	int status;

	die_name = "posthouse-compile";
	die_of_arguments(argc - is_pending, argv, synopsis);
	home_enter();
	if (is_pending)
		return tell_pending();
	compile_lock_or_die();
	status = tell(&report, compile(&report));
	compile_report_free(&report);
	return status;
}
