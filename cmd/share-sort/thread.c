/* thread - whose thread a letter belongs to, by Message-IDs. */
#include "cmd/share-sort/who.h"

#include "lib/mail/header.h"

/* Replaces *id by what a Message-ID is known by: without brackets, blanks and
 * line ends, the rest as it stands. */
static bool
clean_id(struct str *id, struct slice text)
{
	str_clear(id);
	for (size_t i = 0; i < text.len && id->len < WHO_ID_MAX; i++)
		if (!ascii_is_blank(text.s[i]))
			str_putc(id, text.s[i]);
	return id->len > 0;
}

/* The next "<...>" of *rest into *id.  False at the end. */
static bool
next_id(struct slice *rest, struct str *id)
{
	while (rest->len) {
		size_t open = slice_find(*rest, '<'), len;
		struct slice inner;

		if (open == rest->len)
			break;
		inner = slice_after(*rest, open + 1);
		len = slice_find(inner, '>');
		*rest = slice_after(inner, len < inner.len ? len + 1 : len);
		if (clean_id(id, slice_make(inner.s, len)))
			return true;
	}
	*rest = (struct slice){0};
	return false;
}

/* A Message-ID without brackets is one, too. */
static bool
first_id(struct slice value, struct str *id)
{
	struct slice rest = value;

	return next_id(&rest, id) || clean_id(id, value);
}

bool
who_message_id(struct slice header, struct str *id)
{
	struct slice value;

	str_clear(id);
	return header_value(header, "Message-ID", &value) &&
	    first_id(value, id);
}

void
who_subject(struct charsets *charsets, struct slice header, struct str *hash)
{
	struct slice value = {0};
	struct str base = {0};

	(void)header_value(header, "Subject", &value);
	subject_base(charsets, &base, value);
	subject_hash(hash, str_slice(&base));
	str_free(&base);
}

/* ---- answers ---- */

struct ask {
	const struct who_house *house;
	struct who *who;
	bool is_assigned;
	struct slice subject; /* only a letter with this counts; or empty */
	struct str id;
	struct who_trace trace;
	unsigned count;
};

static void
ask_free(struct ask *ask)
{
	str_free(&ask->id);
	who_trace_free(&ask->trace);
}

/* Is ask->id known?  Then it has decided. */
static bool
ask_id(struct ask *ask)
{
	const struct who_house *house = ask->house;

	if (++ask->count > WHO_IDS_MAX ||
	    !house->by_id(house->context, str_slice(&ask->id),
	    ask->is_assigned, &ask->trace))
		return false;
	if (ask->subject.len &&
	    !slice_eq(ask->subject, str_slice(&ask->trace.subject)))
		return false;
	who_add(ask->who, str_slice(&ask->trace.account));
	str_set_slice(&ask->who->why, str_slice(&ask->id));
	return true;
}

static bool
ask_in_order(struct ask *ask, struct slice value)
{
	while (ask->count < WHO_IDS_MAX && next_id(&value, &ask->id))
		if (ask_id(ask))
			return true;
	return false;
}

/* As it is repeated by some of a letter whose own Message-ID has no brackets,
 * and nothing beside it. */
static bool
ask_bare(struct ask *ask, struct slice value)
{
	value = slice_strip(value);
	for (size_t i = 0; i < value.len; i++)
		if (ascii_is_blank(value.s[i]) || value.s[i] == '<')
			return false;
	return clean_id(&ask->id, value) && ask_id(ask);
}

/* The newest stands last. */
static bool
ask_from_the_end(struct ask *ask, struct slice value)
{
	while (ask->count < WHO_IDS_MAX && value.len) {
		struct slice rest;
		size_t at = value.len;

		while (at && value.s[at - 1] != '<')
			at--;
		if (!at)
			return false;
		rest = slice_after(value, at - 1);
		value.len = at - 1;
		if (next_id(&rest, &ask->id) && ask_id(ask))
			return true;
	}
	return false;
}

/* What In-Reply-To names is believed.  References alone may be left over from
 * another letter that was used as a form: the subject has to be the same. */
bool
thread_find(const struct who_house *house, const struct who_letter *letter,
    bool is_assigned, struct who *who)
{
	struct ask ask = {.house = house, .who = who,
	    .is_assigned = is_assigned};
	struct str subject = {0};
	struct slice value;
	bool is_found;

	is_found = header_value(letter->header, "In-Reply-To", &value) &&
	    (ask_in_order(&ask, value) || ask_bare(&ask, value));
	if (!is_found && header_value(letter->header, "References", &value)) {
		who_subject(house->charsets, letter->header, &subject);
		ask.subject = str_slice(&subject);
		ask.count = 0;
		is_found = ask_from_the_end(&ask, value);
	}
	ask_free(&ask);
	str_free(&subject);
	return is_found;
}

/* ---- reports ---- */

/* RFC 3464, 8098: the letter or its header comes along, somewhere in the
 * body, or its Message-ID alone; and there are reports of no form at all. */
static bool
is_returned_id(const struct field *field)
{
	return field_is(field, "Message-ID") ||
	    field_is(field, "Original-Message-ID");
}

static bool
begins_field(struct slice line)
{
	return line.len && (ascii_lower(line.s[0]) == 'm' ||
	    ascii_lower(line.s[0]) == 'o');
}

bool
report_find(const struct who_house *house, const struct who_letter *letter,
    struct who *who)
{
	struct ask ask = {.house = house, .who = who};
	struct slice rest = letter->body;
	bool is_found = false;

	while (rest.len && !is_found && ask.count < WHO_IDS_MAX) {
		struct slice at = rest;
		struct field field;

		if (begins_field(rest) && header_next(&at, &field) &&
		    is_returned_id(&field) &&
		    first_id(field.value, &ask.id))
			is_found = ask_id(&ask);
		slice_cut(&rest, '\n');
	}
	ask_free(&ask);
	return is_found;
}
