/* sign_ask - have tls-key sign a handshake; see sign_ask.h. */
#include "lib/mail/sign_ask.h"

#include "lib/base/hex.h"
#include "lib/base/log.h"
#include "lib/base/question.h"
#include "lib/mail/sign.h"

#include <errno.h>
#include <string.h>

enum { PATIENCE_S = 5 };

static int
ask(const struct sign_request *request, struct sign_answer *answer)
{
	struct str question = {0}, reply = {0};
	struct slice rest;
	int result;

	record_encode(&question, sign_request_fields, request);
	result = question_ask("run/key/s", str_slice(&question), PATIENCE_S,
	    &reply);
	rest = str_slice(&reply);
	if (result < 0)
		str_set(&answer->why, strerror(errno));
	else
		result = record_decode(&rest, sign_answer_fields, answer);
	str_free(&question);
	str_free(&reply);
	return result;
}

int
sign_ask(void *context, const char *key, enum tls_sign_kind kind,
    struct slice bytes, struct str *signature)
{
	struct sign_request request = {0};
	struct sign_answer answer = {0};
	int result = -1;

	(void)context;
	str_puts(&request.key, key);
	str_puts(&request.kind, kind == TLS_SIGN_RSA ? "rsa" : "ecdsa");
	hex_add(&request.bytes, bytes.s, bytes.len);
	if (ask(&request, &answer) == 0 && answer.signature.len &&
	    hex_decode(signature, str_slice(&answer.signature)))
		result = 0;
	else
		log_event("alarm", "by", "tls-key", "path", "run/key/s", "why",
		    str_c(&answer.why), NULL);
	record_free(sign_request_fields, &request);
	record_free(sign_answer_fields, &answer);
	return result;
}
