/* names - our own names, there and back; see check.h. */
#include "cmd/posthouse-check/check.h"

#include <string.h>

/* Whether it validates shows at the root, which is signed: RFC 4035 3.2.3. */
static void
check_resolver(struct check *check)
{
	struct dns_mx_list root;
	const char *server = dns_server(check->dns);

	if (!dns_is_loopback(check->dns))
		say_note(check, "resolver", "%s is not on this machine, so "
		    "nobody's DANE is believed; a validating resolver here "
		    "(unbound) would change that", server);
	else if (dns_mx(check->dns, ".", check->mx_dns.ms, &root) ==
	    DNS_LATER)
		say_unknown(check, "resolver", "%s", dns_why(check->dns));
	else if (root.is_secure)
		say_ok(check, "resolver", "%s validates, DANE is in use",
		    server);
	else
		say_note(check, "resolver", "%s does not validate, so there "
		    "is no DANE", server);
}

/* Does one of the names of an address lead back to it? */
static bool
leads_back(struct check *check, const struct dns_names *names,
    const struct dns_address *address)
{
	for (size_t i = 0; i < names->len; i++) {
		struct dns_addresses addresses;

		(void)dns_addresses(check->dns, names->v[i].s,
		    check->mx_dns.ms, &addresses);
		for (size_t at = 0; at < addresses.len; at++)
			if (!strcmp(dns_address_text(&addresses.v[at]).s,
			    dns_address_text(address).s))
				return true;
	}
	return false;
}

static bool
has_name(const struct dns_names *names, const char *name)
{
	for (size_t i = 0; i < names->len; i++)
		if (slice_ieq(slice_of(names->v[i].s), slice_of(name)))
			return true;
	return false;
}

static void
check_back(struct check *check, const char *name,
    const struct dns_address *address)
{
	struct dns_address_text text = dns_address_text(address);
	struct dns_names names;

	switch (dns_names(check->dns, address, check->mx_dns.ms, &names)) {
	case DNS_OK:
		if (has_name(&names, name))
			say_ok(check, text.s, "its name is %s", name);
		else if (leads_back(check, &names, address))
			say_note(check, text.s, "its name is %s, not %s; that "
			    "is allowed, but some ask for the same",
			    names.v[0].s, name);
		else
			say_fault(check, text.s, "its name is %s, which does "
			    "not lead back to it: let the provider of the "
			    "address name it %s", names.v[0].s, name);
		return;
	case DNS_NO_DATA:
	case DNS_NO_NAME:
		say_fault(check, text.s, "it has no name (PTR), so that many "
		    "servers refuse mail from it: let the provider of the "
		    "address name it %s", name);
		return;
	case DNS_LATER:
		say_unknown(check, text.s, "%s", dns_why(check->dns));
	}
}

static void
check_name(struct check *check, const char *setting, const char *name)
{
	struct dns_addresses addresses;
	struct str list = {0};

	switch (dns_addresses(check->dns, name, check->mx_dns.ms,
	    &addresses)) {
	case DNS_OK:
		dns_addresses_text(&list, &addresses);
		say_ok(check, setting, "%s is %s", name, str_c(&list));
		if (!leads_here(check, &addresses))
			say_note(check, setting, "that is no address that a "
			    "listener here is bound to; behind a router that "
			    "translates addresses it need not be");
		break;
	case DNS_NO_DATA:
	case DNS_NO_NAME:
		say_fault(check, setting, "%s has no address, so that many "
		    "servers refuse mail from it: give it an A or AAAA "
		    "record, or write another name into control/%s", name,
		    setting);
		break;
	case DNS_LATER:
		say_unknown(check, setting, "%s", dns_why(check->dns));
	}
	for (size_t i = 0; i < addresses.len; i++)
		check_back(check, name, &addresses.v[i]);
	str_free(&list);
}

void
check_names(struct check *check)
{
	const struct str *me = &check->settings.me;
	const struct str *helohost = &check->settings.helohost;

	check_resolver(check);
	check_name(check, "me", str_c(me));
	if (!slice_ieq(str_slice(helohost), str_slice(me)))
		check_name(check, "helohost", str_c(helohost));
}
