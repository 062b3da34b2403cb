/* test_smtp_reply - whatever a server says is a reply, or none, and small. */
#include "lib/mail/smtp_reply.h"
#include "tests/unit/unit.h"

#include <string.h>

/* Lines separated by LF; each but the last has to ask for more. */
static enum smtp_reply_result
take(struct smtp_reply *reply, const char *lines)
{
	struct slice rest = slice_of(lines);
	enum smtp_reply_result result = SMTP_REPLY_MORE;

	while (rest.len) {
		ck_assert_int_eq(result, SMTP_REPLY_MORE);
		result = smtp_reply_line(reply, slice_cut(&rest, '\n'));
	}
	return result;
}

static const struct {
	const char *lines;
	int code;
	const char *enhanced, *text;
} good[] = {
	{"250 ok", 250, "", "ok"},
	{"250", 250, "", ""},
	{"250 ", 250, "", ""},
	{"250 2.1.0 ok\r", 250, "2.1.0", "ok"},
	{"250 2.1.0", 250, "2.1.0", ""},
	{"550 5.1.1 no such user", 550, "5.1.1", "no such user"},
	{"550 5.7.511 banned", 550, "5.7.511", "banned"},
	{"550-5.1.1 no\n550 5.1.1 such user", 550, "5.1.1", "no\nsuch user"},
	/* RFC 2034: the class is the code's, or it is only words */
	{"550 4.1.1 odd", 550, "", "4.1.1 odd"},
	{"550 2.0.0 odd", 550, "", "2.0.0 odd"},
	{"550 5.1 odd", 550, "", "5.1 odd"},
	{"550 5.1.1odd", 550, "", "5.1.1odd"},
	{"550 5.1.1234 odd", 550, "", "5.1.1234 odd"},
	{"220 192.0.2.1 is no such code", 220, "", "192.0.2.1 is no such "
	    "code"},
	/* the last line decides */
	{"250-one\n550 two", 550, "", "one\ntwo"},
	{"550-5.1.1 one\n450 two", 450, "", "one\ntwo"},
	{"354 go\x01 on\x7f\t", 354, "", "go  on  "},
	{"220 gr\xc3\xbc\xc3\x9f", 220, "", "gr\xc3\xbc\xc3\x9f"},
	{"220 gr\xfc\xdf", 220, "", "gr??"},
};

START_TEST(reply_is_read)
{
	struct smtp_reply reply = {0};

	ck_assert_int_eq(take(&reply, good[_i].lines), SMTP_REPLY_WHOLE);
	ck_assert_int_eq(reply.code, good[_i].code);
	ck_assert_str_eq(reply.enhanced, good[_i].enhanced);
	ck_assert_str_eq(str_c(&reply.text), good[_i].text);
	smtp_reply_free(&reply);
}
END_TEST

static const char *const bad[] = {"hello", "25 ok", "250ok", "250_ok",
	"150 ok", "650 ok", "2x0 ok", " 250 ok", "-250 ok", "250\tok",
	"250-ok\nok"};

START_TEST(what_is_no_reply_is_bad)
{
	struct smtp_reply reply = {0};

	ck_assert_int_eq(take(&reply, bad[_i]), SMTP_REPLY_BAD);
	smtp_reply_free(&reply);
}
END_TEST

START_TEST(empty_line_is_bad)
{
	struct smtp_reply reply = {0};

	ck_assert_int_eq(smtp_reply_line(&reply, slice_of("\r\n")),
	    SMTP_REPLY_BAD);
	smtp_reply_free(&reply);
}
END_TEST

START_TEST(reply_without_end_is_bad_and_small)
{
	char line[1000];
	struct smtp_reply reply = {0};
	size_t lines = 0;

	memset(line, 'x', sizeof line);
	memcpy(line, "250-", 4);
	while (smtp_reply_line(&reply, slice_make(line, sizeof line)) ==
	    SMTP_REPLY_MORE)
		lines++;
	ck_assert_uint_eq(lines, SMTP_REPLY_LINES_MAX);
	ck_assert_uint_le(reply.text.len, SMTP_REPLY_TEXT_MAX + 4);
	smtp_reply_free(&reply);
}
END_TEST

START_TEST(words_are_one_line)
{
	struct smtp_reply reply = {0};
	struct str words = {0};

	take(&reply, "550-5.1.1 a\n550-5.1.1\n550 5.1.1 b");
	smtp_reply_words(&words, &reply);
	ck_assert_str_eq(str_c(&words), "a  b");
	smtp_reply_clear(&reply);
	ck_assert_int_eq(take(&reply, "250 fine"), SMTP_REPLY_WHOLE);
	ck_assert_str_eq(str_c(&reply.text), "fine");
	ck_assert_str_eq(reply.enhanced, "");
	smtp_reply_free(&reply);
	str_free(&words);
}
END_TEST

START_TEST(capabilities_are_read)
{
	struct smtp_capabilities can;

	smtp_capabilities_parse(slice_of("host PIPELINING\npipelining\n"
	    "SIZE 35882577\n8BITMIME\nSmtpUtf8\nDSN\nSTARTTLS\n"
	    "ENHANCEDSTATUSCODES\nAUTH PLAIN login X-FOO SCRAM-SHA-256\n"
	    "LIMITS RCPTMAX=20 MAILMAX=x FOO=3"), &can);
	ck_assert(can.has_pipelining && can.has_8bitmime && can.has_smtputf8);
	ck_assert(can.has_dsn && can.has_starttls);
	ck_assert(can.has_size);
	ck_assert_uint_eq(can.size_max, 35882577);
	ck_assert_uint_eq(can.auth, SMTP_AUTH_PLAIN | SMTP_AUTH_LOGIN |
	    SMTP_AUTH_SCRAM_SHA_256);
	ck_assert_uint_eq(can.rcpt_max, 20);
	ck_assert_uint_eq(can.mail_max, 0);
}
END_TEST

START_TEST(first_line_is_no_capability)
{
	struct smtp_capabilities can;

	smtp_capabilities_parse(slice_of("PIPELINING\nPIPELININGS\nSIZE x\n"
	    "AUTH=LOGIN PLAIN\nXDSN DSN\n\n"), &can);
	ck_assert(!can.has_pipelining && !can.has_dsn);
	ck_assert(can.has_size);
	ck_assert_uint_eq(can.size_max, 0);
	ck_assert_uint_eq(can.auth, SMTP_AUTH_LOGIN | SMTP_AUTH_PLAIN);
	smtp_capabilities_parse(slice_of(""), &can);
	ck_assert(!can.has_size);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_reply");

	tcase_add_loop_test(unit.cases, reply_is_read, 0,
	    sizeof good / sizeof *good);
	tcase_add_loop_test(unit.cases, what_is_no_reply_is_bad, 0,
	    sizeof bad / sizeof *bad);
	tcase_add_test(unit.cases, empty_line_is_bad);
	tcase_add_test(unit.cases, reply_without_end_is_bad_and_small);
	tcase_add_test(unit.cases, words_are_one_line);
	tcase_add_test(unit.cases, capabilities_are_read);
	tcase_add_test(unit.cases, first_line_is_no_capability);
	return unit_run(unit);
}
