/* letter - a message on standard input; see letter.h. */
#include "cmd/sendmail/letter.h"

#include "lib/mail/header.h"
#include "lib/mail/submit_header.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { HEAD_BYTES = 64 * 1024 };

void
letter_init(struct letter *letter, int fd, bool dots)
{
	memset(letter, 0, offsetof(struct letter, input));
	letter->dot.is_text = dots;
	letter->input.fd = fd;
	letter->input.error = 0;
	letter->input.start = letter->input.end = 0;
}

void
letter_free(struct letter *letter)
{
	str_free(&letter->head);
}

/* Adds some of the message to its head.  False at its end. */
static bool
read_some(struct letter *letter)
{
	struct slice unread;

	if (letter->dot.is_end || !input_fill(&letter->input))
		return false;
	unread = input_unread(&letter->input);
	dot_take(&letter->dot, unread, &letter->head);
	input_skip(&letter->input, unread.len);
	return true;
}

static enum letter_fault
read_result(const struct letter *letter)
{
	errno = letter->input.error;
	return errno ? LETTER_UNREADABLE : LETTER_FINE;
}

/* A mailbox's separator ("From alice Sat Nov 21 ...") is no field. */
static void
drop_separators(struct letter *letter)
{
	struct str *head = &letter->head;

	while (slice_starts(str_slice(head), "From ") ||
	    slice_starts(str_slice(head), ">From ")) {
		size_t len = slice_find(str_slice(head), '\n');

		len += len < head->len;
		memmove(head->s, head->s + len, head->len - len);
		head->len -= len;
	}
}

enum letter_fault
letter_begin(struct letter *letter, bool with_header)
{
	bool more = true, is_whole = false;
	size_t len = 0;

	while (more && letter->head.len < HEAD_BYTES)
		more = read_some(letter);
	drop_separators(letter);
	if (!with_header)
		return read_result(letter);
	for (;;) {
		is_whole = header_length(str_slice(&letter->head), &len);
		if (is_whole || !more || letter->head.len > SUBMIT_HEADER_MAX)
			break;
		more = read_some(letter);
	}
	return is_whole || !more ? read_result(letter) : LETTER_LONG_HEADER;
}

struct slice
letter_header(const struct letter *letter)
{
	struct slice head = str_slice(&letter->head);
	size_t len = 0;

	if (header_length(head, &len))
		head.len = len;
	return head;
}

enum letter_fault
letter_send(struct letter *letter, struct submit_client *client)
{
	do {
		if (submit_write(client, str_slice(&letter->head)) < 0)
			return LETTER_FINE; /* the answer says why */
		str_clear(&letter->head);
	} while (read_some(letter));
	return read_result(letter);
}
