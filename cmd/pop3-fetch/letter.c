/*
 * letter - from a text to a letter in the queue; see session.h.
 *
 * The text is hostile, and stays as it is: only our Received line goes on
 * top.  It says from where a letter was fetched, and for which mailbox; one
 * that comes with such a line of ours for the same mailbox went round, and is
 * for the postmaster to see.
 */
#include "cmd/pop3-fetch/session.h"

#include "lib/mail/address.h"
#include "lib/mail/address_list.h"
#include "lib/mail/header.h"
#include "lib/mail/received.h"
#include "queue/id.h"

#include <string.h>

enum { RCPTS_MAX = 1000 }; /* the postmaster stands for the others */

/* What the header says to us. */
struct findings {
	struct str sender;
	bool has_return_path;
	bool was_here;       /* fetched for this mailbox before */
	unsigned hops;
	struct slice envelope; /* the value of the field for map-to */
	size_t rank;         /* of that field; smaller is better */
};

static const char *const envelope_fields[] = {
    "X-Original-To", "Envelope-To", "X-Envelope-To", "Delivered-To"};
enum { FIELDS = sizeof envelope_fields / sizeof *envelope_fields };

static bool
is_multidrop(const struct session *session)
{
	return session->mailbox->map_to.len > 0;
}

/* Whom our Received line names: the account, or the mailbox of many. */
static struct slice
fetched_for(const struct session *session)
{
	return is_multidrop(session) ?
	    str_slice(&session->mailbox->address) :
	    str_slice(&session->mailbox->account);
}

static void
take_return_path(struct findings *to, const struct field *field)
{
	struct slice value = slice_strip(field->value);

	if (to->has_return_path)
		return;
	to->has_return_path = true;
	if (value.len >= 2 && value.s[0] == '<' &&
	    value.s[value.len - 1] == '>')
		value = slice_make(value.s + 1, value.len - 2);
	if (address_valid(value, true))
		str_set_slice(&to->sender, value);
}

/* Folds and runs of blanks become one blank. */
static void
unfold(struct str *to, struct slice value)
{
	bool is_blank = true;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.s[i];
		bool was_blank = is_blank;

		is_blank = ascii_is_blank(c) || !c;
		if (!is_blank)
			str_putc(to, c);
		else if (!was_blank)
			str_putc(to, ' ');
	}
}

static void
take_received(struct session *session, struct findings *to,
    const struct field *field)
{
	struct slice whom = fetched_for(session);
	struct str value = {0}, by = {0}, whose = {0};

	to->hops++;
	unfold(&value, field->value);
	str_addf(&by, " by %s with POP3 id p", str_c(&session->settings->me));
	str_addf(&whose, " for <%.*s>;", (int)whom.len, whom.s);
	if (strstr(str_c(&value), str_c(&by)) &&
	    strstr(str_c(&value), str_c(&whose)))
		to->was_here = true;
	str_free(&value);
	str_free(&by);
	str_free(&whose);
}

/* An address at the provider, or already ours; others are somebody else's
 * business. */
static bool
is_of_mailbox(const struct session *session, struct slice domain)
{
	struct slice local, own;

	return slice_ieq(domain, str_slice(&session->mailbox->map_to)) ||
	    (address_split(str_slice(&session->mailbox->address), &local,
		&own) && slice_ieq(domain, own));
}

/* Somebody that the mailbox is for. */
static bool
names_somebody(const struct session *session, struct slice value)
{
	struct mailbox_view mailbox;
	struct slice local, domain;

	while (address_list_next(&value, &mailbox))
		if (address_split(mailbox.address, &local, &domain) &&
		    is_of_mailbox(session, domain))
			return true;
	return false;
}

/* The first field of the best name that there is.  One about others, which a
 * mailing list left there, counts less than any that is about us. */
static void
take_envelope(const struct session *session, struct findings *to,
    const struct field *field)
{
	const struct str *name = &session->mailbox->header;
	size_t rank = 0;

	if (name->len) {
		if (!slice_ieq(field->name, str_slice(name)))
			return;
	} else {
		while (rank < FIELDS &&
		    !field_is(field, envelope_fields[rank]))
			rank++;
		if (rank == FIELDS)
			return;
		if (!names_somebody(session, field->value))
			rank += FIELDS;
	}
	if (rank >= to->rank)
		return;
	to->rank = rank;
	to->envelope = field->value;
}

static void
find(struct session *session, struct findings *to)
{
	struct slice rest = str_slice(&session->text.header);
	struct field field;

	to->rank = 2 * FIELDS;
	while (header_next(&rest, &field)) {
		if (field_is(&field, "Return-Path"))
			take_return_path(to, &field);
		else if (field_is(&field, "Received"))
			take_received(session, to, &field);
		if (is_multidrop(session))
			take_envelope(session, to, &field);
	}
}

/* ---- for whom ---- */

static void
add_rcpt(struct envelope *envelope, struct slice local, struct slice domain)
{
	struct str address = {0};
	bool is_new = true;

	str_addf(&address, "%.*s@%.*s", (int)local.len, local.s,
	    (int)domain.len, domain.s);
	for (size_t i = 0; i < envelope->rcpt_count; i++)
		if (slice_ieq(str_slice(&envelope->rcpts[i].address),
		    str_slice(&address)))
			is_new = false;
	if (is_new)
		str_set_slice(&envelope_add_rcpt(envelope)->address,
		    str_slice(&address));
	str_free(&address);
}

static void
to_postmaster(const struct session *session, struct envelope *envelope)
{
	struct slice account = str_slice(&session->mailbox->account);
	size_t at = slice_find(account, '@');
	struct slice domain = is_multidrop(session) ?
	    str_slice(&session->mailbox->map_to) :
	    slice_after(account, at + 1);

	add_rcpt(envelope, slice_of("postmaster"), domain);
}

static void
distribute(const struct session *session, struct slice value,
    struct envelope *envelope)
{
	struct mailbox_view mailbox;

	while (address_list_next(&value, &mailbox)) {
		struct slice local, domain;

		if (!address_valid(mailbox.address, true) ||
		    !address_split(mailbox.address, &local, &domain) ||
		    !is_of_mailbox(session, domain))
			continue;
		if (envelope->rcpt_count == RCPTS_MAX) {
			to_postmaster(session, envelope);
			break;
		}
		add_rcpt(envelope, local,
		    str_slice(&session->mailbox->map_to));
	}
}

static void
address_it(const struct session *session, const struct findings *found,
    struct envelope *envelope)
{
	if (found->was_here || found->hops >= HOPS_MAX)
		to_postmaster(session, envelope);
	else if (is_multidrop(session))
		distribute(session, found->envelope, envelope);
	else
		str_set_slice(&envelope_add_rcpt(envelope)->address,
		    str_slice(&session->mailbox->account));
	if (!envelope->rcpt_count)
		to_postmaster(session, envelope);
}

/* ---- into the queue ---- */

static void
make_id(const struct session *session, const struct item *item,
    const char *hash, struct str *id)
{
	struct str seed = {0};

	/* a letter whose id is made of its header has none of its own */
	str_add_slice(&seed, str_slice(&session->binding));
	str_putc(&seed, '\0');
	if (item->uid.len && item->uid.s[0] != '#')
		str_add_slice(&seed, str_slice(&item->uid));
	str_putc(&seed, '\0');
	str_puts(&seed, hash);
	queue_id_once(id, 'p', str_slice(&seed));
	str_free(&seed);
}

static void
put(void *drop, struct slice bytes)
{
	drop_write(drop, bytes);
}

/* A text that begins without a header gets an empty one: else our line would
 * make a header of its first lines. */
static void
put_top(struct session *session, struct drop *drop,
    const struct envelope *envelope)
{
	struct slice rest = str_slice(&session->text.header);
	struct field field;
	struct str top = {0};
	struct received received = {
		.helo = str_slice(&session->mailbox->host),
		.client = str_slice(&session->address),
		.by = str_slice(&session->settings->me),
		.protocol = "POP3",
		.id = str_slice(&envelope->id),
		.recipient = fetched_for(session),
		.wall_us = envelope->arrived_us,
	};

	received_add(&top, &received);
	if (rest.len && !header_next(&rest, &field) &&
	    !slice_starts(rest, "From "))
		str_putc(&top, '\n');
	drop_write(drop, str_slice(&top));
	str_free(&top);
}

int
letter_drop(struct session *session, const struct item *item,
    const char *hash, struct drop *drop, struct str *id)
{
	struct envelope envelope = {.is_8bit = session->text.is_8bit};
	struct findings found = {0};
	int result;

	find(session, &found);
	str_set(&envelope.box, "pop3");
	str_set_slice(&envelope.client, str_slice(&session->address));
	str_set_slice(&envelope.sender, str_slice(&found.sender));
	address_it(session, &found, &envelope);
	make_id(session, item, hash, &envelope.id);
	str_set_slice(id, str_slice(&envelope.id));
	result = drop_begin(drop, session->box_fd, &envelope);
	if (result == 0) {
		put_top(session, drop, &envelope);
		result = text_copy(&session->text, put, drop);
	}
	envelope_free(&envelope);
	str_free(&found.sender);
	return result;
}
