/*
 * dns_answer - reads a DNS response (RFC 1035): what it says of one name.
 *
 * A pure function over the bytes.  Memory is bounded whatever they are: names
 * have at most 255 octets, lists a fixed length, chains of CNAMEs an end.
 */
#ifndef BASE_DNS_ANSWER_H
#define BASE_DNS_ANSWER_H

#include "lib/base/str.h"

/* What a question came to. */
enum dns_result {
	DNS_OK,      /* there are records of that type */
	DNS_NO_DATA, /* the name is there, but has none of that type */
	DNS_NO_NAME, /* NXDOMAIN: no such name */
	DNS_LATER    /* nobody knows: SERVFAIL, a timeout, a malformed answer */
};

enum dns_type {
	DNS_TYPE_A = 1,
	DNS_TYPE_CNAME = 5,
	DNS_TYPE_PTR = 12,
	DNS_TYPE_MX = 15,
	DNS_TYPE_AAAA = 28,
	DNS_TYPE_TLSA = 52
};

enum {
	DNS_NAME_MAX = 255,     /* as text, without the dot at the end */
	DNS_MX_MAX = 32,
	DNS_ADDRESSES_MAX = 32, /* half of them for each family */
	DNS_NAMES_MAX = 8,
	DNS_TLSA_MAX = 32,
	DNS_CNAMES_MAX = 10     /* longer chains are DNS_LATER */
};

/* A name as C string: lower case, no dot at the end, "." for the root.
 * Bytes that no host name has are "?", so that domain_valid refuses it. */
struct dns_name {
	char s[DNS_NAME_MAX + 1];
};

struct dns_mx {
	unsigned preference;
	struct dns_name host; /* "." alone: RFC 7505, no mail here */
};

/* In the order of the answer; of more than DNS_MX_MAX the best are kept. */
struct dns_mx_list {
	struct dns_mx v[DNS_MX_MAX];
	size_t len;
	bool is_secure; /* a resolver on this machine has validated it */
};

struct dns_address {
	int family;              /* AF_INET, AF_INET6 */
	unsigned char bytes[16]; /* network order; 4 of them for AF_INET */
};

struct dns_addresses {
	struct dns_address v[DNS_ADDRESSES_MAX];
	size_t len;
	struct dns_name canonical; /* the end of the CNAME chain, or the name */
	bool is_secure;            /* all that is here, and every CNAME */
};

/* RFC 6698. */
struct dns_tlsa {
	unsigned char usage, selector, matching;
	struct str data;
};

struct dns_tlsa_list {
	struct dns_tlsa v[DNS_TLSA_MAX];
	size_t len;
	bool is_secure;
};

struct dns_names {
	struct dns_name v[DNS_NAMES_MAX];
	size_t len;
	bool is_secure;
};

/* A response, cut into its parts. */
struct dns_answer {
	struct slice message;
	size_t at;                 /* where the answer section begins */
	unsigned count;            /* of records in it */
	unsigned type;             /* asked for */
	struct dns_name canonical; /* the end of the CNAME chain */
	bool is_authentic;         /* the AD bit */
};

/* Reads the response to a question.  name: in any case, without a dot at the
 * end.  DNS_OK: the functions below find at least one record.  *answer is
 * valid for all results but DNS_LATER, and as long as message is. */
enum dns_result dns_answer_read(struct dns_answer *answer,
    struct slice message, struct slice name, enum dns_type type);

/* Add the records of an answer that was DNS_OK to a list; each for its type.
 * False: a record is malformed, so that nothing in the answer is to be
 * believed, and nothing was added. */
bool dns_answer_mx(const struct dns_answer *answer, struct dns_mx_list *to);
bool dns_answer_addresses(const struct dns_answer *answer,
    struct dns_addresses *to);
bool dns_answer_tlsa(const struct dns_answer *answer,
    struct dns_tlsa_list *to);
bool dns_answer_names(const struct dns_answer *answer, struct dns_names *to);

void dns_tlsa_free(struct dns_tlsa_list *list);

#endif
