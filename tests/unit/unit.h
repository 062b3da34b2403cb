/* unit - what every unit test's main does: one suite, one list of cases. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include "tests/unit/unit_folder.h"

#include <check.h>
#include <stdlib.h>

/* A suite with one test case, to be filled by tcase_add_test ... */
struct unit {
	Suite *suite;
	TCase *cases;
};

static inline struct unit
unit_make(const char *name)
{
	struct unit unit = {suite_create(name), tcase_create(name)};

	suite_add_tcase(unit.suite, unit.cases);
	return unit;
}

/* ... by this when a case is to be run for each row of a table ... */
#define unit_loop(cases, test, table) \
	tcase_add_loop_test(cases, test, 0, sizeof table / sizeof *table)

/* ... and the exit status of main. */
static inline int
unit_run(struct unit unit)
{
	struct unit_sweeper sweeper = unit_sweeper_begin();
	SRunner *runner = srunner_create(unit.suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	unit_sweeper_end(sweeper);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
