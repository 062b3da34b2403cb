/* fuzz_submit_wire - any bytes on run/submit/s: requests and chunks keep
 * within their limits, and end. */
#include "lib/mail/submit_wire.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a socket takes at once. */
enum { SIZE_MAX_HERE = 64 * 1024, CHUNK_MAX_HERE = 1024 };

static void
read_all_of_it(struct stream *stream)
{
	struct submit_request request = {0};
	struct str bytes = {0};
	enum stream_result result =
	    submit_read(stream, &bytes, SUBMIT_REQUEST_MAX);
	struct slice rest = str_slice(&bytes);

	if (result == STREAM_OK)
		(void)record_decode(&rest, submit_request_fields, &request);
	if (request.rcpts.len > SUBMIT_RCPTS_MAX)
		abort();
	while (result == STREAM_OK) {
		result = submit_read(stream, &bytes, CHUNK_MAX_HERE);
		if (bytes.len > CHUNK_MAX_HERE)
			abort();
	}
	if (result != STREAM_END && result != STREAM_TOO_LONG)
		abort();
	record_free(submit_request_fields, &request);
	str_free(&bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stream stream;
	int fds[2];

	if (size > SIZE_MAX_HERE ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		return 0;
	if (write(fds[1], data, size) != (ssize_t)size)
		abort();
	close(fds[1]);
	stream_init(&stream, fds[0]);
	stream_deadline(&stream, 1000);
	read_all_of_it(&stream);
	stream_free(&stream);
	close(fds[0]);
	return 0;
}
