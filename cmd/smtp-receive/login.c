/* login - AUTH; see login.h. */
#include "cmd/smtp-receive/login.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/question.h"
#include "lib/mail/auth.h"
#include "lib/mail/passport.h"
#include "lib/mail/sasl.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum {
	PATIENCE_S = 10,
	/* a letter that begins now is on disk long before the passport dies */
	LOGIN_LIFE_MS = (PASSPORT_LIFE_S - 600) * 1000
};

bool
login_is_possible(const struct session *session)
{
	return session->start->service->takes_logins && session->is_tls &&
	    !session->login.len;
}

bool
login_is_missing(const struct session *session)
{
	return session->start->service->takes_logins && !session->login.len;
}

bool
login_is_old(const struct session *session)
{
	return session->login.len &&
	    clock_mono_ms() - session->login_ms > LOGIN_LIFE_MS;
}

/* 0, or -1 with errno. */
static int
ask(const struct session *session, struct sasl *sasl,
    struct auth_answer *answer)
{
	struct auth_request request = {
		.name = sasl->name, .password = sasl->password};
	struct str question = {0}, reply = {0};
	struct slice rest;
	int result;

	session_put_address(session, &request.client);
	record_encode(&question, auth_request_fields, &request);
	str_free(&request.client);
	result = question_ask("run/auth/s", str_slice(&question), PATIENCE_S,
	    &reply);
	str_wipe(&question);
	rest = str_slice(&reply);
	if (result == 0 &&
	    record_decode(&rest, auth_answer_fields, answer) < 0) {
		errno = EPROTO;
		result = -1;
	}
	str_free(&reply);
	return result;
}

static void
refuse(struct session *session, const struct sasl *sasl, enum reply reply,
    const char *why)
{
	log_event("refuse", "client", str_c(&session->start->client), "login",
	    str_c(&sasl->name), "code",
	    log_number((uint64_t)reply_text(reply)->code).s, "why", why, NULL);
	session_reply(session, reply);
	session_count_error(session);
}

static void
welcome(struct session *session, const struct auth_answer *answer)
{
	str_set_slice(&session->login, str_slice(&answer->account));
	str_set_slice(&session->passport, str_slice(&answer->passport));
	session->login_ms = clock_mono_ms();
	session->errors = 0;
	log_event("login", "client", str_c(&session->start->client), "login",
	    str_c(&session->login), NULL);
	session_reply(session, REPLY_LOGGED_IN);
}

/* auth-check in trouble, or gone: that is no fault of the client's. */
static void
fail(struct session *session, const struct sasl *sasl)
{
	log_event("alarm", "by", "auth-check", "path", "run/auth/s", "why",
	    strerror(errno), NULL);
	refuse(session, sasl, REPLY_NO_LOGIN_NOW, "auth-check does not answer");
}

static void
check(struct session *session, struct sasl *sasl)
{
	struct auth_answer answer = {0};
	char verdict;

	if (ask(session, sasl, &answer) < 0) {
		fail(session, sasl);
		return;
	}
	verdict = *str_c(&answer.verdict);
	if (verdict == AUTH_ACCEPTED && answer.account.len &&
	    answer.passport.len) {
		welcome(session, &answer);
	} else if (verdict == AUTH_WRONG) {
		(void)poll(NULL, 0, (int)answer.delay_ms);
		refuse(session, sasl, REPLY_LOGIN_WRONG, str_c(&answer.why));
	} else {
		refuse(session, sasl, REPLY_NO_LOGIN_NOW, str_c(&answer.why));
	}
	record_free(auth_answer_fields, &answer);
}

static bool
asks(enum sasl_step step, enum reply *reply)
{
	switch (step) {
	case SASL_WANTS_RESPONSE:
		*reply = REPLY_ASK_RESPONSE;
		return true;
	case SASL_WANTS_NAME:
		*reply = REPLY_ASK_NAME;
		return true;
	case SASL_WANTS_PASSWORD:
		*reply = REPLY_ASK_PASSWORD;
		return true;
	case SASL_COMPLETE:
	case SASL_CANCELLED:
	case SASL_OTHER_IDENTITY:
	case SASL_RUBBISH:
	case SASL_UNKNOWN:
		return false;
	}
	return false;
}

static void
conclude(struct session *session, struct sasl *sasl)
{
	switch (sasl->step) {
	case SASL_COMPLETE:
		check(session, sasl);
		return;
	case SASL_OTHER_IDENTITY:
		session_error(session, REPLY_LOGIN_WRONG, NULL);
		return;
	case SASL_CANCELLED:
		session_error(session, REPLY_LOGIN_CANCELLED, NULL);
		return;
	case SASL_UNKNOWN:
		session_error(session, REPLY_LOGIN_UNKNOWN, NULL);
		return;
	case SASL_RUBBISH:
	case SASL_WANTS_RESPONSE:
	case SASL_WANTS_NAME:
	case SASL_WANTS_PASSWORD:
		session_error(session, REPLY_LOGIN_RUBBISH, NULL);
		return;
	}
}

static void
converse(struct session *session, struct slice argument)
{
	struct sasl sasl = {0};
	enum sasl_step step = sasl_begin(&sasl, argument);
	enum reply question;
	bool goes_on = true;

	while (goes_on && asks(step, &question)) {
		struct slice line;

		session_reply(session, question);
		goes_on = session_line(session, SASL_LINE_MAX,
		    REPLY_LOGIN_TOO_LONG, &line);
		if (goes_on)
			step = sasl_take(&sasl, line);
	}
	if (goes_on)
		conclude(session, &sasl);
	sasl_wipe(&sasl);
}

void
login_obey(struct session *session, struct slice argument)
{
	if (!session->is_tls)
		session_error(session, REPLY_NEEDS_TLS, NULL);
	else if (!session->helo.len)
		session_error(session, REPLY_EHLO_FIRST, NULL);
	else if (session->login.len)
		session_error(session, REPLY_LOGIN_ALREADY, NULL);
	else if (session->is_in_mail)
		session_error(session, REPLY_LOGIN_IN_MAIL, NULL);
	else
		converse(session, argument);
}
