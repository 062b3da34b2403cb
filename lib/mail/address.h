/* address - mailbox addresses: RFC 5321 4.1.2, RFC 6531, IDNA. */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include "lib/base/str.h"

/* RFC 5321 4.5.3.1: local part 64 octets, domain 255.  The first is what
 * everyone must take, and what ours keep to; mailing lists and forwarders
 * (VERP, SRS) write longer ones, so that only the whole is limited. */
enum { LOCAL_PART_MAX = 64, DOMAIN_MAX = 255, ADDRESS_TEXT_MAX = 320 };

/* Splits at the last "@".  False without one, or with an empty side. */
bool address_split(struct slice address, struct slice *local,
    struct slice *domain);

/* Is it "postmaster" (any case) at some domain?  RFC 5321 4.5.1. */
bool address_is_postmaster(struct slice address);

/* A well-formed mailbox: dot-string or quoted-string "@" domain or address
 * literal; with allow_utf8, RFC 6531's.  At most ADDRESS_TEXT_MAX bytes. */
bool address_valid(struct slice address, bool allow_utf8);

/* A well-formed host or domain name: letters, digits, hyphens, dots, one of
 * them at the end perhaps; underscores too, for there are such senders. */
bool domain_valid(struct slice domain);

/* Replaces *to by the form that names are compared and looked up in: lower
 * case, A-labels, no trailing dot.  0, or -1 when it is no domain name (IDNA
 * says no); *to is then empty. */
int domain_normalize(struct str *to, struct slice domain);

/* Replaces *to by: local part unquoted where it needs no quotes, its A-Z
 * lower-cased when fold is set, "@", normalized domain or lower-cased
 * literal.  0, or -1: not an address; *to is then empty. */
int address_normalize(struct str *to, struct slice address, bool fold);

#endif
