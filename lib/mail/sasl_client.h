/*
 * sasl_client - logging in at another server: the client's half of SASL.
 *
 * RFC 4422.  SCRAM-SHA-256, CRAM-MD5, PLAIN and LOGIN by libgsasl; XOAUTH2
 * and OAUTHBEARER (RFC 7628) here.  Knows no protocol: SMTP and POP3 carry
 * the lines.
 */
#ifndef MAIL_SASL_CLIENT_H
#define MAIL_SASL_CLIENT_H

#include "lib/base/str.h"

/* Who logs in, with a password or with a token; all are the caller's and must
 * live as long as the sasl_client. */
struct sasl_login {
	const char *service;  /* "smtp", "pop" */
	const char *host;     /* the server's name */
	uint16_t port;
	const char *user;
	const char *password; /* NULL: there is a token */
	const char *token;    /* OAuth 2.0 access token, or NULL */
};

struct sasl_client;

/* What libgsasl reads and makes once for the process, for before it is
 * confined.  0, or -1. */
int sasl_client_prepare(void);

/* The best mechanism for this login among those that a server offers
 * (separated by blanks), or NULL.  On a line that others can read only such
 * are taken that do not show the password. */
const char *sasl_client_choose(struct slice offered,
    const struct sasl_login *login, bool is_private);

/* Begins with what sasl_client_choose gave.  NULL: out of luck. */
struct sasl_client *sasl_client_begin(const char *mechanism,
    const struct sasl_login *login);

/* Does the client speak first?  Then the first step may go along with the
 * mechanism's name. */
bool sasl_client_is_first(const struct sasl_client *client);

enum sasl_client_step {
	SASL_CLIENT_SAYS,  /* *response is to be sent */
	SASL_CLIENT_FAILED /* it cannot go on: cancel with "*" */
};

/* Answers the server's challenge (base64, empty for none): *response becomes
 * base64 without a line end, to be wiped when it was sent. */
enum sasl_client_step sasl_client_step(struct sasl_client *client,
    struct slice challenge, struct str *response);

/* Once the server says that all is well: has it proved, where the mechanism
 * asks for that, that it knows the password, too? */
bool sasl_client_is_complete(const struct sasl_client *client);

/* Harmless on NULL. */
void sasl_client_free(struct sasl_client *client);

#endif
