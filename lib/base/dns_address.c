/* dns_address - addresses of hosts; see dns_address.h. */
#include "lib/base/dns_address.h"

#include <arpa/inet.h>
#include <string.h>

int
dns_address_parse(struct slice text, struct dns_address *to)
{
	char copy[INET6_ADDRSTRLEN];

	*to = (struct dns_address){0};
	if (text.len >= sizeof copy || memchr(text.s, '\0', text.len))
		return -1;
	memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	to->family = slice_find(text, ':') < text.len ? AF_INET6 : AF_INET;
	return inet_pton(to->family, copy, to->bytes) == 1 ? 0 : -1;
}

struct dns_address_text
dns_address_text(const struct dns_address *address)
{
	struct dns_address_text text = {""};

	inet_ntop(address->family, address->bytes, text.s, sizeof text.s);
	return text;
}

void
dns_addresses_text(struct str *to, const struct dns_addresses *addresses)
{
	for (size_t i = 0; i < addresses->len; i++)
		str_addf(to, "%s%s", i ? ", " : "",
		    dns_address_text(&addresses->v[i]).s);
}

socklen_t
dns_address_socket(const struct dns_address *address, uint16_t port,
    struct sockaddr_storage *to)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	*to = (struct sockaddr_storage){0};
	if (address->family == AF_INET) {
		v4.sin_port = htons(port);
		memcpy(&v4.sin_addr, address->bytes, sizeof v4.sin_addr);
		memcpy(to, &v4, sizeof v4);
		return sizeof v4;
	}
	v6.sin6_port = htons(port);
	memcpy(&v6.sin6_addr, address->bytes, sizeof v6.sin6_addr);
	memcpy(to, &v6, sizeof v6);
	return sizeof v6;
}

bool
dns_address_is_loopback(const struct dns_address *address)
{
	static const unsigned char one[16] = {[15] = 1};
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (address->family == AF_INET)
		return address->bytes[0] == 127;
	return memcmp(address->bytes, one, sizeof one) == 0 ||
	    (memcmp(address->bytes, mapped, sizeof mapped) == 0 &&
	    address->bytes[12] == 127);
}
