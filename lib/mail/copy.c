/* copy - what is to be done at one recipient's copy; see copy.h. */
#include "lib/mail/copy.h"

#include "lib/mail/address.h"

/* ---- reading ---- */

static bool
is_word(struct slice text, size_t max)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = ascii_lower(text.s[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') &&
		    c != '-' && c != '_')
			return false;
	}
	return text.len && text.len <= max;
}

/* One that can stand in the line, and in a header. */
static bool
is_address(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.s[i] <= ' ' || text.s[i] == 127 ||
		    text.s[i] == ',')
			return false;
	return text.len && text.len <= ADDRESS_TEXT_MAX;
}

static bool
take_word(struct str *to, struct slice value, size_t max)
{
	if (to->len || !is_word(value, max))
		return false;
	str_set_slice(to, value);
	return true;
}

static bool
take_yes(bool *flag, struct slice value)
{
	if (*flag || !slice_is(value, "yes"))
		return false;
	*flag = true;
	return true;
}

static bool
take_staff(struct copy *copy, struct slice value)
{
	if (copy->staff.len)
		return false;
	while (value.s) {
		struct slice address = slice_cut(&value, ',');

		if (!is_address(address))
			return false;
		copy_add_staff(copy, address);
	}
	return true;
}

static bool
take(struct copy *copy, struct slice key, struct slice value)
{
	if (slice_is(key, "folder"))
		return take_word(&copy->folder, value, COPY_FOLDER_MAX);
	if (slice_is(key, "seen"))
		return take_yes(&copy->is_seen, value);
	if (slice_is(key, "list"))
		return take_yes(&copy->has_list, value);
	if (slice_is(key, "staff"))
		return take_staff(copy, value);
	if (slice_is(key, "by"))
		return take_word(&copy->by, value, COPY_BY_MAX);
	return slice_is(key, "hold") &&
	    take_word(&copy->hold, value, COPY_HOLD_MAX);
}

int
copy_parse(struct slice text, struct copy *copy)
{
	bool good = text.len <= COPY_MAX;

	copy_free(copy);
	while (good && text.len) {
		struct slice value = slice_cut(&text, ' ');
		struct slice key = slice_cut(&value, '=');

		good = value.s && take(copy, key, value);
	}
	if (!good)
		copy_free(copy);
	return good ? 0 : -1;
}

/* ---- writing ---- */

static void
put(struct str *to, size_t start, const char *key, const char *value)
{
	if (to->len > start)
		str_putc(to, ' ');
	str_puts(to, key);
	str_putc(to, '=');
	str_puts(to, value);
}

static void
put_staff(struct str *to, size_t start, const struct copy *copy)
{
	bool is_first = true;

	for (size_t i = 0; i < copy->staff.len; i++) {
		const struct str *one = &copy->staff.v[i];

		/* 7: the key, should it be the first */
		if (!is_address(str_slice(one)) ||
		    to->len - start + one->len + 7 > COPY_MAX)
			continue;
		if (is_first) {
			put(to, start, "staff", str_c(one));
		} else {
			str_putc(to, ',');
			str_add_slice(to, str_slice(one));
		}
		is_first = false;
	}
}

void
copy_add(struct str *to, const struct copy *copy)
{
	size_t start = to->len;

	if (copy->folder.len)
		put(to, start, "folder", str_c(&copy->folder));
	if (copy->is_seen)
		put(to, start, "seen", "yes");
	if (copy->has_list)
		put(to, start, "list", "yes");
	if (copy->by.len)
		put(to, start, "by", str_c(&copy->by));
	if (copy->hold.len)
		put(to, start, "hold", str_c(&copy->hold));
	put_staff(to, start, copy);
}

void
copy_add_staff(struct copy *copy, struct slice address)
{
	if (!strs_has(&copy->staff, address))
		strs_add(&copy->staff, address);
}

bool
copy_is_empty(const struct copy *copy)
{
	return !copy->folder.len && !copy->is_seen && !copy->has_list &&
	    !copy->staff.len && !copy->by.len && !copy->hold.len;
}

void
copy_free(struct copy *copy)
{
	str_free(&copy->folder);
	strs_free(&copy->staff);
	str_free(&copy->by);
	str_free(&copy->hold);
	*copy = (struct copy){0};
}
