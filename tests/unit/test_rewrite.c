/* test_rewrite - what the outside sees of a header; every other byte stays. */
#include "lib/mail/rewrite.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static char told[256];

/* xx and yy of in.test have mailboxes outside, nn has none. */
static enum rewrite_verdict
map(void *context, struct slice address, struct str *to)
{
	(void)context;
	if (slice_ieq(address, slice_of("xx@in.test")) ||
	    slice_is(address, "\"x x\"@in.test")) {
		str_puts(to, "xx@isp.test");
		return REWRITE_REPLACE;
	}
	if (slice_is(address, "yy@in.test")) {
		str_puts(to, "a.long.name@isp.test");
		return REWRITE_REPLACE;
	}
	return slice_is(address, "nn@in.test") ||
	    slice_is(address, "mm@in.test") ? REWRITE_DROP : REWRITE_KEEP;
}

static void
tell(void *context, enum rewrite_event event, struct slice field,
    struct slice address)
{
	size_t used = strlen(told);

	(void)context;
	snprintf(told + used, sizeof told - used, "%s %.*s %.*s|",
	    event == REWRITE_DROPPED ? "dropped" : "strange", (int)field.len,
	    field.s, (int)address.len, address.s);
}

static const struct {
	const char *inside, *outside;
} headers[] = {
	{"", ""},
	{"\nbody", "\nbody"},
	{"From: xx@in.test\n\n", "From: xx@isp.test\n\n"},
	{"From: XX@In.Test\n\n", "From: xx@isp.test\n\n"},
	{"from:xx@in.test", "from:xx@isp.test\n"},
	{"From: Zhang San <xx@in.test>\n\n",
	    "From: Zhang San <xx@isp.test>\n\n"},
	{"From: =?utf-8?B?5byg5LiJ?= <xx@in.test> (office)\n\n",
	    "From: =?utf-8?B?5byg5LiJ?= <xx@isp.test> (office)\n\n"},
	{"From: \"xx@in.test\" <xx@in.test>\n\n",
	    "From: \"xx@isp.test\" <xx@isp.test>\n\n"},
	{"To: \"'yy@in.test'\" <yy@in.test>\n\n",
	    "To: \"'a.long.name@isp.test'\" <a.long.name@isp.test>\n\n"},
	/* so do some, and encode it: Foxmail */
	{"From: =?gb2312?B?eHhAaW4udGVzdA==?= <xx@in.test>\n\n",
	    "From: \"xx@isp.test\" <xx@isp.test>\n\n"},
	{"To: \"=?utf-8?q?YY=40in.test?=\" <yy@in.test>,\n"
	    " =?utf-8?Q?xx=40in?=\n =?utf-8?Q?.test?= <xx@in.test>\n\n",
	    "To: \"a.long.name@isp.test\" <a.long.name@isp.test>,\n"
	    " \"xx@isp.test\" <xx@isp.test>\n\n"},
	{"To: =?utf-8?Q?xx=40in.test?= Xaver <xx@in.test>\n\n",
	    "To: =?utf-8?Q?xx=40in.test?= Xaver <xx@isp.test>\n\n"},
	{"To: zz@other.test,\n xx@in.test (a, b),\n\t\"Y, y\"\n <yy@in.test>\n"
	    "\n",
	    "To: zz@other.test,\n xx@isp.test (a, b),\n\t\"Y, y\"\n "
	    "<a.long.name@isp.test>\n\n"},
	{"To: Team: xx@in.test, zz@other.test;, yy@in.test\n\n",
	    "To: Team: xx@isp.test, zz@other.test;, a.long.name@isp.test\n\n"},
	{"To: <@relay.test:xx@in.test>\n\n",
	    "To: <@relay.test:xx@isp.test>\n\n"},
	{"To: xx @ in\n .test, zz@other.test\n\n",
	    "To: xx@isp.test, zz@other.test\n\n"},
	{"To: \"x x\"@in.test\n\n", "To: xx@isp.test\n\n"},
	{"To: caf\xe9 <xx@in.test>\n\n", "To: caf\xe9 <xx@isp.test>\n\n"},
	{"To: <xx@in.test\n\n", "To: <xx@isp.test\n\n"},
	{"Cc: xx@in.test, nobody at all, <>\n\n",
	    "Cc: xx@isp.test, nobody at all, <>\n\n"},
	/* everywhere an address of the writer's may stand */
	{"Sender: xx@in.test\nReply-To: xx@in.test\nResent-From: xx@in.test\n"
	    "Disposition-Notification-To: <xx@in.test>\n"
	    "Return-Receipt-To: xx@in.test\nErrors-To: xx@in.test\n\n",
	    "Sender: xx@isp.test\nReply-To: xx@isp.test\n"
	    "Resent-From: xx@isp.test\n"
	    "Disposition-Notification-To: <xx@isp.test>\n"
	    "Return-Receipt-To: xx@isp.test\nErrors-To: xx@isp.test\n\n"},
	/* what holds no addresses stays, whatever it says */
	{"Subject: xx@in.test\nMessage-ID: <1@in.test>\n"
	    "References: <xx@in.test>\nX-To: xx@in.test\n\nTo: xx@in.test\n",
	    "Subject: xx@in.test\nMessage-ID: <1@in.test>\n"
	    "References: <xx@in.test>\nX-To: xx@in.test\n\n"
	    "To: xx@in.test\n"},
	{"Bcc: a@b\nReturn-Path: <xx@in.test>\nResent-Bcc: x,\n y\nA: b\n\n",
	    "A: b\n\n"},
	/* inside addresses without a mailbox outside */
	{"Cc: nn@in.test\nA: b\n\n", "A: b\n\n"},
	{"To: N <nn@in.test>\n\n", "To: undisclosed-recipients:;\n\n"},
	{"Cc: nn@in.test, zz@other.test\n\n", "Cc: zz@other.test\n\n"},
	{"Cc: zz@other.test, nn@in.test\n\n", "Cc: zz@other.test\n\n"},
	{"Cc: zz@other.test,\n nn@in.test,\n xx@in.test\n\n",
	    "Cc: zz@other.test,\n xx@isp.test\n\n"},
	{"Cc: nn@in.test,\n zz@other.test\n\n", "Cc: zz@other.test\n\n"},
	{"Cc: Us: nn@in.test, zz@other.test;\n\n",
	    "Cc: Us: zz@other.test;\n\n"},
	{"Cc: Us: zz@other.test, nn@in.test;, xx@in.test\n\n",
	    "Cc: Us: zz@other.test;, xx@isp.test\n\n"},
	{"Cc: nn@in.test, mm@in.test (x), zz@other.test, nn@in.test\n\n",
	    "Cc: zz@other.test\n\n"},
	{"From: N <nn@in.test>\n\n", "From: N <self@isp.test>\n\n"},
	/* trace */
	{"Received: from pc (10.0.0.5 by me) \n\tby mail.in.test with ESMTPSA"
	    " id 4\n\tfor <zz@other.test>;\n\tSun\nReceived: from a by b; Sat\n"
	    "A: b\n\n",
	    "Received: by mail.in.test with ESMTPSA"
	    " id 4\n\tfor <zz@other.test>;\n\tSun\nA: b\n\n"},
	{"Received: by x; Sun\n\n", "Received: by x; Sun\n\n"},
	{"Received: from pc (10.0.0.5); Sun\n\n", "\n"},
};

START_TEST(shows_the_outside_its_own_addresses)
{
	const struct rewrite_rules rules = {
		.map = map, .self = slice_of("self@isp.test")};
	struct str out = {0};

	rewrite_header(&out, slice_of(headers[_i].inside), &rules);
	ck_assert_str_eq(str_c(&out), headers[_i].outside);
	str_free(&out);
}
END_TEST

START_TEST(says_what_was_left_out_or_not_understood)
{
	const struct rewrite_rules rules = {.map = map, .tell = tell};
	struct str out = {0};

	rewrite_header(&out, slice_of("To: x y, nn@in.test, zz@b.test\n"),
	    &rules);
	ck_assert_str_eq(told, "strange To x y|dropped To nn@in.test|");
	str_free(&out);
}
END_TEST

/* RFC 5322 2.1.1: longer ones are refused by many. */
static size_t
longest_line(const struct str *text)
{
	struct slice rest = str_slice(text);
	size_t longest = 0;

	while (rest.len) {
		size_t len = slice_cut(&rest, '\n').len;

		longest = len > longest ? len : longest;
	}
	return longest;
}

START_TEST(a_line_that_grows_too_long_is_folded)
{
	static const char *const gaps[] = {", ", ",",
	    ", \"a very long name of somebody else\" <zz@other.test>,\t"};
	const struct rewrite_rules rules = {.map = map};
	struct str in = {0}, out = {0}, wanted = {0}, plain = {0};

	str_puts(&in, "To: yy@in.test");
	str_puts(&wanted, "To: a.long.name@isp.test");
	for (size_t len = in.len; in.len + 30 < 998; len = in.len) {
		str_addf(&in, "%syy@in.test", gaps[_i]);
		str_addf(&wanted, "%sa.long.name@isp.test", gaps[_i]);
		ck_assert_uint_lt(len, in.len);
	}
	str_puts(&in, "\nA: b\n\n");
	str_puts(&wanted, "A: b");
	rewrite_header(&out, str_slice(&in), &rules);
	ck_assert_uint_gt(wanted.len, 998);
	ck_assert_uint_le(longest_line(&out), 998);
	for (size_t i = 0; i < out.len; i++)
		if (out.s[i] != '\n')
			str_putc(&plain, out.s[i]);
		else if (!gaps[_i][1] && out.s[i + 1] == ' ')
			i++; /* that was not there */
	ck_assert_str_eq(str_c(&plain), str_c(&wanted));
	str_free(&in);
	str_free(&out);
	str_free(&wanted);
	str_free(&plain);
}
END_TEST

/* Of a house where zz, ls and boss share one mailbox. */
static enum rewrite_verdict
map_shared(void *context, struct slice address, struct str *to)
{
	(void)context;
	slice_cut(&address, '@');
	if (!slice_is(address, "share.test"))
		return REWRITE_KEEP;
	str_puts(to, "sales@isp.test");
	return REWRITE_REPLACE;
}

static bool
name_shared(void *context, struct slice address, struct str *to)
{
	(void)context;
	if (slice_ieq(address, slice_of("zz@share.test")))
		str_puts(to, "Zhang \"San\"");
	else if (slice_is(address, "ls@share.test"))
		str_puts(to, "\xe6\x9d\x8e\xe5\x9b\x9b");
	else
		return false;
	return true;
}

#define ZZ "\"Zhang \\\"San\\\"\" <sales@isp.test>"
#define LS "=?UTF-8?Q?=E6=9D=8E=E5=9B=9B?= <sales@isp.test>"

static const struct {
	const char *inside, *outside;
} shared_headers[] = {
	{"From: zz@share.test\n\n", "From: " ZZ "\n\n"},
	{"From: Boss <zz@share.test>\n\n", "From: " ZZ "\n\n"},
	{"From: =?utf-8?q?Boss?=\n (me) <ZZ@share.test> (boss)\n\n",
	    "From: " ZZ "\n\n"},
	{"From: zz@share.test (Boss)\n\n", "From: " ZZ "\n\n"},
	{"From: (Boss) <@x:zz@share.test>\n\n", "From: " ZZ "\n\n"},
	{"From: Boss <sales@isp.test>, ls@share.test\nSender: Boss "
	    "<boss@share.test>\n\n",
	    "From: " ZZ ", " LS "\nSender: " ZZ "\n\n"},
	{"Reply-To: Us: Boss <ls@share.test>, x@y.test;\n\n",
	    "Reply-To: Us: " LS ", x@y.test;\n\n"},
	{"To: zz@share.test, Li <ls@share.test>,\n <ls@share.test>,\n"
	    " c@far.test, \"ls@share.test\" <ls@share.test>\n\n",
	    "To: " ZZ ", Li <sales@isp.test>,\n " LS ",\n c@far.test, "
	    LS "\n\n"},
	{"To: =?gbk?B?bHNAc2hhcmUudGVzdA==?= <ls@share.test>\n\n",
	    "To: " LS "\n\n"},
	{"To: zz@share.test (Z), sales@isp.test, boss@share.test\n\n",
	    "To: sales@isp.test (Z), sales@isp.test, sales@isp.test\n\n"},
	{"X-Posthouse-Hold: 1 2\nx-posthouse-by: x\nX-Posthouse: y\n\n",
	    "X-Posthouse: y\n\n"},
};

START_TEST(who_shares_an_address_is_known_by_name)
{
	const struct rewrite_rules rules = {.map = map_shared,
		.name = name_shared, .self = slice_of("sales@isp.test"),
		.self_name = slice_of("Zhang \"San\"")};
	struct str out = {0};

	rewrite_header(&out, slice_of(shared_headers[_i].inside), &rules);
	ck_assert_str_eq(str_c(&out), shared_headers[_i].outside);
	str_free(&out);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("rewrite");

	tcase_add_loop_test(unit.cases, shows_the_outside_its_own_addresses, 0,
	    sizeof headers / sizeof *headers);
	tcase_add_loop_test(unit.cases, a_line_that_grows_too_long_is_folded,
	    0, 3);
	tcase_add_test(unit.cases, says_what_was_left_out_or_not_understood);
	tcase_add_loop_test(unit.cases,
	    who_shares_an_address_is_known_by_name, 0,
	    sizeof shared_headers / sizeof *shared_headers);
	return unit_run(unit);
}
