/* smtp_outcome - what became of recipients; see smtp_outcome.h. */
#include "lib/mail/smtp_outcome.h"

#include "lib/base/utf8.h"
#include "lib/mail/address.h"
#include "lib/mail/smtp_content.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum job_verdict
verdict_of(int code, bool has_dsn)
{
	switch (code / 100) {
	case 2:
		return has_dsn ? JOB_PASSED : JOB_DONE;
	case 5:
		return JOB_FAILED;
	default:
		return JOB_LATER;
	}
}

void
smtp_outcome_theirs(struct smtp_outcome *outcome,
    const struct smtp_reply *reply, bool has_dsn)
{
	outcome->verdict = verdict_of(reply->code, has_dsn);
	outcome->code = reply->code;
	memcpy(outcome->enhanced, reply->enhanced, sizeof outcome->enhanced);
	outcome->is_theirs = true;
	str_clear(&outcome->text);
	smtp_reply_words(&outcome->text, reply);
}

void
smtp_outcome_ours(struct smtp_outcome *outcome, enum job_verdict verdict,
    int code, const char *enhanced, const char *format, ...)
{
	char words[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	outcome->verdict = verdict;
	outcome->code = code;
	snprintf(outcome->enhanced, sizeof outcome->enhanced, "%s", enhanced);
	outcome->is_theirs = false;
	str_set(&outcome->text, words);
}

/* ---- addresses ---- */

void
smtp_put_address(struct str *to, struct slice address)
{
	struct slice local, domain;
	struct str ascii = {0};

	if (!has_8bit(address) || !address_split(address, &local, &domain) ||
	    has_8bit(local) || domain_normalize(&ascii, domain) < 0) {
		str_add_slice(to, address);
	} else {
		str_add_slice(to, local);
		str_putc(to, '@');
		str_add_slice(to, str_slice(&ascii));
	}
	str_free(&ascii);
}

static bool
is_utf8_address(struct slice address)
{
	struct str wire = {0};
	bool is;

	if (!has_8bit(address))
		return false;
	smtp_put_address(&wire, address);
	is = has_8bit(str_slice(&wire));
	str_free(&wire);
	return is;
}

/* Nothing in it that would end the path or the line. */
static bool
is_sound(struct slice address)
{
	bool is_quoted = false;

	for (size_t i = 0; i < address.len; i++) {
		char c = address.s[i];

		if (ascii_is_control(c))
			return false;
		if (c == '"')
			is_quoted = !is_quoted;
		else if (is_quoted && c == '\\')
			i++;
		else if (!is_quoted && (c == ' ' || c == '<' || c == '>'))
			return false;
	}
	return !is_quoted;
}

bool
smtp_needs_utf8(const struct smtp_letter *letter,
    const struct smtp_content *content)
{
	if (letter->needs_smtputf8 && content->has_8bit_header)
		return true;
	if (is_utf8_address(letter->sender))
		return true;
	for (size_t i = 0; i < letter->count; i++)
		if (letter->rcpts[i].state != SMTP_RCPT_DECIDED &&
		    is_utf8_address(letter->rcpts[i].address))
			return true;
	return false;
}

/* ---- what cannot be ---- */

static void
decide(struct smtp_rcpt *rcpt, int code, const char *enhanced,
    const char *words)
{
	if (rcpt->state == SMTP_RCPT_DECIDED)
		return;
	smtp_outcome_ours(&rcpt->outcome, code < 500 ? JOB_LATER : JOB_FAILED,
	    code, enhanced, "%s", words);
	rcpt->state = SMTP_RCPT_DECIDED;
}

static void
decide_all(struct smtp_letter *letter, int code, const char *enhanced,
    const char *words)
{
	for (size_t i = 0; i < letter->count; i++)
		decide(&letter->rcpts[i], code, enhanced, words);
}

static void
check_utf8(const struct smtp_client *client, struct smtp_letter *letter,
    const struct smtp_content *content)
{
	if (client->can.has_smtputf8)
		return;
	if (is_utf8_address(letter->sender))
		decide_all(letter, 550, "5.6.7", "the sender's address is not "
		    "ASCII, and the server does not offer SMTPUTF8");
	if (letter->needs_smtputf8 && content->has_8bit_header)
		decide_all(letter, 554, "5.6.9", "the header needs SMTPUTF8, "
		    "which the server does not offer");
	for (size_t i = 0; i < letter->count; i++)
		if (is_utf8_address(letter->rcpts[i].address))
			decide(&letter->rcpts[i], 553, "5.6.7", "the address "
			    "is not ASCII, and the server does not offer "
			    "SMTPUTF8");
}

static void
check_content(const struct smtp_client *client, struct smtp_letter *letter,
    const struct smtp_content *content)
{
	uint64_t most = client->can.size_max;
	char words[128];

	if (most && content->wire_bytes > most) {
		snprintf(words, sizeof words, "the message has %llu bytes, "
		    "and the server takes %llu at most",
		    (unsigned long long)content->wire_bytes,
		    (unsigned long long)most);
		decide_all(letter, 552, "5.3.4", words);
	}
	/* RFC 6152 3: sent to nobody who did not say so, and we convert
	 * nothing: a signature would break. */
	if (content->has_8bit && !client->can.has_8bitmime)
		decide_all(letter, 554, "5.6.3", "the message has 8-bit "
		    "text, and the server does not offer 8BITMIME");
}

void
smtp_outcome_impossible(const struct smtp_client *client,
    struct smtp_letter *letter, const struct smtp_content *content)
{
	if (!is_sound(letter->sender))
		decide_all(letter, 451, "4.3.0",
		    "the sender's address cannot be understood");
	for (size_t i = 0; i < letter->count; i++)
		if (!letter->rcpts[i].address.len ||
		    !is_sound(letter->rcpts[i].address))
			decide(&letter->rcpts[i], 451, "4.3.0",
			    "the address cannot be understood");
	check_utf8(client, letter, content);
	check_content(client, letter, content);
}
