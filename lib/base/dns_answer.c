/*
 * dns_answer - reads a DNS response; see dns_answer.h.
 *
 * The message is walked anew for every step of a CNAME chain instead of being
 * stored: that needs no memory, and ten walks of 64 kB are nothing.
 */
#include "lib/base/dns_answer.h"

#include <string.h>
#include <sys/socket.h>

enum {
	HEADER = 12,
	CLASS_IN = 1,
	LABEL_MAX = 63,
	IS_POINTER = 0xc0,
	WIRE_NAME_MAX = 255 /* RFC 1035 2.3.4 */
};

/* Bits of the third and fourth octet of the header. */
enum {
	IS_RESPONSE = 0x80,
	OPCODE = 0x78,
	IS_CUT_OFF = 0x02,
	IS_AUTHENTIC = 0x20,
	RCODE = 0x0f,
	RCODE_NXDOMAIN = 3
};

/* One record of the answer section; data lies in the message. */
struct record {
	struct dns_name owner;
	unsigned type, class;
	size_t data, data_len;
};

static unsigned
byte_at(struct slice message, size_t at)
{
	return (unsigned char)message.s[at];
}

static unsigned
u16_at(struct slice message, size_t at)
{
	return byte_at(message, at) << 8 | byte_at(message, at + 1);
}

static char
host_byte(char c)
{
	c = ascii_lower(c);
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '_')
		return c;
	return '?';
}

/* Appends one label and the dot behind it to the text of a name. */
static void
add_label(struct dns_name *name, size_t *len, struct slice label)
{
	for (size_t i = 0; i < label.len; i++)
		name->s[(*len)++] = host_byte(label.s[i]);
	name->s[(*len)++] = '.';
}

static void
end_name(struct dns_name *name, size_t len)
{
	if (len)
		name->s[len - 1] = '\0';
	else
		memcpy(name->s, ".", 2);
}

/* Reads the name at *at and moves *at behind it.  Pointers must lead back to
 * before the part that they end (RFC 1035 4.1.4: "a prior occurrence"), so
 * there is no way round in circles. */
static bool
read_name(struct slice message, size_t *at, struct dns_name *name)
{
	size_t here = *at, begin = *at, len = 0;
	bool has_jumped = false;

	for (;;) {
		unsigned size;

		if (here >= message.len)
			return false;
		size = byte_at(message, here);
		if ((size & IS_POINTER) == IS_POINTER) {
			if (here + 2 > message.len)
				return false;
			if (!has_jumped)
				*at = here + 2;
			has_jumped = true;
			here = u16_at(message, here) & 0x3fff;
			if (here >= begin)
				return false;
			begin = here;
			continue;
		}
		here += 1 + size;
		if (!size)
			break;
		if (size > LABEL_MAX || here > message.len ||
		    len + size + 2 > WIRE_NAME_MAX)
			return false;
		add_label(name, &len,
		    slice_make(message.s + here - size, size));
	}
	end_name(name, len);
	if (!has_jumped)
		*at = here;
	return true;
}

/* Reads the record at *at and moves *at behind it. */
static bool
read_record(struct slice message, size_t *at, struct record *record)
{
	enum { FIXED = 10 }; /* type, class, time to live, length */

	if (!read_name(message, at, &record->owner) ||
	    message.len - *at < FIXED)
		return false;
	record->type = u16_at(message, *at);
	record->class = u16_at(message, *at + 2);
	record->data_len = u16_at(message, *at + 8);
	record->data = *at + FIXED;
	if (message.len - record->data < record->data_len)
		return false;
	*at = record->data + record->data_len;
	return true;
}

/* A name that is all of a record's data from skip on. */
static bool
name_in(struct slice message, const struct record *record, size_t skip,
    struct dns_name *name)
{
	size_t at = record->data + skip;

	if (record->data_len <= skip || !read_name(message, &at, name))
		return false;
	return at == record->data + record->data_len;
}

/* A walk over the answer section. */
struct walk {
	const struct dns_answer *answer;
	size_t at;
	unsigned left;
	bool is_malformed;
};

static struct walk
walk_begin(const struct dns_answer *answer)
{
	return (struct walk){answer, answer->at, answer->count, false};
}

/* The next record of that type that the canonical name owns. */
static bool
walk_next(struct walk *walk, unsigned type, struct record *record)
{
	while (walk->left) {
		walk->left--;
		if (!read_record(walk->answer->message, &walk->at, record)) {
			walk->is_malformed = true;
			return false;
		}
		if (record->type == type && record->class == CLASS_IN &&
		    strcmp(record->owner.s, walk->answer->canonical.s) == 0)
			return true;
	}
	return false;
}

/* The question that is answered must be the one that was asked. */
static bool
read_question(struct dns_answer *answer, struct slice name)
{
	struct slice message = answer->message;
	struct dns_name asked;
	size_t at = HEADER;

	if (u16_at(message, 4) != 1 || !read_name(message, &at, &asked) ||
	    message.len - at < 4)
		return false;
	if (u16_at(message, at) != answer->type ||
	    u16_at(message, at + 2) != CLASS_IN ||
	    !slice_ieq(slice_of(asked.s), name))
		return false;
	answer->canonical = asked;
	answer->count = u16_at(message, 6);
	answer->at = at + 4;
	return true;
}

/* Follows the chain from the canonical name, to records of the type or to
 * its end.  RFC 1034 3.6.2: a name with a CNAME has nothing else. */
static enum dns_result
follow(struct dns_answer *answer)
{
	for (unsigned hops = 0; hops <= DNS_CNAMES_MAX; hops++) {
		struct walk walk = walk_begin(answer);
		struct record record;

		if (walk_next(&walk, answer->type, &record))
			return DNS_OK;
		if (walk.is_malformed)
			return DNS_LATER;
		walk = walk_begin(answer);
		if (!walk_next(&walk, DNS_TYPE_CNAME, &record))
			return DNS_NO_DATA;
		if (!name_in(answer->message, &record, 0, &answer->canonical))
			return DNS_LATER;
	}
	return DNS_LATER;
}

enum dns_result
dns_answer_read(struct dns_answer *answer, struct slice message,
    struct slice name, enum dns_type type)
{
	enum dns_result result;
	unsigned rcode;

	*answer = (struct dns_answer){.message = message, .type = type};
	if (message.len < HEADER || message.len > UINT16_MAX)
		return DNS_LATER;
	if (!(byte_at(message, 2) & IS_RESPONSE) ||
	    byte_at(message, 2) & (OPCODE | IS_CUT_OFF))
		return DNS_LATER;
	rcode = byte_at(message, 3) & RCODE;
	if (rcode && rcode != RCODE_NXDOMAIN)
		return DNS_LATER;
	if (!read_question(answer, name))
		return DNS_LATER;
	answer->is_authentic = byte_at(message, 3) & IS_AUTHENTIC;
	result = follow(answer);
	if (rcode == RCODE_NXDOMAIN && result == DNS_NO_DATA)
		result = DNS_NO_NAME; /* RFC 2308 2.1: of the chain's end */
	return result;
}

/* A place for one more: the list's next, or, when it is full, that of the
 * worst, if this one is better. */
static struct dns_mx *
place_of(struct dns_mx_list *to, unsigned preference)
{
	struct dns_mx *worst = to->v;

	if (to->len < DNS_MX_MAX)
		return &to->v[to->len++];
	for (size_t i = 1; i < to->len; i++)
		if (to->v[i].preference > worst->preference)
			worst = &to->v[i];
	return worst->preference > preference ? worst : NULL;
}

/* Is malformed: the list gets nothing of it. */
static bool
forget(size_t *len, size_t before)
{
	*len = before;
	return false;
}

bool
dns_answer_mx(const struct dns_answer *answer, struct dns_mx_list *to)
{
	struct walk walk = walk_begin(answer);
	struct record record;

	while (walk_next(&walk, DNS_TYPE_MX, &record)) {
		struct dns_mx mx, *place;

		if (!name_in(answer->message, &record, 2, &mx.host))
			return forget(&to->len, 0);
		mx.preference = u16_at(answer->message, record.data);
		place = place_of(to, mx.preference);
		if (place)
			*place = mx;
	}
	return !walk.is_malformed || forget(&to->len, 0);
}

bool
dns_answer_addresses(const struct dns_answer *answer,
    struct dns_addresses *to)
{
	bool is_v4 = answer->type == DNS_TYPE_A;
	size_t size = is_v4 ? 4 : 16, before = to->len;
	size_t end = before + DNS_ADDRESSES_MAX / 2;
	struct walk walk = walk_begin(answer);
	struct record record;

	while (walk_next(&walk, answer->type, &record)) {
		struct dns_address *address;

		if (record.data_len != size)
			return forget(&to->len, before);
		if (to->len == end || to->len == DNS_ADDRESSES_MAX)
			continue;
		address = &to->v[to->len++];
		*address = (struct dns_address){
			.family = is_v4 ? AF_INET : AF_INET6};
		memcpy(address->bytes, answer->message.s + record.data, size);
	}
	to->canonical = answer->canonical;
	return !walk.is_malformed || forget(&to->len, before);
}

bool
dns_answer_tlsa(const struct dns_answer *answer, struct dns_tlsa_list *to)
{
	enum { FIXED = 3 };
	struct walk walk = walk_begin(answer);
	struct record record;

	while (walk_next(&walk, DNS_TYPE_TLSA, &record)) {
		const char *data = answer->message.s + record.data;
		struct dns_tlsa *tlsa;

		if (record.data_len <= FIXED) {
			dns_tlsa_free(to);
			return false;
		}
		if (to->len == DNS_TLSA_MAX)
			continue;
		tlsa = &to->v[to->len++];
		*tlsa = (struct dns_tlsa){
			.usage = (unsigned char)data[0],
			.selector = (unsigned char)data[1],
			.matching = (unsigned char)data[2]};
		str_add(&tlsa->data, data + FIXED, record.data_len - FIXED);
	}
	if (walk.is_malformed)
		dns_tlsa_free(to);
	return !walk.is_malformed;
}

bool
dns_answer_names(const struct dns_answer *answer, struct dns_names *to)
{
	struct walk walk = walk_begin(answer);
	struct record record;

	while (walk_next(&walk, DNS_TYPE_PTR, &record)) {
		struct dns_name name;

		if (!name_in(answer->message, &record, 0, &name))
			return forget(&to->len, 0);
		if (to->len < DNS_NAMES_MAX)
			to->v[to->len++] = name;
	}
	return !walk.is_malformed || forget(&to->len, 0);
}

void
dns_tlsa_free(struct dns_tlsa_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		str_free(&list->v[i].data);
	*list = (struct dns_tlsa_list){0};
}
