/* dns_lookup - what may be asked about a name; see dns.h. */
#include "lib/base/dns_ask.h"

#include <string.h>
#include <sys/socket.h>

static enum dns_result
ask(struct dns *dns, struct dns_question *question, uint64_t ms,
    struct dns_answer *answer)
{
	dns_ask(dns, question, 1, ms);
	return dns_read(dns, question, answer);
}

enum dns_result
dns_mx(struct dns *dns, const char *name, uint64_t ms, struct dns_mx_list *to)
{
	struct dns_question question = {.name = name, .type = DNS_TYPE_MX};
	struct dns_answer answer;
	enum dns_result result;

	*to = (struct dns_mx_list){0};
	result = ask(dns, &question, ms, &answer);
	if (result == DNS_OK && !dns_answer_mx(&answer, to))
		result = dns_useless(dns, &question);
	to->is_secure = answer.is_authentic;
	str_free(&question.message);
	return result;
}

/* IPv6 and IPv4 by turns: where one of them leads nowhere, the second try is
 * of the other. */
static void
mix(struct dns_addresses *to)
{
	struct dns_addresses in = *to;
	size_t v6 = 0, v4 = 0;

	for (size_t i = 0; i < in.len; i++) {
		while (v6 < in.len && in.v[v6].family != AF_INET6)
			v6++;
		while (v4 < in.len && in.v[v4].family != AF_INET)
			v4++;
		if (v6 < in.len && (i % 2 == 0 || v4 == in.len))
			to->v[i] = in.v[v6++];
		else
			to->v[i] = in.v[v4++];
	}
}

/* What two answers about one name come to. */
static enum dns_result
both(enum dns_result a, enum dns_result b, size_t addresses)
{
	if (addresses)
		return DNS_OK;
	if (a == DNS_LATER || b == DNS_LATER)
		return DNS_LATER;
	return a == DNS_NO_NAME && b == DNS_NO_NAME ? DNS_NO_NAME :
	    DNS_NO_DATA;
}

/* RFC 6761 6.3: that name is this machine, whatever a resolver says. */
static bool
is_localhost(const char *name, struct dns_addresses *to)
{
	static const struct dns_address both[] = {
		{AF_INET6, {[15] = 1}}, {AF_INET, {127, 0, 0, 1}}};

	if (!slice_ieq(slice_of(name), slice_of("localhost")))
		return false;
	*to = (struct dns_addresses){.len = 2, .canonical = {"localhost"}};
	memcpy(to->v, both, sizeof both);
	return true;
}

enum dns_result
dns_addresses(struct dns *dns, const char *name, uint64_t ms,
    struct dns_addresses *to)
{
	struct dns_question questions[] = {
		{.name = name, .type = DNS_TYPE_AAAA},
		{.name = name, .type = DNS_TYPE_A}};
	enum dns_result results[2];

	if (is_localhost(name, to))
		return DNS_OK;
	*to = (struct dns_addresses){.is_secure = true};
	dns_ask(dns, questions, 2, ms);
	for (size_t i = 0; i < 2; i++) {
		struct dns_answer answer;

		results[i] = dns_read(dns, &questions[i], &answer);
		if (results[i] == DNS_OK && !dns_answer_addresses(&answer, to))
			results[i] = dns_useless(dns, &questions[i]);
		/* addresses that are not known are not used: whoever breaks one
		 * answer must not make the other one look unsigned */
		if (results[i] != DNS_LATER)
			to->is_secure = to->is_secure && answer.is_authentic;
		str_free(&questions[i].message);
	}
	mix(to);
	return both(results[0], results[1], to->len);
}

enum dns_result
dns_tlsa(struct dns *dns, const char *name, uint64_t ms,
    struct dns_tlsa_list *to)
{
	struct dns_question question = {.name = name, .type = DNS_TYPE_TLSA};
	struct dns_answer answer;
	enum dns_result result;

	dns_tlsa_free(to);
	result = ask(dns, &question, ms, &answer);
	if (result == DNS_OK && !dns_answer_tlsa(&answer, to))
		result = dns_useless(dns, &question);
	to->is_secure = answer.is_authentic;
	str_free(&question.message);
	return result;
}

enum dns_result
dns_alias(struct dns *dns, const char *name, uint64_t ms, bool *is_secure)
{
	struct dns_question question = {.name = name, .type = DNS_TYPE_CNAME};
	struct dns_answer answer;
	enum dns_result result;

	result = ask(dns, &question, ms, &answer);
	*is_secure = answer.is_authentic;
	str_free(&question.message);
	return result;
}

/* RFC 1035 3.5, RFC 3596 2.5. */
static void
add_reverse(struct str *to, const struct dns_address *address)
{
	if (address->family == AF_INET) {
		for (int i = 3; i >= 0; i--)
			str_addf(to, "%u.", address->bytes[i]);
		str_puts(to, "in-addr.arpa");
		return;
	}
	for (int i = 15; i >= 0; i--)
		str_addf(to, "%x.%x.", address->bytes[i] & 15u,
		    address->bytes[i] >> 4);
	str_puts(to, "ip6.arpa");
}

enum dns_result
dns_names(struct dns *dns, const struct dns_address *address, uint64_t ms,
    struct dns_names *to)
{
	struct str reverse = {0};
	struct dns_question question = {.type = DNS_TYPE_PTR};
	struct dns_answer answer;
	enum dns_result result;

	*to = (struct dns_names){0};
	add_reverse(&reverse, address);
	question.name = str_c(&reverse);
	result = ask(dns, &question, ms, &answer);
	if (result == DNS_OK && !dns_answer_names(&answer, to))
		result = dns_useless(dns, &question);
	to->is_secure = answer.is_authentic;
	str_free(&question.message);
	str_free(&reverse);
	return result;
}
