/*
 * auth - what smtp-receive and auth-check say to each other.
 *
 * On run/auth/s (SOCK_SEQPACKET), one request and one answer a connection.
 * The same answer for an unknown account and a wrong password.
 */
#ifndef MAIL_AUTH_H
#define MAIL_AUTH_H

#include "lib/base/record.h"

enum { AUTH_NAME_MAX = 320, AUTH_PASSWORD_MAX = 1024 };

struct auth_request {
	struct str name;     /* an address, as the client gave it */
	struct str password; /* wipe after use */
	struct str client;   /* the client's address, "192.0.2.1" */
};

enum auth_verdict {
	AUTH_ACCEPTED = 'K', /* account and passport are filled in */
	AUTH_WRONG = 'D',    /* 535 5.7.8, for whatever reason */
	AUTH_LATER = 'Z'     /* 454 4.7.0: too many tries, or in trouble */
};

struct auth_answer {
	struct str verdict;  /* one letter */
	struct str account;  /* normalized */
	struct str passport; /* lib/mail/passport.h */
	struct str why;      /* for the log, never for the client */
	uint64_t delay_ms;   /* to wait before the client is told */
};

extern const struct record_field auth_request_fields[];
extern const struct record_field auth_answer_fields[];

#endif
