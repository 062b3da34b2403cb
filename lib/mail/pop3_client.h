/*
 * pop3_client - the client's side of a POP3 conversation: RFC 1939, CAPA
 * (2449), STLS (2595), AUTH (5034).
 *
 * Over a stream that the caller connected.  The server is believed in
 * nothing: its lines and listings are limited, and every answer has a
 * deadline.
 */
#ifndef MAIL_POP3_CLIENT_H
#define MAIL_POP3_CLIENT_H

#include "lib/base/stream.h"
#include "lib/mail/pop3_reply.h"

struct sasl_login;
struct tls_client;
struct tls_peer;

enum pop3_client_result {
	POP3_CLIENT_OK,
	POP3_CLIENT_REFUSED, /* client->line has the server's words; or
	                      * client->why ours, where line is empty */
	POP3_CLIENT_LOST     /* client->why says why; all that is left to do
	                      * with the stream is to close it */
};

struct pop3_client {
	struct stream *stream;        /* the caller's */
	uint64_t timeout_ms;          /* no answer is waited for longer */
	struct str line;              /* the last, without its line end */
	enum pop3_code code;          /* of the last -ERR */
	struct slice said;            /* the last status line's text, in line */
	struct str greeting;
	struct pop3_capabilities can;
	bool is_over;
	bool is_untrusted;            /* lost for want of a TLS to believe */
	struct str why;
};

void pop3_client_init(struct pop3_client *client, struct stream *stream,
    uint64_t timeout_ms);
void pop3_client_free(struct pop3_client *client);

enum pop3_client_result pop3_client_greeting(struct pop3_client *client);

/* CAPA into client->can; a server that knows no CAPA has none, and that is
 * OK (RFC 2449 5). */
enum pop3_client_result pop3_client_capabilities(struct pop3_client *client);

/* The handshake where TLS begins with the first byte, within timeout_ms.
 * peer: who it must be, see lib/base/tls_client.h. */
enum pop3_client_result pop3_client_wrap(struct pop3_client *client,
    struct tls_client *tls, const struct tls_peer *peer);

/* STLS and the handshake; capabilities are to be asked for again. */
enum pop3_client_result pop3_client_starttls(struct pop3_client *client,
    struct tls_client *tls, const struct tls_peer *peer);

/* Logs in: by SASL, by APOP where others can read along, else by USER and
 * PASS.  is_private: nobody can listen. */
enum pop3_client_result pop3_client_login(struct pop3_client *client,
    const struct sasl_login *login, bool is_private);

/* STAT: how many letters, how many bytes; and its answer alone, where STAT
 * was asked before. */
enum pop3_client_result pop3_client_count(struct pop3_client *client,
    uint64_t *letters, uint64_t *bytes);
enum pop3_client_result pop3_client_counted(struct pop3_client *client,
    uint64_t *letters, uint64_t *bytes);

/* ---- commands of the caller's own ---- */

/* Adds a command (without its CRLF) to what is sent as soon as we wait for an
 * answer: with PIPELINING there may be many. */
void pop3_client_ask(struct pop3_client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Hears the next status line. */
enum pop3_client_result pop3_client_hear(struct pop3_client *client);

/* Behind a +OK: the next line of the listing into client->line.  False at its
 * end, and when the connection was lost (is_over). */
bool pop3_client_item(struct pop3_client *client);

/* Behind a +OK: a text, LF for its line ends, which put() takes as it comes
 * and may end (false: lost).  The server has time for at least that many
 * bytes, or, if 0, for however many come, at a slow modem's speed. */
typedef bool pop3_put(void *context, struct slice bytes);
enum pop3_client_result pop3_client_text(struct pop3_client *client,
    uint64_t bytes, pop3_put *put, void *context);

/* QUIT, and is_over.  OK: what was to be deleted is gone; REFUSED: it is
 * there (RFC 1939 6). */
enum pop3_client_result pop3_client_end(struct pop3_client *client);

/* QUIT, without waiting for the answer, and is_over.  Harmless when it is
 * over. */
void pop3_client_quit(struct pop3_client *client);

#endif
