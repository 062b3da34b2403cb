/* test_sendmail - options as programs really pass them, dots, recipients. */
/* links: cmd/sendmail/options.c cmd/sendmail/dot.c cmd/sendmail/rcpts.c */
#include "cmd/sendmail/dot.h"
#include "cmd/sendmail/options.h"
#include "cmd/sendmail/rcpts.h"

#include "tests/unit/unit.h"

#include <string.h>

enum { WORDS = 32 };

/* "letter t i f=x F=y n=r,e,v: rcpts" */
static void
show(const struct options *options, struct str *to)
{
	static const char *const modes[] = {"letter", "smtp", "list",
		"nothing"};

	str_puts(to, modes[options->mode]);
	str_puts(to, options->takes_header ? " t" : "");
	str_puts(to, options->keeps_dots ? " i" : "");
	str_puts(to, options->is_verbose ? " v" : "");
	if (options->sender)
		str_addf(to, " f=%s", options->sender);
	if (options->name)
		str_addf(to, " F=%s", options->name);
	if (options->notify)
		str_addf(to, " N=%s", options->notify);
	if (options->ret)
		str_addf(to, " R=%s", options->ret);
	if (options->envid)
		str_addf(to, " V=%s", options->envid);
	for (char **rcpt = options->rcpts; *rcpt; rcpt++)
		str_addf(to, " %s", *rcpt);
}

static const struct {
	const char *words; /* "_" is a blank, "''" an empty word */
	const char *shown; /* NULL: refused */
} calls[] = {
    {"sendmail root", "letter root"},
    {"sendmail -t", "letter t"},
    {"sendmail -t -i", "letter t i"},
    {"sendmail -ti", "letter t i"},
    {"sendmail -oi -t", "letter t i"},
    {"sendmail -o i -t", "letter t i"},
    {"sendmail -oem -oi -f alice -- bob", "letter i f=alice bob"},
    {"sendmail -falice bob", "letter f=alice bob"},
    {"sendmail -r alice bob", "letter f=alice bob"},
    {"sendmail -f '' bob", "letter f= bob"},
    {"sendmail -f<> bob", "letter f=<> bob"},
    /* vixie-cron, cronie, mutt, s-nail, git, PHP, Python's mailman */
    {"/usr/sbin/sendmail -FCronDaemon -i -B8BITMIME -oem root",
	"letter i F=CronDaemon root"},
    {"sendmail -FCronDaemon -odi -oem -oi -t -f root",
	"letter t i f=root F=CronDaemon"},
    {"sendmail -oem -oi -f a@b.test -- c@d.test", "letter i f=a@b.test c@d.test"},
    {"sendmail -i -r a -- b c", "letter i f=a b c"},
    {"sendmail -t -i -fwww@x.test", "letter t i f=www@x.test"},
    {"sendmail -N failure,delay -R hdrs -V QQ1 bob",
	"letter N=failure,delay R=hdrs V=QQ1 bob"},
    {"sendmail -bm -v bob", "letter v bob"},
    {"sendmail -bs", "smtp"},
    {"sendmail -b s", "smtp"},
    {"sendmail -bp", "list"},
    {"/usr/bin/mailq", "list"},
    {"/usr/bin/newaliases", "nothing"},
    {"sendmail -bi", "nothing"},
    {"sendmail -q", "nothing"},
    {"sendmail -q30m", "nothing"},
    {"sendmail -Ac -C /x -d0.4 -h 5 -L tag -m -n -O DeliveryMode=b -p x "
	"-U -G -X /tmp/log -x bob", "letter bob"},
    {"sendmail -bd -q30m", NULL},
    {"sendmail -bv bob", NULL},
    {"sendmail -bZ", NULL},
    {"sendmail -Z bob", NULL},
    {"sendmail -f", NULL},
    {"sendmail bob -f alice", NULL},
    {"sendmail -- -X/tmp/x", NULL},
};

START_TEST(takes_options_as_programs_pass_them)
{
	char words[256], *argv[WORDS + 1] = {0}, *rest = words;
	struct options options;
	const char *fault;
	struct str shown = {0};
	int argc = 0;

	strcpy(words, calls[_i].words);
	while (rest && argc < WORDS) {
		char *word = strsep(&rest, " ");

		argv[argc++] = strcmp(word, "''") ? word : word + 2;
	}
	fault = options_read(argc, argv, &options);
	ck_assert_int_eq(fault == NULL, calls[_i].shown != NULL);
	if (!fault) {
		show(&options, &shown);
		ck_assert_str_eq(str_c(&shown), calls[_i].shown);
	}
	str_free(&shown);
}
END_TEST

static const struct {
	const char *text, *kept;
	bool is_end;
} dots[] = {
    {"a\n.\nb\n", "a\n", true},
    {"a\n.\r\nb\n", "a\n", true},
    {".\n", "", true},
    {"a\n.", "a\n", false},
    {"a\n..\nb\n", "a\n..\nb\n", false},
    {"a\n.b\n.\rc\n", "a\n.b\n.\rc\n", false},
    {"a.\n b\n", "a.\n b\n", false},
    {"a\n. \nb\n", "a\n. \nb\n", false},
};

START_TEST(a_single_dot_is_the_end)
{
	struct dot whole = {0}, piecewise = {0}, text = {.is_text = true};
	struct str kept = {0};
	const char *bytes = dots[_i].text;

	dot_take(&whole, slice_of(bytes), &kept);
	ck_assert_str_eq(str_c(&kept), dots[_i].kept);
	ck_assert_int_eq(whole.is_end, dots[_i].is_end);
	str_clear(&kept);
	for (; *bytes; bytes++)
		dot_take(&piecewise, slice_make(bytes, 1), &kept);
	ck_assert_str_eq(str_c(&kept), dots[_i].kept);
	str_clear(&kept);
	dot_take(&text, slice_of(dots[_i].text), &kept);
	ck_assert_str_eq(str_c(&kept), dots[_i].text);
	str_free(&kept);
}
END_TEST

static const struct {
	const char *header, *rcpts;
} headers[] = {
    {"To: a@b\nSubject: To: x@y\nCc: c@d, \"x, y\" <e@f>\n\n", " a@b c@d e@f"},
    {"to: a@b\nBCC:\n c@d,\n\te@f\n\n", " a@b c@d e@f"},
    {"To: undisclosed-recipients:;\nBcc: a@b\n\n", " a@b"},
    {"To: team: a@b, c@d;, e@f\n\n", " a@b c@d e@f"},
    {"To: a @ b,\n c\n @d\n\n", " a@b c@d"},
    {"To: \"a b\"@c, \"x\\\" y\"@z\n\n", " \"a b\"@c \"x\\\" y\"@z"},
    {"To: root\n\n", " root"},
    {"To: a@b\nResent-To: c@d\nResent-Bcc: e@f\n\n", " c@d e@f"},
    {"Subject: hello\n\n", ""},
    {"To:\nCc: \nBcc: ,,\n\n", ""},
};

START_TEST(finds_recipients_in_a_header)
{
	struct strs rcpts = {0};
	struct str shown = {0};

	rcpts_of_header(&rcpts, slice_of(headers[_i].header));
	for (size_t i = 0; i < rcpts.len; i++)
		str_addf(&shown, " %s", str_c(&rcpts.v[i]));
	ck_assert_str_eq(str_c(&shown), headers[_i].rcpts);
	strs_free(&rcpts);
	str_free(&shown);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("sendmail");

	tcase_add_loop_test(unit.cases, takes_options_as_programs_pass_them,
	    0, sizeof calls / sizeof *calls);
	tcase_add_loop_test(unit.cases, a_single_dot_is_the_end, 0,
	    sizeof dots / sizeof *dots);
	tcase_add_loop_test(unit.cases, finds_recipients_in_a_header, 0,
	    sizeof headers / sizeof *headers);
	return unit_run(unit);
}
