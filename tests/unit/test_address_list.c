/* test_address_list - addresses out of header fields, well-formed and not. */
#include "lib/mail/address_list.h"
#include "tests/unit/unit.h"

#include <string.h>

/* "display <address> (comment)", "!" before an odd one, "|" after each. */
static struct str
listed(struct slice text)
{
	struct str out = {0};
	struct mailbox_view mailbox;

	while (address_list_next(&text, &mailbox)) {
		if (mailbox.is_odd)
			str_putc(&out, '!');
		str_add_slice(&out, mailbox.display);
		str_putc(&out, '<');
		str_add_slice(&out, mailbox.address);
		str_putc(&out, '>');
		if (mailbox.comment.len) {
			str_putc(&out, '(');
			str_add_slice(&out, mailbox.comment);
			str_putc(&out, ')');
		}
		str_putc(&out, '|');
	}
	ck_assert_uint_eq(text.len, 0);
	return out;
}

struct example {
	const char *text, *mailboxes;
};

/* RFC 5322 appendix A, with the values as they stand behind the colon. */
static const struct example rfc5322[] = {
	{" John Doe <jdoe@machine.example>\n",
	    "John Doe<jdoe@machine.example>|"},
	{" Mary Smith <mary@example.net>\n", "Mary Smith<mary@example.net>|"},
	{" \"Joe Q. Public\" <john.q.public@example.com>\n",
	    "\"Joe Q. Public\"<john.q.public@example.com>|"},
	{" Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>\n",
	    "Mary Smith<mary@x.test>|<jdoe@example.org>|Who?<one@y.test>|"},
	{" <boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example."
	    "net>\n", "<boss@nil.test>|\"Giant; \\\"Big\\\" Box\"<sysservices"
	    "@example.net>|"},
	{" A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;\n",
	    "Ed Jones<c@a.test>|<joe@where.test>|John<jdoe@one.test>|"},
	{" Undisclosed recipients:;\n", ""},
	/* A.5: white space, comments, and other oddities */
	{" Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>\n",
	    "Pete<pete(his account)@silly.test(his host)>(A nice \\) chap)|"},
	{"A Group(Some people)\n     :Chris Jones <c@(Chris's host.)public."
	    "example>,\n         joe@example.org,\n  John <jdoe@one.test> (my "
	    "dear friend); (the end of the group)\n",
	    "Chris Jones<c@(Chris's host.)public.example>(Some people)|"
	    "<joe@example.org>|John<jdoe@one.test>(my dear friend)|"},
	{"(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;\n",
	    ""},
	/* A.6.1 */
	{" Joe Q. Public <john.q.public@example.com>\n",
	    "Joe Q. Public<john.q.public@example.com>|"},
	{" Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example\n",
	    "!Mary Smith<mary@example.net>|<jdoe@test  . example>|"},
	/* A.6.3 */
	{"  John Doe <jdoe@machine(comment).  example>\n",
	    "John Doe<jdoe@machine(comment).  example>|"},
};

static const struct example others[] = {
	{"", ""},
	{"\n", ""},
	{" \t\n \n", ""},
	{",,,;;,\n", ""},
	{"a@b.test", "<a@b.test>|"},
	{"a@b.test,c@d.test", "<a@b.test>|<c@d.test>|"},
	{"a@b.test;c@d.test", "<a@b.test>|<c@d.test>|"},
	{"<a@b.test>", "<a@b.test>|"},
	{"< a@b.test >", "<a@b.test>|"},
	{"<>", "<>|"},
	{"a@b.test (Anna Berg)", "<a@b.test>(Anna Berg)|"},
	{"(Anna) a@b.test", "<a@b.test>(Anna)|"},
	{"(one (two (three)) \\( four)a@b.test(five)", "<a@b.test>(five)|"},
	{"Anna\n Berg\n <a@b.test>,\n\tc@d.test\n",
	    "Anna\n Berg<a@b.test>|<c@d.test>|"},
	{"\"a,b;c:d<e>(f)@\" <a@b.test>", "\"a,b;c:d<e>(f)@\"<a@b.test>|"},
	{"\"a b\"@c.test", "<\"a b\"@c.test>|"},
	{"<\"a>b\"@c.test>", "<\"a>b\"@c.test>|"},
	{"a@[IPv6:2001:db8::1]", "<a@[IPv6:2001:db8::1]>|"},
	{"A <a@[IPv6:2001:db8::1]>, b", "A<a@[IPv6:2001:db8::1]>|<b>|"},
	{"\xe5\xbc\xa0\xe4\xb8\x89 <a@b.test>",
	    "\xe5\xbc\xa0\xe4\xb8\x89<a@b.test>|"},
	{"\xff\xfe <\xff@b.test>", "\xff\xfe<\xff@b.test>|"},
	{"=?utf-8?q?J=C3=B6rg=2C?= <j@b.test>",
	    "=?utf-8?q?J=C3=B6rg=2C?=<j@b.test>|"},
	{"One:a@b.test;, Two:c@d.test;", "<a@b.test>|<c@d.test>|"},
	{"One:a@b.test, c@d.test", "<a@b.test>|<c@d.test>|"},
	{"a\\,b@c.test", "<a\\,b@c.test>|"},
	/* a name that is the address again, as some write it */
	{"a@b.test <a@b.test>", "a@b.test<a@b.test>|"},
	{"A@B.test <a@b.test>", "A@B.test<a@b.test>|"},
	{"\"x@y.test\" <a@b.test>", "\"x@y.test\"<a@b.test>|"},
};

/* Whom does it name?  Readers differ. */
static const struct example odd[] = {
	{"<@c.test,@d.test:a@b.test>", "!<a@b.test>|"},
	{"<@c.test>", "!<@c.test>|"},
	{"x@y.test <a@b.test>", "!x@y.test<a@b.test>|"},
	{"x @ y <a@b.test>", "!x @ y<a@b.test>|"},
	{"<a@b.test> x@y.test", "!<a@b.test>|"},
	{"<a@b.test> <x@y.test>", "!<a@b.test>|"},
	{"<a@b.test> \"x\"", "!<a@b.test>|"},
	{"<a@b.test>: x@y.test", "!<a@b.test>|"},
	{"x@y.test: a@b.test;", "!<a@b.test>|"},
	{"x@y.test:;", "!<>|"},
	{"<x@y.test <a@b.test>>", "!<x@y.test <a@b.test>|"},
	{"Anna <a@b.test", "!Anna<a@b.test>|"},
	{"Anna <a@b.test, c@d.test", "!Anna<a@b.test, c@d.test>|"},
	{"\"Anna <a@b.test>", "!<\"Anna <a@b.test>>|"},
	{"a@b.test (open, c@d.test", "!<a@b.test>(open, c@d.test)|"},
	{"a@b.test, (", "<a@b.test>|!<>|"},
	{"(a@b.test", "!<>(a@b.test)|"},
	{"a@[b, c@d.test", "!<a@[b, c@d.test>|"},
	{"\"Anna\\\" <a@b.test>", "!<\"Anna\\\" <a@b.test>>|"},
	{"(\\", "!<>(\\)|"},
	{"\"\\", "!<\"\\>|"},
	{"<", "!<>|"},
	{"[", "!<[>|"},
	{"\\", "<\\>|"},
	{"a@b.test>", "<a@b.test>>|"},
	{")", "<)>|"},
	{"]", "<]>|"},
};

static void
check(const struct example *example)
{
	/* a copy of its own size, for a sanitizer to watch over */
	size_t len = strlen(example->text);
	char *copy = mem_alloc(len + 1);
	struct str got;

	memcpy(copy, example->text, len);
	got = listed(slice_make(copy, len));
	ck_assert_str_eq(str_c(&got), example->mailboxes);
	str_free(&got);
	free(copy);
}

START_TEST(examples_of_rfc5322)
{
	check(&rfc5322[_i]);
}
END_TEST

START_TEST(other_lists)
{
	check(&others[_i]);
}
END_TEST

START_TEST(odd_ones_are_marked)
{
	check(&odd[_i]);
}
END_TEST

START_TEST(views_are_of_the_text)
{
	const char *text = " Anna <a@b.test> (x), c@d.test";
	struct slice rest = slice_of(text);
	struct mailbox_view mailbox;

	ck_assert(address_list_next(&rest, &mailbox));
	ck_assert_ptr_eq(mailbox.address.s, text + 7);
	ck_assert_ptr_eq(mailbox.display.s, text + 1);
	ck_assert_ptr_eq(mailbox.comment.s, text + 18);
	ck_assert_ptr_eq(rest.s, text + 21);
}
END_TEST

START_TEST(ten_thousand_addresses)
{
	struct str text = {0};
	struct slice rest;
	struct mailbox_view mailbox;
	size_t count = 0;

	for (unsigned i = 0; i < 10000; i++)
		str_addf(&text, "User %u <user%u@b.test>,\n ", i, i);
	rest = str_slice(&text);
	while (address_list_next(&rest, &mailbox) && !mailbox.is_odd)
		count++;
	ck_assert_uint_eq(count, 10000);
	str_free(&text);
}
END_TEST

/* Each of these once made somebody's parser slow or deep. */
START_TEST(a_megabyte_of_one_thing_takes_no_time)
{
	static const char *const things[] = {"(", ")", "<", ">", "\"", "\\",
		"[", ":", ",", "@", " ", "(\"", "<(", "a:", "\n ", "()", "<>",
		"a <", "\"\"", "(\\"};
	struct str text = {0};
	struct slice rest;
	struct mailbox_view mailbox;
	size_t count = 0;

	while (text.len < 1000000)
		str_puts(&text, things[_i]);
	rest = str_slice(&text);
	while (address_list_next(&rest, &mailbox))
		count++;
	ck_assert_uint_le(count, text.len);
	str_free(&text);
}
END_TEST

static const struct example spaced[] = {
	{"a@b.test", "a@b.test"},
	{"a . b @\n b . test", "a.b@b.test"},
	{"pete(his account)@silly.test(his (host))", "pete@silly.test"},
	{"\"a (b)\" @ b.test", "\"a (b)\"@b.test"},
	{"a\\ b@[ 1 ]", "a\\ b@[ 1 ]"},
	{"(open", ""},
	{"", ""},
};

START_TEST(blanks_and_comments_are_no_part_of_an_address)
{
	struct str plain = {0};

	address_without_blanks(&plain, slice_of(spaced[_i].text));
	ck_assert_str_eq(str_c(&plain), spaced[_i].mailboxes);
	str_free(&plain);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("address_list");

	tcase_add_loop_test(unit.cases, examples_of_rfc5322, 0,
	    sizeof rfc5322 / sizeof *rfc5322);
	tcase_add_loop_test(unit.cases, other_lists, 0,
	    sizeof others / sizeof *others);
	tcase_add_loop_test(unit.cases, odd_ones_are_marked, 0,
	    sizeof odd / sizeof *odd);
	tcase_add_test(unit.cases, views_are_of_the_text);
	tcase_add_test(unit.cases, ten_thousand_addresses);
	tcase_add_loop_test(unit.cases, a_megabyte_of_one_thing_takes_no_time,
	    0, 20);
	tcase_add_loop_test(unit.cases,
	    blanks_and_comments_are_no_part_of_an_address, 0,
	    sizeof spaced / sizeof *spaced);
	return unit_run(unit);
}
