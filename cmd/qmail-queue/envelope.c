/* envelope - sender and recipients as qmail writes them; see envelope.h. */
#include "cmd/qmail-queue/envelope.h"

#include "lib/mail/address.h"

#include <string.h>

static const char verp[] = "-@[]";
enum { VERP_LEN = sizeof verp - 1 };

/* Cuts a letter and what follows it to the NUL off *rest. */
static enum qmail_result
cut_address(struct slice *rest, char letter, struct slice *address)
{
	size_t end = slice_find(*rest, '\0');

	if (rest->len && rest->s[0] != letter)
		return QMAIL_BAD;
	if (end > 1 + ADDRESS_TEXT_MAX)
		return QMAIL_LONG_ADDRESS;
	if (end == rest->len)
		return QMAIL_SHORT;
	*address = slice_make(rest->s + 1, end - 1);
	*rest = slice_after(*rest, end + 1);
	return QMAIL_FINE;
}

static void
take_sender(struct qmail_envelope *envelope, struct slice sender)
{
	/* qmail's own sign for a bounce of a bounce */
	if (slice_is(sender, "#@[]"))
		sender.len = 0;
	envelope->is_verp = sender.len > VERP_LEN &&
	    !memcmp(sender.s + sender.len - VERP_LEN, verp, VERP_LEN);
	if (envelope->is_verp)
		sender.len -= VERP_LEN;
	str_set_slice(&envelope->sender, sender);
}

enum qmail_result
qmail_envelope_parse(struct slice bytes, struct qmail_envelope *envelope)
{
	struct slice address;
	enum qmail_result result = cut_address(&bytes, 'F', &address);

	if (result != QMAIL_FINE)
		return result;
	take_sender(envelope, address);
	while (bytes.len && bytes.s[0] != '\0') {
		result = cut_address(&bytes, 'T', &address);
		if (result != QMAIL_FINE)
			return result;
		strs_add(&envelope->rcpts, address);
	}
	return bytes.len ? QMAIL_FINE : QMAIL_SHORT;
}

void
qmail_envelope_free(struct qmail_envelope *envelope)
{
	str_free(&envelope->sender);
	strs_free(&envelope->rcpts);
}

void
qmail_verp(struct str *to, const struct qmail_envelope *envelope,
    struct slice rcpt)
{
	struct slice list, host, local, domain;

	if (!address_split(str_slice(&envelope->sender), &list, &host) ||
	    !address_split(rcpt, &local, &domain)) {
		str_set_slice(to, str_slice(&envelope->sender));
		return;
	}
	str_set_slice(to, list);
	str_add_slice(to, local);
	str_putc(to, '=');
	str_add_slice(to, domain);
	str_putc(to, '@');
	str_add_slice(to, host);
}
