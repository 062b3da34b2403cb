/* submit_header - a submitted message's header; see submit_header.h. */
#include "lib/mail/submit_header.h"

#include "lib/mail/address_list.h"
#include "lib/mail/date.h"
#include "lib/mail/header.h"

/* Nobody writes a letter with a hundred others, and each costs a look. */
enum { WRITERS_MAX = 100 };

struct found {
	bool date, message_id, from, foreign;
	unsigned writers;
};

/* What ends a string for one reader ends a line for another. */
static bool
has_control(struct slice value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.s[i] < ' ' && value.s[i] != '\t' &&
		    value.s[i] != '\n')
			return true;
	return false;
}

/* RFC 5322 3.6.2: From may name several writers; all must be the writer's
 * own, or a stranger's name could hide behind the first.  It could hide in
 * what is read in two ways as well. */
static enum submit_fault
check_from(struct slice value, const struct submit_rules *rules,
    struct found *found)
{
	struct mailbox_view mailbox;
	bool is_empty = true;

	if (!rules->owns)
		return SUBMIT_FINE;
	if (has_control(value))
		return SUBMIT_FROM_BAD;
	while (address_list_next(&value, &mailbox)) {
		is_empty = false;
		if (mailbox.is_odd || !mailbox.address.len ||
		    ++found->writers > WRITERS_MAX)
			return SUBMIT_FROM_BAD;
		if (!rules->owns(rules->context, mailbox.address))
			return SUBMIT_FROM_NOT_OWN;
	}
	return is_empty ? SUBMIT_FROM_BAD : SUBMIT_FINE;
}

static enum submit_fault
take_field(struct str *to, const struct field *field,
    const struct submit_rules *rules, struct found *found)
{
	enum submit_fault fault = SUBMIT_FINE;

	if (field_is(field, "Bcc") || field_is(field, "Resent-Bcc") ||
	    (rules->sender.len && field_is(field, "Sender")))
		return SUBMIT_FINE;
	if (field_is(field, "From")) {
		found->from = true;
		fault = check_from(field->value, rules, found);
		if (fault != SUBMIT_FINE && rules->sender.len) {
			found->foreign = true;
			fault = SUBMIT_FINE;
		}
	} else if (field_is(field, "Date")) {
		found->date = true;
	} else if (field_is(field, "Message-ID")) {
		found->message_id = true;
	}
	str_add_slice(to, field->all);
	return fault;
}

static void
add_missing(struct str *to, const struct submit_rules *rules,
    const struct found *found)
{
	if (to->len && to->s[to->len - 1] != '\n')
		str_putc(to, '\n');
	if (!found->from && rules->from.len) {
		str_puts(to, "From: ");
		str_add_slice(to, rules->from);
		str_putc(to, '\n');
	}
	if (found->foreign) {
		str_puts(to, "Sender: ");
		str_add_slice(to, rules->sender);
		str_putc(to, '\n');
	}
	if (!found->date) {
		str_puts(to, "Date: ");
		date_add(to, rules->now_us);
		str_putc(to, '\n');
	}
	if (!found->message_id) {
		str_puts(to, "Message-ID: <");
		str_add_slice(to, rules->id);
		str_putc(to, '@');
		str_add_slice(to, rules->domain);
		str_puts(to, ">\n");
	}
}

enum submit_fault
submit_header(struct str *to, struct slice header,
    const struct submit_rules *rules)
{
	struct found found = {0};
	enum submit_fault fault = SUBMIT_FINE;
	struct str out = {0};
	struct field field;

	while (fault == SUBMIT_FINE && header.len &&
	    header_next(&header, &field))
		fault = take_field(&out, &field, rules, &found);
	if (fault == SUBMIT_FINE) {
		add_missing(&out, rules, &found);
		/* The empty line, or the one that we owe. */
		if (!header.len || header.s[0] != '\n')
			str_putc(&out, '\n');
		str_add_slice(&out, header);
		str_add_slice(to, str_slice(&out));
	}
	str_free(&out);
	return fault;
}

static enum submit_fault
end_header(struct submit_text *text, const struct submit_rules *rules,
    size_t len, struct str *to)
{
	struct slice held = str_slice(&text->header);
	enum submit_fault fault =
	    submit_header(to, slice_make(held.s, len), rules);

	if (fault == SUBMIT_FINE)
		str_add(to, held.s + len, held.len - len);
	text->is_body = true;
	submit_text_free(text);
	return fault;
}

enum submit_fault
submit_take(struct submit_text *text, const struct submit_rules *rules,
    struct slice bytes, struct str *to)
{
	bool is_whole;

	if (text->is_body) {
		str_add_slice(to, bytes);
		return SUBMIT_FINE;
	}
	str_add_slice(&text->header, bytes);
	is_whole = header_length(str_slice(&text->header), &text->known);
	if (is_whole && text->known <= SUBMIT_HEADER_MAX)
		return end_header(text, rules, text->known, to);
	return text->header.len > SUBMIT_HEADER_MAX ? SUBMIT_TOO_LONG :
						      SUBMIT_FINE;
}

enum submit_fault
submit_end(struct submit_text *text, const struct submit_rules *rules,
    struct str *to)
{
	return text->is_body ? SUBMIT_FINE :
	    end_header(text, rules, text->header.len, to);
}

void
submit_text_free(struct submit_text *text)
{
	str_free(&text->header);
}
