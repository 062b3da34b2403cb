/* fuzz_dns_answer - any bytes as the response to a question: what is read
 * keeps to its limits, and names are names. */
#include "lib/base/dns_answer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_name(const struct dns_name *name)
{
	size_t len = strnlen(name->s, sizeof name->s);

	if (len == 0 || len > DNS_NAME_MAX - 2)
		abort();
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name->s[i] <= ' ' ||
		    (unsigned char)name->s[i] >= 127)
			abort();
}

static void
read_all(const struct dns_answer *answer)
{
	struct dns_mx_list mx = {0};
	struct dns_addresses addresses = {0};
	struct dns_tlsa_list tlsa = {0};
	struct dns_names names = {0};

	check_name(&answer->canonical);
	if (answer->type == DNS_TYPE_MX && dns_answer_mx(answer, &mx) &&
	    (!mx.len || mx.len > DNS_MX_MAX))
		abort();
	if (answer->type == DNS_TYPE_AAAA &&
	    dns_answer_addresses(answer, &addresses) &&
	    (!addresses.len || addresses.len > DNS_ADDRESSES_MAX))
		abort();
	if (answer->type == DNS_TYPE_TLSA && dns_answer_tlsa(answer, &tlsa) &&
	    (!tlsa.len || tlsa.len > DNS_TLSA_MAX))
		abort();
	if (answer->type == DNS_TYPE_PTR && dns_answer_names(answer, &names) &&
	    (!names.len || names.len > DNS_NAMES_MAX))
		abort();
	for (size_t i = 0; i < mx.len; i++)
		check_name(&mx.v[i].host);
	for (size_t i = 0; i < names.len; i++)
		check_name(&names.v[i]);
	dns_tlsa_free(&tlsa);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = {DNS_TYPE_MX, DNS_TYPE_AAAA,
		DNS_TYPE_TLSA, DNS_TYPE_PTR};
	struct slice message = {(const char *)data, size};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct dns_answer answer;

		if (dns_answer_read(&answer, message, slice_of("a.test"),
		    types[i]) == DNS_OK)
			read_all(&answer);
	}
	return 0;
}
