/*
 * certificates - what the parent shows to clients: chains from cdb/tls-cert.
 *
 * The keys are tls-key's, which signs for us.  Sessions inherit the server by
 * fork, and with it the ticket keys: a client resumes with any of them.
 */
#ifndef SMTP_RECEIVE_CERTIFICATES_H
#define SMTP_RECEIVE_CERTIFICATES_H

#include "control/config.h"
#include "lib/base/tls.h"

struct certificates {
	struct config config;      /* cdb/tls-cert */
	struct tls_signer signer;
	bool are_elsewhere;        /* another service shows them to clients:
	                            * here it only counts whether ... */
	bool are_good;             /* there is one that can be used */
	struct tls_server *server; /* NULL: none can, or elsewhere */
	uint64_t renewed_ms;       /* when the ticket keys were made */
};

/* Reads them.  What cannot be used is logged, and left out. */
void certificates_open(struct certificates *certificates);

/* Between sessions: looks for new ones, and renews the ticket keys in time.
 * Those that cannot be used leave the old ones in force. */
void certificates_refresh(struct certificates *certificates);

#endif
