/*
 * notice - what a person has to know, as a letter into the queue; see
 * session.h.
 *
 * Its id follows from what it is about: told again after a crash, it is the
 * same letter.
 */
#include "cmd/pop3-fetch/session.h"

#include "lib/base/log.h"
#include "lib/mail/date.h"
#include "queue/id.h"

#include <errno.h>
#include <string.h>

static const char *const subjects[] = {
    [NOTICE_PAUSED] = "Mail is not fetched from",
    [NOTICE_TOO_LARGE] = "A letter is too large to be fetched from",
};

static void
add_rcpt(struct envelope *envelope, struct slice address)
{
	for (size_t i = 0; i < envelope->rcpt_count; i++)
		if (slice_eq(str_slice(&envelope->rcpts[i].address), address))
			return;
	str_set_slice(&envelope_add_rcpt(envelope)->address, address);
}

static void
add_rcpts(const struct session *session, enum notice notice,
    struct envelope *envelope)
{
	struct slice account = str_slice(&session->mailbox->account);
	struct str postmaster = {0};
	size_t at = slice_find(account, '@');

	str_addf(&postmaster, "postmaster@%s", str_c(&session->mailbox->
	    account) + at + 1);
	if (at)
		add_rcpt(envelope, account);
	if (!at || notice == NOTICE_PAUSED)
		add_rcpt(envelope, str_slice(&postmaster));
	str_free(&postmaster);
}

static void
write_letter(const struct session *session, enum notice notice,
    const struct envelope *envelope, const char *text, struct drop *drop)
{
	struct str letter = {0};

	str_addf(&letter, "From: Mail system <%s>\nTo: <%s>\nSubject: %s %s\n"
	    "Date: ", str_c(&session->settings->postmaster),
	    str_c(&envelope->rcpts[0].address), subjects[notice],
	    str_c(&session->mailbox->address));
	date_add(&letter, envelope->arrived_us);
	str_addf(&letter, "\nMessage-ID: <%s@%s>\nMIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 8bit\n"
	    "Auto-Submitted: auto-generated\n\n%s", str_c(&envelope->id),
	    str_c(&session->settings->me), text);
	drop_write(drop, str_slice(&letter));
	str_free(&letter);
}

static void
make_id(const struct session *session, enum notice notice,
    const char *detail, struct str *id)
{
	struct str seed = {0};

	str_addf(&seed, "%s notice %d %s", str_c(&session->binding),
	    (int)notice, detail);
	queue_id_once(id, 'p', str_slice(&seed));
	str_free(&seed);
}

int
notice_send(struct session *session, enum notice notice, const char *detail,
    const char *text)
{
	struct envelope envelope = {.is_8bit = true};
	struct drop drop = {.fd = -1};
	int result;

	str_set(&envelope.box, "pop3");
	make_id(session, notice, detail, &envelope.id);
	add_rcpts(session, notice, &envelope);
	result = drop_begin(&drop, session->box_fd, &envelope);
	if (result == 0) {
		write_letter(session, notice, &envelope, text, &drop);
		result = drop_commit(&drop);
	}
	if (result < 0) {
		int error = errno;

		log_event("alarm", "via", str_c(&session->binding), "why",
		    "cannot tell anybody", "error", strerror(error), NULL);
		drop_abort(&drop);
		errno = error;
	}
	envelope_free(&envelope);
	str_free(&drop.pending);
	return result;
}
