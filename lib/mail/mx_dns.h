/*
 * mx_dns - DNS as mx.h and dane.h ask for it: dns.h, with a deadline for each
 * question and one for all of them.
 */
#ifndef MAIL_MX_DNS_H
#define MAIL_MX_DNS_H

#include "lib/mail/dane.h"
#include "lib/mail/mx.h"

struct mx_dns {
	struct dns *dns;
	uint64_t ms;     /* for one question */
	uint64_t end_ms; /* on the monotonic clock: no question gets an answer
	                  * later than that; 0: none */
};

/* dns must live as long as what is returned. */
struct mx_resolver mx_resolver_of(struct mx_dns *dns);
struct dane_resolver dane_resolver_of(struct mx_dns *dns);

#endif
