/*
 * dane - has a host published which certificate it shows?  RFC 7672.
 *
 * Pure but for the question, which the caller's function asks.  All depends
 * on a resolver that validates and that nobody stands between: dns.h believes
 * none but one on this machine.
 */
#ifndef MAIL_DANE_H
#define MAIL_DANE_H

#include "lib/mail/mx.h"

/* As dns_tlsa and dns_alias; why as in mx_resolver. */
struct dane_resolver {
	enum dns_result (*tlsa)(void *context, const char *name,
	    struct dns_tlsa_list *to);
	enum dns_result (*alias)(void *context, const char *name,
	    bool *is_secure);
	const char *(*why)(void *context);
	void *context;
};

enum dane_result {
	DANE_NONE,  /* it has not, or nobody can be sure of it: as if there
	             * were no DANE */
	DANE_FOUND, /* TLS is required: records and base say what to verify */
	DANE_LATER  /* somebody may be hiding them: this host is not to be
	             * spoken to now, with TLS or without */
};

struct dane {
	struct dns_tlsa_list records;
	struct dns_name base; /* the name they were found for: for SNI, and to
	                       * be in the certificate */
	struct str why;       /* of DANE_LATER */
};

/* is_secure: of the plan that the host stands in.  *dane is {0} or an earlier
 * one. */
enum dane_result dane_look_up(struct dane *dane, const struct mx_host *host,
    bool is_secure, const struct dane_resolver *resolver);
void dane_free(struct dane *dane);

#endif
