/* test_display_name - quoted, encoded, or left out. */
#include "lib/mail/display_name.h"

#include "tests/unit/unit.h"

static const struct {
	const char *name, *made;
} names[] = {
    {"", "a@b.test"},
    {"  ", "a@b.test"},
    {"Root", "\"Root\" <a@b.test>"},
    {"Cron Daemon", "\"Cron Daemon\" <a@b.test>"},
    {"say \"hi\" \\", "\"say \\\"hi\\\" \\\\\" <a@b.test>"},
    {"x\r\nBcc: y", "\"x  Bcc: y\" <a@b.test>"},
    {"J\303\266rg =?x", "=?UTF-8?Q?J=C3=B6rg_=3D=3Fx?= <a@b.test>"},
    {"J\366rg", "a@b.test"},
    {"\303", "a@b.test"},
    /* never within a character */
    {"\344\270\255\344\270\255\344\270\255\344\270\255\344\270\255"
	"\344\270\255\344\270\255\344\270\255",
	"=?UTF-8?Q?=E4=B8=AD=E4=B8=AD=E4=B8=AD=E4=B8=AD=E4=B8=AD"
	"=E4=B8=AD=E4=B8=AD?=\n =?UTF-8?Q?=E4=B8=AD?= <a@b.test>"},
};

START_TEST(makes_what_may_stand_in_a_header)
{
	struct str made = {0};

	display_name_add(&made, slice_of(names[_i].name),
	    slice_of("a@b.test"));
	ck_assert_str_eq(str_c(&made), names[_i].made);
	str_free(&made);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("display_name");

	tcase_add_loop_test(unit.cases, makes_what_may_stand_in_a_header, 0,
	    sizeof names / sizeof *names);
	return unit_run(unit);
}
