/*
 * etrn_ask - who may ask for the mail of which domains: ETRN.
 *
 * smtp-receive looks whether a client may ask at all, etrn-serve for what.
 */
#ifndef CONTROL_ETRN_ASK_H
#define CONTROL_ETRN_ASK_H

#include "control/etrn.h"
#include "lib/mail/etrn_wire.h"

/* Is there anybody who may? */
bool etrn_is_offered(struct config *config);

/* Does the allow= of some domain hold this address, or the login= of some
 * domain this account (normalized)? */
struct sockaddr;
bool etrn_address_may_ask(struct config *config,
    const struct sockaddr *address);
bool etrn_account_may_ask(struct config *config, struct slice account);

/* The domains that an argument means, whoever asks; *to is replaced. */
void etrn_domains(struct config *config, const struct etrn_argument *argument,
    struct strs *to);

/* Somebody who asks. */
struct etrn_asker {
	int family;                 /* AF_INET, AF_INET6; AF_UNSPEC: has no
	                             * address that counts */
	unsigned char address[16];
	struct slice login;         /* the caller's; may be empty */
};

/* Reads "192.0.2.1", "2001:db8::1"; an IPv4 address in IPv6's form is one of
 * IPv4.  0, or -1. */
int etrn_asker_parse(struct slice text, struct etrn_asker *to);

/* May he ask for this domain?  Where it goes to whoever asks, an address
 * alone is not enough. */
bool etrn_allows(const struct etrn_row *row, const struct etrn_asker *asker);

#endif
