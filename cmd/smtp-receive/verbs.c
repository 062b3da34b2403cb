/* verbs - what smtp-receive does at each command; see verbs.h. */
#include "cmd/smtp-receive/verbs.h"

#include "cmd/smtp-receive/etrn.h"
#include "cmd/smtp-receive/login.h"
#include "cmd/smtp-receive/policy.h"
#include "cmd/smtp-receive/submission.h"
#include "lib/base/log.h"
#include "lib/mail/received.h"
#include "lib/mail/smtp_command.h"

enum {
	HELO_MAX = 255,
	REFUSED_RCPTS_MAX = 100, /* with none accepted: somebody is guessing */
	/* An envelope stays well below what its readers take. */
	RCPT_BYTES_MAX = ENVELOPE_MAX / 4,
	CROWD_MAX = 100000
};

/* The client's name for itself, safe to write anywhere. */
static void
set_helo(struct session *session, const struct smtp_command *command)
{
	session_reset(session);
	str_clear(&session->helo);
	received_add_name(&session->helo, command->argument);
	if (session->helo.len > HELO_MAX) {
		session->helo.len = HELO_MAX;
		session->helo.s[HELO_MAX] = '\0';
	}
	session->is_esmtp = command->verb == SMTP_EHLO;
}

static bool
tls_is_possible(const struct session *session)
{
	return session->start->is_tls_offered && !session->is_tls;
}

/* What not every session offers: EHLO and HELP name what this one does. */
static const struct {
	const char *verb, *parameters; /* of EHLO */
	bool (*is_possible)(const struct session *session);
} extras[] = {
	{"STARTTLS", "", tls_is_possible},
	{"AUTH", " PLAIN LOGIN", login_is_possible},
	{"ETRN", "", etrn_is_possible},
};

static void
ehlo(struct session *session, const struct smtp_command *command)
{
	const struct smtp_settings *settings = session->start->settings;
	struct str *out = &session->stream.out;

	set_helo(session, command);
	str_puts(out, "250-");
	str_add_slice(out, str_slice(&settings->me));
	str_puts(out, "\r\n250-PIPELINING\r\n250-SIZE ");
	str_add_u64(out, settings->databytes);
	str_puts(out, "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
	    "250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n");
	for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
		if (extras[i].is_possible(session))
			str_addf(out, "250-%s%s\r\n", extras[i].verb,
			    extras[i].parameters);
	str_puts(out, "250 HELP\r\n");
	session_idle(session);
}

static void
helo(struct session *session, const struct smtp_command *command)
{
	struct str *out = &session->stream.out;

	set_helo(session, command);
	str_puts(out, "250 ");
	str_add_slice(out, str_slice(&session->start->settings->me));
	str_puts(out, "\r\n");
	session_idle(session);
}

static void
begin_mail(struct session *session, const struct smtp_command *command)
{
	struct envelope *envelope = &session->envelope;

	str_set(&envelope->box, session->start->service->box);
	str_set_slice(&envelope->client, str_slice(&session->start->client));
	str_set_slice(&envelope->helo, str_slice(&session->helo));
	tls_describe(&session->stream, &envelope->tls);
	str_set_slice(&envelope->login, str_slice(&session->login));
	str_set_slice(&envelope->passport, str_slice(&session->passport));
	str_set_slice(&envelope->sender, command->address);
	str_set_slice(&envelope->ret, command->ret);
	str_lower(&envelope->ret);
	str_set_slice(&envelope->envid, command->envid);
	envelope->is_8bit = command->is_8bit;
	envelope->is_smtputf8 = command->is_smtputf8;
	session->declared_bytes = command->size;
	session->is_in_mail = true;
}

/* No transaction goes on without room for it. */
static bool
may_begin(struct session *session, const struct smtp_command *command)
{
	uint64_t limit = session->start->settings->databytes;

	if (limit && command->size > limit) {
		session_refuse(session, REPLY_TOO_BIG, NULL,
		    log_number(limit).s);
		return false;
	}
	if (!policy_has_room(session)) {
		session_refuse(session, REPLY_DISK_FULL, NULL, NULL);
		return false;
	}
	return submission_begin(session);
}

static void
mail(struct session *session, const struct smtp_command *command)
{
	if (!session->helo.len) {
		session_error(session, REPLY_EHLO_FIRST, NULL);
	} else if (session->is_in_mail) {
		session_error(session, REPLY_NESTED_MAIL, NULL);
	} else if (login_is_missing(session)) {
		session_error(session, REPLY_NEEDS_LOGIN, NULL);
	} else if (login_is_old(session)) {
		session_leave(session, REPLY_LOGIN_TOO_OLD);
	} else {
		/* first, so that a refusal's log line says whose it is */
		begin_mail(session, command);
		if (may_begin(session, command))
			session_reply(session, REPLY_SENDER_OK);
		else
			session_reset(session);
	}
	session_idle(session);
}

static void
add_rcpt(struct session *session, const struct smtp_command *command)
{
	struct envelope_rcpt *rcpt = envelope_add_rcpt(&session->envelope);

	str_set_slice(&rcpt->address, command->address);
	if (command->notify.len)
		str_set_slice(&rcpt->notify, command->notify);
	str_lower(&rcpt->notify);
	if (command->orcpt.len)
		str_set_slice(&rcpt->orcpt, command->orcpt);
	session->envelope_bytes += command->address.len +
	    command->notify.len + command->orcpt.len;
	session_reply(session, REPLY_RCPT_OK);
}

/* As many as a message may have; or so many unknown ones that one known
 * address among them is no proof that nobody is guessing. */
static bool
is_crowd(const struct session *session)
{
	size_t count = session->envelope.rcpt_count;

	return count >= session->start->settings->max_rcpts ||
	    session->envelope_bytes > RCPT_BYTES_MAX ||
	    (count && session->refused_rcpts >= REFUSED_RCPTS_MAX &&
		session->refused_rcpts > count);
}

/* 452: the client sends the rest in another transaction (RFC 5321
 * 4.5.3.1.10).  Logged once: there may be thousands. */
static void
refuse_crowd(struct session *session)
{
	if (++session->crowd == 1)
		session_refuse(session, REPLY_TOO_MANY_RCPTS, NULL, NULL);
	else if (session->crowd < CROWD_MAX)
		session_reply(session, REPLY_TOO_MANY_RCPTS);
	else
		session_leave(session, REPLY_TOO_MANY_ERRORS);
}

static void
refused_rcpt(struct session *session)
{
	if (++session->refused_rcpts >= REFUSED_RCPTS_MAX &&
	    !session->envelope.rcpt_count)
		session_leave(session, REPLY_TOO_MANY_ERRORS);
}

/* What will never be taken is told so, room or not. */
static bool
may_have(struct session *session, const struct smtp_command *command)
{
	struct str address = {0};
	bool may = policy_recipient(session, command->address);

	if (may && !policy_has_room(session)) {
		str_add_slice(&address, command->address);
		session_refuse(session, REPLY_DISK_FULL, str_c(&address), NULL);
		str_free(&address);
		may = false;
	}
	return may;
}

static void
rcpt(struct session *session, const struct smtp_command *command)
{
	if (!session->is_in_mail)
		session_error(session, REPLY_MAIL_FIRST, NULL);
	else if (is_crowd(session))
		refuse_crowd(session);
	else if (may_have(session, command))
		add_rcpt(session, command);
	else
		refused_rcpt(session);
}

static bool
begin_data(struct session *session)
{
	if (!session->is_in_mail)
		session_error(session, REPLY_MAIL_FIRST, NULL);
	else if (!session->envelope.rcpt_count)
		session_error(session, session->refused_rcpts
		    ? REPLY_NO_VALID_RCPT : REPLY_RCPT_FIRST, NULL);
	else if (login_is_old(session))
		session_leave(session, REPLY_LOGIN_TOO_OLD);
	else
		return session_transfer(session);
	return false;
}

/* Refused, and yet the client talks on: what it sent is no command but the
 * text of its message.  It did not wait for 354, so it does not listen. */
static void
data(struct session *session, const struct smtp_command *command)
{
	(void)command;
	if (!begin_data(session) && stream_unread(&session->stream).len)
		session->end = SESSION_LEAVES;
}

static void
rset(struct session *session, const struct smtp_command *command)
{
	(void)command;
	session_reset(session);
	session_reply(session, REPLY_OK);
	session_idle(session);
}

static void
noop(struct session *session, const struct smtp_command *command)
{
	(void)command;
	session_reply(session, REPLY_OK);
	session_idle(session);
}

static void
help(struct session *session, const struct smtp_command *command)
{
	struct str names = {0};

	(void)command;
	for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
		if (extras[i].is_possible(session))
			str_addf(&names, "%s%s", names.len ? " " : "",
			    extras[i].verb);
	reply_add(&session->stream.out, REPLY_HELP,
	    names.len ? str_c(&names) : NULL);
	str_free(&names);
	session_idle(session);
}

static void
vrfy(struct session *session, const struct smtp_command *command)
{
	(void)command;
	session_reply(session, REPLY_VRFY);
	session_idle(session);
}

static void
quit(struct session *session, const struct smtp_command *command)
{
	(void)command;
	session_reply(session, REPLY_QUIT);
	session->end = SESSION_LEAVES;
	if (!stream_unread(&session->stream).len &&
	    stream_flush(&session->stream) == STREAM_OK)
		session->end = SESSION_CLOSED;
}

static void
other(struct session *session, const struct smtp_command *command)
{
	(void)command;
	session_error(session, REPLY_NOT_OFFERED, NULL);
}

/* Nothing that came with it may be taken for a command afterwards: it came
 * without TLS (RFC 3207 6, and CVE-2011-0411). */
static void
starttls(struct session *session, const struct smtp_command *command)
{
	if (session->is_tls)
		session_error(session, REPLY_TLS_ALREADY, NULL);
	else if (!session->start->is_tls_offered)
		other(session, command);
	else if (stream_unread(&session->stream).len)
		session_leave(session, REPLY_AFTER_STARTTLS);
	else
		session_start_tls(session);
}

static void
auth(struct session *session, const struct smtp_command *command)
{
	if (!session->start->service->takes_logins)
		other(session, command);
	else
		login_obey(session, command->argument);
	/* whatever came of it: there may have been a password in it */
	str_wipe(&session->line);
	stream_wipe(&session->stream);
}

static void
etrn(struct session *session, const struct smtp_command *command)
{
	etrn_obey(session, command->argument);
}

static void
unknown(struct session *session, const struct smtp_command *command)
{
	(void)command;
	session_error(session, REPLY_UNKNOWN_COMMAND, NULL);
}

/* A browser talked into posting to us, or a lost TLS client: nothing that it
 * says may be taken for a command. */
static void
foreign(struct session *session, const struct smtp_command *command)
{
	(void)command;
	session_leave(session, REPLY_FOREIGN);
}

static void (*const verbs[])(struct session *, const struct smtp_command *) = {
	[SMTP_UNKNOWN] = unknown,
	[SMTP_FOREIGN] = foreign,
	[SMTP_EHLO] = ehlo,
	[SMTP_HELO] = helo,
	[SMTP_MAIL] = mail,
	[SMTP_RCPT] = rcpt,
	[SMTP_DATA] = data,
	[SMTP_RSET] = rset,
	[SMTP_NOOP] = noop,
	[SMTP_QUIT] = quit,
	[SMTP_HELP] = help,
	[SMTP_VRFY] = vrfy,
	[SMTP_STARTTLS] = starttls,
	[SMTP_AUTH] = auth,
	[SMTP_ETRN] = etrn,
	[SMTP_OTHER] = other,
};

static enum reply
fault_reply(enum smtp_verb verb, enum smtp_fault fault)
{
	bool is_mail = verb == SMTP_MAIL;

	switch (fault) {
	case SMTP_BAD_ADDRESS:
		return is_mail ? REPLY_BAD_SENDER : REPLY_BAD_RCPT;
	case SMTP_NEEDS_SMTPUTF8:
		return is_mail ? REPLY_SENDER_UTF8 : REPLY_RCPT_UTF8;
	case SMTP_BAD_PARAMETER:
		return REPLY_BAD_PARAMETER;
	case SMTP_UNKNOWN_PARAMETER:
		return REPLY_UNKNOWN_PARAMETER;
	case SMTP_FINE:
	case SMTP_BAD_SYNTAX:
		return REPLY_BAD_SYNTAX;
	}
	return REPLY_BAD_SYNTAX;
}

/* Whoever wrote to an address that cannot be one will ask what was wrong
 * with it. */
static void
bad_arguments(struct session *session, const struct smtp_command *command,
    enum smtp_fault fault)
{
	struct str argument = {0};

	str_add_slice(&argument, command->argument);
	session_error(session, fault_reply(command->verb, fault),
	    str_c(&argument));
	str_free(&argument);
}

/* A client that clients denies may only QUIT: RFC 5321 3.1. */
static bool
is_allowed(const struct session *session, enum smtp_verb verb)
{
	return !session->start->is_denied || verb == SMTP_QUIT ||
	    verb == SMTP_FOREIGN;
}

void
verbs_obey(struct session *session, struct slice line)
{
	struct smtp_command command;
	enum smtp_fault fault = smtp_command_parse(line,
	    session->envelope.is_smtputf8, &command);

	if (!is_allowed(session, command.verb))
		session_error(session, REPLY_DENIED_QUIT, NULL);
	else if (fault != SMTP_FINE)
		bad_arguments(session, &command, fault);
	else
		verbs[command.verb](session, &command);
}
