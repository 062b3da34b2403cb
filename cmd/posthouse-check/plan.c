/* plan - what remote-send would do now, by what DNS says; see check.h. */
#include "cmd/posthouse-check/check.h"

#include "lib/base/tls_client.h"
#include "lib/mail/address.h"

/* ", DANE ..." behind a host that has it.  False: it gets no mail now, and
 * *to says why. */
static bool
add_dane(struct check *check, const struct mx_host *host, struct str *to)
{
	const struct dane_resolver resolver = dane_resolver_of(&check->mx_dns);
	struct dane dane = {0};
	enum dane_result result = dane_look_up(&dane, host,
	    check->plan.is_secure, &resolver);

	if (result == DANE_FOUND)
		str_puts(to, tls_tlsa_usable(&dane.records) ? ", with DANE" :
		    ", with TLS: its TLSA records demand it, but name no "
		    "certificate that can be verified");
	if (result == DANE_LATER)
		str_addf(to, ", but not now: %s", str_c(&dane.why));
	dane_free(&dane);
	return result != DANE_LATER;
}

static void
say_host(struct check *check, const char *what, const struct mx_host *host)
{
	struct str line = {0};

	str_addf(&line, "mail goes on to %s (", host->name.s);
	dns_addresses_text(&line, &host->addresses);
	str_puts(&line, ")");
	if (add_dane(check, host, &line))
		say_ok(check, what, "%s", str_c(&line));
	else
		say_unknown(check, what, "%s", str_c(&line));
	str_free(&line);
}

void
say_plan(struct check *check, const char *what, struct slice via)
{
	struct next_hop hop = {0};
	struct mx_plan *plan = &check->plan;

	if (next_hop_parse(via, &hop) < 0) {
		say_fault(check, what, "the next hop %.*s cannot be read: "
		    "run posthouse compile", (int)via.len, via.s);
		next_hop_free(&hop);
		return;
	}
	mx_plan(plan, &hop, &check->self, &check->resolver, 0);
	for (size_t i = 0; i < plan->host_count; i++)
		say_host(check, what, &plan->hosts[i]);
	if (plan->verdict == MX_LATER && !plan->is_alarm)
		say_unknown(check, what, "mail waits: %s",
		    str_c(&plan->text));
	else if (plan->verdict != MX_TRY)
		say_fault(check, what, "mail for it goes nowhere: %d %s %s",
		    plan->code, plan->enhanced, str_c(&plan->text));
	next_hop_free(&hop);
}

/* A domain in our tables has its next hop there, or none. */
static const struct survey_item *
find_item(const struct check *check, const struct str *domain)
{
	for (size_t i = 0; i < check->survey.len; i++) {
		const struct survey_item *item = &check->survey.v[i];

		if (item->kind != SURVEY_HOST &&
		    slice_eq(str_slice(&item->domain), str_slice(domain)))
			return item;
	}
	return NULL;
}

int
check_destination(struct check *check, struct slice domain)
{
	struct str name = {0}, via = {0};
	const struct survey_item *item;

	if (!domain_valid(domain) || domain_normalize(&name, domain) < 0) {
		str_free(&name);
		return -1;
	}
	item = find_item(check, &name);
	if (item && item->kind == SURVEY_HOME) {
		say_ok(check, str_c(&name), "its mailboxes are here (%s)",
		    str_c(&item->where));
	} else {
		if (item)
			str_set_slice(&via, str_slice(&item->via));
		else
			str_addf(&via, "mx %s", str_c(&name));
		if (via.len)
			say_plan(check, str_c(&name), str_slice(&via));
		else
			say_ok(check, str_c(&name), "its mail goes to whoever "
			    "asks for it (%s)", str_c(&item->where));
	}
	str_free(&name);
	str_free(&via);
	return 0;
}
