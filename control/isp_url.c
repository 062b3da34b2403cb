/* isp_url - a provider's server by its URL; see isp_url.h. */
#include "control/isp_url.h"

#include "lib/mail/next_hop.h"

#include <string.h>

static const struct scheme {
	const char *name;
	enum isp_protocol protocol;
	uint16_t port;
	bool is_wrapped;
} schemes[] = {
    {"smtp://", ISP_SMTP, SUBMIT_PORT, false},
    {"smtps://", ISP_SMTP, SUBMITS_PORT, true},
    {"pop3://", ISP_POP3, POP3_PORT, false},
    {"pop3s://", ISP_POP3, POP3S_PORT, true},
};
enum { SCHEMES = sizeof schemes / sizeof *schemes };

/* Behind the bracket of an address, or anywhere in a name. */
static bool
has_port(struct slice host)
{
	size_t end = slice_find(host, ']');
	size_t from = end < host.len ? end : 0;

	return slice_find(slice_after(host, from), ':') < host.len - from;
}

static int
parse(const struct scheme *scheme, struct slice url, struct isp_mailbox *to)
{
	struct next_hop_host host = {0};
	size_t len = strlen(scheme->name);
	struct slice rest = slice_after(url, len);
	int result = next_hop_parse_host(rest, &host);

	if (result == 0) {
		str_set_slice(&to->host, str_slice(&host.name));
		to->is_address = host.is_address;
		to->port = has_port(rest) ? host.port : scheme->port;
		to->is_wrapped = scheme->is_wrapped;
	}
	str_free(&host.name);
	return result;
}

int
isp_url_parse(enum isp_protocol protocol, struct slice url,
    struct isp_mailbox *to)
{
	for (size_t i = 0; i < SCHEMES; i++)
		if (schemes[i].protocol == protocol &&
		    slice_starts(url, schemes[i].name))
			return parse(&schemes[i], url, to);
	return -1;
}

void
isp_url_write(struct str *to, enum isp_protocol protocol,
    const struct isp_mailbox *server)
{
	for (size_t i = 0; i < SCHEMES; i++) {
		const struct scheme *scheme = &schemes[i];

		if (scheme->protocol != protocol ||
		    scheme->is_wrapped != (server->is_wrapped != 0))
			continue;
		str_addf(to, server->is_address ? "%s[%s]" : "%s%s",
		    scheme->name, str_c(&server->host));
		if (server->port != scheme->port)
			str_addf(to, ":%u", (unsigned)server->port);
	}
}
