/* message - envelopes of queued messages; see message.h and FORMAT.md. */
#include "queue/message.h"

#include "lib/base/io.h"
#include "lib/mail/job.h"
#include "queue/id.h"

#include <errno.h>
#include <stdlib.h>

static const char version_line[] = "posthouse 1";
static const char length_key[] = "length ";

enum { VALUE_MAX = 1024, RCPTS_LIMIT = 100000 };

/* What a job has no room for would cost the worker that is handed it. */
enum { SENDER_MAX = ADDRESS_TEXT_MAX, ENVID_MAX = JOB_ENVID_MAX };

_Static_assert(LENGTH_AT == sizeof version_line + sizeof length_key - 1,
    "the length's digits follow the first line and its key");

struct envelope_rcpt *
envelope_add_rcpt(struct envelope *envelope)
{
	envelope->rcpts = mem_room(envelope->rcpts, envelope->rcpt_count,
	    &envelope->rcpt_cap, sizeof *envelope->rcpts);
	envelope->rcpts[envelope->rcpt_count] = (struct envelope_rcpt){0};
	return &envelope->rcpts[envelope->rcpt_count++];
}

void
envelope_free(struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->rcpt_count; i++) {
		str_free(&envelope->rcpts[i].address);
		str_free(&envelope->rcpts[i].notify);
		str_free(&envelope->rcpts[i].orcpt);
	}
	free(envelope->rcpts);
	str_free(&envelope->id);
	str_free(&envelope->box);
	str_free(&envelope->client);
	str_free(&envelope->helo);
	str_free(&envelope->tls);
	str_free(&envelope->login);
	str_free(&envelope->passport);
	str_free(&envelope->sender);
	str_free(&envelope->ret);
	str_free(&envelope->envid);
	*envelope = (struct envelope){0};
}

static void
put(struct str *to, const char *key, const struct str *value)
{
	if (!value->len)
		return;
	str_puts(to, key);
	str_putc(to, ' ');
	str_add_slice(to, str_slice(value));
	str_putc(to, '\n');
}

static void
put_login(struct str *to, const struct envelope *envelope)
{
	if (envelope->login.len)
		str_addf(to, "login %s %s\n", str_c(&envelope->login),
		    str_c(&envelope->passport));
}

static void
put_body(struct str *to, const struct envelope *envelope)
{
	if (!envelope->is_8bit && !envelope->is_smtputf8)
		return;
	str_puts(to, "body");
	if (envelope->is_8bit)
		str_puts(to, " 8bitmime");
	if (envelope->is_smtputf8)
		str_puts(to, " smtputf8");
	str_putc(to, '\n');
}

static void
put_rcpt(struct str *to, const struct envelope_rcpt *rcpt)
{
	str_puts(to, "rcpt ");
	str_add_slice(to, str_slice(&rcpt->address));
	if (rcpt->notify.len)
		str_addf(to, " notify=%s", str_c(&rcpt->notify));
	if (rcpt->orcpt.len)
		str_addf(to, " orcpt=%s", str_c(&rcpt->orcpt));
	str_putc(to, '\n');
}

void
envelope_encode(struct str *to, const struct envelope *envelope)
{
	str_puts(to, version_line);
	str_putc(to, '\n');
	str_puts(to, length_key);
	for (int i = 0; i < LENGTH_DIGITS; i++)
		str_putc(to, ' ');
	str_putc(to, '\n');
	put(to, "id", &envelope->id);
	str_puts(to, "time ");
	str_add_u64(to, envelope->arrived_us);
	str_putc(to, '\n');
	put(to, "box", &envelope->box);
	put(to, "client", &envelope->client);
	put(to, "helo", &envelope->helo);
	put(to, "tls", &envelope->tls);
	put_login(to, envelope);
	put_body(to, envelope);
	str_puts(to, "sender");
	if (envelope->sender.len)
		str_putc(to, ' ');
	str_add_slice(to, str_slice(&envelope->sender));
	str_putc(to, '\n');
	put(to, "ret", &envelope->ret);
	put(to, "envid", &envelope->envid);
	for (size_t i = 0; i < envelope->rcpt_count; i++)
		put_rcpt(to, &envelope->rcpts[i]);
	str_putc(to, '\n');
}

/* What a reader of the envelope's lines stands at. */
struct scan {
	struct slice rest;
	struct slice key, value; /* of the current line */
	bool is_bad;
	bool is_unknown; /* something that a newer posthouse may know */
};

/* Moves to the next line and takes it apart; the empty line has no key. */
static void
next_line(struct scan *scan)
{
	struct slice line = slice_cut(&scan->rest, '\n');

	scan->key = slice_cut(&line, ' ');
	scan->value = line.s ? line : slice_of("");
	if (scan->value.len > VALUE_MAX)
		scan->is_bad = true;
	for (size_t i = 0; i < scan->value.len; i++)
		if ((unsigned char)scan->value.s[i] < ' ')
			scan->is_bad = true;
}

static bool
at(const struct scan *scan, const char *key)
{
	return !scan->is_bad && slice_is(scan->key, key);
}

static void
take(struct scan *scan, const char *key, struct str *to)
{
	if (!at(scan, key))
		return;
	str_set_slice(to, scan->value);
	next_line(scan);
}

static void
take_number(struct scan *scan, const char *key, uint64_t max, uint64_t *to)
{
	if (!at(scan, key))
		return;
	if (!slice_u64(scan->value, max, to))
		scan->is_bad = true;
	next_line(scan);
}

static void
take_length(struct scan *scan, uint64_t *length)
{
	if (!at(scan, "length") || scan->value.len != LENGTH_DIGITS) {
		scan->is_bad = true;
		return;
	}
	if (!slice_u64(scan->value, UINT64_MAX, length) &&
	    slice_trim(scan->value).len)
		scan->is_bad = true;
	next_line(scan);
}

/* RFC 3461 4.3 */
static void
take_ret(struct scan *scan, struct envelope *envelope)
{
	if (!at(scan, "ret"))
		return;
	if (!slice_ieq(scan->value, slice_of("full")) &&
	    !slice_ieq(scan->value, slice_of("hdrs")))
		scan->is_bad = true;
	take(scan, "ret", &envelope->ret);
}

static void
take_login(struct scan *scan, struct envelope *envelope)
{
	struct slice rest;

	if (!at(scan, "login"))
		return;
	rest = scan->value;
	str_set_slice(&envelope->login, slice_cut(&rest, ' '));
	if (rest.s)
		str_set_slice(&envelope->passport, rest);
	if (!envelope->login.len || !envelope->passport.len)
		scan->is_bad = true;
	next_line(scan);
}

static void
take_body(struct scan *scan, struct envelope *envelope)
{
	struct slice rest;

	if (!at(scan, "body"))
		return;
	rest = scan->value;
	while (rest.s) {
		struct slice word = slice_cut(&rest, ' ');

		if (slice_is(word, "8bitmime"))
			envelope->is_8bit = true;
		else if (slice_is(word, "smtputf8"))
			envelope->is_smtputf8 = true;
		else
			scan->is_bad = true;
	}
	next_line(scan);
}

static bool
option(struct slice word, const char *name, struct str *to)
{
	size_t skip = slice_of(name).len;

	if (!slice_starts(word, name) || to->len)
		return false;
	str_set_slice(to, slice_after(word, skip));
	return true;
}

/* A quoted local part may hold blanks, and what looks like an option. */
static size_t
address_length(struct slice value)
{
	bool is_quoted = false;
	size_t i = 0;

	for (; i < value.len && (is_quoted || value.s[i] != ' '); i++) {
		if (value.s[i] == '"')
			is_quoted = !is_quoted;
		else if (value.s[i] == '\\' && is_quoted)
			i++;
	}
	return i < value.len ? i : value.len;
}

static void
take_rcpt(struct scan *scan, struct envelope *envelope)
{
	struct envelope_rcpt *rcpt = envelope_add_rcpt(envelope);
	size_t len = address_length(scan->value);
	struct slice rest = slice_after(scan->value, len);

	str_set_slice(&rcpt->address, slice_make(scan->value.s, len));
	if (!len || len > ADDRESS_TEXT_MAX ||
	    envelope->rcpt_count > RCPTS_LIMIT)
		scan->is_bad = true;
	if (rest.len)
		slice_cut(&rest, ' ');
	while (rest.len) {
		struct slice word = slice_cut(&rest, ' ');

		if (!option(word, "notify=", &rcpt->notify) &&
		    !option(word, "orcpt=", &rcpt->orcpt))
			scan->is_unknown = true;
	}
	next_line(scan);
}

static void
take_lines(struct scan *scan, struct envelope *envelope)
{
	next_line(scan);
	take_length(scan, &envelope->length);
	take(scan, "id", &envelope->id);
	take_number(scan, "time", INT64_MAX, &envelope->arrived_us);
	take(scan, "box", &envelope->box);
	take(scan, "client", &envelope->client);
	take(scan, "helo", &envelope->helo);
	take(scan, "tls", &envelope->tls);
	take_login(scan, envelope);
	take_body(scan, envelope);
	if (!at(scan, "sender"))
		scan->is_bad = true;
	take(scan, "sender", &envelope->sender);
	take_ret(scan, envelope);
	take(scan, "envid", &envelope->envid);
	if (envelope->sender.len > SENDER_MAX ||
	    envelope->envid.len > ENVID_MAX)
		scan->is_bad = true;
	while (at(scan, "rcpt"))
		take_rcpt(scan, envelope);
}

/* Where the message begins: after the first empty line.  0: not here. */
static size_t
head_length(struct slice bytes)
{
	for (size_t i = 0; i + 1 < bytes.len; i++) {
		i += slice_find(slice_after(bytes, i), '\n');
		if (i + 1 < bytes.len && bytes.s[i + 1] == '\n')
			return i + 2;
	}
	return 0;
}

enum envelope_result
envelope_decode(struct slice bytes, struct envelope *envelope, size_t *head_len)
{
	struct scan scan = {.rest = bytes};
	struct slice first = slice_cut(&scan.rest, '\n');

	envelope_free(envelope);
	if (!bytes.len || !bytes.s[0])
		return ENVELOPE_MORE; /* no first block reached the disk */
	if (scan.rest.s && !slice_is(first, version_line))
		return slice_starts(first, "posthouse ") ? ENVELOPE_UNKNOWN :
							   ENVELOPE_BAD;
	*head_len = head_length(bytes);
	if (!*head_len)
		return bytes.len >= ENVELOPE_MAX ? ENVELOPE_BAD : ENVELOPE_MORE;
	take_lines(&scan, envelope);
	if (!scan.is_bad && (scan.key.len || scan.is_unknown))
		return ENVELOPE_UNKNOWN; /* an unknown key, or misplaced */
	if (scan.is_bad || scan.value.len || !envelope->rcpt_count ||
	    !envelope->arrived_us || !envelope->box.len ||
	    !queue_id_valid(str_slice(&envelope->id)) ||
	    (envelope->length && envelope->length < *head_len))
		return ENVELOPE_BAD;
	return ENVELOPE_OK;
}

enum envelope_result
envelope_read(int fd, struct envelope *envelope, size_t *head_len)
{
	enum envelope_result result = ENVELOPE_MORE;
	struct str bytes = {0};
	size_t step = 4096;

	while (result == ENVELOPE_MORE && bytes.len < ENVELOPE_MAX) {
		ssize_t n = read_at(fd, &bytes, step, bytes.len);

		if (n < 0)
			result = ENVELOPE_BAD;
		if (n <= 0)
			break;
		step = 64 * 1024;
		errno = 0;
		result = envelope_decode(str_slice(&bytes), envelope, head_len);
	}
	str_free(&bytes);
	return result;
}
