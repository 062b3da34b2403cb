/* test_dane - when TLSA records are asked for, and believed: RFC 7672 2. */
#include "lib/mail/dane.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

/* What DNS says of up to two names; others are NXDOMAIN.  A row "alias.test"
 * is a CNAME. */
struct zone {
	struct {
		const char *name;
		enum dns_result result;
		bool is_secure;
	} rows[2];
	unsigned asked;
};

static enum dns_result
fake_tlsa(void *context, const char *name, struct dns_tlsa_list *to)
{
	struct zone *zone = context;

	zone->asked++;
	ck_assert_uint_eq(to->len, 0);
	for (size_t i = 0; i < 2; i++) {
		if (!zone->rows[i].name || strcmp(zone->rows[i].name, name))
			continue;
		to->is_secure = zone->rows[i].is_secure;
		if (zone->rows[i].result == DNS_OK) {
			to->v[0].usage = 3;
			str_set(&to->v[0].data, name);
			to->len = 1;
		}
		return zone->rows[i].result;
	}
	return DNS_NO_NAME;
}

static enum dns_result
fake_alias(void *context, const char *name, bool *is_secure)
{
	struct zone *zone = context;

	zone->asked++;
	for (size_t i = 0; i < 2; i++) {
		if (!zone->rows[i].name || strcmp(zone->rows[i].name, name))
			continue;
		*is_secure = zone->rows[i].is_secure;
		return zone->rows[i].result;
	}
	return DNS_NO_DATA;
}

static const char *
fake_why(void *context)
{
	(void)context;
	return "bogus";
}

#define NO_ZONE {{{NULL, DNS_NO_NAME, false}}, 0}

static const struct {
	const char *claim;
	const char *name, *canonical;
	bool mx_is_secure, address_is_secure, is_address;
	struct zone zone;
	enum dane_result result;
	const char *base;
	unsigned asked;
} cases[] = {
	{"signed records are found", "mx.test", "mx.test", true, true, false,
	    {{{"_25._tcp.mx.test", DNS_OK, true}}, 0},
	    DANE_FOUND, "mx.test", 1},
	{"unsigned records are none", "mx.test", "mx.test", true, true, false,
	    {{{"_25._tcp.mx.test", DNS_OK, false}}, 0}, DANE_NONE, NULL, 1},
	{"no records", "mx.test", "mx.test", true, true, false,
	    {{{"_25._tcp.mx.test", DNS_NO_DATA, true}}, 0},
	    DANE_NONE, NULL, 1},
	{"no such name", "mx.test", "mx.test", true, true, false,
	    NO_ZONE, DANE_NONE, NULL, 1},
	{"what cannot be looked up may be hidden", "mx.test", "mx.test",
	    true, true, false, {{{"_25._tcp.mx.test", DNS_LATER, false}}, 0},
	    DANE_LATER, NULL, 1},
	{"unsigned MX: not even asked", "mx.test", "mx.test", false, true,
	    false, {{{"_25._tcp.mx.test", DNS_OK, true}}, 0},
	    DANE_NONE, NULL, 0},
	{"unsigned address: not even asked", "mx.test", "mx.test", true,
	    false, false, {{{"_25._tcp.mx.test", DNS_OK, true}}, 0},
	    DANE_NONE, NULL, 0},
	{"an address has no name", "192.0.2.1", "", true, true, true,
	    NO_ZONE, DANE_NONE, NULL, 0},
	{"an alias: under its target", "mx.test", "real.test", true, true,
	    false, {{{"_25._tcp.real.test", DNS_OK, true},
	    {"_25._tcp.mx.test", DNS_OK, true}}, 0},
	    DANE_FOUND, "real.test", 1},
	{"an alias: then under its own name", "mx.test", "real.test", true,
	    true, false, {{{"_25._tcp.mx.test", DNS_OK, true}}, 0},
	    DANE_FOUND, "mx.test", 2},
	{"an alias whose target's records are hidden", "mx.test", "real.test",
	    true, true, false, {{{"_25._tcp.real.test", DNS_LATER, false},
	    {"_25._tcp.mx.test", DNS_OK, true}}, 0}, DANE_LATER, NULL, 1},
	{"a signed alias of an unsigned host: under its own name", "mx.test",
	    "real.test", true, false, false, {{{"mx.test", DNS_OK, true},
	    {"_25._tcp.mx.test", DNS_OK, true}}, 0},
	    DANE_FOUND, "mx.test", 2},
	{"a signed alias of an unsigned host, without any", "mx.test",
	    "real.test", true, false, false, {{{"mx.test", DNS_OK, true},
	    {"_25._tcp.real.test", DNS_OK, true}}, 0},
	    DANE_NONE, NULL, 2},
	{"an unsigned alias", "mx.test", "real.test", true, false, false,
	    {{{"mx.test", DNS_OK, false},
	    {"_25._tcp.mx.test", DNS_OK, true}}, 0}, DANE_NONE, NULL, 1},
	{"an alias that cannot be looked at", "mx.test", "real.test", true,
	    false, false, {{{"mx.test", DNS_LATER, false},
	    {"_25._tcp.mx.test", DNS_OK, true}}, 0}, DANE_LATER, NULL, 1},
	{"an alias without any", "mx.test", "real.test", true, true, false,
	    NO_ZONE, DANE_NONE, NULL, 2},
};

START_TEST(records_are)
{
	struct zone zone = cases[_i].zone;
	struct dane_resolver resolver = {fake_tlsa, fake_alias, fake_why,
		&zone};
	struct mx_host host = {.port = 25, .is_address = cases[_i].is_address};
	struct dane dane = {0};

	snprintf(host.name.s, sizeof host.name.s, "%s", cases[_i].name);
	snprintf(host.addresses.canonical.s, sizeof host.name.s, "%s",
	    cases[_i].canonical);
	host.addresses.is_secure = cases[_i].address_is_secure;
	for (int again = 0; again < 2; again++) {
		ck_assert_msg(dane_look_up(&dane, &host,
		    cases[_i].mx_is_secure, &resolver) == cases[_i].result,
		    "%s", cases[_i].claim);
		ck_assert_uint_eq(dane.records.len, cases[_i].base ? 1 : 0);
		if (cases[_i].base)
			ck_assert_str_eq(dane.base.s, cases[_i].base);
		ck_assert((dane.why.len > 0) ==
		    (cases[_i].result == DANE_LATER));
	}
	ck_assert_uint_eq(zone.asked, 2 * cases[_i].asked);
	dane_free(&dane);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("dane");

	tcase_add_loop_test(unit.cases, records_are, 0,
	    (int)(sizeof cases / sizeof *cases));
	return unit_run(unit);
}
