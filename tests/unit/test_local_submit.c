/* test_local_submit - who calls, who may write as whom, what is refused. */
/* links: cmd/local-submit/caller.c cmd/local-submit/owner.c cmd/local-submit/request.c cmd/local-submit/replies.c cmd/local-submit/seats.c cmd/local-submit/text.c */
#include "cmd/local-submit/caller.h"
#include "cmd/local-submit/owner.h"
#include "cmd/local-submit/request.h"
#include "cmd/local-submit/seats.h"
#include "cmd/local-submit/text.h"

#include "tests/unit/control_dir.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static char users[] = "root:x:0:0:root:/root:/bin/sh\n"
    "www:x:33:33::/:/bin/false\n"
    "www-data:x:34:34::/:/bin/false\n"
    "Anna:x:1001:1001::/:/bin/sh\n"
    "phsmtp:x:900:900::/:/bin/false\n"
    "phil:x:1002:1002::/:/bin/sh\n"
    "a b:x:1003:1003::/:/bin/sh\n";

static struct config config;
static struct submit_settings settings;
static struct caller caller;
static struct owner owner;

static void
call_as(uid_t uid)
{
	FILE *passwd = fmemopen(users, strlen(users), "r");

	caller_look_up(&caller, uid, passwd);
	fclose(passwd);
	owner_init(&owner, &config, &caller, &settings.me);
}

static void
make_house(void)
{
	control_begin();
	control_write("me", "mail.local.test\n");
	control_write("plusaddress", "+-\n");
	control_write("domains", "mail.local.test local\nlocal.test local\n"
	    "office.test share\n");
	control_write("accounts", "postmaster@local.test user\n"
	    "postmaster@mail.local.test user\n"
	    "anna@mail.local.test user\n"
	    "anna+boss@mail.local.test user\n"
	    "root@mail.local.test user\n"
	    "ben@local.test user\n"
	    "postmaster@office.test manager\n"
	    "gone@office.test staff name=Gone former=yes\n");
	control_write("aliases", "info@local.test anna@mail.local.test\n"
	    "team@local.test anna@mail.local.test, ben@local.test\n"
	    "www@mail.local.test ben@local.test\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	str_set(&settings.me, "mail.local.test");
	settings.max_rcpts = 3;
}

static void
leave(void)
{
	config_close(&config);
}

START_TEST(knows_users_by_name_or_number)
{
	static const struct {
		uid_t uid;
		const char *name, *own;
		bool is_ours;
	} wanted[] = {
	    {0, "root", "root@mail.local.test", false},
	    {1001, "Anna", "anna@mail.local.test", false},
	    {4711, "uid4711", "uid4711@mail.local.test", false},
	    {900, "phsmtp", "phsmtp@mail.local.test", true},
	    {1002, "phil", "phil@mail.local.test", false},
	    {1003, "a b", "uid1003@mail.local.test", false},
	};

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		call_as(wanted[i].uid);
		ck_assert_str_eq(str_c(&caller.name), wanted[i].name);
		ck_assert_str_eq(str_c(&owner.own), wanted[i].own);
		ck_assert_int_eq(caller_is_ours(&caller, "ph"),
		    wanted[i].is_ours);
		ck_assert(!caller_is_ours(&caller, NULL));
		owner_free(&owner);
		caller_free(&caller);
	}
}
END_TEST

static const struct {
	uid_t uid;
	const char *address;
	bool is_own;
} claims[] = {
    {1001, "anna@mail.local.test", true},
    {1001, "ANNA@Mail.Local.Test", true},
    {1001, "anna+x@mail.local.test", true},
    {1001, "anna-list-return-7-u=d.test@mail.local.test", true},
    {1001, "info@local.test", true},
    {1001, "team@local.test", true},
    {1001, "info+x@local.test", true},
    {1001, "anna+boss@mail.local.test", false},
    {1001, "ann@mail.local.test", false},
    {1001, "anna@local.test", false},
    {1001, "anna@elsewhere.test", false},
    {1001, "ben@local.test", false},
    {1001, "root@mail.local.test", false},
    {1001, "anna", false},
    {1001, "", false},
    {1001, "anna@mail.local.test, root@mail.local.test", false},
    {33, "www@mail.local.test", true},
    {33, "www+x@mail.local.test", true},
    {33, "www-x@mail.local.test", true},
    {33, "www-data@mail.local.test", false},
    {33, "WWW-data@mail.local.test", false},
    {33, "www-data+x@mail.local.test", false},
    /* its mail goes to ben, which does not make it ben */
    {33, "ben@local.test", false},
    {34, "www-data@mail.local.test", true},
    {34, "www@mail.local.test", false},
    {4711, "uid4711@mail.local.test", true},
    {4711, "uid47110@mail.local.test", false},
};

START_TEST(an_address_is_its_owners)
{
	call_as(claims[_i].uid);
	ck_assert_int_eq(owner_has(&owner, slice_of(claims[_i].address)),
	    claims[_i].is_own);
	owner_free(&owner);
	caller_free(&caller);
}
END_TEST

static const struct {
	uid_t uid;
	const char *sender; /* NULL: none given */
	const char *rcpts;  /* with blanks between them */
	const char *notify, *ret, *envid;
	unsigned code;
	const char *text; /* or the envelope */
} requests[] = {
    {1001, NULL, "ben@local.test", "", "", "", 0,
	"anna@mail.local.test>ben@local.test"},
    {1001, "", "ben@local.test", "", "", "", 0, ">ben@local.test"},
    {1001, "Anna", "root", "", "", "", 0,
	"Anna@mail.local.test>root@mail.local.test"},
    {1001, "anna", "ben@local.test x@out.test", "", "", "", 0,
	"anna@mail.local.test>ben@local.test>x@out.test"},
    {1001, NULL, "ben@local.test nobody@local.test", "", "", "", 0,
	"anna@mail.local.test>ben@local.test>nobody@local.test"},
    {1001, NULL, "nobody@local.test", "", "", "", 550,
	"5.1.1 no such user here: nobody@local.test"},
    {1001, "ben@local.test", "ben@local.test", "", "", "", 553,
	"5.7.1 you may not send as ben@local.test"},
    {0, "x@out.test", "ben@local.test", "", "", "", 0,
	"x@out.test>ben@local.test"},
    {0, "gone@office.test", "ben@local.test", "", "", "", 553,
	"5.7.1 you may not send as gone@office.test"},
    {0, NULL, "gone@office.test", "", "", "", 550,
	"5.2.1 this mailbox is closed, write to postmaster@office.test: "
	"gone@office.test"},
    {0, "x y@z", "ben@local.test", "", "", "", 501,
	"5.1.7 malformed sender address: x y@z"},
    {0, NULL, "a..b@c", "", "", "", 501,
	"5.1.3 malformed recipient address: a..b@c"},
    {0, NULL, "", "", "", "", 501, "5.5.4 no recipients"},
    {0, NULL, "a@x.test b@x.test c@x.test d@x.test", "", "", "", 552,
	"5.5.3 too many recipients, the limit is 3"},
    {0, NULL, "a@x.test", "SUCCESS,delay", "HDRS", "QQ+2B", 0,
	"root@mail.local.test>a@x.test success,delay hdrs QQ+2B"},
    {0, NULL, "a@x.test", "always", "", "", 501,
	"5.5.4 bad value of notify, ret or envid"},
    {0, NULL, "a@x.test", "", "some", "", 501,
	"5.5.4 bad value of notify, ret or envid"},
    {0, NULL, "a@x.test", "", "", "a b", 501,
	"5.5.4 bad value of notify, ret or envid"},
};

static void
show(const struct envelope *envelope, struct str *to)
{
	str_add_slice(to, str_slice(&envelope->sender));
	for (size_t i = 0; i < envelope->rcpt_count; i++)
		str_addf(to, ">%s", str_c(&envelope->rcpts[i].address));
	if (envelope->ret.len)
		str_addf(to, " %s %s %s", str_c(&envelope->rcpts[0].notify),
		    str_c(&envelope->ret), str_c(&envelope->envid));
}

START_TEST(a_request_is_an_envelope_or_refused)
{
	struct submit_request request = {0};
	struct envelope envelope = {0};
	struct refusal why = {0};
	struct slice rest = slice_of(requests[_i].rcpts);
	struct str shown = {0};

	request.has_sender = requests[_i].sender != NULL;
	str_set(&request.sender, requests[_i].sender ? requests[_i].sender : "");
	str_set(&request.notify, requests[_i].notify);
	str_set(&request.ret, requests[_i].ret);
	str_set(&request.envid, requests[_i].envid);
	while (rest.len)
		strs_add(&request.rcpts, slice_cut(&rest, ' '));
	call_as(requests[_i].uid);
	if (request_take(&request, &owner, &settings, &envelope, &why))
		show(&envelope, &shown);
	else
		str_set_slice(&shown, str_slice(&why.text));
	ck_assert_str_eq(str_c(&shown), requests[_i].text);
	if (requests[_i].code)
		ck_assert_uint_eq(why.code, requests[_i].code);
	str_free(&shown);
	str_free(&why.text);
	envelope_free(&envelope);
	record_free(submit_request_fields, &request);
	owner_free(&owner);
	caller_free(&caller);
}
END_TEST

START_TEST(one_user_leaves_seats_for_others_and_all_for_root)
{
	static struct seats seats;
	pid_t pid = 100;

	for (int i = 0; i < SEATS_PER_USER; i++) {
		ck_assert(seats_have_room(&seats, 1001));
		seats_take(&seats, pid++, 1001);
	}
	ck_assert(!seats_have_room(&seats, 1001));
	ck_assert(seats_have_room(&seats, 1002));
	for (uid_t uid = 100000; seats_have_room(&seats, uid); uid++)
		seats_take(&seats, pid++, uid);
	ck_assert_uint_eq(seats.len, SEATS_PER_USER + SEATS_FAR);
	for (uid_t uid = 2000; seats_have_room(&seats, uid); uid++)
		seats_take(&seats, pid++, uid);
	ck_assert_uint_eq(seats.len, SEATS_MAX - SEATS_FOR_ROOT);
	while (seats_have_room(&seats, 0))
		seats_take(&seats, pid++, 0);
	ck_assert_uint_eq(seats.len, SEATS_MAX);
	seats_leave(&seats, 100);
	seats_leave(&seats, 1);
	ck_assert_uint_eq(seats.len, SEATS_MAX - 1);
	ck_assert(!seats_have_room(&seats, 1001));
	ck_assert(seats_have_room(&seats, 0));
}
END_TEST

static const struct {
	const char *text, *plain;
} line_ends[] = {
    {"a\nb\n", "a\nb\n"},
    {"a\r\nb\r\n", "a\nb\n"},
    {"10%\r20%\r\n", "10% 20%\n"},
    {"a\r\r\nb", "a \nb"},
    {"\r\n\r\n", "\n\n"},
    {"a\r", "a"}, /* held back */
};

START_TEST(lines_end_with_lf_and_no_cr_is_left)
{
	struct str plain = {0};
	const char *bytes = line_ends[_i].text;
	bool has_cr = false;

	text_add_plain(&plain, slice_of(bytes), &has_cr);
	ck_assert_str_eq(str_c(&plain), line_ends[_i].plain);
	str_clear(&plain);
	has_cr = false;
	for (; *bytes; bytes++)
		text_add_plain(&plain, slice_make(bytes, 1), &has_cr);
	ck_assert_str_eq(str_c(&plain), line_ends[_i].plain);
	str_free(&plain);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("local-submit");
	TCase *plain = tcase_create("plain");

	suite_add_tcase(unit.suite, plain);
	tcase_add_unchecked_fixture(unit.cases, make_house, leave);
	tcase_add_test(unit.cases, knows_users_by_name_or_number);
	tcase_add_loop_test(unit.cases, an_address_is_its_owners, 0,
	    sizeof claims / sizeof *claims);
	tcase_add_loop_test(unit.cases, a_request_is_an_envelope_or_refused,
	    0, sizeof requests / sizeof *requests);
	tcase_add_test(plain,
	    one_user_leaves_seats_for_others_and_all_for_root);
	tcase_add_loop_test(plain, lines_end_with_lf_and_no_cr_is_left, 0,
	    sizeof line_ends / sizeof *line_ends);
	return unit_run(unit);
}
