/* self - who this host is; see self.h. */
#include "lib/mail/self.h"

#include "lib/mail/address.h"

#include <ifaddrs.h>
#include <string.h>

/* ::ffff:192.0.2.1 is 192.0.2.1. */
static struct dns_address
plain(const struct dns_address *address)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct dns_address v4 = {.family = AF_INET};

	if (address->family == AF_INET ||
	    memcmp(address->bytes, mapped, sizeof mapped))
		return *address;
	memcpy(v4.bytes, address->bytes + sizeof mapped, 4);
	return v4;
}

static bool
is_same(const struct dns_address *a, const struct dns_address *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes,
	    a->family == AF_INET ? 4 : 16) == 0;
}

static bool
is_any(const struct dns_address *address)
{
	struct dns_address any = {.family = address->family};

	return is_same(address, &any);
}

/* 127.0.0.1 and ::1. */
static bool
is_localhost(const struct dns_address *address)
{
	static const struct dns_address v4 = {AF_INET, {127, 0, 0, 1}};
	static const struct dns_address v6 = {AF_INET6, {[15] = 1}};

	return is_same(address, &v4) || is_same(address, &v6);
}

static bool
of_interface(const struct sockaddr *from, struct dns_address *to)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (!from || (from->sa_family != AF_INET &&
	    from->sa_family != AF_INET6))
		return false;
	*to = (struct dns_address){.family = from->sa_family};
	if (from->sa_family == AF_INET) {
		memcpy(&v4, from, sizeof v4);
		memcpy(to->bytes, &v4.sin_addr, sizeof v4.sin_addr);
	} else {
		memcpy(&v6, from, sizeof v6);
		memcpy(to->bytes, &v6.sin6_addr, sizeof v6.sin6_addr);
	}
	return true;
}

int
self_read_interfaces(struct self *self)
{
	struct ifaddrs *all, *one;

	if (getifaddrs(&all) < 0)
		return -1;
	self->interface_count = 0;
	for (one = all; one && self->interface_count < SELF_INTERFACES_MAX;
	    one = one->ifa_next) {
		if (of_interface(one->ifa_addr,
		    &self->interfaces[self->interface_count]))
			self->interface_count++;
	}
	freeifaddrs(all);
	return 0;
}

void
self_add_name(struct self *self, struct slice name)
{
	struct str normal = {0};

	if (domain_normalize(&normal, name) == 0)
		strs_add(&self->names, str_slice(&normal));
	str_free(&normal);
}

int
self_add_listener(struct self *self, struct slice text)
{
	struct self_listener *listener;
	struct slice host = text;
	size_t colon = text.len;
	uint64_t port;

	while (colon && text.s[colon - 1] != ':')
		colon--;
	if (!colon || self->listener_count == SELF_LISTENERS_MAX ||
	    !slice_u64(slice_after(text, colon), UINT16_MAX, &port))
		return -1;
	host.len = colon - 1;
	if (host.len > 2 && host.s[0] == '[' && host.s[host.len - 1] == ']')
		host = slice_make(host.s + 1, host.len - 2);
	listener = &self->listeners[self->listener_count];
	if (dns_address_parse(host, &listener->address) < 0)
		return -1;
	listener->port = (uint16_t)port;
	self->listener_count++;
	return 0;
}

void
self_clear(struct self *self)
{
	strs_clear(&self->names);
	self->listener_count = 0;
}

void
self_free(struct self *self)
{
	strs_free(&self->names);
	*self = (struct self){0};
}

bool
self_is_name(const struct self *self, struct slice name)
{
	static const char *const local[] = {"localhost",
		"localhost.localdomain"};

	if (name.len && name.s[name.len - 1] == '.')
		name.len--;
	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		if (slice_ieq(name, slice_of(local[i])))
			return true;
	for (size_t i = 0; i < self->names.len; i++)
		if (slice_ieq(name, str_slice(&self->names.v[i])))
			return true;
	return false;
}

static bool
is_interface(const struct self *self, const struct dns_address *address)
{
	for (size_t i = 0; i < self->interface_count; i++)
		if (is_same(&self->interfaces[i], address))
			return true;
	return false;
}

/* Does what is sent to the address reach the listener, if it has its port? */
static bool
reaches(const struct self *self, const struct self_listener *listener,
    const struct dns_address *address)
{
	struct dns_address bound = plain(&listener->address);

	if (!is_any(&bound))
		return is_same(&bound, address);
	return bound.family == address->family &&
	    (is_localhost(address) || is_interface(self, address));
}

bool
self_is_address(const struct self *self, const struct dns_address *address)
{
	struct dns_address at = plain(address);

	/* the kernel takes 0.0.0.0 for this host, too */
	if (is_localhost(&at) || is_any(&at))
		return true;
	for (size_t i = 0; i < self->listener_count; i++)
		if (reaches(self, &self->listeners[i], &at))
			return true;
	return false;
}

bool
self_is_listener(const struct self *self, const struct dns_address *address,
    uint16_t port)
{
	struct dns_address at = plain(address);

	if (is_any(&at)) /* the kernel connects to this host */
		return self_is_port(self, port);
	for (size_t i = 0; i < self->listener_count; i++)
		if (self->listeners[i].port == port &&
		    reaches(self, &self->listeners[i], &at))
			return true;
	return false;
}

bool
self_is_port(const struct self *self, uint16_t port)
{
	for (size_t i = 0; i < self->listener_count; i++)
		if (self->listeners[i].port == port)
			return true;
	return false;
}
