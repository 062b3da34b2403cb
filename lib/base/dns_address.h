/* dns_address - addresses of hosts: as text, and as what connect() takes. */
#ifndef BASE_DNS_ADDRESS_H
#define BASE_DNS_ADDRESS_H

#include "lib/base/dns_answer.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct dns_address_text {
	char s[INET6_ADDRSTRLEN];
};
struct dns_address_text dns_address_text(const struct dns_address *address);

/* Appends them all, with ", " between them. */
void dns_addresses_text(struct str *to, const struct dns_addresses *addresses);

/* What connect() takes, in *to: its length. */
socklen_t dns_address_socket(const struct dns_address *address, uint16_t port,
    struct sockaddr_storage *to);

/* "192.0.2.1", "2001:db8::1"; 0, or -1. */
int dns_address_parse(struct slice text, struct dns_address *to);

/* 127.0.0.0/8 and ::1, also as ::ffff:127.0.0.1. */
bool dns_address_is_loopback(const struct dns_address *address);

#endif
