/* input - what comes in on a descriptor of any kind, buffered. */
#ifndef SENDMAIL_INPUT_H
#define SENDMAIL_INPUT_H

#include "lib/base/str.h"

enum { INPUT_BUFFER = 32 * 1024 };

/* {.fd = ...} is valid. */
struct input {
	int fd;
	int error; /* errno of the read that failed; 0: none did */
	size_t start, end;
	char buffer[INPUT_BUFFER];
};

/* Makes at least one unread byte available.  False at the end, and when it
 * cannot be read. */
bool input_fill(struct input *input);

/* The unread bytes; input_skip says how many of them were used. */
struct slice input_unread(const struct input *input);
void input_skip(struct input *input, size_t len);

#endif
