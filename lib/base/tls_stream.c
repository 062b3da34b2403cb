/* tls_stream - a stream that speaks TLS; see tls_stream.h. */
#include "lib/base/tls_stream.h"

#include "lib/base/tls.h"
#include "lib/base/tls_bio.h"

#include <errno.h>
#include <openssl/err.h>

/* As recv and send: EAGAIN when the socket's timeout passed. */
static ssize_t
in_errno(struct stream *stream, int n)
{
	switch (SSL_get_error(stream->tls, n)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		errno = errno ? errno : ECONNRESET;
		return -1;
	default:
		errno = EPROTO;
		return -1;
	}
}

static ssize_t
tls_read(struct stream *stream, char *to, size_t size)
{
	int n;

	ERR_clear_error();
	errno = 0;
	n = SSL_read(stream->tls, to, (int)size);
	return n > 0 ? n : in_errno(stream, n);
}

static ssize_t
tls_write(struct stream *stream, const char *from, size_t len)
{
	int n;

	ERR_clear_error();
	errno = 0;
	n = SSL_write(stream->tls, from, (int)len);
	return n > 0 ? n : in_errno(stream, n);
}

static enum stream_result
shake_hands(struct stream *stream, int (*shake)(SSL *ssl))
{
	for (;;) {
		enum stream_result armed = stream_arm(stream);
		int n;

		if (armed != STREAM_OK)
			return armed;
		ERR_clear_error();
		errno = 0;
		n = shake(stream->tls);
		if (n == 1)
			return STREAM_OK;
		if (in_errno(stream, n) == 0 || errno == ECONNRESET ||
		    errno == EPIPE)
			return STREAM_END;
		if (errno != EAGAIN && errno != EINTR)
			return STREAM_ERROR;
	}
}

enum stream_result
tls_stream_start(struct stream *stream, SSL *ssl, const BIO_METHOD *method,
    int (*shake)(SSL *ssl))
{
	BIO *bio = ssl ? tls_bio_make(method, stream) : NULL;
	enum stream_result result;

	if (!bio) {
		SSL_free(ssl);
		errno = EPROTO;
		return STREAM_ERROR;
	}
	SSL_set_bio(ssl, bio, bio);
	stream->tls = ssl;
	result = shake_hands(stream, shake);
	if (result == STREAM_OK) {
		stream->read = tls_read;
		stream->write = tls_write;
		return STREAM_OK;
	}
	SSL_free(ssl);
	stream_plain(stream);
	return result;
}

void
tls_close(struct stream *stream)
{
	if (!stream->tls)
		return;
	ERR_clear_error();
	if (stream_arm(stream) == STREAM_OK)
		(void)SSL_shutdown(stream->tls);
	SSL_free(stream->tls);
	stream_plain(stream);
}

void
tls_describe(const struct stream *stream, struct str *to)
{
	if (stream->tls)
		str_addf(to, "%s %s", SSL_get_version(stream->tls),
		    SSL_get_cipher(stream->tls));
}

void
tls_error(struct str *to)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	str_puts(to, reason ? reason : "no reason given");
	ERR_clear_error();
}
