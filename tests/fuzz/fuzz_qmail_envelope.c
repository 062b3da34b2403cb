/* fuzz_qmail_envelope - any bytes as qmail's envelope: addresses keep within
 * their limits and hold no NUL. */
/* links: cmd/qmail-queue/envelope.c */
#include "cmd/qmail-queue/envelope.h"
#include "lib/mail/address.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct qmail_envelope *envelope, const struct str *rcpt)
{
	struct str sender = {0};

	if (rcpt->len > ADDRESS_TEXT_MAX ||
	    slice_find(str_slice(rcpt), '\0') < rcpt->len)
		abort();
	qmail_verp(&sender, envelope, str_slice(rcpt));
	if (sender.len > envelope->sender.len + rcpt->len)
		abort();
	str_free(&sender);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = {(const char *)data, size};
	struct qmail_envelope envelope = {0};

	if (qmail_envelope_parse(bytes, &envelope) == QMAIL_FINE)
		for (size_t i = 0; i < envelope.rcpts.len; i++)
			check(&envelope, &envelope.rcpts.v[i]);
	qmail_envelope_free(&envelope);
	return 0;
}
