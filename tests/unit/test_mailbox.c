/* test_mailbox - every recipient gets the answer that is true of its mailbox,
 * in the order of the job. */
/* links: cmd/local-deliver/mailbox.c cmd/local-deliver/lines.c */
#include "cmd/local-deliver/mailbox.h"

#include "queue/message.h"
#include "tests/unit/control_dir.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

static const char text[] = "head\n\nSubject: hi\n\nhello\n";
enum { HEAD_LEN = 6 };

static struct config config;
static struct mailboxes mailboxes;
static struct agent_job job;

static void
set_up(void)
{
	control_begin();
	control_write("accounts", "postmaster@local.test user\n"
	    "anna@local.test user\n"
	    "small@local.test user quota=200\n"
	    "blocked@local.test user\n");
	control_compile_well();
	ck_assert_int_eq(mkdir("mail", 0700), 0);
	ck_assert_int_eq(mkdir("mail/local.test", 0700), 0);
	ck_assert_int_eq(mkdir("state", 0700), 0);
	ck_assert_int_eq(mkdir("state/overquota", 0700), 0);
	replace_file("message", slice_of(text), 0600);
	replace_file("mail/local.test/blocked", slice_of(""), 0600);
	config_open_or_die(&config, "routing");
	mailboxes_open(&mailboxes, &config);
	job.fd = open("message", O_RDONLY);
	job.job.head_len = HEAD_LEN;
	job.job.length = sizeof text - 1;
	job.job.arrived_us = 1793397600123456;
	job.job.first = 1;
	str_set(&job.job.id, "6qw5c1zj3k00abc");
	str_set(&job.job.sender, "s@example.org");
}

static void
tear_down(void)
{
	mailboxes_close(&mailboxes);
	config_close(&config);
	close(job.fd);
	record_free(job_fields, &job.job);
	record_free(job_result_fields, &job.result);
}

static void
add_rcpt(const char *address)
{
	strs_add(&job.job.rcpts, slice_of(address));
}

static const char *
verdict(size_t at)
{
	ck_assert_uint_lt(at, job.result.verdicts.len);
	return str_c(&job.result.verdicts.v[at]);
}

/* Delivers to one and gives the verdict. */
static const char *
deliver(const char *address)
{
	strs_clear(&job.job.rcpts);
	strs_clear(&job.result.verdicts);
	add_rcpt(address);
	mailboxes_deliver(&job, 1, &mailboxes);
	ck_assert_uint_eq(job.result.verdicts.len, 1);
	return verdict(0);
}

static const struct {
	const char *address, *verdict;
} answers[] = {
	{"anna@local.test", "K 250 2.0.0 - delivered"},
	{"Anna+Tag@LOCAL.test", "K 250 2.0.0 - delivered"},
	{"gone@local.test", "D 550 5.1.1 - no such user here"},
	{"anna@elsewhere.test", "D 550 5.1.1 - no such user here"},
	{"", "D 550 5.1.1 - no such user here"},
	{"anna", "D 550 5.1.1 - no such user here"},
	{"anna@local.test\nX: y",
	    "Z 451 4.3.0 - the recipient cannot be understood"},
	{"blocked@local.test", "Z 451 4.3.0 - the mail store is in trouble"},
	{"../../etc@local.test", "D 550 5.1.1 - no such user here"},
};

START_TEST(each_recipient_has_its_answer)
{
	ck_assert_str_eq(deliver(answers[_i].address), answers[_i].verdict);
}
END_TEST

START_TEST(answers_come_in_the_order_of_the_job)
{
	add_rcpt("gone@local.test");
	add_rcpt("anna@local.test");
	add_rcpt("gone2@local.test");
	add_rcpt("anna+x@local.test");
	mailboxes_deliver(&job, 1, &mailboxes);
	ck_assert_int_eq(verdict(0)[0], 'D');
	ck_assert_int_eq(verdict(1)[0], 'K');
	ck_assert_int_eq(verdict(2)[0], 'D');
	ck_assert_int_eq(verdict(3)[0], 'K');
	ck_assert_uint_eq(unit_count("mail/local.test/anna/new"), 2);
}
END_TEST

START_TEST(more_recipients_than_a_batch_holds)
{
	struct agent_job jobs[2] = {{.fd = -1}, {.fd = -1}};
	char address[40];

	for (size_t j = 0; j < 2; j++) {
		jobs[j].fd = job.fd;
		jobs[j].job.head_len = HEAD_LEN;
		jobs[j].job.length = sizeof text - 1;
		str_set(&jobs[j].job.id, j ? "6qw5c1zj3k00abd"
		    : "6qw5c1zj3k00abc");
		for (int i = 0; i < JOB_RCPTS_MAX; i++) {
			snprintf(address, sizeof address,
			    "anna+%d@local.test", i);
			strs_add(&jobs[j].job.rcpts, slice_of(address));
		}
	}
	mailboxes_deliver(jobs, 2, &mailboxes);
	for (size_t j = 0; j < 2; j++) {
		ck_assert_uint_eq(jobs[j].result.verdicts.len, JOB_RCPTS_MAX);
		record_free(job_fields, &jobs[j].job);
		record_free(job_result_fields, &jobs[j].result);
	}
	ck_assert_uint_eq(unit_count("mail/local.test/anna/new"),
	    2 * JOB_RCPTS_MAX);
}
END_TEST

START_TEST(over_quota_is_marked_until_there_is_room)
{
	ck_assert_int_eq(deliver("small+1@local.test")[0], 'K');
	ck_assert_int_eq(deliver("small+2@local.test")[0], 'K');
	ck_assert_uint_eq(unit_count("state/overquota"), 0);
	ck_assert_str_eq(deliver("small+3@local.test"),
	    "Z 452 4.2.2 - the mailbox is over its quota");
	ck_assert_int_eq(access("state/overquota/small@local.test", F_OK), 0);
	ck_assert_int_eq(system("cd mail/local.test/small && "
	    "rm new/* maildirsize"), 0);
	ck_assert_int_eq(deliver("small+3@local.test")[0], 'K');
	ck_assert_uint_eq(unit_count("state/overquota"), 0);
}
END_TEST

START_TEST(mark_is_young_again_after_each_refusal)
{
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	struct stat st;

	deliver("small+1@local.test");
	deliver("small+2@local.test");
	deliver("small+3@local.test");
	utimensat(AT_FDCWD, "state/overquota/small@local.test", old, 0);
	deliver("small+4@local.test");
	ck_assert_int_eq(stat("state/overquota/small@local.test", &st), 0);
	ck_assert_int_gt(st.st_mtime, time(NULL) - 60);
}
END_TEST

START_TEST(account_removed_meanwhile_is_noticed)
{
	ck_assert_int_eq(deliver("anna@local.test")[0], 'K');
	control_write("accounts", "postmaster@local.test user\n");
	control_compile_well();
	ck_assert_int_eq(deliver("anna@local.test")[0], 'D');
}
END_TEST

START_TEST(hostile_jobs_are_put_off)
{
	str_set(&job.job.id, "../../../etc/pas");
	ck_assert_int_eq(deliver("anna@local.test")[0], 'Z');
	str_set(&job.job.id, "6qw5c1zj3k00abc");
	str_set(&job.job.sender, "a\nX-Header: y");
	ck_assert_int_eq(deliver("anna@local.test")[0], 'Z');
	str_set(&job.job.sender, "a@b.test");
	job.job.length += 100;
	ck_assert_str_eq(deliver("anna@local.test"),
	    "Z 451 4.3.0 - the queue file is damaged");
}
END_TEST

/* A whole file of the queue, for three. */
static void
queue_letter(void)
{
	static const char *const rcpts[] = {"x@far.test", "anna@local.test",
	    "secret@far.test"};
	struct envelope envelope = {.length = 99, .arrived_us = 1};
	struct str bytes = {0};

	str_set(&envelope.id, "6qw5c1zj3k00abc");
	str_set(&envelope.box, "smtp");
	str_set(&envelope.sender, "s@example.org");
	for (size_t i = 0; i < 3; i++)
		str_set(&envelope_add_rcpt(&envelope)->address, rcpts[i]);
	envelope_encode(&bytes, &envelope);
	job.job.head_len = bytes.len;
	str_puts(&bytes, "Subject: hi\n\nhello\n");
	job.job.length = bytes.len;
	replace_file("letter", str_slice(&bytes), 0600);
	close(job.fd);
	job.fd = open("letter", O_RDONLY);
	envelope_free(&envelope);
	str_free(&bytes);
}

static void
read_one(const char *path, struct str *to)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			ck_assert_int_eq(read_file(dirfd(dir), entry->d_name,
			    to, 9999), 0);
	closedir(dir);
}

START_TEST(a_copy_says_whose_it_is_and_to_whom_it_goes)
{
	struct str file = {0};

	queue_letter();
	strs_add(&job.job.copies, slice_of("folder=Approve list=yes by=held "
	    "hold=00ff staff=a@local.test,b@local.test"));
	ck_assert_str_eq(deliver("anna@local.test"),
	    "K 250 2.0.0 - delivered");
	read_one("mail/local.test/anna/.Approve/new", &file);
	ck_assert_str_eq(str_c(&file), "Return-Path: <s@example.org>\n"
	    "Delivered-To: anna@local.test\n"
	    "X-Posthouse-Staff: a@local.test,\n b@local.test\n"
	    "X-Posthouse-By: held\n"
	    "X-Posthouse-Hold: 6qw5c1zj3k00abc 00ff\n"
	    "X-Posthouse-Recipients: x@far.test,\n anna@local.test,\n"
	    " secret@far.test\n"
	    "Subject: hi\n\nhello\n");
	str_free(&file);
}
END_TEST

START_TEST(a_copy_is_for_one_recipient_and_one_letter)
{
	add_rcpt("anna@local.test");
	add_rcpt("small@local.test");
	strs_add(&job.job.copies, slice_of("folder=Sent seen=yes"));
	strs_add(&job.job.copies, slice_of(""));
	mailboxes_deliver(&job, 1, &mailboxes);
	strs_clear(&job.job.copies);
	job.job.first = 0;
	mailboxes_deliver(&job, 1, &mailboxes);
	ck_assert_uint_eq(unit_count("mail/local.test/anna/.Sent/cur"), 1);
	ck_assert_uint_eq(unit_count("mail/local.test/small/new"), 1);
	ck_assert_uint_eq(unit_count("mail/local.test/anna/new"), 1);
}
END_TEST

static const char *const bad_copies[] = {"folder=..", "folder=../../x",
    "nonsense", "staff=a@b.test\nX: y"};

START_TEST(a_copy_that_is_none_is_put_off)
{
	strs_add(&job.job.copies, slice_of(bad_copies[_i]));
	ck_assert_int_eq(deliver("anna@local.test")[0], 'Z');
	strs_clear(&job.job.copies);
	strs_add(&job.job.copies, slice_of(""));
	strs_add(&job.job.copies, slice_of(""));
	ck_assert_int_eq(deliver("anna@local.test")[0], 'Z');
}
END_TEST

START_TEST(an_envelope_that_cannot_be_read_is_not_listed)
{
	strs_add(&job.job.copies, slice_of("list=yes"));
	ck_assert_str_eq(deliver("anna@local.test"),
	    "Z 451 4.3.0 - the queue file is damaged");
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("mailbox");

	tcase_add_checked_fixture(unit.cases, set_up, tear_down);
	tcase_add_loop_test(unit.cases, each_recipient_has_its_answer, 0,
	    sizeof answers / sizeof *answers);
	tcase_add_test(unit.cases, answers_come_in_the_order_of_the_job);
	tcase_add_test(unit.cases, more_recipients_than_a_batch_holds);
	tcase_add_test(unit.cases, over_quota_is_marked_until_there_is_room);
	tcase_add_test(unit.cases, mark_is_young_again_after_each_refusal);
	tcase_add_test(unit.cases, account_removed_meanwhile_is_noticed);
	tcase_add_test(unit.cases, hostile_jobs_are_put_off);
	tcase_add_test(unit.cases,
	    a_copy_says_whose_it_is_and_to_whom_it_goes);
	tcase_add_test(unit.cases,
	    a_copy_is_for_one_recipient_and_one_letter);
	tcase_add_loop_test(unit.cases, a_copy_that_is_none_is_put_off, 0,
	    sizeof bad_copies / sizeof *bad_copies);
	tcase_add_test(unit.cases,
	    an_envelope_that_cannot_be_read_is_not_listed);
	return unit_run(unit);
}
