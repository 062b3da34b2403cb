/* mx_dns - DNS as mx.h and dane.h ask for it; see mx_dns.h. */
#include "lib/mail/mx_dns.h"

static enum dns_result
ask_mx(void *context, const char *name, struct dns_mx_list *to)
{
	struct mx_dns *dns = context;

	return dns_mx(dns->dns, name, dns->ms, to);
}

static enum dns_result
ask_addresses(void *context, const char *name, struct dns_addresses *to)
{
	struct mx_dns *dns = context;

	return dns_addresses(dns->dns, name, dns->ms, to);
}

static enum dns_result
ask_tlsa(void *context, const char *name, struct dns_tlsa_list *to)
{
	struct mx_dns *dns = context;

	return dns_tlsa(dns->dns, name, dns->ms, to);
}

static const char *
ask_why(void *context)
{
	struct mx_dns *dns = context;

	return dns_why(dns->dns);
}

struct mx_resolver
mx_resolver_of(struct mx_dns *dns)
{
	return (struct mx_resolver){.mx = ask_mx, .addresses = ask_addresses,
		.why = ask_why, .context = dns};
}

struct dane_resolver
dane_resolver_of(struct mx_dns *dns)
{
	return (struct dane_resolver){.tlsa = ask_tlsa, .why = ask_why,
		.context = dns};
}
