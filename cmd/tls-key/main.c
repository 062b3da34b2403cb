/*
 * tls-key - the private keys, and signatures of TLS handshakes with them.
 *
 * Started by s6 as phkey.  Listens on run/key/s for smtp-receive, which holds
 * certificates only.  Signs digests (ECDSA) and PSS or DigestInfo blocks
 * (RSA), and nothing else: whoever takes over a session gets no key, and no
 * oracle that decrypts.
 */
#include "cmd/tls-key/block.h"
#include "cmd/tls-key/keys.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/hex.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/base/question.h"
#include "lib/mail/sign.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

enum { WORKERS = 2, SIGNATURE_MAX = 2048 };

/* NULL, or why this is not signed. */
static const char *
fault(EVP_PKEY *key, const struct sign_request *request, struct slice bytes)
{
	if (!key)
		return "no such key";
	if (slice_is(str_slice(&request->kind), "ecdsa"))
		return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
			block_is_digest(bytes) ? NULL :
						 "not a digest for this key";
	if (!slice_is(str_slice(&request->kind), "rsa") ||
	    EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
	    bytes.len != (size_t)EVP_PKEY_get_size(key))
		return "not a block for this key";
	if (block_is_pkcs1(bytes) ||
	    block_is_pss(bytes, (unsigned)EVP_PKEY_get_bits(key)))
		return NULL;
	return "not a block that TLS signs";
}

static bool
sign(EVP_PKEY *key, struct slice bytes, struct str *hex)
{
	unsigned char signature[SIGNATURE_MAX];
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	size_t len = sizeof signature;
	bool is_rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
	bool done = context && EVP_PKEY_sign_init(context) == 1 &&
	    (!is_rsa ||
		EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1) &&
	    EVP_PKEY_sign(context, signature, &len,
		(const unsigned char *)bytes.s, bytes.len) == 1;

	if (done)
		hex_add(hex, signature, len);
	EVP_PKEY_CTX_free(context);
	return done;
}

static void
answer_request(struct keys *keys, const struct sign_request *request,
    struct sign_answer *answer)
{
	EVP_PKEY *key = keys_find(keys, str_slice(&request->key));
	struct str bytes = {0};
	const char *why = "not hex";

	if (hex_decode(&bytes, str_slice(&request->bytes)))
		why = fault(key, request, str_slice(&bytes));
	if (!why && !sign(key, str_slice(&bytes), &answer->signature))
		why = "OpenSSL cannot sign it";
	if (why) {
		str_puts(&answer->why, why);
		log_event("refuse", "by", "tls-key", "why", why, NULL);
	}
	str_free(&bytes);
}

static void
answer_question(void *context, gid_t asker, struct slice question,
    struct str *to)
{
	struct sign_request request = {0};
	struct sign_answer answer = {0};

	(void)asker;
	if (record_decode(&question, sign_request_fields, &request) == 0 &&
	    !question.len) {
		answer_request(context, &request, &answer);
		record_encode(to, sign_answer_fields, &answer);
	}
	record_free(sign_request_fields, &request);
	record_free(sign_answer_fields, &answer);
}

static const struct confine_path paths[] = {
	{"control/cdb/tls-key", DIR_READ},
	{0}
};

static const struct confine needs = {
	.promises = MAY_OPEN | MAY_FORK | MAY_ACCEPT | MAY_PASS,
	.paths = paths,
};

int
main(int argc, char *argv[])
{
	static struct keys keys;
	int listen_fd;

	(void)argv;
	die_name = "tls-key";
	if (argc != 1)
		die_usage("tls-key");
	log_open();
	home_enter();
	keys_open(&keys);
	listen_fd = local_listen("run/key/s");
	if (listen_fd < 0)
		die_temp("cannot listen on run/key/s");
	confine(&needs);
	ready();
	return question_serve(listen_fd, WORKERS, (gid_t)-1,
	    answer_question, &keys);
}
