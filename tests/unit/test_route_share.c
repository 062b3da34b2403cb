/* test_route_share - the routing decision of share mode: what comes for the
 * shared address and for staff, and what staff sends. */
#include "tests/unit/route_ask.h"
#include "tests/unit/share_house.h"
#include "tests/unit/unit.h"

#define OUT "submission", "zhangsan@my.test", "zhangsan@my.test"
#define SENT "copy sales@my.test sort out {folder=Sent seen=yes list=yes " \
	"by=sent staff=zhangsan@my.test}"
#define DIRECT "{by=direct staff=lisi@my.test}"
#define HELD(manager, staff) "copy " manager " sort out {folder=Approve " \
	"list=yes by=held hold=yes staff=" staff "}"

static const struct question questions[] = {
    /* for the shared address: share-sort says who else */
    {"smtp", "c@out.test", "", "sales@my.test", "local sales@my.test sort in"},
    {"smtp", "", "", "Sales@My.test", "local sales@my.test sort in"},
    {"smtp", "c@out.test", "", "sales+zhangsan@my.test",
	"local sales+zhangsan@my.test sort in"},
    {"smtp", "c@out.test", "", "info@my.test",
	"local sales+info@my.test sort in"},
    {"smtp", "c@out.test", "", "postmaster@my.test",
	"local sales@my.test sort in"},
    {"smtp", "c@out.test", "", "any@my.test",
	"local sales+info@my.test sort in"},
    {"smtp", "zhangsan@my.test", "", "sales@my.test",
	"local sales@my.test sort in"},
    {"pop3", "c@out.test", "", "sales@my.test", "local sales@my.test sort in"},
    {"pop3", "zhangsan@my.test", "", "sales@my.test",
	"local sales@my.test sort in"},
    {"smtp", "c@out.test", "", "both@my.test",
	"local sales@my.test sort in; local lisi@my.test " DIRECT "; "
	"copy sales@my.test " DIRECT},
    {"smtp", "c@out.test", "", "chef@mute.test", "550 5.7.1 chef@mute.test"},
    {"smtp", "", "", "postmaster@mute.test", "local chef@mute.test sort in"},
    {"pop3", "c@out.test", "", "chef@mute.test",
	"local chef@mute.test sort in"},
    /* from inside it is a letter to the manager, by any of its names */
    {OUT, "sales@my.test", "local sales@my.test"},
    {OUT, "SALES@isp.test", "local sales@my.test"},
    {OUT, "first@isp.test", "local sales@my.test"},
    {"submission", "own@my.test", "own@my.test", "info@my.test",
	"local sales+info@my.test"},
    {"local-submit", "root@mail.local.test", "", "sales@my.test",
	"local sales@my.test"},
    {"relay", "scanner@my.test", "", "sales@my.test", "local sales@my.test"},
    {"bounce", "", "", "sales@my.test", "local sales@my.test"},
    /* straight to staff */
    {"smtp", "c@out.test", "", "zhangsan@my.test",
	"550 5.7.1 zhangsan@my.test"},
    {"smtp", "c@out.test", "", "lisi@my.test",
	"local lisi@my.test " DIRECT "; copy sales@my.test " DIRECT},
    {"smtp", "", "", "lisi+tag@my.test",
	"local lisi+tag@my.test " DIRECT "; copy sales@my.test " DIRECT},
    {"pop3", "c@out.test", "", "lisi@my.test",
	"local lisi@my.test " DIRECT "; copy sales@my.test " DIRECT},
    {"pop3", "c@out.test", "", "zhangsan@my.test",
	"local sales@my.test sort in"},
    {"smtp", "c@out.test", "", "postmaster@shop.test",
	"local kai@shop.test {by=direct staff=kai@shop.test}; "
	"copy till@shop.test {by=direct staff=kai@shop.test}; "
	"copy boss@local.test"},
    /* among themselves */
    {OUT, "lisi@my.test", "local lisi@my.test"},
    {"submission", "sales@my.test", "sales@my.test", "zhangsan@my.test",
	"local zhangsan@my.test"},
    {"submission", "own@my.test", "own@my.test", "zhangsan@my.test",
	"local zhangsan@my.test"},
    {"bounce", "", "", "zhangsan@my.test", "local zhangsan@my.test"},
    /* staff writes to outside: the manager's copy first */
    {OUT, "C@Out.test",
	SENT "; isp sales@isp.test for C@out.test stage 2"},
    {"local-submit", "zhangsan+tag@my.test", "", "c@out.test",
	SENT "; isp sales@isp.test for c@out.test stage 2"},
    {"submission", "", "zhangsan@my.test", "c@out.test",
	SENT "; isp sales@isp.test for c@out.test stage 2"},
    {OUT, "out@my.test", SENT "; isp sales@isp.test for x@out.test stage 2; "
	"isp sales@isp.test for y@out.test stage 2; local zhangsan@my.test"},
    {"submission", "lisi@my.test", "lisi@my.test", "c@out.test",
	HELD("sales@my.test", "lisi@my.test")
	"; isp sales@isp.test for c@out.test stage 2 held"},
    {"submission", "eva@shop.test", "eva@shop.test", "c@out.test",
	HELD("till@shop.test", "eva@shop.test")
	"; isp shop@isp.test for c@out.test stage 2 held; "
	"copy boss@local.test"},
    {"submission", "kai@shop.test", "kai@shop.test", "c@out.test",
	"copy till@shop.test sort out {folder=Sent seen=yes list=yes "
	"by=sent staff=kai@shop.test}; isp shop@isp.test for c@out.test "
	"stage 2; copy boss@local.test"},
    {"submission", "shut@my.test", "shut@my.test", "c@out.test",
	"550 5.7.1 c@out.test"},
    {"submission", "mia@mute.test", "mia@mute.test", "c@out.test",
	"550 5.7.1 c@out.test"},
    {"submission", "mia@mute.test", "mia@mute.test", "chef@mute.test",
	"local chef@mute.test"},
    {"smtp", "zhangsan@my.test", "", "c@out.test", "550 5.7.1 c@out.test"},
    /* the others do as in map mode; nobody approves himself */
    {"submission", "sales@my.test", "sales@my.test", "c@out.test",
	"isp sales@isp.test for c@out.test"},
    {"submission", "till@shop.test", "till@shop.test", "c@out.test",
	"isp shop@isp.test for c@out.test; copy boss@local.test"},
    {"submission", "own@my.test", "own@my.test", "c@out.test",
	"isp own@isp.test for c@out.test"},
    {"submission", "bare@my.test", "bare@my.test", "c@out.test",
	"550 5.7.1 c@out.test"},
    {"bounce", "", "", "c@out.test", "isp sales@isp.test for c@out.test"},
    {"local-submit", "root@mail.local.test", "", "c@out.test",
	"isp sales@isp.test for c@out.test"},
    {"relay", "scanner@shop.test", "", "c@out.test",
	"isp rest@isp.test for c@out.test; copy boss@local.test"},
    /* who has left */
    {"smtp", "c@out.test", "", "zhaoliu@my.test",
	"550 5.2.1 zhaoliu@my.test"},
    {"smtp", "c@out.test", "", "wangwu@my.test", "550 5.2.1 wangwu@my.test"},
    {OUT, "wangwu@my.test", "550 5.2.1 wangwu@my.test"},
    /* assigned by hand */
    {"local", "c@out.test", "", "zhangsan@my.test",
	"local zhangsan@my.test sort assigned {by=assigned staff=zhangsan@my.test}"},
    {"local", "", "", "eva@shop.test",
	"local eva@shop.test sort assigned {by=assigned staff=eva@shop.test}"},
    {"local", "c@out.test", "", "zhaoliu@my.test",
	"local lisi@my.test sort assigned {by=assigned staff=lisi@my.test}"},
    {"local", "c@out.test", "", "wangwu@my.test", "local sales@my.test"},
    {"local", "c@out.test", "", "x@out.test",
	"local sales@my.test"},
    {"local", "c@out.test", "", "nobody@shop.test",
	"local kai@shop.test sort assigned {by=assigned staff=kai@shop.test}"
	},
    {"local", "c@out.test", "", "out@my.test",
	"local zhangsan@my.test sort assigned {by=assigned staff=zhangsan@my.test}"},
    /* a monitor sees what comes, what goes and what stays, once */
    {"smtp", "c@out.test", "", "anna@local.test",
	"local anna@local.test; copy boss@local.test"},
    {"smtp", "c@out.test", "", "boss@local.test",
	"550 5.7.1 boss@local.test"},
    {"submission", "anna@local.test", "anna@local.test", "boss@local.test",
	"local boss@local.test"},
    {"submission", "anna@local.test", "anna@local.test", "c@out.test",
	"remote c@out.test via mx out.test; copy boss@local.test"},
    {"submission", "anna@local.test", "anna@local.test", "lisi@my.test",
	"local lisi@my.test; copy boss@local.test"},
    {"smtp", "anna@local.test", "", "sales@my.test",
	"local sales@my.test sort in"},
    {"smtp", "c@out.test", "", "hello@local.test",
	"local sales+info@my.test sort in; copy boss@local.test"},
    {"smtp", "c@out.test", "", "nobody@local.test",
	"550 5.1.1 nobody@local.test"},
    {"bounce", "", "", "anna@local.test",
	"local anna@local.test; copy boss@local.test"},
};

START_TEST(each_question_has_its_answer)
{
	route_ask_check(&questions[_i]);
}
END_TEST

/* What share-sort adds was let in as mail for the manager. */
static const struct question added[] = {
    {"smtp", "c@out.test", "", "zhangsan@my.test", "local zhangsan@my.test"},
    {"smtp", "c@out.test", "", "lisi@my.test", "local lisi@my.test"},
    {"pop3", "c@out.test", "", "zhangsan@my.test", "local zhangsan@my.test"},
    {"smtp", "c@out.test", "", "sales@my.test", "local sales@my.test"},
    {"smtp", "c@out.test", "", "zhaoliu@my.test", "local lisi@my.test"},
    {"smtp", "c@out.test", "", "wangwu@my.test", "local sales@my.test"},
    {"smtp", "c@out.test", "", "eva@shop.test", "local eva@shop.test"},
    {"smtp", "c@out.test", "", "x@out.test", "550 5.7.1 x@out.test"},
};

START_TEST(what_share_sort_adds_is_let_in)
{
	struct asked asked = {0};

	route_ask_as(&added[_i], true, &asked);
	ck_assert_str_eq(str_c(&asked.answer), added[_i].answer);
	asked_free(&asked);
}
END_TEST

/* The cases of the seed, as explain tells them. */
static const struct question traces[] = {
    {"pop3", "c@out.test", "", "sales@my.test",
	"domains:1: my.test is ours, kind share\n"
	"accounts:4: sales@my.test is an account\n"
	"accounts:4: sales@my.test is the manager of my.test, share-sort says "
	"who else gets it\n"},
    {"smtp", "c@out.test", "", "zhangsan@my.test",
	"domains:1: my.test is ours, kind share\n"
	"accounts:5: zhangsan@my.test is an account\n"
	"accounts:5: receive=internal\n"
	"refused: 550 5.7.1 this mailbox takes no mail from outside: "
	"zhangsan@my.test\n"},
    {"smtp", "c@out.test", "", "lisi@my.test",
	"domains:1: my.test is ours, kind share\n"
	"accounts:6: lisi@my.test is an account\n"
	"local: to mail/my.test/lisi\n"
	"accounts:4: the manager sales@my.test gets a copy\n"},
    {OUT, "c@out.test",
	"domains: out.test is not ours\n"
	"isp:2: sales@my.test sends by sales@isp.test\n"
	"accounts:5: zhangsan@my.test is staff, so the manager sales@my.test "
	"has a copy in the folder Sent first\n"
	"isp: c@out.test, lane: isp sales@isp.test\n"},
    {"submission", "lisi@my.test", "lisi@my.test", "c@out.test",
	"domains: out.test is not ours\n"
	"isp:2: sales@my.test sends by sales@isp.test\n"
	"accounts:6: lisi@my.test is staff, so the manager sales@my.test has "
	"a copy in the folder Approve first, and the letter waits for an "
	"approval (audit=hold)\n"
	"isp: c@out.test, lane: isp sales@isp.test\n"},
    {"submission", "mia@mute.test", "mia@mute.test", "c@out.test",
	"domains: out.test is not ours\n"
	"refused: 550 5.7.1 no ISP mailbox is bound to chef@mute.test: "
	"c@out.test\n"},
    {OUT, "zhaoliu@my.test",
	"domains:1: my.test is ours, kind share\n"
	"accounts:8: zhaoliu@my.test is an account\n"
	"accounts:8: former=yes, names and threads lead to lisi@my.test\n"
	"refused: 550 5.2.1 this mailbox is closed, write to lisi@my.test: "
	"zhaoliu@my.test\n"},
    {"local", "c@out.test", "", "zhaoliu@my.test",
	"domains:1: my.test is ours, kind share\n"
	"accounts:8: zhaoliu@my.test is an account\n"
	"accounts:8: former=yes, so it goes to lisi@my.test\n"
	"domains:1: my.test is ours, kind share\n"
	"accounts:6: lisi@my.test is an account\n"
	"box local: assigned to lisi@my.test, share-sort remembers it\n"},
    {"smtp", "c@out.test", "", "anna@local.test",
	"domains:4: local.test is ours, kind local\n"
	"accounts:3: anna@local.test is an account\n"
	"local: to mail/local.test/anna\n"
	"domains:4: monitor of the recipient's domain: a copy to "
	"boss@local.test\n"},
};

START_TEST(trace_tells_what_decided)
{
	route_ask_check_steps(&traces[_i]);
}
END_TEST

START_TEST(copies_make_nobody_an_owner)
{
	struct config config;

	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert(!route_owns(&config, slice_of("boss@local.test"),
	    slice_of("hello@local.test")));
	ck_assert(!route_owns(&config, slice_of("sales@my.test"),
	    slice_of("lisi@my.test")));
	ck_assert(route_owns(&config, slice_of("sales@my.test"),
	    slice_of("hello@local.test")));
	config_close(&config);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("route_share");

	tcase_add_checked_fixture(unit.cases, share_house_begin, NULL);
	unit_loop(unit.cases, each_question_has_its_answer, questions);
	unit_loop(unit.cases, what_share_sort_adds_is_let_in, added);
	unit_loop(unit.cases, trace_tells_what_decided, traces);
	tcase_add_test(unit.cases, copies_make_nobody_an_owner);
	return unit_run(unit);
}
