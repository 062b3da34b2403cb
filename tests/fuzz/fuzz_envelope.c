/* fuzz_envelope - any bytes as a queue file: what is read can be written, and
 * reads the same. */
#include "lib/mail/job.h"
#include "queue/id.h"
#include "queue/message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
check_limits(const struct envelope *envelope)
{
	check(queue_id_valid(str_slice(&envelope->id)));
	check(envelope->rcpt_count && envelope->box.len);
	check(envelope->sender.len <= ADDRESS_TEXT_MAX);
	check(envelope->envid.len <= JOB_ENVID_MAX);
	for (size_t i = 0; i < envelope->rcpt_count; i++)
		check(envelope->rcpts[i].address.len &&
		    envelope->rcpts[i].address.len <= ADDRESS_TEXT_MAX);
}

static void
check_again(const struct envelope *envelope)
{
	struct envelope again = {0};
	struct str text = {0}, more = {0};
	size_t head_len;

	envelope_encode(&text, envelope);
	check(envelope_decode(str_slice(&text), &again, &head_len) ==
	    ENVELOPE_OK);
	check(head_len == text.len);
	envelope_encode(&more, &again);
	check(slice_eq(str_slice(&text), str_slice(&more)));
	envelope_free(&again);
	str_free(&text);
	str_free(&more);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct envelope envelope = {0};
	size_t head_len = 0;

	if (envelope_decode(slice_make((const char *)data, size), &envelope,
		&head_len) == ENVELOPE_OK) {
		check(head_len <= size && data[head_len - 1] == '\n');
		check_limits(&envelope);
		check_again(&envelope);
	}
	envelope_free(&envelope);
	return 0;
}
