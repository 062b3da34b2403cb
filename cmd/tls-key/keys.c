/* keys - the private keys; see keys.h. */
#include "cmd/tls-key/keys.h"

#include <openssl/pem.h>
#include <stdlib.h>

void
keys_open(struct keys *keys)
{
	*keys = (struct keys){.previous = {.fd = -1}};
	config_open_or_die(&keys->config, "tls-key");
}

static void
forget_all(struct keys *keys)
{
	while (keys->len) {
		struct kept_key *last = &keys->v[--keys->len];

		EVP_PKEY_free(last->key);
		free(last->hash);
	}
}

/* Only keys that the tables have are kept: their number is the owner's. */
static void
keep(struct keys *keys, struct slice hash, EVP_PKEY *key)
{
	keys->v = mem_room(keys->v, keys->len, &keys->cap, sizeof *keys->v);
	keys->v[keys->len++] = (struct kept_key){mem_dup(hash), key};
}

static EVP_PKEY *
decode(struct slice pem)
{
	BIO *bio = BIO_new_mem_buf(pem.s, (int)pem.len);
	EVP_PKEY *key = bio ?
	    PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	return key;
}

static EVP_PKEY *
look_up(struct keys *keys, struct slice hash)
{
	struct str name = {0};
	struct slice pem;
	EVP_PKEY *key = NULL;

	str_putc(&name, 'k');
	str_add_slice(&name, hash);
	if (cdb_file_get(&keys->config.file, str_slice(&name), &pem) ||
	    cdb_file_get(&keys->previous, str_slice(&name), &pem))
		key = decode(pem);
	str_free(&name);
	return key;
}

EVP_PKEY *
keys_find(struct keys *keys, struct slice hash)
{
	EVP_PKEY *key;

	if (config_refresh_keeping(&keys->config, &keys->previous))
		forget_all(keys);
	for (size_t i = 0; i < keys->len; i++)
		if (slice_is(hash, keys->v[i].hash))
			return keys->v[i].key;
	key = look_up(keys, hash);
	if (key)
		keep(keys, hash, key);
	return key;
}
