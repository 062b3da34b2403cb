/* dane - has a host published which certificate it shows?  See dane.h. */
#include "lib/mail/dane.h"

#include <string.h>

static void
note_why(struct dane *dane, const char *name,
    const struct dane_resolver *resolver)
{
	str_addf(&dane->why, "cannot look up the TLSA records of %s: %s",
	    name, resolver->why(resolver->context));
}

/* RFC 6698 3: _25._tcp.mx.example.org. */
static enum dns_result
ask(struct dane *dane, const struct dns_name *base, uint16_t port,
    const struct dane_resolver *resolver)
{
	struct str name = {0};
	enum dns_result result;

	str_addf(&name, "_%u._tcp.%s", port, base->s);
	dns_tlsa_free(&dane->records);
	result = resolver->tlsa(resolver->context, str_c(&name),
	    &dane->records);
	/* what is not signed may come from anybody */
	if (result == DNS_OK && !dane->records.is_secure)
		result = DNS_NO_DATA;
	if (result != DNS_OK)
		dns_tlsa_free(&dane->records);
	if (result == DNS_LATER)
		note_why(dane, str_c(&name), resolver);
	dane->base = *base;
	str_free(&name);
	return result;
}

static bool
is_alias(const struct mx_host *host)
{
	return strcmp(host->addresses.canonical.s, host->name.s) != 0;
}

/* All of the chain is signed: an alias is looked for under its target's name
 * first (RFC 7672 2.2.3). */
static enum dns_result
ask_signed(struct dane *dane, const struct mx_host *host,
    const struct dane_resolver *resolver)
{
	enum dns_result result = ask(dane, &host->addresses.canonical,
	    host->port, resolver);

	if ((result == DNS_NO_DATA || result == DNS_NO_NAME) && is_alias(host))
		result = ask(dane, &host->name, host->port, resolver);
	return result;
}

/* The addresses are not signed.  Neither would TLSA records under their name
 * be, and there are servers that fail over the question, so it is not asked;
 * but the name may be an alias in a signed zone (RFC 7672 2.2.2). */
static enum dns_result
ask_unsigned(struct dane *dane, const struct mx_host *host,
    const struct dane_resolver *resolver)
{
	bool is_secure = false;
	enum dns_result result;

	if (!is_alias(host))
		return DNS_NO_DATA;
	result = resolver->alias(resolver->context, host->name.s, &is_secure);
	if (result == DNS_LATER)
		note_why(dane, host->name.s, resolver);
	if (result != DNS_OK)
		return result;
	return is_secure ? ask(dane, &host->name, host->port, resolver) :
	    DNS_NO_DATA;
}

enum dane_result
dane_look_up(struct dane *dane, const struct mx_host *host, bool is_secure,
    const struct dane_resolver *resolver)
{
	str_clear(&dane->why);
	dns_tlsa_free(&dane->records);
	if (!is_secure || host->is_address)
		return DANE_NONE;
	switch (host->addresses.is_secure ?
	    ask_signed(dane, host, resolver) :
	    ask_unsigned(dane, host, resolver)) {
	case DNS_OK:
		return DANE_FOUND;
	case DNS_LATER:
		return DANE_LATER;
	case DNS_NO_DATA:
	case DNS_NO_NAME:
		break;
	}
	return DANE_NONE;
}

void
dane_free(struct dane *dane)
{
	dns_tlsa_free(&dane->records);
	str_free(&dane->why);
	*dane = (struct dane){0};
}
