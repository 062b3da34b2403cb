/*
 * posthouse-compile - check the control tables and put them in force.
 *
 * Run by the administrator; believes the tables only after all of them are
 * checked.
 */
#include "control/changes.h"
#include "control/pending.h"
#include "lib/base/die.h"
#include "lib/base/home.h"

#include <stdio.h>
#include <string.h>

static const char synopsis[] = "posthouse compile [--pending]";

static int
tell(struct compile_report *report, enum compile_result result)
{
	struct str text = {0};

	warnings_print(&report->warnings, &text);
	fputs(str_c(&text), stderr);
	str_clear(&text);
	switch (result) {
	case COMPILE_DONE:
		changes_tell(report);
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
		compile_die(report);
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
	changes_print_restarts();
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
