/* rewrite - the header of the copy that leaves; see rewrite.h. */
#include "lib/mail/rewrite.h"

#include "lib/mail/address.h"
#include "lib/mail/address_list.h"
#include "lib/mail/display_name.h"
#include "lib/mail/encoded_words.h"
#include "lib/mail/header.h"

/* RFC 5322 2.1.1 allows 998; the field's name may stand before them. */
enum { LINE_OCTETS_MAX = 900 };

enum treatment {
	STAYS,      /* not about addresses */
	GOES,       /* for nobody outside */
	WRITER,     /* addresses, and at least one must be left */
	READERS,    /* addresses, any of which may go */
	TRACE       /* Received */
};

static const struct {
	const char *name;
	enum treatment treatment;
} fields[] = {
    {"From", WRITER}, {"Sender", WRITER}, {"Reply-To", WRITER},
    {"Resent-From", WRITER}, {"Resent-Sender", WRITER},
    {"Resent-Reply-To", WRITER}, {"Disposition-Notification-To", WRITER},
    {"Return-Receipt-To", WRITER}, {"Errors-To", WRITER},
    {"Mail-Reply-To", WRITER}, {"To", READERS}, {"Cc", READERS},
    {"Resent-To", READERS}, {"Resent-Cc", READERS},
    {"Mail-Followup-To", READERS}, {"Apparently-To", READERS},
    {"Bcc", GOES}, {"Resent-Bcc", GOES}, {"Return-Path", GOES},
    {"Received", TRACE}};

static enum treatment
treatment_of(const struct field *field)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (field_is(field, fields[i].name))
			return fields[i].treatment;
	/* fields for the inside */
	return slice_istarts(field->name, "X-Posthouse-") ? GOES : STAYS;
}

/* ---- one list of addresses ---- */

struct list {
	const struct rewrite_rules *rules;
	const struct field *field;
	enum treatment treatment;
	struct str out;   /* what follows the colon */
	bool has_kept;    /* a mailbox is in it */
	bool has_dropped;
};

/* One mailbox and what surrounds it, the separator behind it included. */
struct place {
	struct slice all;
	struct mailbox_view mailbox;
};

static void
tell(const struct list *list, enum rewrite_event event, struct slice address)
{
	const struct rewrite_rules *rules = list->rules;

	if (rules->tell)
		rules->tell(rules->context, event, list->field->name, address);
}

static enum rewrite_verdict
ask(const struct list *list, struct slice address, struct str *new)
{
	const struct rewrite_rules *rules = list->rules;
	enum rewrite_verdict verdict = REWRITE_KEEP;
	struct str plain = {0};

	address_without_blanks(&plain, address);
	if (address_valid(str_slice(&plain), true))
		verdict = rules->map(rules->context, str_slice(&plain), new);
	else
		tell(list, REWRITE_STRANGE, address);
	str_free(&plain);
	if (verdict == REWRITE_DROP && list->treatment == WRITER) {
		str_set_slice(new, rules->self);
		verdict = REWRITE_REPLACE;
	}
	return verdict;
}

/* Mail programs write the address for a name that they do not know, in quotes
 * or apostrophes perhaps, and some encode it. */
static struct slice
bare_name(struct slice display)
{
	while (display.len > 1 &&
	    (display.s[0] == '"' || display.s[0] == '\'') &&
	    display.s[display.len - 1] == display.s[0])
		display = slice_make(display.s + 1, display.len - 2);
	return display;
}

static bool
is_encoded(struct slice name, struct slice address)
{
	struct str text = {0};
	bool is = name.len && encoded_words_ascii(&text, name) &&
	    slice_ieq(str_slice(&text), address);

	str_free(&text);
	return is;
}

static void
put_until(struct list *list, const char **from, const char *to)
{
	str_add(&list->out, *from, (size_t)(to - *from));
	*from = to;
}

static void
put_replaced(struct list *list, const struct place *place,
    const struct str *new)
{
	const struct mailbox_view *mailbox = &place->mailbox;
	struct slice name = bare_name(mailbox->display);
	const char *at = place->all.s;

	if (is_encoded(name, mailbox->address)) {
		put_until(list, &at, mailbox->display.s);
		str_add_quoted(&list->out, str_slice(new));
		at += mailbox->display.len;
	} else if (name.len && slice_ieq(name, mailbox->address)) {
		put_until(list, &at, name.s);
		str_add_slice(&list->out, str_slice(new));
		at += name.len;
	}
	put_until(list, &at, mailbox->address.s);
	str_add_slice(&list->out, str_slice(new));
	at += mailbox->address.len;
	put_until(list, &at, place->all.s + place->all.len);
}

/* ---- with a name ---- */

static bool
is_writers(const struct list *list, struct slice address)
{
	return list->treatment == WRITER && list->rules->self_name.len &&
	    slice_ieq(address, list->rules->self);
}

/* Is there a name that has to stand here? */
static bool
find_name(const struct list *list, const struct place *place,
    struct slice outside, struct str *name)
{
	const struct mailbox_view *mailbox = &place->mailbox;
	const struct rewrite_rules *rules = list->rules;
	struct slice shown = bare_name(mailbox->display);
	struct str plain = {0};
	bool is_found = false;

	if (list->treatment != WRITER && (mailbox->comment.len ||
	    (shown.len && !slice_ieq(shown, mailbox->address) &&
	    !is_encoded(shown, mailbox->address))))
		return false;
	address_without_blanks(&plain, mailbox->address);
	if (rules->name)
		is_found = rules->name(rules->context, str_slice(&plain),
		    name);
	str_free(&plain);
	if (!is_found && is_writers(list, outside)) {
		str_add_slice(name, rules->self_name);
		is_found = true;
	}
	return is_found;
}

/* Only the name and the address, between what separates them from others. */
static void
put_named(struct list *list, const struct place *place, struct slice name,
    struct slice address)
{
	struct slice all = place->all;
	size_t from = 0, to = all.len;

	while (from < to && (ascii_is_blank(all.s[from]) || all.s[from] == ','))
		from++;
	while (to > from && ascii_is_blank(all.s[to - 1]))
		to--;
	if (to > from && to == all.len &&
	    (all.s[to - 1] == ',' || all.s[to - 1] == ';'))
		to--;
	if (place->mailbox.group.len) {
		str_add_slice(&list->out, place->mailbox.group);
		str_putc(&list->out, ' ');
	} else {
		str_add(&list->out, all.s, from);
	}
	display_name_add(&list->out, name, address);
	str_add(&list->out, all.s + to, all.len - to);
}

/* Where a line may be broken before text: at its first blank, else with one
 * more, unless it is broken there already. */
static const char *
fold_before(struct slice text)
{
	size_t at = 0;

	while (at < text.len && (text.s[at] == ' ' || text.s[at] == '\t'))
		at++;
	if (at == text.len || text.s[at] == '\r' || text.s[at] == '\n')
		return "";
	return at ? "\n" : "\n ";
}

/* What was put last may have made its line too long: then it begins another
 * one, which changes nothing (RFC 5322 2.2.3). */
static void
fold_if_long(struct list *list, size_t start)
{
	struct str *out = &list->out, moved = {0};
	struct slice last = slice_after(str_slice(out), start);
	size_t before = 0;

	while (before < start && out->s[start - 1 - before] != '\n')
		before++;
	if (!start || before + slice_find(last, '\n') <= LINE_OCTETS_MAX)
		return;
	str_add_slice(&moved, last);
	out->len = start;
	str_puts(out, fold_before(str_slice(&moved)));
	str_add_slice(out, str_slice(&moved));
	str_free(&moved);
}

static void
put_known(struct list *list, const struct place *place, const struct str *new)
{
	struct slice outside = new ? str_slice(new) : place->mailbox.address;
	size_t start = list->out.len;
	struct str name = {0};

	list->has_kept = true;
	if (find_name(list, place, outside, &name))
		put_named(list, place, str_slice(&name), outside);
	else if (new)
		put_replaced(list, place, new);
	else
		str_add_slice(&list->out, place->all);
	if (new)
		fold_if_long(list, start);
	str_free(&name);
}

static void
trim_end(struct str *out, char separator)
{
	while (out->len && (ascii_is_blank(out->s[out->len - 1]) ||
	    out->s[out->len - 1] == separator))
		out->len--;
}

/* A group's name, which stands before its first mailbox, and the ";" behind
 * its last belong to the others in it. */
static void
put_surroundings(struct list *list, const struct place *place)
{
	char last = place->all.s[place->all.len - 1];

	str_add_slice(&list->out, place->mailbox.group);
	if (last == ',')
		return;
	trim_end(&list->out, ',');
	if (last == ';')
		str_putc(&list->out, ';');
}

static void
put_place(struct list *list, const struct place *place)
{
	struct slice address = place->mailbox.address;
	struct str new = {0};

	switch (ask(list, address, &new)) {
	case REWRITE_KEEP:
		put_known(list, place, NULL);
		break;
	case REWRITE_REPLACE:
		put_known(list, place, &new);
		break;
	case REWRITE_DROP:
		list->has_dropped = true;
		tell(list, REWRITE_DROPPED, address);
		put_surroundings(list, place);
		break;
	}
	str_free(&new);
}

/* What was left out may have been the first of the line, or the last. */
static void
put_list(struct str *to, const struct list *list)
{
	const struct field *field = list->field;
	struct slice rest = str_slice(&list->out);
	size_t head = (size_t)(field->value.s - field->all.s);

	str_add(to, field->all.s, head);
	if (list->has_dropped) {
		while (rest.len && ascii_is_blank(rest.s[0]))
			rest = slice_after(rest, 1);
		str_putc(to, ' ');
	}
	str_add_slice(to, rest);
	if (to->s[to->len - 1] != '\n')
		str_putc(to, '\n');
}

static void
put_addresses(struct str *to, const struct field *field,
    enum treatment treatment, const struct rewrite_rules *rules)
{
	struct list list = {rules, field, treatment, {0}, false, false};
	struct slice rest = field->value;
	const char *end = rest.s;
	struct place place;

	for (;;) {
		place.all.s = rest.s;
		if (!address_list_next(&rest, &place.mailbox))
			break;
		place.all.len = (size_t)(rest.s - place.all.s);
		end = rest.s;
		put_place(&list, &place);
	}
	str_add(&list.out, end,
	    (size_t)(field->all.s + field->all.len - end));
	if (list.has_kept || !list.has_dropped)
		put_list(to, &list);
	else if (field_is(field, "To"))
		str_puts(to, "To: undisclosed-recipients:;\n");
	str_free(&list.out);
}

/* ---- Received ---- */

/* Where the client stands: "from NAME (...)", up to " by ", outside of
 * comments. */
static size_t
from_part(struct slice value)
{
	unsigned depth = 0;

	for (size_t i = 0; i + 4 <= value.len; i++) {
		if (value.s[i] == '(')
			depth++;
		else if (value.s[i] == ')' && depth)
			depth--;
		if (!depth && ascii_is_blank(value.s[i]) &&
		    slice_ieq(slice_make(value.s + i + 1, 2),
			slice_of("by")) &&
		    ascii_is_blank(value.s[i + 3]))
			return i + 1;
	}
	return 0;
}

/* The line of the house that says when and how; who said it to us is nobody's
 * business outside. */
static void
put_trace(struct str *to, const struct field *field)
{
	size_t skip = from_part(field->value);

	if (!skip)
		return;
	str_add(to, field->all.s, (size_t)(field->value.s - field->all.s));
	str_putc(to, ' ');
	str_add(to, field->value.s + skip, field->value.len - skip);
}

void
rewrite_header(struct str *to, struct slice header,
    const struct rewrite_rules *rules)
{
	bool has_trace = false;
	struct field field;

	while (header.len && header_next(&header, &field)) {
		enum treatment treatment = treatment_of(&field);

		switch (treatment) {
		case STAYS:
			str_add_slice(to, field.all);
			break;
		case GOES:
			break;
		case WRITER:
		case READERS:
			put_addresses(to, &field, treatment, rules);
			break;
		case TRACE:
			if (!has_trace)
				put_trace(to, &field);
			has_trace = true;
			break;
		}
	}
	str_add_slice(to, header);
}
