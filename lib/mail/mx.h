/*
 * mx - which hosts to try for a next hop, and in which order.
 *
 * RFC 5321 5.1, RFC 7505.  Pure: what DNS says comes through a function that
 * the caller gives, chance through a seed.  Never names this host, nor one
 * that is no better than this host: that would make a loop.
 */
#ifndef MAIL_MX_H
#define MAIL_MX_H

#include "lib/mail/next_hop.h"
#include "lib/mail/self.h"

enum { MX_HOSTS_MAX = 10 };

/* How to ask DNS: as dns_mx and dns_addresses, with deadlines of one's own.
 * why (of DNS_LATER) is used at once. */
struct mx_resolver {
	enum dns_result (*mx)(void *context, const char *name,
	    struct dns_mx_list *to);
	enum dns_result (*addresses)(void *context, const char *name,
	    struct dns_addresses *to);
	const char *(*why)(void *context);
	void *context;
};

enum mx_verdict {
	MX_TRY,   /* the hosts, in this order */
	MX_LATER, /* nothing to try now: code 4xx, enhanced, text */
	MX_FAIL   /* nothing to try ever: code 5xx, enhanced, text */
};

/* A host to try; it has an address at least. */
struct mx_host {
	struct dns_name name;   /* an address, for a next hop that is one */
	bool is_address;        /* no name: nothing to verify, no DANE */
	uint16_t port;
	unsigned preference;
	struct dns_addresses addresses; /* is_secure: for DANE */
};

struct mx_plan {
	enum mx_verdict verdict;
	struct mx_host hosts[MX_HOSTS_MAX];
	size_t host_count;
	bool is_secure;       /* the MX answer itself: for DANE, RFC 7672 2.2 */
	int code;
	const char *enhanced; /* "5.1.10" */
	struct str text;      /* for reports and logs */
	bool is_alarm;        /* an administrator has to look at it: text says
	                       * why; the letter is kept */
};

/* Fills *plan in, which is {0} or an earlier one.  It is large: not for the
 * stack of a deep function. */
void mx_plan(struct mx_plan *plan, const struct next_hop *hop,
    const struct self *self, const struct mx_resolver *resolver,
    uint64_t seed);
void mx_plan_free(struct mx_plan *plan);

#endif
