/* test_route - the routing decision: one table of questions and answers. */
#include "control/route.h"

#include "lib/mail/next_hop.h"
#include "tests/unit/control_dir.h"
#include "tests/unit/route_ask.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static void
make_house(void)
{
	control_begin();
	control_write("domains", "local.test local\nm\303\274nchen.test local\n"
	    "catch.test local\n");
	control_write("accounts",
	    "postmaster@local.test user\n"
	    "anna@local.test user\n"
	    "ben@local.test user send=internal\n"
	    "closed@local.test user receive=internal\n"
	    "staff@local.test staff\n"
	    "fritz@xn--mnchen-3ya.test user\n"
	    "box@catch.test user\n");
	control_write("aliases",
	    "info@local.test anna@local.test,Ben@Local.test,x@Out.test\n"
	    "all@local.test info@local.test, anna@local.test, "
	    "closed@local.test\n"
	    "shut@local.test closed@local.test, staff@local.test\n"
	    "out@local.test Foo@out.test\n"
	    "ben@local.test ben@local.test, anna@local.test\n"
	    "postmaster@m\303\274nchen.test closed@local.test\n"
	    "@catch.test box@catch.test\n");
	control_compile_well();
}

static const struct question questions[] = {
    /* our own, however they are written */
    {"smtp", "x@y.test", "", "anna@local.test", "local anna@local.test"},
    {"smtp", "", "", "ANNA@Local.TEST.", "local anna@local.test"},
    {"smtp", "", "", "\"anna\"@local.test", "local anna@local.test"},
    {"smtp", "", "", "fritz@m\303\274nchen.test",
	"local fritz@xn--mnchen-3ya.test"},
    {"smtp", "", "", "Fritz@XN--MNCHEN-3YA.test",
	"local fritz@xn--mnchen-3ya.test"},
    {"smtp", "", "", "anna+list@local.test", "local anna+list@local.test"},
    {"smtp", "", "", "anna+a+b@local.test", "local anna+a+b@local.test"},
    /* nobody */
    {"smtp", "", "", "nobody@local.test", "550 5.1.1 nobody@local.test"},
    {"smtp", "", "", "anna-x@local.test", "550 5.1.1 anna-x@local.test"},
    {"smtp", "", "", "+x@local.test", "550 5.1.1 +x@local.test"},
    {"smtp", "", "", "anna", "550 5.1.3 anna"},
    {"smtp", "", "", "", "550 5.1.3 "},
    {"smtp", "", "", "a@b@local.test", "550 5.1.3 a@b@local.test"},
    {"smtp", "", "", "anna@sub.local.test",
	"550 5.7.1 anna@sub.local.test"},
    /* the postmaster is always there */
    {"smtp", "", "", "postmaster", "local postmaster@local.test"},
    {"smtp", "", "", "PostMaster", "local postmaster@local.test"},
    {"smtp", "", "", "postmaster@mail.local.test",
	"local postmaster@local.test"},
    {"smtp", "", "", "Postmaster@catch.test",
	"local box@catch.test"},
    {"smtp", "", "", "postmaster@xn--mnchen-3ya.test",
	"local closed@local.test"},
    /* aliases */
    {"smtp", "", "", "info@local.test",
	"local anna@local.test; local ben@local.test; "
	"remote x@out.test via mx out.test"},
    {"smtp", "", "", "ben@local.test",
	"local ben@local.test; local anna@local.test"},
    {"smtp", "", "", "ben+tag@local.test",
	"local ben@local.test; local anna@local.test"},
    {"smtp", "", "", "out@local.test", "remote Foo@out.test via mx out.test"},
    {"smtp", "", "", "any.thing@catch.test", "local box@catch.test"},
    {"smtp", "", "", "box+t@catch.test", "local box+t@catch.test"},
    /* what is closed stays closed, through aliases as well */
    {"smtp", "", "", "closed@local.test", "550 5.7.1 closed@local.test"},
    {"smtp", "anna@local.test", "", "closed@local.test",
	"550 5.7.1 closed@local.test"},
    {"smtp", "", "", "staff@local.test", "550 5.7.1 staff@local.test"},
    {"smtp", "", "", "shut@local.test", "550 5.7.1 staff@local.test"},
    {"smtp", "", "", "all@local.test",
	"local anna@local.test; local ben@local.test; "
	"remote x@out.test via mx out.test"},
    {"submission", "anna@local.test", "anna@local.test",
	"closed@local.test", "local closed@local.test"},
    {"bounce", "", "", "closed@local.test", "local closed@local.test"},
    /* no relaying for strangers */
    {"smtp", "x@y.test", "", "z@out.test", "550 5.7.1 z@out.test"},
    {"smtp", "anna@local.test", "", "z@out.test", "550 5.7.1 z@out.test"},
    {"smtp", "", "", "anna%local.test@out.test",
	"550 5.7.1 anna%local.test@out.test"},
    {"smtp", "", "", "z@[192.0.2.1]", "550 5.7.1 z@[192.0.2.1]"},
    {"nosuchbox", "", "", "z@out.test", "550 5.7.1 z@out.test"},
    /* but for our own, and our own programs */
    {"submission", "anna@local.test", "anna@local.test", "Z@Out.test",
	"remote Z@out.test via mx out.test"},
    {"submission", "ben@local.test", "ben@local.test", "z@out.test",
	"550 5.7.1 z@out.test"},
    {"submission", "ben@local.test", "ben@local.test", "out@local.test",
	"550 5.7.1 Foo@out.test"},
    {"relay", "ben+x@local.test", "", "z@out.test", "550 5.7.1 z@out.test"},
    {"relay", "x@y.test", "", "z@out.test",
	"remote z@out.test via mx out.test"},
    {"bounce", "", "", "z@out.test", "remote z@out.test via mx out.test"},
    {"pop3", "x@y.test", "", "out@local.test", "local postmaster@local.test"},
    {"pop3", "x@y.test", "", "x@out.test", "local postmaster@local.test"},
    {"pop3", "x@y.test", "", "nobody@xn--mnchen-3ya.test",
	"local closed@local.test"},
    {"pop3", "x@y.test", "", "info@local.test",
	"local anna@local.test; local ben@local.test"},
    {"pop3", "x@y.test", "", "anna@local.test", "local anna@local.test"},
};

START_TEST(each_question_has_its_answer)
{
	route_ask_check(&questions[_i]);
}
END_TEST

START_TEST(trace_tells_each_step_with_its_line)
{
	route_ask_check_steps(&(struct question){"smtp", "", "",
	    "out+x@local.test",
	    "domains:1: local.test is ours, kind local\n"
	    "plusaddress: out+x@local.test stands for out@local.test\n"
	    "aliases:4: out@local.test -> Foo@out.test\n"
	    "domains: out.test is not ours\n"
	    "routes: none for out.test\n"
	    "remote: Foo@out.test, next hop: mx out.test\n"});
}
END_TEST

/* ---- who sends it on: hard route, account, domain, routes, MX ---- */

static void
make_relay(void)
{
	control_begin();
	ck_assert_int_eq(mkdir("control/recipients", 0700), 0);
	control_write("listen", "0.0.0.0:25 smtp\n");
	control_write("domains", "local.test local\n"
	    "smart.test local smarthost=smart.isp.test:587 "
	    "smarthost-tls=verify\n"
	    "direct.test local smarthost=none\n"
	    "inner.test route to=Mail.Inner.test,[10.0.0.2]:2525 tls=none\n"
	    "branch.test route to=[2001:db8::7] smarthost=b.isp.test "
	    "recipients=recipients/branch\n"
	    "ever.test backup\n"
	    "m\303\274nchen.test backup keep=30d tls=require\n"
	    "some.test backup keep=forever recipients=recipients/some\n"
	    "more.test backup recipients=recipients/some\n"
	    "held.test etrn to=[192.0.2.5]:2525 keep=30d allow=192.0.2.0/24\n"
	    "dialup.test etrn to=client login=anna@local.test queue=D "
	    "recipients=recipients/some\n");
	control_write("accounts", "postmaster@local.test user\n"
	    "anna@local.test user\n"
	    "own@local.test user smarthost=own.isp.test,second.isp.test\n"
	    "free@smart.test user smarthost=none\n"
	    "bound@smart.test user\n"
	    "closed@smart.test user send=internal\n"
	    "dirk@direct.test user\n");
	control_write("aliases", "postmaster@smart.test anna@local.test\n"
	    "info@smart.test anna@local.test\n"
	    "postmaster@direct.test anna@local.test\n"
	    "out@local.test x@out.test\n"
	    "inner@local.test chef@inner.test, anna@local.test\n");
	control_write("routes", "partner.test 10.gw.partner.test:26 tls=verify"
	    "\n.partner.test wide.partner.test\n"
	    ".deep.partner.test deep.partner.test\n"
	    "bank.test none tls=fingerprint:"
	    "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
	    "\n.bank.test none\n"
	    "* relay.isp.test,[192.0.2.9] tls=require\n");
	control_write("recipients/branch", "# people\nhans\n");
	control_write("recipients/some",
	    "Lena\nkai@some.test\nben@More.test\n\"a b\"\n");
	control_compile_well();
}

#define ALL "to relay.isp.test,[192.0.2.9] tls=require"
#define OWN "to own.isp.test,second.isp.test"
#define SMART "to smart.isp.test:587 tls=verify"
#define INNER "to mail.inner.test,[10.0.0.2]:2525 tls=none"
#define FOR_EVER UINT64_MAX

/* Their answer is the next hop; NULL: refused. */
static const struct {
	struct question question;
	uint64_t keep_s;
} ways[] = {
    /* hard routes and backups are ours: everybody may, nothing else counts */
    {{"smtp", "x@y.test", "", "Chef@Inner.test", INNER}, 0},
    {{"smtp", "", "", "chef+tag@inner.test.", INNER}, 0},
    {{"submission", "own@local.test", "own@local.test", "chef@inner.test",
	INNER}, 0},
    {{"submission", "closed@smart.test", "closed@smart.test",
	"chef@inner.test", INNER}, 0},
    {{"bounce", "", "", "chef@inner.test", INNER}, 0},
    {{"smtp", "x@y.test", "", "inner@local.test", INNER}, 0},
    {{"smtp", "x@y.test", "", "anybody@ever.test", "backup ever.test"},
	FOR_EVER},
    {{"submission", "own@local.test", "own@local.test", "anybody@ever.test",
	"backup ever.test"}, FOR_EVER},
    {{"relay", "x@smart.test", "", "anybody@ever.test", "backup ever.test"},
	FOR_EVER},
    {{"smtp", "", "", "x@M\303\234NCHEN.test",
	"backup xn--mnchen-3ya.test tls=require"}, 30 * 86400},
    /* what is held is named by its domain alone */
    {{"smtp", "x@y.test", "", "x@HELD.test.", "etrn held.test"}, 30 * 86400},
    {{"relay", "own@local.test", "", "x@held.test", "etrn held.test"},
	30 * 86400},
    {{"smtp", "x@y.test", "", "lena@dialup.test", "etrn dialup.test"},
	FOR_EVER},
    {{"smtp", "x@y.test", "", "eva@dialup.test", NULL}, 0},
    /* below them is another domain */
    {{"smtp", "x@y.test", "", "x@sub.ever.test", NULL}, 0},
    {{"relay", "x@y.test", "", "x@sub.ever.test", ALL}, 0},
    {{"relay", "x@y.test", "", "x@sub.inner.test", ALL}, 0},
    /* whom they have, where it is said */
    {{"smtp", "x@y.test", "", "hans@branch.test", "to [2001:db8::7]"}, 0},
    {{"smtp", "x@y.test", "", "HANS+x@branch.test", "to [2001:db8::7]"}, 0},
    {{"smtp", "x@y.test", "", "Postmaster@branch.test", "to [2001:db8::7]"},
	0},
    {{"smtp", "x@y.test", "", "eva@branch.test", NULL}, 0},
    {{"relay", "x@y.test", "", "eva@branch.test", NULL}, 0},
    {{"smtp", "x@y.test", "", "lena@some.test", "backup some.test"}, FOR_EVER},
    {{"smtp", "x@y.test", "", "LENA@more.test", "backup more.test"}, FOR_EVER},
    {{"smtp", "x@y.test", "", "kai@some.test", "backup some.test"}, FOR_EVER},
    {{"smtp", "x@y.test", "", "kai@more.test", NULL}, 0},
    {{"smtp", "x@y.test", "", "ben@more.test", "backup more.test"}, FOR_EVER},
    {{"smtp", "x@y.test", "", "ben@some.test", NULL}, 0},
    {{"smtp", "x@y.test", "", "\"A b\"@some.test", "backup some.test"},
	FOR_EVER},
    /* the sender's account */
    {{"submission", "own@local.test", "own@local.test", "x@out.test", OWN}, 0},
    {{"submission", "own@local.test", "own@local.test", "x@partner.test",
	OWN}, 0},
    {{"submission", "info@smart.test", "own@local.test", "x@out.test", OWN},
	0},
    {{"submission", "", "own@local.test", "x@out.test", OWN}, 0},
    {{"local-submit", "own+x@local.test", "", "x@out.test", OWN}, 0},
    {{"relay", "own@local.test", "", "x@out.test", OWN}, 0},
    {{"submission", "free@smart.test", "free@smart.test", "x@out.test",
	"mx out.test"}, 0},
    {{"submission", "free@smart.test", "free@smart.test", "x@partner.test",
	"to 10.gw.partner.test:26 tls=verify"}, 0},
    /* the sender's domain */
    {{"submission", "bound@smart.test", "bound@smart.test", "x@out.test",
	SMART}, 0},
    {{"submission", "bound@smart.test", "bound@smart.test", "x@partner.test",
	SMART}, 0},
    {{"submission", "info@smart.test", "anna@local.test", "x@out.test",
	SMART}, 0},
    {{"relay", "x@SMART.test.", "", "x@out.test", SMART}, 0},
    {{"relay", "x@sub.smart.test", "", "x@out.test", ALL}, 0},
    {{"relay", "hans@branch.test", "", "x@out.test", "to b.isp.test"}, 0},
    {{"relay", "x@inner.test", "", "x@out.test", ALL}, 0},
    {{"submission", "", "bound@smart.test", "x@out.test", ALL}, 0},
    {{"submission", "dirk@direct.test", "dirk@direct.test", "x@out.test",
	"mx out.test"}, 0},
    {{"submission", "dirk@direct.test", "dirk@direct.test",
	"x@a.partner.test", "to wide.partner.test"}, 0},
    {{"submission", "closed@smart.test", "closed@smart.test", "x@out.test",
	NULL}, 0},
    /* routes */
    {{"submission", "anna@local.test", "anna@local.test", "x@Partner.test",
	"to 10.gw.partner.test:26 tls=verify"}, 0},
    {{"relay", "x@y.test", "", "x@a.partner.test", "to wide.partner.test"}, 0},
    {{"relay", "x@y.test", "", "x@a.b.partner.test", "to wide.partner.test"},
	0},
    {{"relay", "x@y.test", "", "x@deep.partner.test", "to wide.partner.test"},
	0},
    {{"relay", "x@y.test", "", "x@a.deep.partner.test",
	"to deep.partner.test"}, 0},
    {{"relay", "x@y.test", "", "x@xpartner.test", ALL}, 0},
    {{"relay", "x@y.test", "", "x@bank.test", "mx bank.test tls=fingerprint:"
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
	0},
    {{"relay", "x@y.test", "", "x@a.bank.test", "mx a.bank.test"}, 0},
    {{"relay", "x@y.test", "", "x@[192.0.2.1]", ALL}, 0},
    {{"relay", "dirk@direct.test", "", "x@[192.0.2.1]", "to [192.0.2.1]"}, 0},
    {{"relay", "dirk@direct.test", "", "x@[IPv6:2001:DB8::1]",
	"to [2001:db8::1]"}, 0},
    /* strangers name the sender that a bounce goes to */
    {{"bounce", "", "", "x@[127.0.0.1]", NULL}, 0},
    {{"relay", "dirk@direct.test", "", "x@[127.9.9.9]", NULL}, 0},
    {{"relay", "dirk@direct.test", "", "x@[0.0.0.0]", NULL}, 0},
    {{"relay", "dirk@direct.test", "", "x@[IPv6:::1]", NULL}, 0},
    {{"relay", "dirk@direct.test", "", "x@[IPv6:::]", NULL}, 0},
    {{"relay", "dirk@direct.test", "", "x@[IPv6:::ffff:127.0.0.1]", NULL}, 0},
    /* the null sender, and who only says that he is one of ours */
    {{"bounce", "", "", "x@out.test", ALL}, 0},
    {{"bounce", "", "", "x@partner.test",
	"to 10.gw.partner.test:26 tls=verify"}, 0},
    {{"smtp", "own@local.test", "", "out@local.test", ALL}, 0},
    {{"smtp", "bound@smart.test", "", "out@local.test", ALL}, 0},
    /* a route is no permission to relay */
    {{"smtp", "x@y.test", "", "x@partner.test", NULL}, 0},
    {{"smtp", "own@local.test", "", "x@out.test", NULL}, 0},
    {{"smtp", "", "", "x@bank.test", NULL}, 0},
};

START_TEST(each_way_is_the_nearest_one)
{
	struct asked asked = {0};
	struct next_hop hop = {0};
	const struct route *route;

	route_ask(&ways[_i].question, &asked);
	route = &asked.routes.v[0];
	ck_assert_int_eq(route->kind, ways[_i].question.answer ?
	    ROUTE_REMOTE : ROUTE_REFUSE);
	if (route->kind == ROUTE_REMOTE) {
		ck_assert_str_eq(str_c(&route->next_hop),
		    ways[_i].question.answer);
		ck_assert_int_eq(next_hop_parse(str_slice(&route->next_hop),
		    &hop), 0);
		ck_assert_uint_eq(route->keep_s, ways[_i].keep_s);
	} else {
		ck_assert_int_eq(route->code, 550);
	}
	next_hop_free(&hop);
	asked_free(&asked);
}
END_TEST

/* Case of local parts elsewhere is theirs to judge. */
START_TEST(routed_recipients_keep_their_spelling)
{
	route_ask_check(&(struct question){"smtp", "", "",
	    "Hans+X@Branch.test",
	    "remote Hans+X@branch.test via to [2001:db8::7]"});
}
END_TEST

/* ---- map mode: mailboxes at a provider ---- */

static void
make_office(void)
{
	control_begin();
	control_write("domains", "local.test local\n"
	    "my.test map unknown=isp\n"
	    "round.test map via-isp=yes\n"
	    "bare.test map\n");
	control_write("accounts", "postmaster@my.test user\n"
	    "postmaster@local.test user\npostmaster@bare.test user\n"
	    "xx@my.test user\nyy@my.test user\nzz@my.test user\n"
	    "shut@my.test user send=internal\n"
	    "postmaster@round.test user\nrr@round.test user\n");
	control_write("aliases", "info@my.test yy@my.test,x@out.test\n"
	    "to-yy@my.test yy@isp.test\n");
	control_write("isp", "xx@my.test extra@isp.test pop3=pop3://isp.test\n"
	    "xx@my.test XX@isp.test smtp=smtp://isp.test "
	    "pop3=pop3s://isp.test\n"
	    "yy@my.test yy@isp.test pop3=pop3://isp.test\n"
	    "@my.test office@isp.test smtp=smtps://isp.test:4650\n"
	    "rr@round.test rr@isp.test smtp=smtp://isp.test\n"
	    "@round.test rr@isp.test\n");
	control_write("secrets/isp", "extra@isp.test a\nxx@isp.test b\n"
	    "yy@isp.test c\noffice@isp.test d\nrr@isp.test oauth2=rr\n");
	control_compile_well();
}

static const struct question mapped[] = {
    /* inside stays inside, by either name */
    {"submission", "xx@my.test", "xx@my.test", "yy@my.test",
	"local yy@my.test"},
    {"submission", "xx@my.test", "xx@my.test", "YY@Isp.test",
	"local yy@my.test"},
    {"submission", "xx@my.test", "xx@my.test", "extra@isp.test",
	"local xx@my.test"},
    {"submission", "shut@my.test", "shut@my.test", "yy@isp.test",
	"local yy@my.test"},
    {"smtp", "a@b.test", "", "to-yy@my.test", "local yy@my.test"},
    {"submission", "xx@my.test", "xx@my.test", "rr@isp.test",
	"isp xx@isp.test for rr@isp.test"},
    /* out by the account's own mailbox, else by the domain's */
    {"submission", "xx@my.test", "xx@my.test", "Z@Out.test",
	"isp xx@isp.test for Z@out.test"},
    {"submission", "xx+tag@my.test", "xx@my.test", "z@out.test",
	"isp xx@isp.test for z@out.test"},
    {"submission", "info@my.test", "xx@my.test", "z@out.test",
	"isp xx@isp.test for z@out.test"},
    {"submission", "", "xx@my.test", "z@out.test",
	"isp xx@isp.test for z@out.test"},
    {"submission", "yy@my.test", "yy@my.test", "z@out.test",
	"isp office@isp.test for z@out.test"},
    {"local-submit", "xx@my.test", "", "z@out.test",
	"isp xx@isp.test for z@out.test"},
    {"relay", "scanner@my.test", "", "z@out.test",
	"isp office@isp.test for z@out.test"},
    {"relay", "rr@round.test", "", "z@out.test",
	"isp rr@isp.test for z@out.test"},
    {"relay", "any@round.test", "", "z@out.test",
	"isp rr@isp.test for z@out.test"},
    {"submission", "xx@my.test", "xx@my.test", "info@my.test",
	"local yy@my.test; isp xx@isp.test for x@out.test"},
    {"submission", "postmaster@bare.test", "postmaster@bare.test",
	"z@out.test", "550 5.7.1 z@out.test"},
    {"submission", "shut@my.test", "shut@my.test", "z@out.test",
	"550 5.7.1 z@out.test"},
    /* who is no account of a map domain goes by MX, as ever */
    {"submission", "postmaster@local.test", "postmaster@local.test",
	"z@out.test", "remote z@out.test via mx out.test"},
    {"relay", "a@b.test", "", "z@out.test",
	"remote z@out.test via mx out.test"},
    {"smtp", "xx@my.test", "", "z@out.test", "550 5.7.1 z@out.test"},
    {"smtp", "xx@my.test", "", "yy@isp.test", "550 5.7.1 yy@isp.test"},
    /* some colleagues are at the provider only */
    {"submission", "xx@my.test", "xx@my.test", "far@my.test",
	"isp xx@isp.test for far@my.test"},
    {"submission", "shut@my.test", "shut@my.test", "far@my.test",
	"550 5.7.1 far@my.test"},
    {"submission", "postmaster@local.test", "postmaster@local.test",
	"far@my.test", "550 5.1.1 far@my.test"},
    {"smtp", "a@b.test", "", "far@my.test", "550 5.1.1 far@my.test"},
    {"submission", "xx@my.test", "xx@my.test", "far@bare.test",
	"550 5.1.1 far@bare.test"},
    /* what was fetched never leaves */
    {"pop3", "a@b.test", "", "xx@my.test", "local xx@my.test"},
    {"pop3", "a@b.test", "", "far@my.test", "local postmaster@my.test"},
    {"pop3", "a@b.test", "", "info@my.test", "local yy@my.test"},
    {"pop3", "xx@my.test", "", "z@out.test", "local postmaster@local.test"},
};

START_TEST(the_provider_carries_what_leaves_a_map_domain)
{
	route_ask_check(&mapped[_i]);
}
END_TEST

START_TEST(who_has_no_mailbox_is_told_so)
{
	struct asked asked = {0};

	route_ask(&(struct question){"submission", "postmaster@bare.test",
	    "postmaster@bare.test", "z@out.test", NULL}, &asked);
	ck_assert_str_eq(str_c(&asked.routes.v[0].text),
	    "no ISP mailbox is bound to postmaster@bare.test");
	asked_free(&asked);
}
END_TEST

static const struct question traces[] = {
    {"smtp", "x@y.test", "", "kai@some.test",
	"domains:8: some.test is ours, kind backup\n"
	"recipients/some:2: kai@some.test is listed\n"
	"remote: kai@some.test, next hop: backup some.test, kept for ever\n"},
    {"smtp", "x@y.test", "", "eva@some.test",
	"domains:8: some.test is ours, kind backup\n"
	"recipients/some: eva@some.test is not listed\n"
	"refused: 550 5.1.1 no such user here: eva@some.test\n"},
    {"smtp", "x@y.test", "", "chef@inner.test",
	"domains:4: inner.test is ours, kind route\n"
	"remote: chef@inner.test, next hop: " INNER "\n"},
    {"submission", "free@smart.test", "free@smart.test", "x@out.test",
	"domains: out.test is not ours\n"
	"accounts:4: smart host of the sender free@smart.test: none\n"
	"routes: none for out.test\n"
	"remote: x@out.test, next hop: mx out.test\n"},
    {"relay", "x@smart.test", "", "x@out.test",
	"domains: out.test is not ours\n"
	"domains:2: smart host of the sender smart.test: " SMART "\n"
	"remote: x@out.test, next hop: " SMART "\n"},
    {"bounce", "", "", "x@a.b.partner.test",
	"domains: a.b.partner.test is not ours\n"
	"routes:2: .partner.test -> to wide.partner.test\n"
	"remote: x@a.b.partner.test, next hop: to wide.partner.test\n"},
};

START_TEST(trace_tells_what_decided_the_way)
{
	route_ask_check_steps(&traces[_i]);
}
END_TEST

START_TEST(routed_domains_are_no_home)
{
	struct config config;

	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert(!route_domain_is_home(&config, slice_of("ever.test")));
	ck_assert(!route_domain_is_home(&config, slice_of("inner.test")));
	ck_assert(route_domain_is_home(&config, slice_of("smart.test")));
	ck_assert(!route_domain_is_home(&config, slice_of("out.test")));
	config_close(&config);
}
END_TEST

START_TEST(domains_are_home_in_any_spelling)
{
	struct config config;

	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert(route_domain_is_home(&config, slice_of("LOCAL.test.")));
	ck_assert(route_domain_is_home(&config,
	    slice_of("M\303\234NCHEN.test")));
	ck_assert(!route_domain_is_home(&config, slice_of("out.test")));
	ck_assert(!route_domain_is_home(&config, slice_of("a.local.test")));
	ck_assert(!route_domain_is_home(&config, slice_of("")));
	ck_assert(!route_domain_is_home(&config, slice_of("a b")));
	config_close(&config);
}
END_TEST

static size_t
routes_to(const char *recipient)
{
	struct asked asked = {0};
	size_t count;

	route_ask(&(struct question){"smtp", "", "", recipient, NULL},
	    &asked);
	count = asked.routes.len;
	ck_assert_int_ne(asked.routes.v[0].kind, ROUTE_REFUSE);
	asked_free(&asked);
	return count;
}

START_TEST(diamonds_of_aliases_do_not_multiply)
{
	struct str table = {0};

	control_write("domains", "local.test local\n");
	control_write("accounts", "postmaster@local.test user\n"
	    "anna@local.test user\n");
	/* 2^20 ways through, 40 aliases deep */
	for (int i = 0; i < 20; i++)
		str_addf(&table, "a%d@local.test a%d@local.test,"
		    "b%d@local.test\nb%d@local.test a%d@local.test\n", i,
		    i + 1, i, i, i + 1);
	str_puts(&table, "a20@local.test anna@local.test\n");
	control_write("aliases", str_c(&table));
	control_compile_well();
	ck_assert_uint_eq(routes_to("a0@local.test"), 1);
	str_free(&table);
}
END_TEST

START_TEST(ten_thousand_targets_in_aliases_of_aliases)
{
	struct str table = {0};

	for (int i = 0; i < 20; i++) {
		str_addf(&table, "l%d@local.test ", i);
		for (int j = 0; j < 600; j++)
			str_addf(&table, "%su%d@out.test", j ? "," : "",
			    i * 500 + j);
		str_putc(&table, '\n');
	}
	str_puts(&table, "all@local.test l0@local.test");
	for (int i = 1; i < 20; i++)
		str_addf(&table, ",l%d@local.test", i);
	str_puts(&table, "\n@catch.test box@catch.test\n"
	    "postmaster@xn--mnchen-3ya.test anna@local.test\n");
	control_write("aliases", str_c(&table));
	control_compile_well();
	ck_assert_uint_eq(routes_to("all@local.test"), 10100);
	str_free(&table);
}
END_TEST

/* Overwrites the first of these bytes in the file in force, in place. */
static void
damage(const char *bytes, char with)
{
	const char *path = "control/cdb/routing/routing.cdb";
	struct str cdb = {0};
	char *at;
	FILE *file;

	ck_assert_int_eq(read_file(AT_FDCWD, path, &cdb, 1 << 20), 0);
	at = memmem(cdb.s, cdb.len, bytes, strlen(bytes));
	ck_assert_ptr_nonnull(at);
	*at = with;
	file = fopen(path, "r+");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(cdb.s, 1, cdb.len, file), cdb.len);
	fclose(file);
	str_free(&cdb);
}

START_TEST(damaged_tables_are_a_reason_to_wait)
{
	struct route_request request = {.box = slice_of("smtp"),
	    .recipient = slice_of("anna@local.test")};
	struct routes routes = {0};
	struct config config;

	damage("aanna@local.test", 'A'); /* the tag in the record is the */
	damage("aanna@local.test", 'A'); /* second of this form */
	damage("Aanna@local.test", 'a');
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	route_decide(&config, &request, NULL, &routes);
	ck_assert_uint_eq(routes.len, 1);
	ck_assert_int_eq(routes.v[0].kind, ROUTE_REFUSE);
	ck_assert_int_eq(routes.v[0].code, 451);
	control_compile_well();
	ck_assert(config_refresh(&config));
	route_decide(&config, &request, NULL, &routes);
	ck_assert_int_eq(routes.v[0].kind, ROUTE_LOCAL);
	routes_free(&routes);
	config_close(&config);
}
END_TEST

/* Written over while programs have it open: lost blocks are zeros, and in
 * those nothing is ever found. */
START_TEST(blocks_that_are_lost_are_a_reason_to_wait)
{
	static const struct {
		off_t from, to;
	} lost[] = {{0, 0}, {2048, 0}, {0, 2048}};
	struct route_request request = {.box = slice_of("smtp"),
	    .recipient = slice_of("anna@local.test")};
	struct routes routes = {0};
	struct config config;

	ck_assert_int_eq(config_open(&config, "routing"), 0);
	control_lose("routing", lost[_i].from, lost[_i].to);
	route_decide(&config, &request, NULL, &routes);
	ck_assert_uint_eq(routes.len, 1);
	ck_assert_int_eq(routes.v[0].kind, ROUTE_REFUSE);
	ck_assert_int_eq(routes.v[0].code, 451);
	ck_assert(config.is_damaged);
	routes_free(&routes);
	config_close(&config);
}
END_TEST

START_TEST(tags_may_be_separated_otherwise_or_not_at_all)
{
	control_write("plusaddress", "-=\n");
	control_compile_well();
	ck_assert_uint_eq(routes_to("anna-x=y@local.test"), 1);
	control_write("plusaddress", "none\n");
	control_write("aliases", "@local.test anna@local.test, x@out.test\n"
	    "postmaster@xn--mnchen-3ya.test anna@local.test\n"
	    "@catch.test box@catch.test\n");
	control_compile_well();
	ck_assert_uint_eq(routes_to("anna+x@local.test"), 2);
}
END_TEST

static const struct {
	const char *account, *address;
	bool owns;
} owners[] = {
    {"anna@local.test", "anna@local.test", true},
    {"anna@local.test", "ANNA@Local.TEST.", true},
    {"anna@local.test", "\"anna\"@local.test", true},
    {"anna@local.test", "anna+tag@local.test", true},
    {"anna@local.test", "info@local.test", true},
    {"anna@local.test", "info+tag@local.test", true},
    {"anna@local.test", "all@local.test", true},
    {"ben@local.test", "info@local.test", true},
    {"closed@local.test", "all@local.test", true},
    {"staff@local.test", "staff@local.test", true},
    {"fritz@xn--mnchen-3ya.test", "Fritz@m\303\274nchen.test", true},
    {"closed@local.test", "postmaster@m\303\274nchen.test", true},
    {"box@catch.test", "anything@catch.test", true},
    {"postmaster@local.test", "postmaster", true},
    /* ben's letters are copied to anna; that makes her no ben */
    {"anna@local.test", "ben@local.test", false},
    {"anna@local.test", "ben+tag@local.test", false},
    {"ben@local.test", "ben@local.test", true},
    {"staff@local.test", "info@local.test", false},
    {"anna@local.test", "out@local.test", false},
    {"anna@local.test", "nobody@local.test", false},
    {"anna@local.test", "anna-x@local.test", false},
    {"anna@local.test", "xanna@local.test", false},
    {"anna@local.test", "anna@out.test", false},
    {"anna@local.test", "anna@catch.test", false},
    {"anna@local.test", "anna", false},
    {"anna@local.test", "", false},
    {"anna@local.test", "anna@local.test@local.test", false},
    {"anna@local.test", "anna@local.test,ben@local.test", false},
    {"nobody@local.test", "nobody@local.test", false},
    {"", "", false},
};

START_TEST(an_account_owns_its_names_and_no_other)
{
	struct config config;

	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert_msg(route_owns(&config, slice_of(owners[_i].account),
	    slice_of(owners[_i].address)) == owners[_i].owns, "%s, %s",
	    owners[_i].account, owners[_i].address);
	config_close(&config);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("route");
	TCase *relay, *office;

	tcase_add_checked_fixture(unit.cases, make_house, NULL);
	unit_loop(unit.cases, each_question_has_its_answer, questions);
	unit_loop(unit.cases, an_account_owns_its_names_and_no_other, owners);
	tcase_add_test(unit.cases, trace_tells_each_step_with_its_line);
	tcase_add_test(unit.cases, domains_are_home_in_any_spelling);
	tcase_add_test(unit.cases, diamonds_of_aliases_do_not_multiply);
	tcase_add_test(unit.cases,
	    ten_thousand_targets_in_aliases_of_aliases);
	tcase_add_test(unit.cases,
	    tags_may_be_separated_otherwise_or_not_at_all);
	tcase_add_test(unit.cases, damaged_tables_are_a_reason_to_wait);
	tcase_add_loop_test(unit.cases,
	    blocks_that_are_lost_are_a_reason_to_wait, 0, 3);
	relay = tcase_create("relay");
	tcase_add_checked_fixture(relay, make_relay, NULL);
	unit_loop(relay, each_way_is_the_nearest_one, ways);
	unit_loop(relay, trace_tells_what_decided_the_way, traces);
	tcase_add_test(relay, routed_recipients_keep_their_spelling);
	tcase_add_test(relay, routed_domains_are_no_home);
	suite_add_tcase(unit.suite, relay);
	office = tcase_create("office");
	tcase_add_checked_fixture(office, make_office, NULL);
	unit_loop(office, the_provider_carries_what_leaves_a_map_domain,
	    mapped);
	tcase_add_test(office, who_has_no_mailbox_is_told_so);
	suite_add_tcase(unit.suite, office);
	return unit_run(unit);
}
