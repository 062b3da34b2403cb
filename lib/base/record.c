/* record - structs on the wire; see record.h. */
#include "lib/base/record.h"

#include <string.h>

static void *
member(const struct record_field *field, void *object)
{
	return (char *)object + field->offset;
}

static const void *
const_member(const struct record_field *field, const void *object)
{
	return (const char *)object + field->offset;
}

static void
put_field(struct str *to, char tag, const struct str *value)
{
	struct slice text = str_slice(value);

	str_putc(to, tag);
	str_add(to, text.s, slice_find(text, '\0'));
	str_putc(to, '\0');
}

static void
put_fields(struct str *to, const struct record_field *field, const void *object)
{
	const void *from = const_member(field, object);

	switch (field->kind) {
	case REC_STR:
		put_field(to, field->tag, from);
		break;
	case REC_OPT:
		if (((const struct str *)from)->len)
			put_field(to, field->tag, from);
		break;
	case REC_STRS:
		for (size_t i = 0; i < ((const struct strs *)from)->len; i++)
			put_field(to, field->tag,
			    &((const struct strs *)from)->v[i]);
		break;
	case REC_U64:
		str_putc(to, field->tag);
		str_add_u64(to, *(const uint64_t *)from);
		str_putc(to, '\0');
		break;
	}
}

void
record_encode(struct str *to, const struct record_field *fields,
    const void *object)
{
	struct str body = {0};

	for (; fields->tag; fields++)
		put_fields(&body, fields, object);
	str_add_u64(to, body.len);
	str_putc(to, ':');
	str_add_slice(to, str_slice(&body));
	str_putc(to, ',');
	str_wipe(&body); /* there may be a password in it */
}

/* "LENGTH:BYTES,": a netstring, D. J. Bernstein, 1997. */
static int
cut_netstring(struct slice *from, struct slice *body)
{
	size_t colon = slice_find(*from, ':');
	uint64_t len;

	if (colon == from->len || colon > 9 ||
	    !slice_u64(slice_make(from->s, colon), from->len, &len) ||
	    len + colon + 2 > from->len || from->s[colon + 1 + len] != ',')
		return -1;
	*body = slice_make(from->s + colon + 1, len);
	*from = slice_after(*from, colon + 1 + len + 1);
	return 0;
}

/* Takes a field off *body.  False: another tag, or the end. */
static bool
cut_field(struct slice *body, char tag, struct slice *value)
{
	size_t end;

	if (!body->len || body->s[0] != tag)
		return false;
	end = slice_find(*body, '\0');
	if (end == body->len)
		return false;
	*value = slice_make(body->s + 1, end - 1);
	*body = slice_after(*body, end + 1);
	return true;
}

static int
take_strs(struct slice *body, const struct record_field *field,
    struct strs *list)
{
	struct slice value;

	strs_clear(list);
	while (cut_field(body, field->tag, &value)) {
		if (value.len > field->max || list->len == field->max_count)
			return -1;
		strs_add(list, value);
	}
	return 0;
}

static int
take(struct slice *body, const struct record_field *field, void *to)
{
	struct slice value;

	if (field->kind == REC_STRS)
		return take_strs(body, field, to);
	if (!cut_field(body, field->tag, &value)) {
		if (field->kind != REC_OPT)
			return -1;
		str_clear(to);
		return 0;
	}
	if (field->kind == REC_U64)
		return slice_u64(value, field->max, to) ? 0 : -1;
	if (value.len > field->max)
		return -1;
	str_set_slice(to, value);
	return 0;
}

int
record_decode(struct slice *from, const struct record_field *fields,
    void *object)
{
	const struct record_field *field = fields;
	struct slice rest = *from, body;

	if (cut_netstring(&rest, &body) < 0)
		goto bad;
	for (; field->tag; field++)
		if (take(&body, field, member(field, object)) < 0)
			goto bad;
	if (body.len)
		goto bad;
	*from = rest;
	return 0;
bad:
	record_free(fields, object);
	return -1;
}

void
record_free(const struct record_field *fields, void *object)
{
	for (; fields->tag; fields++) {
		switch (fields->kind) {
		case REC_STR:
		case REC_OPT:
			str_free(member(fields, object));
			break;
		case REC_STRS:
			strs_free(member(fields, object));
			break;
		case REC_U64:
			memset(member(fields, object), 0, sizeof(uint64_t));
			break;
		}
	}
}
