/* test_visible - nothing that a terminal obeys gets through. */
#include "lib/base/visible.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

static const struct {
	const char *bytes, *shown;
} rows[] = {
	{"a line\n\tand a tab", "a line\n\tand a tab"},
	{"\033[2J\r\a\177", "\\x1b[2J\\x0d\\x07\\x7f"},
	{"M\303\274nchen", "M\303\274nchen"},
	{"\302\233 and \302\240", "\\xc2\\x9b and \302\240"},
	{"\377\303", "\\xff\\xc3"},
	{"", ""},
};

START_TEST(controls_are_shown_and_text_stays)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	put_visible(to, slice_of(rows[_i].bytes));
	ck_assert_int_eq(fclose(to), 0);
	ck_assert_str_eq(text, rows[_i].shown);
	free(text);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("visible");

	unit_loop(unit.cases, controls_are_shown_and_text_stays, rows);
	return unit_run(unit);
}
