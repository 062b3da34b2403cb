/* input - what comes in on a descriptor, buffered; see input.h. */
#include "cmd/sendmail/input.h"

#include <errno.h>
#include <unistd.h>

bool
input_fill(struct input *input)
{
	ssize_t n;

	if (input->start < input->end)
		return true;
	input->start = input->end = 0;
	do
		n = read(input->fd, input->buffer, sizeof input->buffer);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		input->error = errno;
	else
		input->end = (size_t)n;
	return n > 0;
}

struct slice
input_unread(const struct input *input)
{
	return slice_make(input->buffer + input->start,
	    input->end - input->start);
}

void
input_skip(struct input *input, size_t len)
{
	input->start += len;
}
