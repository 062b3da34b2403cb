/* test_ledger - what was fetched is known again, whatever was cut off. */
/* links: cmd/pop3-fetch/ledger.c cmd/pop3-fetch/ledger_read.c */
#include "cmd/pop3-fetch/ledger.h"

#include "lib/base/io.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "xx@my.test xx@isp.test"
#define HASH_A \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HASH_B \
	"ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct str path;

static void
begin(void)
{
	unit_folder_enter();
	ck_assert_int_eq(mkdir("state", 0700), 0);
	ck_assert_int_eq(mkdir("state/pop3", 0700), 0);
	ledger_path(&path, slice_of(NAME));
	ck_assert_int_eq(ledger_make(str_c(&path), slice_of(NAME)), 0);
}

static void
open_it(struct ledger *ledger)
{
	int fd = open(str_c(&path), O_RDWR | O_APPEND);

	ck_assert_int_ge(fd, 0);
	*ledger = (struct ledger){0};
	ck_assert_int_eq(ledger_read(ledger, fd, slice_of(NAME)), 0);
}

static void
close_it(struct ledger *ledger)
{
	close(ledger->fd);
	ledger_free(ledger);
}

static void
reopen(struct ledger *ledger)
{
	ck_assert_int_eq(ledger_commit(ledger), 0);
	close_it(ledger);
	open_it(ledger);
}

static void
append(const char *text)
{
	int fd = open(str_c(&path), O_WRONLY | O_APPEND);

	ck_assert_int_eq(write_all(fd, text, strlen(text)), 0);
	close(fd);
}

START_TEST(what_was_fetched_is_found_again)
{
	struct ledger_entry *entry;
	struct ledger ledger;

	open_it(&ledger);
	ledger_fetched(&ledger, 7, 100, HASH_A, slice_of("b"));
	ledger_fetched(&ledger, 8, 200, HASH_B, slice_of("a"));
	ledger_skipped(&ledger, 9, 300, LEDGER_TOO_LARGE, slice_of("c"));
	reopen(&ledger);
	entry = ledger_find(&ledger, slice_of("b"));
	ck_assert_ptr_nonnull(entry);
	ck_assert_uint_eq(entry->time_s, 7);
	ck_assert_uint_eq(entry->size, 100);
	ck_assert_str_eq(entry->hash, HASH_A);
	ck_assert(!entry->is_skipped);
	ck_assert_str_eq(ledger_find(&ledger, slice_of("a"))->hash, HASH_B);
	ck_assert(ledger_find(&ledger, slice_of("c"))->is_skipped);
	ck_assert_ptr_null(ledger_find(&ledger, slice_of("d")));
	close_it(&ledger);
}
END_TEST

START_TEST(the_last_line_about_a_letter_counts)
{
	struct ledger ledger;

	open_it(&ledger);
	ledger_skipped(&ledger, 5, 100, LEDGER_GREW, slice_of("a"));
	ledger_fetched(&ledger, 7, 100, HASH_A, slice_of("a"));
	ledger_fetched(&ledger, 7, 100, HASH_A, slice_of("b"));
	reopen(&ledger);
	ck_assert(!ledger_find(&ledger, slice_of("a"))->is_skipped);
	ledger_missed(&ledger, ledger_find(&ledger, slice_of("a")));
	ledger_missed(&ledger, ledger_find(&ledger, slice_of("b")));
	reopen(&ledger);
	ck_assert(ledger_find(&ledger, slice_of("a"))->is_missed);
	ledger_gone(&ledger, ledger_find(&ledger, slice_of("a")));
	ledger_seen(&ledger, ledger_find(&ledger, slice_of("b")));
	ck_assert_ptr_null(ledger_find(&ledger, slice_of("a")));
	reopen(&ledger);
	ck_assert_ptr_null(ledger_find(&ledger, slice_of("a")));
	ck_assert(!ledger_find(&ledger, slice_of("b"))->is_missed);
	ledger_fetched(&ledger, 9, 100, HASH_B, slice_of("a"));
	reopen(&ledger);
	ck_assert_str_eq(ledger_find(&ledger, slice_of("a"))->hash, HASH_B);
	close_it(&ledger);
}
END_TEST

/* Cut anywhere, a line says nothing, and what follows is whole. */
START_TEST(a_torn_line_is_nothing)
{
	static const char line[] = "fetched 12 34 " HASH_A " uid-long\n";
	struct ledger ledger;

	for (size_t cut = 1; cut < sizeof line - 1; cut++) {
		char part[sizeof line] = {0};

		ck_assert_int_eq(unlink(str_c(&path)), 0);
		ck_assert_int_eq(ledger_make(str_c(&path), slice_of(NAME)),
		    0);
		memcpy(part, line, cut);
		append(part);
		open_it(&ledger);
		ck_assert_uint_eq(ledger.len, 0);
		ck_assert(ledger.is_torn);
		ledger_fetched(&ledger, 1, 2, HASH_B, slice_of("next"));
		reopen(&ledger);
		ck_assert(!ledger.is_torn);
		ck_assert_uint_eq(ledger.len, 1);
		ck_assert_str_eq(str_c(&ledger.v[0].uid), "next");
		close_it(&ledger);
	}
}
END_TEST

START_TEST(a_pause_is_remembered_until_it_ends)
{
	struct ledger ledger;

	open_it(&ledger);
	ledger_paused(&ledger, 99, "wrong\npassword");
	reopen(&ledger);
	ck_assert_uint_eq(ledger.paused_s, 99);
	ck_assert_str_eq(str_c(&ledger.paused_why), "wrong password");
	ledger_resumed(&ledger, 100);
	reopen(&ledger);
	ck_assert_uint_eq(ledger.paused_s, 0);
	close_it(&ledger);
}
END_TEST

START_TEST(compacted_it_says_the_same)
{
	struct ledger ledger;
	struct stat before, after;

	open_it(&ledger);
	for (int i = 0; i < 2000; i++) {
		struct str uid = {0};

		str_addf(&uid, "u%d", i);
		ledger_fetched(&ledger, 1, 2, HASH_A, str_slice(&uid));
		if (i >= 10)
			str_addf(&ledger.pending, "gone %s\n", str_c(&uid));
		str_free(&uid);
	}
	ledger_paused(&ledger, 5, "why");
	reopen(&ledger);
	ledger_missed(&ledger, ledger_find(&ledger, slice_of("u3")));
	ck_assert(ledger_is_wasteful(&ledger));
	reopen(&ledger);
	ck_assert_int_eq(stat(str_c(&path), &before), 0);
	ck_assert_int_eq(ledger_compact(&ledger, str_c(&path),
	    slice_of(NAME)), 0);
	ck_assert_int_eq(stat(str_c(&path), &after), 0);
	ck_assert_int_lt(after.st_size, before.st_size / 50);
	close_it(&ledger);
	open_it(&ledger);
	ck_assert_uint_eq(ledger.len, 10);
	ck_assert(!ledger_is_wasteful(&ledger));
	ck_assert(ledger_find(&ledger, slice_of("u3"))->is_missed);
	ck_assert(!ledger_find(&ledger, slice_of("u4"))->is_missed);
	ck_assert_uint_eq(ledger.paused_s, 5);
	close_it(&ledger);
}
END_TEST

START_TEST(another_bindings_ledger_is_not_read)
{
	int fd = open(str_c(&path), O_RDONLY);
	struct ledger ledger = {0};

	ck_assert_int_lt(ledger_read(&ledger, fd, slice_of("y@my.test z@i")),
	    0);
	ck_assert_int_eq(errno, EPROTO);
	ledger_free(&ledger);
	close(fd);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("ledger");

	tcase_add_checked_fixture(unit.cases, begin, NULL);
	tcase_add_test(unit.cases, what_was_fetched_is_found_again);
	tcase_add_test(unit.cases, the_last_line_about_a_letter_counts);
	tcase_add_test(unit.cases, a_torn_line_is_nothing);
	tcase_add_test(unit.cases, a_pause_is_remembered_until_it_ends);
	tcase_add_test(unit.cases, compacted_it_says_the_same);
	tcase_add_test(unit.cases, another_bindings_ledger_is_not_read);
	return unit_run(unit);
}
