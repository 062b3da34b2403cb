/* secure - the handshake, and the beginning after it; see session.h. */
#include "cmd/smtp-receive/session.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	HANDSHAKE_S = 30, /* two round trips and a signature */
	MOVE_S = 5
};

static void
log_failure(const struct session *session, enum stream_result result)
{
	struct str why = {0};

	str_puts(&why, "TLS handshake: ");
	if (result == STREAM_END)
		str_puts(&why, "the client left");
	else if (result == STREAM_TIMEOUT)
		str_puts(&why, "the client took too long");
	else
		tls_error(&why);
	log_event("refuse", "client", str_c(&session->start->client), "why",
	    str_c(&why), NULL);
	str_free(&why);
}

static enum stream_result
shake_hands(struct session *session)
{
	uint64_t timeout_s = session->start->settings->timeout_s;
	enum stream_result result;

	stream_deadline(&session->stream,
	    (timeout_s < HANDSHAKE_S ? timeout_s : HANDSHAKE_S) * 1000);
	result = stream_flush(&session->stream);
	return result == STREAM_OK
	    ? tls_accept(session->start->tls, &session->stream) : result;
}

/* RFC 3207 4.2: what the client said before counts for nothing. */
void
session_secure(struct session *session)
{
	enum stream_result result = shake_hands(session);

	if (result == STREAM_OK) {
		session->is_tls = true;
		session_reset(session);
		str_clear(&session->helo);
		session->is_esmtp = false;
		return;
	}
	log_failure(session, result);
	/* an alert of ours may be under way */
	session->end = result == STREAM_ERROR ? SESSION_LEAVES
	                                      : SESSION_CLOSED;
}

/* The connection alone: all that its client said before counts for nothing
 * under TLS. */
static int
hand_over(struct session *session)
{
	int fd = local_connect_single(session->start->service->moves_to,
	    MOVE_S);
	int result;

	if (fd < 0)
		return -1;
	result = packet_send(fd, slice_of("c"), session->stream.fd);
	close(fd);
	return result;
}

/* The service there says 220, and this process ends. */
static void
move(struct session *session)
{
	session->end = SESSION_CLOSED;
	if (stream_flush(&session->stream) != STREAM_OK)
		return;
	if (hand_over(session) == 0)
		return;
	log_event("alarm", "by", "starttls", "path",
	    session->start->service->moves_to, "why", strerror(errno), NULL);
	session_reply(session, REPLY_NO_TLS_NOW);
	session->end = SESSION_GOES_ON;
}

void
session_start_tls(struct session *session)
{
	if (session->start->service->moves_to) {
		move(session);
	} else if (session->start->tls) {
		session_reply(session, REPLY_START_TLS);
		session_secure(session);
	} else {
		session_reply(session, REPLY_NO_TLS_NOW);
	}
}
