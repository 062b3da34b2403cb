/* changes - what a provider made of a letter; see detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "lib/mail/header.h"

enum { LIST_BYTES_MAX = 400 };

/* Added to each letter, and no news; RFC 5321 4.4. */
static bool
is_trace(const struct field *field)
{
	return field_is(field, "Received") || field_is(field, "Return-Path");
}

static bool
find(struct slice header, struct slice name, struct field *found)
{
	while (header_next(&header, found))
		if (slice_ieq(found->name, name))
			return true;
	return false;
}

static unsigned
count(struct slice header, const char *name)
{
	struct field field;
	unsigned found = 0;

	while (header_next(&header, &field))
		found += field_is(&field, name);
	return found;
}

static struct slice
body_of(struct slice text)
{
	size_t len = 0;

	if (!header_length(text, &len))
		len = text.len;
	return slice_after(text, len);
}

/* Blanks and folds may differ: they mean nothing. */
static bool
is_same(struct slice a, struct slice b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.len && ascii_is_blank(a.s[i]))
			i++;
		while (k < b.len && ascii_is_blank(b.s[k]))
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len;
		if (a.s[i++] != b.s[k++])
			return false;
	}
}

/* RFC 6409 8.3: only a missing one may be added, but some put their own in
 * its place. */
static void
say_fields(struct probe *probe, struct slice sent, struct slice back)
{
	struct field mine, theirs;
	unsigned changes = 0;

	while (header_next(&sent, &mine)) {
		bool is_there = find(back, mine.name, &theirs);
		struct slice value = slice_strip(mine.value), now =
		    is_there ? slice_strip(theirs.value) : slice_of("nothing");

		if (is_there && is_same(value, now))
			continue;
		changes++;
		say_note("%.*s was  %.*s", (int)mine.name.len, mine.name.s,
		    (int)value.len, value.s);
		say_note("%.*s is   %.*s", (int)mine.name.len, mine.name.s,
		    (int)now.len, now.s);
	}
	if (!changes)
		say_ok(probe, "header", "all fields as they were sent, "
		    "Message-ID and addresses too");
}

static void
say_added(struct slice sent, struct slice back)
{
	struct field theirs, mine;
	struct str list = {0};

	while (header_next(&back, &theirs))
		if (!is_trace(&theirs) && !find(sent, theirs.name, &mine) &&
		    list.len < LIST_BYTES_MAX)
			str_addf(&list, "%s%.*s", list.len ? ", " : "",
			    (int)theirs.name.len, theirs.name.s);
	if (list.len)
		say_note("added: %s", str_c(&list));
	str_free(&list);
}

void
changes_say(struct probe *probe, struct slice sent, struct slice back)
{
	struct field path;

	say_fields(probe, sent, back);
	say_added(sent, back);
	if (find(back, slice_of("Return-Path"), &path))
		say_note("sender: %.*s", (int)slice_strip(path.value).len,
		    slice_strip(path.value).s);
	say_note("it passed %u hosts (Received)", count(back, "Received"));
	if (slice_eq(body_of(sent), body_of(back)))
		say_ok(probe, "text", "as it was sent");
	else
		say_note("the text was changed: %zu bytes, and %zu now",
		    body_of(sent).len, body_of(back).len);
}
