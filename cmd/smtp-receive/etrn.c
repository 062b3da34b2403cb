/*
 * etrn - ETRN; see etrn.h.  RFC 1985.
 *
 * etrn-serve decides.  What is answered here is what needs no decision, and
 * what strangers say: they cost no question.
 */
#include "cmd/smtp-receive/etrn.h"

#include "cmd/smtp-receive/login.h"
#include "control/etrn_ask.h"
#include "lib/base/log.h"
#include "lib/base/question.h"

#include <errno.h>
#include <string.h>

/* Longer than etrn-serve takes at most, and less than a session has when we
 * are told to end. */
enum { PATIENCE_S = 9, LEAVE = 421 };

bool
etrn_is_possible(const struct session *session)
{
	const struct session_start *start = session->start;

	return start->may_etrn ||
	    (session->login.len && start->settings->has_etrn &&
		etrn_account_may_ask(start->config,
		    str_slice(&session->login)));
}

/* 0, or -1 with errno. */
static int
ask(const struct session *session, struct slice argument,
    struct etrn_answer *answer)
{
	struct etrn_request request = {.login = session->login,
		.passport = session->passport}; /* borrowed */
	struct str question = {0}, reply = {0};
	struct slice rest;
	int result;

	str_add_slice(&request.argument, argument);
	session_put_address(session, &request.client);
	record_encode(&question, etrn_request_fields, &request);
	str_free(&request.argument);
	str_free(&request.client);
	result = question_send("run/etrn/s", str_slice(&question), PATIENCE_S,
	    &reply);
	rest = str_slice(&reply);
	if (result == 0 &&
	    record_decode(&rest, etrn_answer_fields, answer) < 0) {
		errno = EPROTO;
		result = -1;
	}
	str_free(&question);
	str_free(&reply);
	return result;
}

/* RFC 1985 5.3 has the codes; these belong to them (RFC 2034 4). */
static const struct {
	unsigned code;
	const char *enhanced;
} codes[] = {
	{250, "2.0.0"}, {251, "2.0.0"}, {252, "2.0.0"}, {253, "2.0.0"},
	{LEAVE, "4.7.0"}, {458, "4.3.0"}, {459, "4.7.1"}, {501, "5.5.4"},
};

static bool
is_answer(const struct etrn_answer *answer, struct reply_text *reply)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (answer->code == codes[i].code) {
			*reply = (struct reply_text){(int)codes[i].code,
				codes[i].enhanced, str_c(&answer->text)};
			return true;
		}
	return false;
}

static void
say(struct session *session, const struct reply_text *reply,
    const char *argument)
{
	if (reply->code / 100 == 2) {
		reply_add_text(&session->stream.out, reply, NULL);
		session_idle(session);
		return;
	}
	session_refuse_text(session, reply, argument, NULL);
	session_count_error(session);
	if (reply->code == LEAVE)
		session->end = SESSION_LEAVES;
}

/* etrn-serve in trouble, or gone: that is no fault of the client's. */
static void
fail(struct session *session, const char *argument)
{
	log_event("alarm", "by", "etrn-serve", "path", "run/etrn/s", "why",
	    strerror(errno), NULL);
	session_refuse(session, REPLY_NO_ETRN_NOW, argument, NULL);
	session_idle(session);
}

static void
converse(struct session *session, struct slice argument)
{
	struct etrn_answer answer = {0};
	struct str shown = {0};
	struct reply_text reply;

	str_add_slice(&shown, argument);
	if (ask(session, argument, &answer) < 0) {
		fail(session, str_c(&shown));
	} else if (is_answer(&answer, &reply)) {
		say(session, &reply, str_c(&shown));
	} else {
		errno = EPROTO;
		fail(session, str_c(&shown));
	}
	record_free(etrn_answer_fields, &answer);
	str_free(&shown);
}

static void
refuse(struct session *session, enum reply reply, struct slice argument)
{
	struct str shown = {0};

	str_add_slice(&shown, argument);
	session_error(session, reply, str_c(&shown));
	str_free(&shown);
}

/* A stranger hears of no domain whether we hold mail for it. */
static void
consider(struct session *session, struct slice argument)
{
	struct etrn_argument parsed = {0};
	int fault = etrn_parse(argument, &parsed);

	if (fault)
		refuse(session, fault == 500 ? REPLY_ETRN_SYNTAX
		                             : REPLY_ETRN_BAD_NAME, argument);
	else if (!etrn_is_possible(session))
		refuse(session, REPLY_ETRN_NOT_ALLOWED, argument);
	else
		converse(session, argument);
	etrn_argument_free(&parsed);
}

void
etrn_obey(struct session *session, struct slice argument)
{
	if (!session->start->settings->has_etrn ||
	    session->start->service->is_for_relays)
		session_error(session, REPLY_NOT_OFFERED, NULL);
	else if (!session->helo.len)
		session_error(session, REPLY_EHLO_FIRST, NULL);
	else if (session->is_in_mail)
		session_error(session, REPLY_ETRN_IN_MAIL, NULL);
	else if (login_is_missing(session))
		session_error(session, REPLY_NEEDS_LOGIN, NULL);
	else if (login_is_old(session))
		session_leave(session, REPLY_LOGIN_TOO_OLD);
	else
		consider(session, argument);
}
