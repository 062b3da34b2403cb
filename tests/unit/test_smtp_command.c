/* test_smtp_command - command lines taken apart: RFC 5321, 3461, 6531. */
#include "lib/mail/smtp_command.h"
#include "tests/unit/unit.h"

static const struct {
	const char *line;
	enum smtp_verb verb;
	enum smtp_fault fault;
} lines[] = {
	{"EHLO mail.example.org", SMTP_EHLO, SMTP_FINE},
	{"ehlo [192.0.2.1]", SMTP_EHLO, SMTP_FINE},
	{"EHLO", SMTP_EHLO, SMTP_BAD_SYNTAX},
	{"HELO ", SMTP_HELO, SMTP_BAD_SYNTAX},
	{"helo x ", SMTP_HELO, SMTP_FINE},
	{"LHLO x", SMTP_OTHER, SMTP_FINE},
	{"DATA", SMTP_DATA, SMTP_FINE},
	{"DATA now", SMTP_DATA, SMTP_BAD_SYNTAX},
	{"rSeT", SMTP_RSET, SMTP_FINE},
	{"NOOP anything at all", SMTP_NOOP, SMTP_FINE},
	{"QUIT \t", SMTP_QUIT, SMTP_FINE},
	{"HELP MAIL", SMTP_HELP, SMTP_FINE},
	{"VRFY", SMTP_VRFY, SMTP_BAD_SYNTAX},
	{"VRFY smith", SMTP_VRFY, SMTP_FINE},
	{"EXPN list", SMTP_OTHER, SMTP_FINE},
	{"STARTTLS", SMTP_STARTTLS, SMTP_FINE},
	{"STARTTLS now", SMTP_STARTTLS, SMTP_BAD_SYNTAX},
	{"auth plain AGEAYg==", SMTP_AUTH, SMTP_FINE},
	{"AUTH", SMTP_AUTH, SMTP_BAD_SYNTAX},
	{"", SMTP_UNKNOWN, SMTP_FINE},
	{" MAIL FROM:<>", SMTP_UNKNOWN, SMTP_FINE},
	{"MAILFROM:<>", SMTP_UNKNOWN, SMTP_FINE},
	{"BLAH", SMTP_UNKNOWN, SMTP_FINE},
	{"GET / HTTP/1.1", SMTP_FOREIGN, SMTP_FINE},
	{"post /x HTTP/1.0", SMTP_FOREIGN, SMTP_FINE},
	{"\x16\x03\x01", SMTP_FOREIGN, SMTP_FINE},
	{"\xff\xfe", SMTP_FOREIGN, SMTP_FINE},
};

START_TEST(verbs_are_known_in_any_case)
{
	struct smtp_command command;

	ck_assert_int_eq(smtp_command_parse(slice_of(lines[_i].line), false,
	    &command), lines[_i].fault);
	ck_assert_int_eq(command.verb, lines[_i].verb);
}
END_TEST

static const struct {
	const char *line;
	enum smtp_fault fault;
	const char *address;
} paths[] = {
	{"MAIL FROM:<>", SMTP_FINE, ""},
	{"MAIL FROM:<a@b.test>", SMTP_FINE, "a@b.test"},
	{"mail from:<a@b.test>", SMTP_FINE, "a@b.test"},
	{"MAIL FROM: <a@b.test> ", SMTP_FINE, "a@b.test"},
	{"MAIL FROM:a@b.test", SMTP_FINE, "a@b.test"},
	{"MAIL FROM:<@x.test,@y.test:a@b.test>", SMTP_FINE, "a@b.test"},
	{"MAIL FROM:<@x.test,y.test:a@b.test>", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:<@x.test a@b.test>", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:<@x.test:>", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:<\"a>b\"@c.test>", SMTP_FINE, "\"a>b\"@c.test"},
	{"MAIL FROM:<\"a b\"@c.test>", SMTP_FINE, "\"a b\"@c.test"},
	{"MAIL FROM:<\"a\\\"b\"@c.test>", SMTP_FINE, "\"a\\\"b\"@c.test"},
	{"MAIL FROM:<a@[192.0.2.1]>", SMTP_FINE, "a@[192.0.2.1]"},
	{"MAIL FROM:<a@[IPv6:2001:db8::1]>", SMTP_FINE,
	    "a@[IPv6:2001:db8::1]"},
	{"MAIL FROM:<a@b.test", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:<a@b.test>SIZE=1", SMTP_BAD_SYNTAX, NULL},
	{"MAIL FROM:<a b@c.test>", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:<a..b@c.test>", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:<a@b@c.test>", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:<a>", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:<a@>", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:<@b.test>", SMTP_BAD_ADDRESS, NULL},
	{"MAIL FROM:", SMTP_BAD_SYNTAX, NULL},
	{"MAIL", SMTP_BAD_SYNTAX, NULL},
	{"MAIL TO:<a@b.test>", SMTP_BAD_SYNTAX, NULL},
	{"MAIL FROM:<\xc3\xa4@b.test>", SMTP_NEEDS_SMTPUTF8, NULL},
	{"MAIL FROM:<\xc3\xa4@b.test> SMTPUTF8", SMTP_FINE,
	    "\xc3\xa4@b.test"},
	{"MAIL FROM:<\xc3@b.test> SMTPUTF8", SMTP_BAD_ADDRESS, NULL},
	{"RCPT TO:<a@b.test>", SMTP_FINE, "a@b.test"},
	{"RCPT TO:<Postmaster>", SMTP_FINE, "Postmaster"},
	{"RCPT TO:<>", SMTP_BAD_ADDRESS, NULL},
	{"RCPT TO:<someone>", SMTP_BAD_ADDRESS, NULL},
	{"RCPT FROM:<a@b.test>", SMTP_BAD_SYNTAX, NULL},
	{"RCPT TO:<\xc3\xa4@b.test>", SMTP_NEEDS_SMTPUTF8, NULL},
};

START_TEST(paths_are_those_of_rfc_5321)
{
	struct smtp_command command;

	ck_assert_int_eq(smtp_command_parse(slice_of(paths[_i].line), false,
	    &command), paths[_i].fault);
	if (paths[_i].address)
		ck_assert(slice_is(command.address, paths[_i].address));
}
END_TEST

START_TEST(rcpt_follows_the_smtputf8_of_mail)
{
	struct smtp_command command;

	ck_assert_int_eq(smtp_command_parse(
	    slice_of("RCPT TO:<\xc3\xa4@b.test>"), true, &command), SMTP_FINE);
}
END_TEST

static const struct {
	const char *parameters;
	enum smtp_fault fault;
} on_mail[] = {
	{"SIZE=0", SMTP_FINE},
	{"SIZE=12345678901234567890", SMTP_FINE},
	{"SIZE=123456789012345678901", SMTP_BAD_PARAMETER},
	{"SIZE=", SMTP_BAD_PARAMETER},
	{"SIZE", SMTP_BAD_PARAMETER},
	{"SIZE=-1", SMTP_BAD_PARAMETER},
	{"BODY=7BIT", SMTP_FINE},
	{"body=8bitmime", SMTP_FINE},
	{"BODY=BINARYMIME", SMTP_BAD_PARAMETER},
	{"SMTPUTF8", SMTP_FINE},
	{"SMTPUTF8=yes", SMTP_BAD_PARAMETER},
	{"RET=FULL", SMTP_FINE},
	{"RET=hdrs ENVID=QQ314159", SMTP_FINE},
	{"RET=FULL RET=FULL", SMTP_BAD_PARAMETER},
	{"RET=SOME", SMTP_BAD_PARAMETER},
	{"ENVID=a+2Bb", SMTP_FINE},
	{"ENVID=a+2bb", SMTP_BAD_PARAMETER},
	{"ENVID=a+2", SMTP_BAD_PARAMETER},
	{"ENVID=", SMTP_BAD_PARAMETER},
	{"AUTH=<>", SMTP_FINE},
	{"AUTH=e+3Dmc2@example.com", SMTP_FINE},
	{"SIZE=1  BODY=7BIT\tRET=FULL", SMTP_FINE},
	{"FOO=bar", SMTP_UNKNOWN_PARAMETER},
	{"NOTIFY=NEVER", SMTP_UNKNOWN_PARAMETER},
	{"=x", SMTP_UNKNOWN_PARAMETER},
};

START_TEST(parameters_of_mail)
{
	struct smtp_command command;
	struct str line = {0};

	str_addf(&line, "MAIL FROM:<a@b.test> %s", on_mail[_i].parameters);
	ck_assert_int_eq(smtp_command_parse(str_slice(&line), false, &command),
	    on_mail[_i].fault);
	str_free(&line);
}
END_TEST

static const struct {
	const char *parameters;
	enum smtp_fault fault;
} on_rcpt[] = {
	{"NOTIFY=NEVER", SMTP_FINE},
	{"notify=success,FAILURE,Delay", SMTP_FINE},
	{"NOTIFY=NEVER,SUCCESS", SMTP_BAD_PARAMETER},
	{"NOTIFY=SUCCESS,SUCCESS", SMTP_BAD_PARAMETER},
	{"NOTIFY=SUCCESS,", SMTP_BAD_PARAMETER},
	{"NOTIFY=", SMTP_BAD_PARAMETER},
	{"NOTIFY", SMTP_BAD_PARAMETER},
	{"ORCPT=rfc822;Bob@big-bucks.com", SMTP_FINE},
	{"ORCPT=rfc822;a+2Bb@x NOTIFY=DELAY", SMTP_FINE},
	{"ORCPT=rfc822;", SMTP_BAD_PARAMETER},
	{"ORCPT=;a@b", SMTP_BAD_PARAMETER},
	{"ORCPT=a@b", SMTP_BAD_PARAMETER},
	{"ORCPT=rf c822;a@b", SMTP_BAD_PARAMETER},
	{"ORCPT=rfc822;a+zz", SMTP_BAD_PARAMETER},
	{"ORCPT=utf-8;\xc3\xa4@b", SMTP_BAD_PARAMETER},
	{"SIZE=1", SMTP_UNKNOWN_PARAMETER},
};

START_TEST(parameters_of_rcpt)
{
	struct smtp_command command;
	struct str line = {0};

	str_addf(&line, "RCPT TO:<a@b.test> %s", on_rcpt[_i].parameters);
	ck_assert_int_eq(smtp_command_parse(str_slice(&line), false, &command),
	    on_rcpt[_i].fault);
	str_free(&line);
}
END_TEST

START_TEST(values_are_kept)
{
	struct smtp_command command;

	smtp_command_parse(slice_of("MAIL FROM:<a@b.test> SIZE=4711 "
	    "BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=Q+2Bq"), false, &command);
	ck_assert_uint_eq(command.size, 4711);
	ck_assert(command.is_8bit && command.is_smtputf8);
	ck_assert(slice_is(command.ret, "HDRS"));
	ck_assert(slice_is(command.envid, "Q+2Bq"));
	smtp_command_parse(slice_of("RCPT TO:<a@b.test> "
	    "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;A@b"), false, &command);
	ck_assert(slice_is(command.notify, "SUCCESS,DELAY"));
	ck_assert(slice_is(command.orcpt, "rfc822;A@b"));
}
END_TEST

START_TEST(lengths_are_limited)
{
	struct smtp_command command;
	struct str line = {0};

	str_addf(&line, "MAIL FROM:<a@b.test> ENVID=%0*d", SMTP_ENVID_MAX, 0);
	ck_assert_int_eq(smtp_command_parse(str_slice(&line), false, &command),
	    SMTP_FINE);
	str_puts(&line, "0");
	ck_assert_int_eq(smtp_command_parse(str_slice(&line), false, &command),
	    SMTP_BAD_PARAMETER);
	str_clear(&line);
	str_addf(&line, "RCPT TO:<a@b.test> ORCPT=rfc822;%0*d",
	    SMTP_ORCPT_MAX - 6, 0);
	ck_assert_int_eq(smtp_command_parse(str_slice(&line), false, &command),
	    SMTP_BAD_PARAMETER);
	str_clear(&line);
	str_addf(&line, "EHLO %0*d", 256, 0);
	ck_assert_int_eq(smtp_command_parse(str_slice(&line), false, &command),
	    SMTP_BAD_SYNTAX);
	str_free(&line);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_command");

	unit_loop(unit.cases, verbs_are_known_in_any_case, lines);
	unit_loop(unit.cases, paths_are_those_of_rfc_5321, paths);
	unit_loop(unit.cases, parameters_of_mail, on_mail);
	unit_loop(unit.cases, parameters_of_rcpt, on_rcpt);
	tcase_add_test(unit.cases, rcpt_follows_the_smtputf8_of_mail);
	tcase_add_test(unit.cases, values_are_kept);
	tcase_add_test(unit.cases, lengths_are_limited);
	return unit_run(unit);
}
