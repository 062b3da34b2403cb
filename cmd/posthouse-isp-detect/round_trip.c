/* round_trip - a letter to oneself, sent and fetched back; see detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "lib/base/clock.h"
#include "lib/base/hex.h"
#include "lib/mail/date.h"
#include "lib/mail/header.h"
#include "lib/mail/pop3_client.h"
#include "lib/mail/smtp_client.h"

#include <sys/random.h>
#include <time.h>

enum {
	TOKEN_BYTES = 16,
	LOOKED_AT_MAX = 30,          /* letters, the newest */
	LETTER_MAX = 256 * 1024,     /* bytes of one that comes back */
	PATIENCE_MS = 90 * 1000,
	PAUSE_S = 2
};

static const char token_field[] = "X-Posthouse-Round-Trip";

/* ---- out ---- */

/* Something for each of the liberties that providers take. */
static bool
write_letter(struct round_trip *trip, const struct isp_mailbox *login)
{
	unsigned char token[TOKEN_BYTES];
	const char *address = str_c(&login->address);
	struct slice domain = str_slice(&login->address);

	if (getrandom(token, sizeof token, 0) != (ssize_t)sizeof token)
		return false;
	slice_cut(&domain, '@');
	hex_add(&trip->token, token, sizeof token);
	str_addf(&trip->text, "From: \"Posthouse, a test\" <%s>\n"
	    "To: <%s>\nSubject: a test of posthouse, may be deleted\n"
	    "Date: ", address, address);
	date_add(&trip->text, clock_wall_us());
	str_addf(&trip->text, "\nMessage-ID: <%s@%.*s>\n"
	    "Auto-Submitted: auto-generated\n%s: %s\n", str_c(&trip->token),
	    (int)domain.len, domain.s, token_field, str_c(&trip->token));
	str_puts(&trip->text, "\nThis letter went to the provider and was "
	    "fetched back.\n.a line that begins with a dot\n"
	    "a line that ends with blanks  \n\tand one with a tab\n");
	return true;
}

bool
round_trip_send(struct probe *probe, struct smtp_client *client)
{
	struct round_trip *trip = &probe->detect->round_trip;
	struct slice address = str_slice(&probe->detect->login.address);
	struct smtp_rcpt rcpt = {.address = address};
	struct smtp_letter letter = {.fd = -1, .sender = address,
		.rcpts = &rcpt, .count = 1};

	if (!write_letter(trip, &probe->detect->login)) {
		say_fault(probe, "letter", "no random bytes are to be had");
		return false;
	}
	letter.head = str_slice(&trip->text);
	smtp_client_send(client, &letter);
	trip->is_sent = rcpt.outcome.verdict == JOB_DONE ||
	    rcpt.outcome.verdict == JOB_PASSED;
	trip->sent_ms = clock_mono_ms();
	if (trip->is_sent)
		say_ok(probe, "letter", "from and to %.*s: %d %s",
		    (int)address.len, address.s, rcpt.outcome.code,
		    str_c(&rcpt.outcome.text));
	else
		say_fault(probe, "letter", "from and to %.*s: %d %s",
		    (int)address.len, address.s, rcpt.outcome.code,
		    str_c(&rcpt.outcome.text));
	smtp_letter_renew(&letter);
	return trip->is_sent;
}

/* ---- and back ---- */

static bool
take(void *context, struct slice bytes)
{
	struct str *text = context;

	if (text->len + bytes.len <= LETTER_MAX)
		str_add_slice(text, bytes);
	return true;
}

static bool
read_text(struct pop3_client *client, const char *command, uint64_t number,
    struct str *text)
{
	str_clear(text);
	pop3_client_ask(client, "%s %llu%s", command,
	    (unsigned long long)number, *command == 'T' ? " 0" : "");
	return pop3_client_hear(client) == POP3_CLIENT_OK &&
	    pop3_client_text(client, LETTER_MAX, take, text) ==
	    POP3_CLIENT_OK;
}

/* No letter but ours has these 128 random bits. */
static bool
is_ours(struct slice text, const struct str *token)
{
	struct field field;

	while (header_next(&text, &field))
		if (field_is(&field, token_field) &&
		    slice_eq(slice_strip(field.value), str_slice(token)))
			return true;
	return false;
}

/* Its number, or 0. */
static uint64_t
find(struct pop3_client *client, uint64_t letters, const struct str *token)
{
	const char *command = client->can.top ? "TOP" : "RETR";
	struct str text = {0};
	uint64_t found = 0;

	for (uint64_t n = letters; n && letters - n < LOOKED_AT_MAX &&
	    !found && !client->is_over; n--)
		if (read_text(client, command, n, &text) &&
		    is_ours(str_slice(&text), token))
			found = n;
	str_free(&text);
	return found;
}

static void
delete(struct probe *probe, struct pop3_client *client, uint64_t number)
{
	enum pop3_client_result result;

	pop3_client_ask(client, "DELE %llu", (unsigned long long)number);
	result = pop3_client_hear(client);
	if (result == POP3_CLIENT_OK)
		result = pop3_client_end(client);
	if (result == POP3_CLIENT_OK)
		say_ok(probe, "deleted", "the letter of the test, and no "
		    "other");
	else
		say_fault(probe, "deleted", "the letter of the test is still "
		    "there: %s", result == POP3_CLIENT_REFUSED ?
		    str_c(&client->line) : str_c(&client->why));
}

bool
round_trip_fetch(struct probe *probe, struct pop3_client *client,
    uint64_t letters)
{
	struct round_trip *trip = &probe->detect->round_trip;
	struct str text = {0};
	uint64_t number = find(client, letters, &trip->token);

	trip->is_back = number && read_text(client, "RETR", number, &text) &&
	    is_ours(str_slice(&text), &trip->token);
	if (trip->is_back) {
		probe->is_silent = false;
		say_ok(probe, "fetched", "%u.%u s after it was sent",
		    (unsigned)((clock_mono_ms() - trip->sent_ms) / 1000),
		    (unsigned)((clock_mono_ms() - trip->sent_ms) / 100 % 10));
		changes_say(probe, str_slice(&trip->text),
		    str_slice(&text));
		delete(probe, client, number);
	}
	str_free(&text);
	return trip->is_back;
}

/* A mailbox is as it was when we logged in (RFC 1939 8), so each look is a
 * conversation of its own. */
bool
round_trip_wait(struct probe *probe)
{
	const struct round_trip *trip = &probe->detect->round_trip;
	const struct timespec pause = {.tv_sec = PAUSE_S};
	uint64_t at_ms = probe->at_ms;

	while (!trip->is_back &&
	    clock_mono_ms() < trip->sent_ms + PATIENCE_MS) {
		struct probe again = {.detect = probe->detect,
			.protocol = ISP_POP3, .server = probe->server,
			.may_log_in = true, .is_silent = true};

		(void)nanosleep(&pause, NULL);
		(void)probe_run(&again);
	}
	if (trip->is_back)
		return true;
	probe->at_ms = at_ms;
	say_fault(probe, "fetched", "the letter has not come back within %u "
	    "seconds", PATIENCE_MS / 1000);
	say_try("the mailbox later, by a web page of the provider's; perhaps "
	    "as spam");
	say_try("another pop3=: is it the server of %s?",
	    str_c(&probe->detect->login.address));
	if (probe->detect->is_known)
		say_note("pop3-fetch fetches from this mailbox, and may have "
		    "been faster: then the letter is in its account's");
	return false;
}
