/* mailbox - jobs into mailboxes; see mailbox.h. */
#include "cmd/local-deliver/mailbox.h"

#include "cmd/local-deliver/lines.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "queue/id.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct answer {
	enum job_verdict verdict;
	int code;
	const char *enhanced, *text;
};

/* All that local-deliver ever says of a recipient. */
static const struct answer
    delivered = {JOB_DONE, 250, "2.0.0", "delivered"},
    present = {JOB_DONE, 250, "2.0.0", "delivered by an earlier attempt"},
    unknown = {JOB_FAILED, 550, "5.1.1", "no such user here"},
    no_tables = {JOB_LATER, 451, "4.3.0", "local tables are damaged"},
    over_quota = {JOB_LATER, 452, "4.2.2", "the mailbox is over its quota"},
    disk_full = {JOB_LATER, 452, "4.3.1", "the mail store is full"},
    no_access = {JOB_LATER, 451, "4.3.0", "the mailbox cannot be written"},
    bad_message = {JOB_LATER, 451, "4.3.0", "the queue file is damaged"},
    bad_job = {JOB_LATER, 451, "4.3.0", "the recipient cannot be understood"},
    bad_name = {JOB_LATER, 451, "4.3.0", "the account cannot have a mailbox"},
    trouble = {JOB_LATER, 451, "4.3.0", "the mail store is in trouble"};

static int
open_or_die(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		die_temp("cannot open %s: is this a complete instance?", path);
	return fd;
}

static void
learn_host(struct mailboxes *mailboxes, struct str *me)
{
	static const struct setting schema[] = {
		{"me", SETTING_TEXT, 0},
		{0}
	};

	config_settings_or_die(mailboxes->config, schema, me);
}

void
mailboxes_open(struct mailboxes *mailboxes, struct config *config)
{
	struct str me = {0};

	*mailboxes = (struct mailboxes){.config = config};
	learn_host(mailboxes, &me);
	maildir_init(&mailboxes->maildir, open_or_die("mail"), str_slice(&me));
	mailboxes->marks_fd = open_or_die("state/overquota");
	for (size_t i = 0; i < BATCH_MAX; i++)
		mailboxes->copies[i].fd = -1;
	str_free(&me);
}

void
mailboxes_close(struct mailboxes *mailboxes)
{
	close(mailboxes->maildir.dir_fd);
	close(mailboxes->marks_fd);
	maildir_free(&mailboxes->maildir);
	for (size_t i = 0; i < BATCH_MAX; i++) {
		maildir_copy_free(&mailboxes->copies[i]);
		str_free(&mailboxes->letters[i].account);
	}
}

/* ---- what is to be done ---- */

static bool
has_control(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_control(text.s[i]))
			return true;
	return false;
}

/* A name that cannot lead out of its directory, nor into hidden places. */
static bool
is_plain_name(struct slice name)
{
	return name.len && name.len <= 255 && name.s[0] != '.' &&
	    slice_find(name, '/') == name.len && !has_control(name);
}

static void
address_copy(struct maildir_copy *copy, const struct account *account,
    struct slice rcpt)
{
	str_set_slice(&copy->mailbox, str_slice(&account->domain));
	str_putc(&copy->mailbox, '/');
	str_add_slice(&copy->mailbox, str_slice(&account->local));
	str_set_slice(&copy->address, rcpt);
	copy->quota = (struct maildir_quota){account->quota_bytes,
		account->quota_messages};
}

/* Finds the recipient's mailbox.  NULL, or what keeps the letter out. */
static const struct answer *
find_mailbox(struct mailboxes *mailboxes, struct letter *letter,
    struct maildir_copy *copy)
{
	struct account account = {0};
	const struct answer *answer = NULL;

	if (has_control(letter->rcpt) ||
	    has_control(str_slice(&letter->job->job.sender)) ||
	    !queue_id_valid(str_slice(&letter->job->job.id)))
		return &bad_job;
	if (!config_account(mailboxes->config, letter->rcpt, &account))
		answer = mailboxes->config->is_damaged ? &no_tables : &unknown;
	else if (!is_plain_name(str_slice(&account.domain)) ||
	    !is_plain_name(str_slice(&account.local)))
		answer = &bad_name;
	else
		address_copy(copy, &account, letter->rcpt);
	str_set_slice(&letter->account, str_slice(&account.address));
	account_free(&account);
	return answer;
}

/* What the house wants to be done at this copy.  NULL, or what keeps the
 * letter out. */
static const struct answer *
find_wishes(const struct letter *letter, size_t at, struct maildir_copy *copy)
{
	const struct job *job = &letter->job->job;
	struct copy wishes = {0};
	const struct answer *answer = NULL;

	str_clear(&copy->folder);
	str_clear(&copy->lines);
	copy->is_seen = false;
	if (!job->copies.len)
		return NULL;
	if (job->copies.len != job->rcpts.len ||
	    copy_parse(str_slice(&job->copies.v[at]), &wishes) < 0)
		return &bad_job;
	str_set_slice(&copy->folder, str_slice(&wishes.folder));
	copy->is_seen = wishes.is_seen;
	if (lines_add(&copy->lines, &wishes, letter->job) < 0)
		answer = &bad_message;
	copy_free(&wishes);
	return answer;
}

static struct maildir_message
message_of(const struct agent_job *job)
{
	return (struct maildir_message){
		.fd = job->fd,
		.head_len = job->job.head_len,
		.length = job->job.length,
		.arrived_us = job->job.arrived_us,
		.id = str_slice(&job->job.id),
		.sender = str_slice(&job->job.sender),
		.is_first = job->job.first
	};
}

static void
begin_letter(struct mailboxes *mailboxes, struct agent_job *job, size_t at)
{
	struct letter *letter = &mailboxes->letters[mailboxes->count];
	struct maildir_copy *copy = &mailboxes->copies[mailboxes->count];
	struct maildir_message message = message_of(job);

	letter->job = job;
	letter->rcpt = str_slice(&job->job.rcpts.v[at]);
	copy->state = MAILDIR_FAILED;
	letter->answer = find_mailbox(mailboxes, letter, copy);
	if (!letter->answer)
		letter->answer = find_wishes(letter, at, copy);
	if (!letter->answer)
		maildir_write(&mailboxes->maildir, &message,
		    mailboxes->copies, mailboxes->count);
	mailboxes->count++;
}

/* ---- what became of it ---- */

/* smtp-receive refuses mail for an account that is marked; each refusal here
 * makes the mark young again. */
static void
mark_over_quota(const struct mailboxes *mailboxes, const char *account)
{
	int fd;

	(void)unlinkat(mailboxes->marks_fd, account, 0);
	fd = openat(mailboxes->marks_fd, account,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
	else
		log_event("alarm", "why", strerror(errno), "path",
		    "state/overquota", "to", account, NULL);
}

static const struct answer *
answer_to_error(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
		return &disk_full;
	case EACCES:
	case EPERM:
	case EROFS:
		return &no_access;
	case EBADMSG:
		return &bad_message;
	default:
		return &trouble;
	}
}

static const struct answer *
answer_of(const struct mailboxes *mailboxes, size_t at)
{
	const struct letter *letter = &mailboxes->letters[at];
	const struct maildir_copy *copy = &mailboxes->copies[at];

	if (letter->answer)
		return letter->answer;
	switch (copy->state) {
	case MAILDIR_DELIVERED:
		if (copy->quota.bytes || copy->quota.messages)
			(void)unlinkat(mailboxes->marks_fd,
			    str_c(&letter->account), 0);
		return &delivered;
	case MAILDIR_PRESENT:
		return &present;
	case MAILDIR_OVER_QUOTA:
		mark_over_quota(mailboxes, str_c(&letter->account));
		return &over_quota;
	case MAILDIR_WRITTEN:
	case MAILDIR_FAILED:
		break;
	}
	return answer_to_error(copy->error);
}

static void
log_delivered(const struct letter *letter, const struct maildir_copy *copy)
{
	const struct job *job = &letter->job->job;

	log_event("deliver", "id", str_c(&job->id), "to", letter->rcpt.s,
	    "code", "250", "delay", log_delay(job->arrived_us).s, "bytes",
	    log_number(copy->bytes).s, "folder",
	    copy->folder.len ? str_c(&copy->folder) : NULL, NULL);
}

/* Somebody has to look at what is neither the recipient's nor the writer's
 * doing. */
static void
log_trouble(const struct letter *letter, const struct maildir_copy *copy,
    const struct answer *answer)
{
	struct str why = {0};

	str_puts(&why, answer->text);
	if (!letter->answer && copy->error)
		str_addf(&why, ": %s", strerror(copy->error));
	log_event("alarm", "id", str_c(&letter->job->job.id), "to",
	    letter->rcpt.s, "why", str_c(&why), "path",
	    letter->answer ? NULL : str_c(&copy->mailbox), NULL);
	str_free(&why);
}

static void
answer_letter(struct mailboxes *mailboxes, size_t at)
{
	struct letter *letter = &mailboxes->letters[at];
	const struct maildir_copy *copy = &mailboxes->copies[at];
	const struct answer *answer = answer_of(mailboxes, at);

	agent_verdict(letter->job, answer->verdict, answer->code,
	    answer->enhanced, answer->text);
	if (answer->verdict == JOB_DONE)
		log_delivered(letter, copy);
	else if (answer != &unknown && answer != &over_quota)
		log_trouble(letter, copy, answer);
}

static void
commit(struct mailboxes *mailboxes)
{
	maildir_commit(&mailboxes->maildir, mailboxes->copies,
	    mailboxes->count);
	for (size_t i = 0; i < mailboxes->count; i++)
		answer_letter(mailboxes, i);
	mailboxes->count = 0;
}

static void
notice_new_settings(struct mailboxes *mailboxes)
{
	struct str me = {0};

	if (!config_refresh(mailboxes->config))
		return;
	learn_host(mailboxes, &me);
	maildir_host(&mailboxes->maildir, str_slice(&me));
	str_free(&me);
}

void
mailboxes_deliver(struct agent_job *jobs, size_t count, void *context)
{
	struct mailboxes *mailboxes = context;

	/* After the jobs came: what they were routed by is then in force. */
	notice_new_settings(mailboxes);
	for (size_t i = 0; i < count; i++)
		for (size_t at = 0; at < jobs[i].job.rcpts.len; at++) {
			if (mailboxes->count == BATCH_MAX)
				commit(mailboxes);
			begin_letter(mailboxes, &jobs[i], at);
		}
	commit(mailboxes);
}
