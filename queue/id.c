/* id - queue ids; see id.h and FORMAT.md. */
#include "queue/id.h"

#include "lib/base/clock.h"

#include <openssl/sha.h>
#include <string.h>
#include <unistd.h>

const char queue_id_chars[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* 26 characters of 5 bits hold 130 bits: two of them stay zero. */
enum { PID_BITS = 22, HASH_CHARS = 26, FAN_AT = 8, FAN_LEN = 2 };

static void
put_base32(struct str *to, unsigned __int128 number, int chars)
{
	while (chars--)
		str_putc(to,
		    queue_id_chars[(unsigned)(number >> (5 * chars)) & 31]);
}

void
queue_id_make(struct str *id)
{
	static uint64_t last_us;
	uint64_t now_us = clock_wall_us();
	uint64_t pid = (uint64_t)getpid() & ((1U << PID_BITS) - 1);

	/* The clock may stand still or go back; our ids may not. */
	if (now_us <= last_us)
		now_us = last_us + 1;
	last_us = now_us;
	str_clear(id);
	put_base32(id, (unsigned __int128)now_us << PID_BITS | pid,
	    QUEUE_ID_LEN);
}

void
queue_id_once(struct str *id, char prefix, struct slice seed)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	unsigned __int128 bits = 0;

	SHA256((const unsigned char *)seed.s, seed.len, digest);
	for (size_t i = 0; i < sizeof bits; i++)
		bits = bits << 8 | digest[i];
	str_clear(id);
	str_putc(id, prefix);
	put_base32(id, bits, HASH_CHARS);
}

bool
queue_id_is_once(struct slice id)
{
	return id.len == QUEUE_ONCE_ID_LEN &&
	    (id.s[0] == 'a' || id.s[0] == 'b' || id.s[0] == 'p');
}

bool
queue_id_valid(struct slice id)
{
	if (id.len != QUEUE_ID_LEN && !queue_id_is_once(id))
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (!id.s[i] || !strchr(queue_id_chars, id.s[i]))
			return false;
	return true;
}

void
queue_id_path(struct str *path, const char *dir, struct slice id)
{
	str_clear(path);
	str_puts(path, dir);
	str_putc(path, '/');
	str_add(path, id.s + FAN_AT, FAN_LEN);
	str_putc(path, '/');
	str_add_slice(path, id);
}
