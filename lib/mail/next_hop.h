/*
 * next_hop - where a lane of remote-send leads, as one line of text.
 *
 *   mx DOMAIN [tls=...]       the domain's MX hosts, else its own addresses
 *   backup DOMAIN [tls=...]   its MX hosts that are better than this host
 *   to HOST[,HOST...] [tls=...]  these, in this order, without any MX
 *   etrn DOMAIN [to=HOST[,HOST...]] [tls=...]  mail that was held for the
 *                             domain: these hosts, else as mx; whatever is
 *                             wrong with them defers mail, and never fails it
 *
 * A HOST is a name or an address in brackets, perhaps with :PORT.  control/
 * writes the text (it is the name of the lane, what queue list shows and what
 * a job carries), remote-send reads it.
 */
#ifndef MAIL_NEXT_HOP_H
#define MAIL_NEXT_HOP_H

#include "lib/base/str.h"

/* TEXT_MAX: of next_hop_write's text; it is a job's lane. */
enum { NEXT_HOP_HOSTS_MAX = 10, NEXT_HOP_TEXT_MAX = 1024, SMTP_PORT = 25 };

enum next_hop_kind {
	NEXT_HOP_MX,
	NEXT_HOP_BACKUP,
	NEXT_HOP_TO,
	NEXT_HOP_ETRN
};

enum next_hop_tls {
	NEXT_HOP_TLS_MAY,    /* when offered, whoever it is; the default */
	NEXT_HOP_TLS_NONE,
	NEXT_HOP_TLS_REQUIRE, /* no letter without; whoever it is */
	NEXT_HOP_TLS_VERIFY, /* a certificate of that name, from a CA */
	NEXT_HOP_TLS_FINGERPRINT /* SHA-256 of the certificate */
};

struct next_hop_host {
	struct str name;   /* normalized, or an address without brackets */
	bool is_address;
	uint16_t port;
};

struct next_hop {
	enum next_hop_kind kind;
	struct str domain; /* of all but NEXT_HOP_TO */
	/* of NEXT_HOP_TO, and of NEXT_HOP_ETRN if there are any */
	struct next_hop_host hosts[NEXT_HOP_HOSTS_MAX];
	size_t host_count;
	enum next_hop_tls tls;
	unsigned char fingerprint[32];
};

/* Reads the text into *out, which must be {0} or a next_hop.  0, or -1. */
int next_hop_parse(struct slice text, struct next_hop *out);

/* "host", "host:port", "[address]", "[address]:port", replacing *out; 0, or
 * -1.  An address is taken as mail writes it, too: "[IPv6:2001:db8::1]".  A
 * name that ends in a number is none: it is an address without brackets. */
int next_hop_parse_host(struct slice text, struct next_hop_host *out);

/* HOST[,HOST...], replacing the hosts of *out.  0, or -1; then *fault is the
 * host that is none, or the first that is too many. */
int next_hop_parse_hosts(struct slice text, struct next_hop *out,
    struct slice *fault);

/* "none", "may", "require", "verify", "fingerprint:HEX" (colons between the
 * digits allowed) into tls and fingerprint.  0, or -1. */
int next_hop_parse_tls(struct slice text, struct next_hop *out);

/* Appends the text; next_hop_parse reads the same from it, unless it is
 * longer than NEXT_HOP_TEXT_MAX. */
void next_hop_write(struct str *to, const struct next_hop *hop);

/* Appends one host, as it stands in the text. */
void next_hop_write_host(struct str *to, const struct next_hop_host *host);

void next_hop_free(struct next_hop *hop);

#endif
