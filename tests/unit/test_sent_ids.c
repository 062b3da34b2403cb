/* test_sent_ids - what was sent is known again, and old letters make room. */
#include "lib/mail/sent_ids.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#define MAILBOX "xx@isp.test"

static void
begin(void)
{
	unit_folder_enter();
	ck_assert_int_eq(mkdir("state", 0700), 0);
	ck_assert_int_eq(mkdir("state/sent", 0700), 0);
}

static void
note(const char *id)
{
	int fd = sent_ids_open(slice_of(MAILBOX));

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sent_ids_add(fd, slice_of(id), 7), 0);
	close(fd);
}

static bool
knows(const char *mailbox, const char *id)
{
	struct str text = {0};
	bool is_known;

	sent_ids_read(slice_of(mailbox), &text);
	is_known = sent_ids_has(str_slice(&text), slice_of(id));
	str_free(&text);
	return is_known;
}

START_TEST(knows_what_this_mailbox_sent)
{
	ck_assert(!knows(MAILBOX, "<1@y>"));
	note("<1@y>");
	note("<2@y>");
	ck_assert(knows(MAILBOX, "<1@y>"));
	ck_assert(knows(MAILBOX, "<2@y>"));
	ck_assert(!knows(MAILBOX, "<3@y>"));
	ck_assert(!knows(MAILBOX, ""));
	ck_assert(!knows("other@isp.test", "<1@y>"));
}
END_TEST

/* The file that is added to is full; it was written to at that time. */
static void
fill(time_t when)
{
	struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
	int fd = sent_ids_open(slice_of(MAILBOX));

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, SENT_IDS_BYTES), 0);
	ck_assert_int_eq(futimens(fd, times), 0);
	close(fd);
}

START_TEST(is_bounded_and_forgets_the_oldest_first)
{
	note("<oldest@y>");
	fill(1);
	note("<old@y>");
	ck_assert(knows(MAILBOX, "<oldest@y>"));
	fill(2);
	note("<new@y>");
	ck_assert(!knows(MAILBOX, "<oldest@y>"));
	ck_assert(knows(MAILBOX, "<old@y>"));
	ck_assert(knows(MAILBOX, "<new@y>"));
}
END_TEST

static const struct {
	const char *header, *id;
} headers[] = {
	{"Subject: x\nMessage-ID: <1@y>\n\n", "<1@y>"},
	{"message-id:\n <1@y> (comment)\n", "<1@y>"},
	{"Message-ID: none\n", ""},
	{"Message-ID: <torn\n", ""},
	{"Subject: x\n\nMessage-ID: <1@y>\n", ""},
	{"", ""},
};

START_TEST(finds_the_message_id)
{
	ck_assert(slice_is(sent_ids_of(slice_of(headers[_i].header)),
	    headers[_i].id));
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("sent_ids");

	tcase_add_checked_fixture(unit.cases, begin, NULL);
	tcase_add_test(unit.cases, knows_what_this_mailbox_sent);
	tcase_add_test(unit.cases, is_bounded_and_forgets_the_oldest_first);
	tcase_add_loop_test(unit.cases, finds_the_message_id, 0,
	    sizeof headers / sizeof *headers);
	return unit_run(unit);
}
