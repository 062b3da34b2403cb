/*
 * dns - questions to a resolver: blocking, with a deadline.
 *
 * A stub resolver over c-ares: UDP, and TCP where an answer is too long for
 * it.  What it reads of the system (/etc/resolv.conf) it reads when opened, so
 * a program opens it before it locks itself in; then it needs MAY_CONNECT.  No
 * socket is open between two questions, and children may use what their
 * parent opened.
 */
#ifndef BASE_DNS_H
#define BASE_DNS_H

#include "lib/base/dns_address.h"

struct dns;

/* resolver: "address" or "address@port" as in the setting; empty: those of
 * /etc/resolv.conf.  0, or -1 with errno (EINVAL: no address). */
int dns_open(struct dns **dns, struct slice resolver);

/* The first resolver, as in messages: "127.0.0.1", "127.0.0.1@5353"; and is
 * every one that is asked on this machine? */
const char *dns_server(const struct dns *dns);
bool dns_is_loopback(const struct dns *dns);

/* Each asks for one name (ASCII, A-labels), within ms from now, and fills *to
 * in, which is emptied first.  is_secure is only ever true for a resolver on
 * a loopback address. */
enum dns_result dns_mx(struct dns *dns, const char *name, uint64_t ms,
    struct dns_mx_list *to);

/* A and AAAA in one go; IPv6 and IPv4 take turns in the list.  DNS_LATER only
 * when there is not one address.  "localhost" is not asked for; /etc/hosts is
 * not looked at. */
enum dns_result dns_addresses(struct dns *dns, const char *name, uint64_t ms,
    struct dns_addresses *to);

/* The whole name: "_25._tcp.mx.example.org".  dns_tlsa_free ends *to, which
 * must be {0} or ended at the first call. */
enum dns_result dns_tlsa(struct dns *dns, const char *name, uint64_t ms,
    struct dns_tlsa_list *to);

/* Is the name itself an alias (CNAME), and is that secure?  DNS_NO_DATA: it
 * is none.  For a chain, whose answer tells nothing of its first link. */
enum dns_result dns_alias(struct dns *dns, const char *name, uint64_t ms,
    bool *is_secure);

/* The names of an address (PTR). */
enum dns_result dns_names(struct dns *dns, const struct dns_address *address,
    uint64_t ms, struct dns_names *to);

/* Why the last answer was DNS_LATER, for logs and people: "the resolver
 * 127.0.0.1 does not answer". */
const char *dns_why(const struct dns *dns);

#endif
