/* tls_bio - OpenSSL's way to a stream's socket; see tls_bio.h. */
#include "lib/base/tls_bio.h"

#include <errno.h>
#include <sys/socket.h>

static bool
passes(void)
{
	return errno == EINTR || errno == EAGAIN;
}

static int
bio_read(BIO *bio, char *to, int size)
{
	struct stream *stream = BIO_get_data(bio);
	ssize_t n = -1;

	BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY |
	    BIO_FLAGS_IN_EOF);
	errno = EAGAIN;
	if (stream_arm(stream) == STREAM_OK)
		n = recv(stream->fd, to, (size_t)size, 0);
	if (n < 0 && passes())
		BIO_set_retry_read(bio);
	if (n == 0)
		BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
	return (int)n;
}

static int
bio_write(BIO *bio, const char *from, int len)
{
	struct stream *stream = BIO_get_data(bio);
	ssize_t n = -1;

	BIO_clear_retry_flags(bio);
	errno = EAGAIN;
	if (stream_arm(stream) == STREAM_OK)
		n = send(stream->fd, from, (size_t)len, MSG_NOSIGNAL);
	if (n < 0 && passes())
		BIO_set_retry_write(bio);
	return (int)n;
}

static long
bio_control(BIO *bio, int what, long number, void *pointer)
{
	(void)number;
	(void)pointer;
	if (what == BIO_CTRL_EOF)
		return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
	return what == BIO_CTRL_FLUSH;
}

BIO_METHOD *
tls_bio_method(void)
{
	BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() |
	    BIO_TYPE_SOURCE_SINK, "stream");

	if (method && BIO_meth_set_read(method, bio_read) == 1 &&
	    BIO_meth_set_write(method, bio_write) == 1 &&
	    BIO_meth_set_ctrl(method, bio_control) == 1)
		return method;
	BIO_meth_free(method);
	return NULL;
}

BIO *
tls_bio_make(const BIO_METHOD *method, struct stream *stream)
{
	BIO *bio = BIO_new(method);

	if (!bio)
		return NULL;
	BIO_set_data(bio, stream);
	BIO_set_init(bio, 1);
	return bio;
}
