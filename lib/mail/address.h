/* address - mailbox addresses: RFC 5321 4.1.2, RFC 6531, IDNA. */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include "lib/base/str.h"

/* RFC 5321 4.5.3.1: local part 64 octets, domain 255, path 256. */
enum { LOCAL_PART_MAX = 64, DOMAIN_MAX = 255, ADDRESS_TEXT_MAX = 320 };

/* Splits at the last "@".  False without one, or with an empty side. */
bool address_split(struct slice address, struct slice *local,
    struct slice *domain);

/* A well-formed mailbox: dot-string or quoted-string "@" domain or address
 * literal; with allow_utf8, RFC 6531's.  Lengths are checked. */
bool address_valid(struct slice address, bool allow_utf8);

/* A well-formed host or domain name (letters, digits, hyphens, dots). */
bool domain_valid(struct slice domain);

/* The form that names are compared and looked up in: lower case, A-labels,
 * no trailing dot.  0, or -1 when it is no domain name (IDNA says no). */
int domain_normalize(struct str *to, struct slice domain);

/* local part unquoted where it needs no quotes, lower-cased when fold is set,
 * "@", normalized domain.  0, or -1: not an address. */
int address_normalize(struct str *to, struct slice address, bool fold);

#endif
