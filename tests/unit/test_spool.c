/* test_spool - out of the boxes into active/, and everything on the way. */
#include "tests/unit/queue_fixture.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#define ID "6qw5c1zj3k00abc"
#define ONCE "b0123456789abcdefghjkmnpqrs"
#define TWICE "p0123456789abcdefghjkmnpqrs"

static struct spool spool;
static size_t smtp, bounce;
static time_t later_s; /* how far our clock is ahead of the filesystem's */

/* Instead of the C library's: nobody can make a file's ctime old. */
int
clock_gettime(clockid_t id, struct timespec *now)
{
	int result = (int)syscall(SYS_clock_gettime, id, now);

	if (id == CLOCK_REALTIME)
		now->tv_sec += later_s;
	return result;
}

static void
set_up(void)
{
	const char *what;

	fixture_enter();
	ck_assert_int_eq(spool_open(&spool, NULL, &what), 0);
	smtp = fixture_box("smtp");
	bounce = fixture_box("bounce");
}

static void
drop_with_id(const char *box, const char *id)
{
	struct envelope envelope =
	    fixture_envelope(box, "a@b.test", "c@local.test");
	char made[32];

	str_puts(&envelope.id, id);
	fixture_drop(&envelope, "Subject: x\n\nx\n", made);
	envelope_free(&envelope);
}

static void
put_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	int fd;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static enum spool_taken
take(size_t box, const char *id, bool was_closed, const char **why)
{
	struct spool_letter letter;
	enum spool_taken taken =
	    spool_take(&spool, box, id, was_closed, &letter);

	if (why)
		*why = letter.why;
	if (taken == SPOOL_TAKEN) {
		close(letter.fd);
		envelope_free(&letter.envelope);
	} else {
		ck_assert_int_eq(letter.fd, -1);
	}
	return taken;
}

/* ---- out of the box ---- */

START_TEST(a_letter_is_taken)
{
	struct spool_letter letter;

	drop_with_id("smtp", ID);
	ck_assert_int_eq(spool_take(&spool, smtp, ID, true, &letter),
	    SPOOL_TAKEN);
	ck_assert_str_eq(str_c(&letter.envelope.sender), "a@b.test");
	ck_assert_uint_eq(letter.envelope.length, letter.head_len + 14);
	ck_assert(fixture_exists("queue/active/3k", ID));
	ck_assert_uint_eq(unit_count("queue/drop/smtp"), 0);
	ck_assert_int_eq(fcntl(letter.fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	close(letter.fd);
	envelope_free(&letter.envelope);
	ck_assert_int_eq(take(smtp, ID, true, NULL), SPOOL_GONE);
	ck_assert_int_eq(spool_read(&spool, ID, &letter), SPOOL_TAKEN);
	close(letter.fd);
	envelope_free(&letter.envelope);
}
END_TEST

static const char unfinished[] = "posthouse 1\nlength               \nid " ID
	"\ntime 1\nbox smtp\nsender\nrcpt a@b\n\nSubject";

START_TEST(an_aborted_session_is_removed)
{
	put_file("queue/drop/smtp", ID, unfinished);
	ck_assert_int_eq(take(smtp, ID, true, NULL), SPOOL_ABORTED);
	ck_assert_uint_eq(unit_count("queue/drop/smtp"), 0);
	ck_assert_uint_eq(unit_count("queue/corrupt/torn"), 0);
	put_file("queue/drop/smtp", ID, "");
	ck_assert_int_eq(take(smtp, ID, true, NULL), SPOOL_ABORTED);
	ck_assert_uint_eq(unit_count("queue/drop/smtp"), 0);
}
END_TEST

START_TEST(a_young_unfinished_file_is_left)
{
	put_file("queue/drop/smtp", ID, unfinished);
	ck_assert_int_eq(take(smtp, ID, false, NULL), SPOOL_UNFINISHED);
	ck_assert(fixture_exists("queue/drop/smtp", ID));
}
END_TEST

START_TEST(an_old_one_is_torn_unless_it_is_locked)
{
	int fd;

	put_file("queue/drop/smtp", ID, unfinished);
	put_file("queue/drop/smtp", "6qw5c1zj3k00abd", unfinished);
	put_file("queue/drop/smtp", "6qw5c1zj3k00abe", "");
	fd = open("queue/drop/smtp/" ID, O_RDONLY);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	sleep(11); /* a ctime cannot be set */
	ck_assert_int_eq(take(smtp, ID, false, NULL), SPOOL_UNFINISHED);
	close(fd);
	ck_assert_int_eq(take(smtp, ID, false, NULL), SPOOL_ABORTED);
	ck_assert_int_eq(take(smtp, "6qw5c1zj3k00abd", false, NULL),
	    SPOOL_ABORTED);
	ck_assert_int_eq(take(smtp, "6qw5c1zj3k00abe", false, NULL),
	    SPOOL_ABORTED);
	ck_assert_uint_eq(unit_count("queue/corrupt/torn"), 3);
	ck_assert_uint_eq(unit_count("queue/drop/smtp"), 0);
}
END_TEST

/* ---- what a captured producer may put there ---- */

static void
expect_corrupt(const char *name, const char *reason)
{
	const char *why = NULL;

	ck_assert_int_eq(take(smtp, name, true, &why), SPOOL_CORRUPT);
	ck_assert_str_eq(why, reason);
	ck_assert(!fixture_exists("queue/drop/smtp", name));
	ck_assert(!fixture_exists("queue/active/3k", name));
}

START_TEST(a_link_is_not_followed)
{
	put_file(".", "secret", unfinished);
	ck_assert_int_eq(symlink("../../../secret", "queue/drop/smtp/" ID), 0);
	expect_corrupt(ID, "not a regular file");
	ck_assert(fixture_exists(".", "secret"));
}
END_TEST

START_TEST(a_second_name_is_not_believed)
{
	drop_with_id("smtp", ID);
	ck_assert_int_eq(link("queue/drop/smtp/" ID, "elsewhere"), 0);
	expect_corrupt(ID, "has several names");
}
END_TEST

START_TEST(a_fifo_stops_nobody)
{
	ck_assert_int_eq(mkfifo("queue/drop/smtp/" ID, 0600), 0);
	expect_corrupt(ID, "not a regular file");
}
END_TEST

START_TEST(a_socket_stops_nobody)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX,
	    .sun_path = "queue/drop/smtp/" ID};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address),
	    0);
	expect_corrupt(ID, "not a regular file");
	close(fd);
}
END_TEST

START_TEST(a_folder_is_set_aside)
{
	ck_assert_int_eq(mkdir("queue/drop/smtp/" ID, 0700), 0);
	expect_corrupt(ID, "not a regular file");
}
END_TEST

START_TEST(anothers_file_is_not_believed)
{
	drop_with_id("smtp", ID);
	spool.producer[smtp] = geteuid() + 1;
	expect_corrupt(ID, "not its producer's file");
}
END_TEST

static size_t
count_matches(const char *pattern)
{
	glob_t found;
	size_t count;

	count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	globfree(&found);
	return count;
}

START_TEST(a_name_is_an_id)
{
	put_file("queue/drop/smtp", "README", unfinished);
	expect_corrupt("README", "its name is not a queue id");
	put_file("queue/drop/smtp", "README", unfinished);
	expect_corrupt("README", "its name is not a queue id");
	ck_assert(fixture_exists("queue/corrupt", "README"));
	ck_assert_uint_eq(count_matches("queue/corrupt/README.*"), 1);
}
END_TEST

START_TEST(garbage_is_kept)
{
	put_file("queue/drop/smtp", ID, "Subject: hello\n\nhello\n");
	expect_corrupt(ID, "its envelope cannot be understood");
	ck_assert(fixture_exists("queue/corrupt", ID));
}
END_TEST

START_TEST(a_wrong_length_is_not_believed)
{
	drop_with_id("smtp", ID);
	ck_assert_int_eq(truncate("queue/drop/smtp/" ID, 10000), 0);
	expect_corrupt(ID, "its length is not its size");
}
END_TEST

START_TEST(a_box_takes_only_its_own)
{
	drop_with_id("smtp", ID);
	ck_assert_int_eq(rename("queue/drop/smtp/" ID,
			     "queue/drop/smtp/6qw5c1zj3k00abd"), 0);
	expect_corrupt("6qw5c1zj3k00abd", "its id is not its name");
	drop_with_id("smtp", ONCE);
	expect_corrupt(ONCE, "this box takes no such id");
	drop_with_id("bounce", ID);
	ck_assert_int_eq(rename("queue/drop/bounce/" ID,
			     "queue/drop/smtp/" ID), 0);
	expect_corrupt(ID, "it names another box");
}
END_TEST

START_TEST(no_login_comes_through_smtp)
{
	struct envelope envelope =
	    fixture_envelope("smtp", "a@b.test", "c@local.test");
	char id[32];

	str_puts(&envelope.login, "alice@local.test");
	str_puts(&envelope.passport, "0000");
	fixture_drop(&envelope, "x\n", id);
	ck_assert_int_eq(take(smtp, id, true, NULL), SPOOL_CORRUPT);
	envelope_free(&envelope);
}
END_TEST

START_TEST(a_newer_format_is_left_in_place)
{
	put_file("queue/drop/smtp", ID, "posthouse 2\n\n\n");
	ck_assert_int_eq(take(smtp, ID, true, NULL), SPOOL_LEFT);
	ck_assert(fixture_exists("queue/drop/smtp", ID));
}
END_TEST

START_TEST(what_may_pass_is_looked_at_again)
{
	struct rlimit limit, before;

	drop_with_id("smtp", ID);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = before;
	limit.rlim_cur = 3;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(take(smtp, ID, true, NULL), SPOOL_LATER);
	ck_assert_int_eq(access("queue/drop/smtp/" ID, F_OK), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}
END_TEST

START_TEST(an_id_is_admitted_once)
{
	drop_with_id("smtp", ID);
	ck_assert_int_eq(take(smtp, ID, true, NULL), SPOOL_TAKEN);
	drop_with_id("smtp", ID);
	ck_assert_int_eq(take(smtp, ID, true, NULL), SPOOL_CORRUPT);
	ck_assert(fixture_exists("queue/active/3k", ID));
	ck_assert(fixture_exists("queue/corrupt", ID));
}
END_TEST

START_TEST(a_once_id_is_admitted_once)
{
	drop_with_id("bounce", ONCE);
	ck_assert_int_eq(take(bounce, ONCE, true, NULL), SPOOL_TAKEN);
	drop_with_id("bounce", ONCE);
	ck_assert_int_eq(take(bounce, ONCE, true, NULL), SPOOL_AGAIN);
	ck_assert_int_eq(spool_finish(&spool, ONCE, false), 0);
	ck_assert(spool_is_spent(&spool, ONCE));
	drop_with_id("bounce", ONCE);
	ck_assert_int_eq(take(bounce, ONCE, true, NULL), SPOOL_AGAIN);
	ck_assert_uint_eq(unit_count("queue/drop/bounce"), 0);
	ck_assert_uint_eq(unit_count("queue/corrupt"), 1); /* torn/ */
}
END_TEST

/* ---- in active/ ---- */

static void
admit(const char *id)
{
	drop_with_id("smtp", id);
	ck_assert_int_eq(take(smtp, id, true, NULL), SPOOL_TAKEN);
}

START_TEST(damage_is_set_aside)
{
	struct spool_letter letter;

	admit(ID);
	ck_assert_int_eq(truncate("queue/active/3k/" ID, 100), 0);
	ck_assert_int_eq(spool_read(&spool, ID, &letter), SPOOL_CORRUPT);
	ck_assert(fixture_exists("queue/corrupt", ID));
	ck_assert_int_eq(spool_read(&spool, ID, &letter), SPOOL_GONE);
}
END_TEST

START_TEST(a_newer_message_is_left_active)
{
	struct spool_letter letter;

	admit(ID);
	put_file("queue/active/3k", ID, "posthouse 2\n\n");
	ck_assert_int_eq(spool_read(&spool, ID, &letter), SPOOL_LEFT);
	ck_assert(fixture_exists("queue/active/3k", ID));
}
END_TEST

START_TEST(one_at_a_time_has_the_lock)
{
	int fd;

	admit(ID);
	fd = spool_lock(&spool, ID, -1);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(spool_lock(&spool, ID, -1), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	close(fd);
	fd = spool_lock(&spool, ID, -1);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(spool_lock(&spool, "6qw5c1zj3k00abd", -1), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

static void
write_note(const char *id)
{
	struct note note = {0};
	struct note_row *row = note_add(&note);
	struct str bytes = {0};

	str_puts(&row->address, "a@local.test");
	row = note_add(&note);
	str_puts(&row->address, "b@local.test");
	str_puts(&row->words, "451 - - later");
	note_encode(&bytes, &note);
	ck_assert_int_eq(spool_note_write(&spool, id, str_slice(&bytes)), 0);
	note_free(&note);
	str_free(&bytes);
}

START_TEST(finished_leaves_nothing)
{
	admit(ID);
	write_note(ID);
	ck_assert_int_eq(spool_finish(&spool, ID, true), 0);
	ck_assert(!fixture_exists("queue/active/3k", ID));
	ck_assert(!fixture_exists("queue/note/3k", ID));
	ck_assert_uint_eq(unit_count("queue/spent"), 0);
	ck_assert_int_eq(spool_finish(&spool, ID, true), 0);
}
END_TEST

START_TEST(given_up_is_kept_aside)
{
	admit(ID);
	write_note(ID);
	ck_assert_int_eq(spool_give_up(&spool, ID), 0);
	ck_assert(fixture_exists("queue/corrupt", ID));
	ck_assert(!fixture_exists("queue/note/3k", ID));
	ck_assert_int_eq(spool_give_up(&spool, ID), -1);
}
END_TEST

START_TEST(notes_are_written_read_and_added_to)
{
	struct note note = {0};
	struct str change = {0};

	admit(ID);
	ck_assert_int_eq(spool_note_read(&spool, ID, &note), -1);
	ck_assert_int_eq(errno, ENOENT);
	write_note(ID);
	ck_assert_int_eq(spool_note_read(&spool, ID, &note), 0);
	ck_assert_uint_eq(note.len, 2);
	note.rows[1].state = RCPT_DONE;
	note_encode_change(&change, 1, &note.rows[1]);
	ck_assert_int_eq(spool_note_append(&spool, ID, str_slice(&change)), 0);
	ck_assert_int_eq(spool_note_read(&spool, ID, &note), 0);
	ck_assert_int_eq(note.rows[0].state, RCPT_PENDING);
	ck_assert_int_eq(note.rows[1].state, RCPT_DONE);
	ck_assert_uint_eq(unit_count("queue/note/3k"), 1);
	put_file("queue/note/3k", ID, "posthouse-note 2 0 0");
	ck_assert_int_eq(spool_note_read(&spool, ID, &note), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert_int_eq(spool_note_append(&spool, ID, str_slice(&change)),
	    -1);
	str_free(&change);
	note_free(&note);
}
END_TEST

/* ---- lists ---- */

static struct strs names;

static void
found(void *context, const char *name)
{
	ck_assert_ptr_eq(context, &names);
	strs_add(&names, slice_of(name));
}

START_TEST(the_start_finds_messages_and_clears_notes)
{
	admit(ID);
	admit("6qw5c1zj3m00abd");
	write_note(ID);
	write_note("6qw5c1zj3n00abe"); /* its message is finished */
	put_file("queue/note/3k", "." ID, "half");
	put_file("queue/active/3k", "stray", "x");
	ck_assert_int_eq(spool_list(&spool, found, &names), 0);
	ck_assert_uint_eq(names.len, 2);
	ck_assert(fixture_exists("queue/note/3k", ID));
	ck_assert(!fixture_exists("queue/note/3k", "." ID));
	ck_assert(!fixture_exists("queue/note/3n", "6qw5c1zj3n00abe"));
	ck_assert(fixture_exists("queue/active/3k", "stray"));
	strs_free(&names);
}
END_TEST

START_TEST(a_box_is_listed_with_everything_in_it)
{
	drop_with_id("smtp", ID);
	put_file("queue/drop/smtp", ".hidden", "x");
	ck_assert_int_eq(spool_list_box(&spool, smtp, found, &names), 0);
	ck_assert_uint_eq(names.len, 2);
	strs_free(&names);
}
END_TEST

/* The day before its time it is kept; what could not be understood, always. */
static const struct {
	time_t days;
	size_t spent, torn;
} prunings[] = {{0, 1, 1}, {6, 1, 1}, {8, 1, 0}, {29, 1, 0}, {31, 0, 0}};

START_TEST(what_is_old_is_pruned)
{
	put_file("queue/spent", ONCE, "");
	put_file("queue/corrupt/torn", ID, "");
	put_file("queue/corrupt", ID, "");
	later_s = prunings[_i].days * 24 * 3600;
	spool_prune(&spool);
	ck_assert_uint_eq(unit_count("queue/spent"), prunings[_i].spent);
	ck_assert_uint_eq(unit_count("queue/corrupt/torn"),
	    prunings[_i].torn);
	ck_assert(fixture_exists("queue/corrupt", ID));
}
END_TEST

/* ---- marks ---- */

static ino_t
marked_in(int dir_fd, const char *id)
{
	struct stat st;

	spool.spent_fd = dir_fd;
	ck_assert_int_eq(spool_mark_spent(&spool, id), 0);
	ck_assert(spool_is_spent(&spool, id));
	ck_assert_int_eq(fstatat(dir_fd, id, &st, 0), 0);
	return st.st_ino;
}

static ino_t
marked(const char *id)
{
	return marked_in(spool.spent_fd, id);
}

START_TEST(the_marks_of_an_hour_share_a_file)
{
	ino_t first = marked(ONCE);

	ck_assert_uint_eq(marked(TWICE), first);
	ck_assert_uint_eq(marked(TWICE), first);
	later_s = MARK_SERVES_S;
	ck_assert_uint_ne(marked("a" ID "0123456789a"), first);
}
END_TEST

START_TEST(a_clock_set_back_makes_a_new_file)
{
	ino_t first = marked(ONCE);

	later_s = -100;
	ck_assert_uint_ne(marked(TWICE), first);
}
END_TEST

START_TEST(an_old_mark_lends_its_age_to_no_other)
{
	ino_t first;

	put_file("queue/spent", ONCE, "");
	later_s = MARK_SERVES_S;
	first = marked(ONCE);
	ck_assert_uint_ne(marked(TWICE), first);
}
END_TEST

START_TEST(a_mark_whose_file_is_gone_gets_one)
{
	marked(ONCE);
	ck_assert_int_eq(unlinkat(spool.spent_fd, ONCE, 0), 0);
	marked(TWICE);
	ck_assert_str_eq(spool.mark.id, TWICE);
}
END_TEST

static bool
has_all_its_links(int dir_fd, const char *id)
{
	char name[32];

	for (int i = 0; i < 70000; i++) {
		snprintf(name, sizeof name, "%d", i);
		if (linkat(dir_fd, id, dir_fd, name, 0) < 0)
			return errno == EMLINK;
	}
	return false;
}

/* On a disk, for a filesystem in memory knows no limit. */
START_TEST(a_file_with_all_its_links_is_followed_by_another)
{
	char on_disk[] = "/var/tmp/posthouse-unit.XXXXXX";
	int dir_fd;
	ino_t first;

	ck_assert_ptr_nonnull(mkdtemp(on_disk));
	dir_fd = open(on_disk, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	first = marked_in(dir_fd, ONCE);
	if (has_all_its_links(dir_fd, ONCE)) {
		ck_assert_uint_ne(marked_in(dir_fd, TWICE), first);
		ck_assert_str_eq(spool.mark.id, TWICE);
	}
	unit_remove(on_disk);
}
END_TEST

START_TEST(a_mark_that_cannot_be_made_is_an_error)
{
	spool.spent_fd = -1;
	ck_assert_int_eq(spool_mark_spent(&spool, ONCE), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

/* An instance of before has a file for each. */
START_TEST(an_empty_file_is_a_mark)
{
	put_file("queue/spent", ONCE, "");
	drop_with_id("bounce", ONCE);
	ck_assert_int_eq(take(bounce, ONCE, true, NULL), SPOOL_AGAIN);
}
END_TEST

START_TEST(marks_are_kept_as_long_as_promised)
{
	ino_t first = marked(ONCE);

	later_s = MARK_SERVES_S - 60;
	ck_assert_uint_eq(marked(TWICE), first);
	later_s += 30 * 24 * 3600;
	spool_prune(&spool);
	ck_assert_uint_eq(unit_count("queue/spent"), 2);
	later_s += 120;
	spool_prune(&spool);
	ck_assert_uint_eq(unit_count("queue/spent"), 0);
}
END_TEST

START_TEST(torn_files_age_from_when_they_were_moved)
{
	struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

	put_file("queue/corrupt/torn", ID, "");
	ck_assert_int_eq(utimensat(spool.torn_fd, ID, times, 0), 0);
	spool_prune(&spool);
	ck_assert_uint_eq(unit_count("queue/corrupt/torn"), 1);
}
END_TEST

START_TEST(a_missing_folder_is_named)
{
	struct spool other;
	const char *what = NULL;

	ck_assert_int_eq(rmdir("queue/spent"), 0);
	ck_assert_int_eq(spool_open(&other, NULL, &what), -1);
	ck_assert_str_eq(what, "queue/spent");
	ck_assert_int_eq(spool_open(&other, "no-such-prefix-", &what), -1);
	ck_assert_str_eq(what, "smtp");
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("spool");

	tcase_set_timeout(unit.cases, 60);
	tcase_add_checked_fixture(unit.cases, set_up, fixture_leave);
	tcase_add_test(unit.cases, a_letter_is_taken);
	tcase_add_test(unit.cases, an_aborted_session_is_removed);
	tcase_add_test(unit.cases, a_young_unfinished_file_is_left);
	tcase_add_test(unit.cases, an_old_one_is_torn_unless_it_is_locked);
	tcase_add_test(unit.cases, a_link_is_not_followed);
	tcase_add_test(unit.cases, a_second_name_is_not_believed);
	tcase_add_test(unit.cases, a_fifo_stops_nobody);
	tcase_add_test(unit.cases, a_socket_stops_nobody);
	tcase_add_test(unit.cases, a_folder_is_set_aside);
	tcase_add_test(unit.cases, anothers_file_is_not_believed);
	tcase_add_test(unit.cases, a_name_is_an_id);
	tcase_add_test(unit.cases, garbage_is_kept);
	tcase_add_test(unit.cases, a_wrong_length_is_not_believed);
	tcase_add_test(unit.cases, a_box_takes_only_its_own);
	tcase_add_test(unit.cases, no_login_comes_through_smtp);
	tcase_add_test(unit.cases, a_newer_format_is_left_in_place);
	tcase_add_test(unit.cases, what_may_pass_is_looked_at_again);
	tcase_add_test(unit.cases, an_id_is_admitted_once);
	tcase_add_test(unit.cases, a_once_id_is_admitted_once);
	tcase_add_test(unit.cases, damage_is_set_aside);
	tcase_add_test(unit.cases, a_newer_message_is_left_active);
	tcase_add_test(unit.cases, one_at_a_time_has_the_lock);
	tcase_add_test(unit.cases, finished_leaves_nothing);
	tcase_add_test(unit.cases, given_up_is_kept_aside);
	tcase_add_test(unit.cases, notes_are_written_read_and_added_to);
	tcase_add_test(unit.cases, the_start_finds_messages_and_clears_notes);
	tcase_add_test(unit.cases, a_box_is_listed_with_everything_in_it);
	tcase_add_loop_test(unit.cases, what_is_old_is_pruned, 0,
	    sizeof prunings / sizeof *prunings);
	tcase_add_test(unit.cases, the_marks_of_an_hour_share_a_file);
	tcase_add_test(unit.cases, a_clock_set_back_makes_a_new_file);
	tcase_add_test(unit.cases, an_old_mark_lends_its_age_to_no_other);
	tcase_add_test(unit.cases, a_mark_whose_file_is_gone_gets_one);
	tcase_add_test(unit.cases,
	    a_file_with_all_its_links_is_followed_by_another);
	tcase_add_test(unit.cases, a_mark_that_cannot_be_made_is_an_error);
	tcase_add_test(unit.cases, an_empty_file_is_a_mark);
	tcase_add_test(unit.cases, marks_are_kept_as_long_as_promised);
	tcase_add_test(unit.cases, torn_files_age_from_when_they_were_moved);
	tcase_add_test(unit.cases, a_missing_folder_is_named);
	return unit_run(unit);
}
