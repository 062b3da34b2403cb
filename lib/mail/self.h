/*
 * self - who this host is, so that no letter is sent to ourselves.
 *
 * By name: me, helohost, localhost.  By address: what our listeners are bound
 * to; one that is bound to all (0.0.0.0, [::]) has the addresses of the
 * interfaces.  Not all of 127.0.0.0/8: another server may live on 127.0.0.2.
 * What hides behind other names and addresses (NAT) says who it is when it
 * greets: that is the client's matter (self_is_name).
 */
#ifndef MAIL_SELF_H
#define MAIL_SELF_H

#include "lib/base/dns.h"

enum { SELF_INTERFACES_MAX = 128, SELF_LISTENERS_MAX = 128 };

struct self_listener {
	struct dns_address address; /* all zero: every one of the family */
	uint16_t port;
};

/* {0} is valid: nobody yet, but for localhost. */
struct self {
	struct strs names; /* normalized */
	struct self_listener listeners[SELF_LISTENERS_MAX];
	size_t listener_count;
	struct dns_address interfaces[SELF_INTERFACES_MAX];
	size_t interface_count;
};

/* Asks the kernel for the addresses of the interfaces.  Before confinement
 * (it takes a netlink socket).  0, or -1 with errno. */
int self_read_interfaces(struct self *self);

/* A host name; what is none is left out. */
void self_add_name(struct self *self, struct slice name);

/* A row of listen: "192.0.2.1:25", "[::]:25".  0, or -1: it is none. */
int self_add_listener(struct self *self, struct slice text);

/* Forgets names and listeners, for settings read anew. */
void self_clear(struct self *self);
void self_free(struct self *self);

/* Any case, with or without a dot at the end. */
bool self_is_name(const struct self *self, struct slice name);

/* Would mail for this address, on whatever port, come to us?  For MX hosts:
 * localhost is, whoever listens there. */
bool self_is_address(const struct self *self,
    const struct dns_address *address);

/* Is this address and port one of our listeners?  For routes, which may lead
 * to another port of this machine. */
bool self_is_listener(const struct self *self,
    const struct dns_address *address, uint16_t port);
bool self_is_port(const struct self *self, uint16_t port);

#endif
