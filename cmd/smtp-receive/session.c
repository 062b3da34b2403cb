/* session - one SMTP conversation; see session.h. */
#include "cmd/smtp-receive/session.h"

#include "cmd/smtp-receive/login.h"
#include "cmd/smtp-receive/verbs.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/mail/sasl.h"
#include "lib/mail/smtp_command.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	ERRORS_MAX = 20,
	IDLE_COMMANDS_MAX = 500,
	REPLIES_MAX = 8 * 1024,  /* unsent bytes before we insist */
	DRAIN_MS = 2000,
	DRAIN_BYTES = 1024 * 1024
};

/* Set while nothing is promised and nothing half done: SIGTERM may end the
 * session right there. */
static volatile sig_atomic_t is_between_commands;
static volatile sig_atomic_t is_ending;
/* Words of ours need OpenSSL, which no signal handler may call. */
static volatile sig_atomic_t is_in_tls;

static void
say_and_exit(const char *words)
{
	ssize_t n = send(CLIENT_FD, words, strlen(words),
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	_exit(n < 0 ? EXIT_TEMP : EXIT_DONE);
}

static void
on_term(int signal_number)
{
	(void)signal_number;
	is_ending = 1;
	if (!is_between_commands)
		return;
	if (is_in_tls) /* the read that waits finds the end */
		shutdown(CLIENT_FD, SHUT_RD);
	else
		say_and_exit("421 4.3.2 going down, try again later\r\n");
}

static void
last_words(void)
{
	if (!is_in_tls)
		say_and_exit("421 4.3.0 out of memory, try again later\r\n");
}

void
session_reply(struct session *session, enum reply reply)
{
	reply_add(&session->stream.out, reply, NULL);
}

static void
log_refusal(const struct session *session, const struct reply_text *reply,
    const char *recipient, const char *detail)
{
	struct str why = {0};

	str_puts(&why, reply->text);
	if (detail)
		str_addf(&why, " %s", detail);
	log_event("refuse", "client", str_c(&session->start->client),
	    "helo", session->helo.len ? str_c(&session->helo) : NULL,
	    "login", session->login.len ? str_c(&session->login) : NULL,
	    "from", session->is_in_mail ? str_c(&session->envelope.sender)
	                                : NULL,
	    "to", recipient,
	    "code", log_number((uint64_t)reply->code).s,
	    "why", str_c(&why), NULL);
	str_free(&why);
}

void
session_refuse_text(struct session *session, const struct reply_text *reply,
    const char *recipient, const char *detail)
{
	reply_add_text(&session->stream.out, reply, detail);
	log_refusal(session, reply, recipient, detail);
}

void
session_refuse(struct session *session, enum reply reply,
    const char *recipient, const char *detail)
{
	session_refuse_text(session, reply_text(reply), recipient, detail);
}

void
session_error(struct session *session, enum reply reply,
    const char *argument)
{
	session_refuse(session, reply, argument, NULL);
	session_count_error(session);
}

void
session_count_error(struct session *session)
{
	if (++session->errors >= ERRORS_MAX)
		session_leave(session, REPLY_TOO_MANY_ERRORS);
}

void
session_idle(struct session *session)
{
	if (++session->idle_commands > IDLE_COMMANDS_MAX)
		session_leave(session, REPLY_TOO_MUCH_TALK);
}

void
session_leave(struct session *session, enum reply reply)
{
	session_refuse(session, reply, NULL, NULL);
	session->end = SESSION_LEAVES;
}

void
session_put_address(const struct session *session, struct str *to)
{
	struct slice rest = str_slice(&session->start->client);

	slice_cut(&rest, '[');
	str_add_slice(to, slice_cut(&rest, ']'));
}

void
session_reset(struct session *session)
{
	envelope_free(&session->envelope);
	session->envelope_bytes = 0;
	session->is_in_mail = false;
	session->declared_bytes = session->outside_max = 0;
	session->crowd = 0;
	session->refused_rcpts = 0;
}

static void
greet(struct session *session)
{
	struct str *out = &session->stream.out;

	if (session->start->is_denied) {
		session_refuse(session, session->start->denial, NULL, NULL);
		return;
	}
	str_puts(out, "220 ");
	str_add_slice(out, str_slice(&session->start->settings->greeting));
	str_puts(out, " ESMTP\r\n");
}

/* Replies of a pipelined group leave together (RFC 2920 3.2): they wait
 * while another whole command is at hand. */
static enum stream_result
send_replies(struct session *session)
{
	struct slice unread = stream_unread(&session->stream);

	if (!session->stream.out.len)
		return STREAM_OK;
	if (session->stream.out.len < REPLIES_MAX &&
	    slice_find(unread, '\n') < unread.len)
		return STREAM_OK;
	return stream_flush(&session->stream);
}

static enum stream_result
read_line(struct session *session, size_t max)
{
	enum stream_result result;

	stream_deadline(&session->stream,
	    session->start->settings->timeout_s * 1000);
	result = send_replies(session);
	if (result != STREAM_OK)
		return result;
	is_in_tls = session->is_tls;
	is_between_commands = session->stream.out.len == 0;
	if (is_ending)
		on_term(SIGTERM);
	result = stream_line(&session->stream, &session->line, max);
	is_between_commands = 0;
	return result;
}

/* A CR or LF that stands alone may be an attempt to make two hosts see
 * different commands: there is no safe way to go on. */
static bool
cut_crlf(struct session *session, struct slice *line)
{
	size_t cr;

	*line = str_slice(&session->line);
	cr = slice_find(*line, '\r');
	if (cr == line->len)
		session_leave(session, REPLY_BARE_LF_COMMAND);
	else if (cr + 2 != line->len)
		session_leave(session, REPLY_BARE_CR_COMMAND);
	else if (slice_find(*line, '\0') < line->len)
		session_error(session, REPLY_NUL, NULL);
	else {
		line->len = cr;
		return true;
	}
	return false;
}

bool
session_line(struct session *session, size_t max, enum reply too_long,
    struct slice *line)
{
	switch (read_line(session, max)) {
	case STREAM_OK:
		return cut_crlf(session, line);
	case STREAM_TOO_LONG:
		session_error(session, too_long, NULL);
		return false;
	case STREAM_TIMEOUT:
		session_leave(session, REPLY_TIMEOUT);
		return false;
	case STREAM_END:
		if (is_ending)
			session_leave(session, REPLY_SHUTDOWN);
		else
			session->end = SESSION_CLOSED;
		return false;
	case STREAM_ERROR:
		session->end = SESSION_CLOSED;
		return false;
	}
	return false;
}

/* A command, or an AUTH that brings its password along (RFC 4954 4). */
static void
next_command(struct session *session)
{
	size_t max = login_is_possible(session) ? SASL_LINE_MAX
	                                        : SMTP_LINE_MAX;
	struct slice line;

	if (session_line(session, max, REPLY_LINE_TOO_LONG, &line))
		verbs_obey(session, line);
}

/* Unread bytes at close would make the kernel send a reset, and a reset may
 * overtake our last reply: what the client still sends is read away. */
static void
leave(struct session *session)
{
	struct stream *stream = &session->stream;
	size_t drained = 0;

	stream_deadline(stream, DRAIN_MS);
	if (stream_flush(stream) != STREAM_OK)
		return;
	tls_close(stream);
	shutdown(stream->fd, SHUT_WR);
	stream_skip(stream, stream_unread(stream).len);
	while (drained < DRAIN_BYTES && stream_fill(stream) == STREAM_OK) {
		drained += stream_unread(stream).len;
		stream_skip(stream, stream_unread(stream).len);
	}
}

static void
session_free(struct session *session)
{
	session_reset(session);
	str_free(&session->line);
	str_free(&session->helo);
	str_free(&session->login);
	str_free(&session->passport);
	stream_free(&session->stream);
}

bool
session_run(const struct session_start *start)
{
	struct session session;
	struct sigaction action = {
		.sa_handler = on_term, .sa_flags = SA_RESTART};

	/* the stream's buffer stays untouched: pages that nobody writes
	 * cost an idle session nothing */
	memset(&session, 0, offsetof(struct session, stream));
	session.start = start;
	session.drop.fd = -1;
	sigaction(SIGTERM, &action, NULL);
	sigprocmask(SIG_SETMASK, start->signals, NULL);
	die_last_words = last_words;
	stream_init(&session.stream, CLIENT_FD);
	if (start->service->is_tls_at_once)
		session_secure(&session);
	if (start->service->takes_from)
		session_start_tls(&session);
	else if (session.end == SESSION_GOES_ON)
		greet(&session);
	while (session.end == SESSION_GOES_ON)
		next_command(&session);
	if (session.end == SESSION_LEAVES)
		leave(&session);
	stream_deadline(&session.stream, DRAIN_MS);
	tls_close(&session.stream);
	drop_abort(&session.drop);
	session_free(&session);
	return !is_ending;
}
