/* talk - the call itself, to its answer; see house.h. */
#include "cmd/etrn-call/house.h"

#include "lib/base/dial.h"
#include "lib/base/hex.h"
#include "lib/base/tls.h"
#include "lib/mail/next_hop.h"
#include "lib/mail/sasl_client.h"
#include "lib/mail/smtp_client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DNS_MS = 30 * 1000, ADDRESSES_TRIED_MAX = 5, TEXT_MAX = 512 };

enum talk_result {
	TALK_GOOD,    /* 2xx */
	TALK_REFUSED, /* an answer: no other address would say more */
	TALK_FAILED,
	TALK_NO_TLS   /* the handshake failed, and TLS is not demanded */
};

struct talk {
	struct house *house;
	const struct call *call;
	struct stream stream;
	struct smtp_client client;
	struct str host; /* "mx.example.org[192.0.2.1]:25" */
	struct str *text;
};

static enum talk_result failed(struct talk *talk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum talk_result
failed(struct talk *talk, const char *format, ...)
{
	char words[TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	str_clear(talk->text);
	str_addf(talk->text, "%s: %s", str_c(&talk->host), words);
	return TALK_FAILED;
}

/* The server's own words, code first. */
static void
quote(struct talk *talk)
{
	str_clear(talk->text);
	str_addf(talk->text, "%s said: %d ", str_c(&talk->host),
	    talk->client.reply.code);
	if (talk->client.reply.enhanced[0])
		str_addf(talk->text, "%s ", talk->client.reply.enhanced);
	smtp_reply_words(talk->text, &talk->client.reply);
}

static enum talk_result
result_of(struct talk *talk, enum smtp_client_result result)
{
	switch (result) {
	case SMTP_CLIENT_OK:
		return TALK_GOOD;
	case SMTP_CLIENT_LOST:
		return failed(talk, "%s", str_c(&talk->client.why));
	case SMTP_CLIENT_REFUSED:
		break;
	}
	quote(talk);
	return TALK_REFUSED;
}

/* ---- TLS, and the login ---- */

static struct tls_peer
peer_of(const struct call *call, struct str *fingerprint)
{
	static const enum tls_proof proofs[] = {
		[NEXT_HOP_TLS_MAY] = TLS_PROOF_NONE,
		[NEXT_HOP_TLS_NONE] = TLS_PROOF_NONE,
		[NEXT_HOP_TLS_REQUIRE] = TLS_PROOF_TLS,
		[NEXT_HOP_TLS_VERIFY] = TLS_PROOF_NAME,
		[NEXT_HOP_TLS_FINGERPRINT] = TLS_PROOF_FINGERPRINT};
	struct tls_peer peer = {.name = str_c(&call->host),
		.is_address = call->is_address, .proof = proofs[call->tls]};

	if (hex_decode(fingerprint, str_slice(&call->fingerprint)))
		peer.fingerprint = (const unsigned char *)str_c(fingerprint);
	return peer;
}

static enum talk_result
say_hello(struct talk *talk)
{
	return result_of(talk, smtp_client_hello(&talk->client,
	    str_c(&talk->house->settings.helohost)));
}

static enum talk_result
start_tls(struct talk *talk)
{
	struct str fingerprint = {0};
	struct tls_peer peer = peer_of(talk->call, &fingerprint);
	bool is_demanded = talk->call->tls != NEXT_HOP_TLS_MAY;
	enum smtp_client_result result;

	if (!talk->client.can.has_starttls) {
		str_free(&fingerprint);
		return is_demanded ? failed(talk, "it does not offer "
		    "STARTTLS, and tls= demands it") : TALK_GOOD;
	}
	result = smtp_client_starttls(&talk->client, talk->house->tls, &peer);
	str_free(&fingerprint);
	if (result == SMTP_CLIENT_OK)
		return say_hello(talk);
	if (result == SMTP_CLIENT_LOST) {
		(void)failed(talk, "no TLS: %s", str_c(&talk->client.why));
		return is_demanded ? TALK_FAILED : TALK_NO_TLS;
	}
	return is_demanded ? result_of(talk, result) : TALK_GOOD;
}

static enum talk_result
log_in(struct talk *talk)
{
	const struct call *call = talk->call;
	const struct sasl_login login = {.service = "smtp",
		.host = str_c(&call->host), .port = (uint16_t)call->port,
		.user = str_c(&call->user),
		.password = str_c(&call->password)};
	enum smtp_client_result result;

	if (!call->user.len)
		return TALK_GOOD;
	/* tls=none is the admin's word that nobody listens */
	result = smtp_client_auth(&talk->client, &login, true);
	if (result == SMTP_CLIENT_REFUSED && !talk->client.reply.code)
		return failed(talk, "%s", str_c(&talk->client.reply.text));
	return result_of(talk, result);
}

/* ---- a connection ---- */

static enum talk_result
converse(struct talk *talk, bool with_tls)
{
	enum talk_result result = result_of(talk,
	    smtp_client_greeting(&talk->client));

	if (result == TALK_GOOD)
		result = say_hello(talk);
	if (result == TALK_GOOD && with_tls)
		result = start_tls(talk);
	if (result == TALK_GOOD)
		result = log_in(talk);
	if (result == TALK_GOOD)
		result = result_of(talk, smtp_client_etrn(&talk->client,
		    str_c(&talk->call->argument)));
	if (result == TALK_GOOD)
		quote(talk);
	return result;
}

static enum talk_result
attempt(struct talk *talk, const struct dns_address *address, bool with_tls)
{
	const struct call *call = talk->call;
	struct sockaddr_storage to;
	enum talk_result result;
	int fd;

	str_clear(&talk->host);
	str_addf(&talk->host, "%s[%s]", call->is_address ? "" :
	    str_c(&call->host), dns_address_text(address).s);
	if (call->port != SMTP_PORT)
		str_addf(&talk->host, ":%u", (unsigned)call->port);
	fd = dial(&to, dns_address_socket(address, (uint16_t)call->port, &to),
	    talk->house->settings.connect_s);
	if (fd < 0)
		return failed(talk, "%s", strerror(errno));
	stream_init(&talk->stream, fd);
	smtp_client_init(&talk->client, &talk->stream,
	    talk->house->settings.answer_s * 1000);
	result = converse(talk, with_tls);
	smtp_client_quit(&talk->client);
	tls_close(&talk->stream);
	smtp_client_free(&talk->client);
	stream_free(&talk->stream);
	close(fd);
	return result;
}

static bool
look_up(struct talk *talk, struct dns_addresses *to)
{
	const struct call *call = talk->call;
	enum dns_result result;

	str_set_slice(&talk->host, str_slice(&call->host));
	if (call->is_address) {
		to->len = 1;
		return dns_address_parse(str_slice(&call->host),
		    &to->v[0]) == 0;
	}
	result = dns_addresses(talk->house->dns, str_c(&call->host), DNS_MS,
	    to);
	if (result == DNS_OK)
		return true;
	(void)failed(talk, "%s", result == DNS_LATER ?
	    dns_why(talk->house->dns) : "there is no host of that name");
	return false;
}

bool
talk(struct house *house, const struct call *call, struct str *text)
{
	static struct talk talk; /* its stream is large */
	struct dns_addresses addresses = {0};
	enum talk_result result = TALK_FAILED;

	talk.house = house;
	talk.call = call;
	talk.text = text;
	if (!look_up(&talk, &addresses))
		addresses.len = 0;
	for (size_t i = 0; i < addresses.len && i < ADDRESSES_TRIED_MAX &&
	    result == TALK_FAILED; i++) {
		result = attempt(&talk, &addresses.v[i],
		    call->tls != NEXT_HOP_TLS_NONE);
		if (result == TALK_NO_TLS)
			result = attempt(&talk, &addresses.v[i], false);
	}
	str_free(&talk.host);
	return result == TALK_GOOD;
}
