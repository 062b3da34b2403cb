/* fuzz_sasl - AUTH's argument and the client's lines: what is complete has a
 * name and a password that auth-check takes. */
#include "lib/mail/auth.h"
#include "lib/mail/sasl.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_word(const struct str *word, size_t max)
{
	if (!word->len || word->len > max ||
	    slice_find(str_slice(word), '\0') < word->len)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make((const char *)data, size);
	struct sasl sasl = {0};
	enum sasl_step step = sasl_begin(&sasl, slice_cut(&rest, '\n'));

	while (rest.s && step <= SASL_WANTS_PASSWORD)
		step = sasl_take(&sasl, slice_cut(&rest, '\n'));
	if (step != sasl.step)
		abort();
	if (step == SASL_COMPLETE) {
		check_word(&sasl.name, AUTH_NAME_MAX);
		check_word(&sasl.password, AUTH_PASSWORD_MAX);
	}
	sasl_wipe(&sasl);
	return 0;
}
