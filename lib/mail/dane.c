/* dane - has a host published which certificate it shows?  See dane.h. */
#include "lib/mail/dane.h"

#include <string.h>

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
		str_addf(&dane->why, "cannot look up the TLSA records of %s: "
		    "%s", str_c(&name), resolver->why(resolver->context));
	dane->base = *base;
	str_free(&name);
	return result;
}

/* RFC 7672 2.2.2: where the addresses are not signed, TLSA is not asked for:
 * it would not be signed either, and there are servers that fail over such a
 * question.  2.2.3: an alias is looked for under its target's name first. */
enum dane_result
dane_look_up(struct dane *dane, const struct mx_host *host, bool is_secure,
    const struct dane_resolver *resolver)
{
	const struct dns_name *target = &host->addresses.canonical;
	enum dns_result result;

	str_clear(&dane->why);
	dns_tlsa_free(&dane->records);
	if (!is_secure || host->is_address || !host->addresses.is_secure)
		return DANE_NONE;
	result = ask(dane, target, host->port, resolver);
	if ((result == DNS_NO_DATA || result == DNS_NO_NAME) &&
	    strcmp(target->s, host->name.s))
		result = ask(dane, &host->name, host->port, resolver);
	switch (result) {
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
