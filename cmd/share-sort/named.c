/* named - whom a letter's addresses name, by tag or display name. */
#include "cmd/share-sort/who.h"

#include "lib/base/utf8.h"
#include "lib/mail/address_list.h"
#include "lib/mail/encoded_words.h"
#include "lib/mail/header.h"
#include "lib/mail/name_fold.h"

/* Fields with display names before addresses. */
static const char *const list_fields[] = {"To", "Cc", "Resent-To",
    "Resent-Cc", "Apparently-To"};

/* Fields that providers add: the address that a letter came to. */
static const char *const trace_fields[] = {"Delivered-To", "X-Original-To",
    "Envelope-To", "X-Envelope-To"};

struct search {
	const struct who_house *house;
	struct who *who;
	size_t mailboxes; /* looked at */
	size_t shared;    /* ones among them */
	struct str account, address, text, key;
};

static bool
is_shared(struct search *search, struct slice address)
{
	const struct who_house *house = search->house;
	bool is_one = house->is_shared(house->context, address);

	search->shared += is_one;
	return is_one;
}

static void
found(struct search *search, enum who_by by, struct slice why)
{
	struct who *who = search->who;

	if (!who->accounts.len || by < who->by)
		who->by = by;
	if (who->why.len)
		str_puts(&who->why, ", ");
	if (who->why.len < WHO_DISPLAY_MAX)
		str_add_slice(&who->why, why);
	who_add(who, str_slice(&search->account));
}

static bool
take_tag(struct search *search, struct slice address)
{
	const struct who_house *house = search->house;

	if (!house->by_tag(house->context, address, &search->account))
		return false;
	found(search, WHO_TAG, address);
	return true;
}

typedef void add_function(struct charsets *, struct str *, struct slice);

static bool
take_name(struct search *search, struct slice name, add_function *add)
{
	const struct who_house *house = search->house;

	if (!name.len || name.len > WHO_DISPLAY_MAX)
		return false;
	str_clear(&search->text);
	add(house->charsets, &search->text, name);
	if (!name_fold(&search->key, str_slice(&search->text)) ||
	    !house->by_name(house->context, str_slice(&search->key),
	    &search->account))
		return false;
	found(search, WHO_NAME, slice_trim(str_slice(&search->text)));
	return true;
}

/* "Zhangsan <a@b>" or "a@b (Zhangsan)"; of both the first that names
 * somebody. */
static void
take_mailbox(struct search *search, const struct mailbox_view *mailbox)
{
	struct slice address;

	address_without_blanks(&search->address, mailbox->address);
	address = str_slice(&search->address);
	if (!is_shared(search, address) ||
	    take_tag(search, address) ||
	    take_name(search, mailbox->display, phrase_add))
		return;
	(void)take_name(search, mailbox->comment, comment_add);
}

static bool
is_over(const struct search *search)
{
	return search->mailboxes >= WHO_MAILBOXES_MAX ||
	    search->shared >= WHO_SHARED_MAX ||
	    search->who->accounts.len >= WHO_MAX;
}

static void
take_list(struct search *search, struct slice list)
{
	struct mailbox_view mailbox;

	while (!is_over(search) && address_list_next(&list, &mailbox)) {
		search->mailboxes++;
		take_mailbox(search, &mailbox);
	}
}

/* Raw 8-bit text that is no UTF-8 is read before it is taken apart: in
 * GB18030 the second half of a character may look like "@" or a backslash. */
static void
take_field(struct search *search, struct slice value)
{
	struct str text = {0};

	if (utf8_valid(value)) {
		take_list(search, value);
		return;
	}
	charset_add(search->house->charsets, &text, CHARSET_RAW, value);
	take_list(search, str_slice(&text));
	str_free(&text);
}

static void
take_address(struct search *search, struct slice address)
{
	if (is_over(search))
		return;
	search->mailboxes++;
	if (is_shared(search, address))
		(void)take_tag(search, address);
}

static bool
is_one_of(const struct field *field, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (field_is(field, names[i]))
			return true;
	return false;
}

#define IS_ONE_OF(field, names) \
	is_one_of(field, names, sizeof names / sizeof *names)

static void
take_header(struct search *search, struct slice header)
{
	struct field field;
	struct mailbox_view mailbox;

	while (header_next(&header, &field)) {
		if (IS_ONE_OF(&field, list_fields))
			take_field(search, field.value);
		else if (IS_ONE_OF(&field, trace_fields) &&
		    address_list_next(&field.value, &mailbox)) {
			address_without_blanks(&search->address,
			    mailbox.address);
			take_address(search, str_slice(&search->address));
		}
	}
}

bool
named_find(const struct who_house *house, const struct who_letter *letter,
    struct who *who)
{
	struct search search = {.house = house, .who = who};

	for (size_t i = 0; letter->rcpts && i < letter->rcpts->len; i++)
		take_address(&search, str_slice(&letter->rcpts->v[i]));
	search.mailboxes = search.shared = 0;
	take_header(&search, letter->header);
	str_free(&search.account);
	str_free(&search.address);
	str_free(&search.text);
	str_free(&search.key);
	return who->accounts.len > 0;
}
