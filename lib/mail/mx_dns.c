/* mx_dns - DNS as mx.h and dane.h ask for it; see mx_dns.h. */
#include "lib/mail/mx_dns.h"

#include "lib/base/clock.h"

static uint64_t
time_left(const struct mx_dns *dns)
{
	uint64_t now_ms = clock_mono_ms();

	if (!dns->end_ms)
		return dns->ms;
	if (now_ms >= dns->end_ms)
		return 0;
	return dns->end_ms - now_ms < dns->ms ? dns->end_ms - now_ms : dns->ms;
}

static enum dns_result
ask_mx(void *context, const char *name, struct dns_mx_list *to)
{
	struct mx_dns *dns = context;

	return dns_mx(dns->dns, name, time_left(dns), to);
}

static enum dns_result
ask_addresses(void *context, const char *name, struct dns_addresses *to)
{
	struct mx_dns *dns = context;

	return dns_addresses(dns->dns, name, time_left(dns), to);
}

static enum dns_result
ask_tlsa(void *context, const char *name, struct dns_tlsa_list *to)
{
	struct mx_dns *dns = context;

	return dns_tlsa(dns->dns, name, time_left(dns), to);
}

static enum dns_result
ask_alias(void *context, const char *name, bool *is_secure)
{
	struct mx_dns *dns = context;

	return dns_alias(dns->dns, name, time_left(dns), is_secure);
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
	return (struct dane_resolver){.tlsa = ask_tlsa,
		.alias = ask_alias, .why = ask_why, .context = dns};
}
