/* letter - as much of a letter as it takes; see sort.h. */
#include "cmd/share-sort/sort.h"
#include "lib/base/io.h"
#include "lib/mail/header.h"
#include "queue/message.h"

enum { STEP = 64 * 1024 };

/* Appends what follows in the message.  As read_at. */
static ssize_t
read_more(struct letter *letter, const struct agent_job *job)
{
	uint64_t at = job->job.head_len + letter->text.len;
	uint64_t left = at < job->job.length ? job->job.length - at : 0;

	if (!left)
		return 0;
	return read_at(job->fd, &letter->text,
	    left < STEP ? (size_t)left : STEP, at);
}

/* Up to the header's end, or HEADER_MAX; *len is the header's. */
static int
read_header(struct letter *letter, const struct agent_job *job, size_t *len)
{
	bool is_whole;

	*len = 0;
	while (!(is_whole = header_length(str_slice(&letter->text), len)) &&
	    letter->text.len < HEADER_MAX) {
		ssize_t n = read_more(letter, job);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
	}
	/* a last line without its end, or one too long: what there is of it */
	if (!is_whole)
		*len = letter->text.len;
	return 0;
}

static int
read_body(struct letter *letter, const struct agent_job *job, size_t from)
{
	while (letter->text.len < from + REPORT_MAX) {
		ssize_t n = read_more(letter, job);

		if (n <= 0)
			return (int)n;
	}
	return 0;
}

/* The envelope's recipients: they may have tags. */
static void
read_rcpts(struct letter *letter, const struct agent_job *job)
{
	struct envelope envelope = {0};
	size_t head_len;

	if (envelope_read(job->fd, &envelope, &head_len) == ENVELOPE_OK)
		for (size_t i = 0; i < envelope.rcpt_count; i++)
			strs_add(&letter->rcpts,
			    str_slice(&envelope.rcpts[i].address));
	envelope_free(&envelope);
}

static void
look(struct letter *letter, size_t header_len)
{
	struct slice text = str_slice(&letter->text);

	letter->view.header = slice_make(text.s, header_len);
	letter->view.body = slice_after(text, header_len);
	letter->view.rcpts = &letter->rcpts;
}

int
letter_read(struct letter *letter, const struct agent_job *job)
{
	size_t len;

	str_puts(&letter->text, "");
	if (read_header(letter, job, &len) < 0)
		return -1;
	look(letter, len);
	letter->view.has_null_sender = job->job.sender.len == 0;
	if (who_is_report(&letter->view) && read_body(letter, job, len) < 0)
		return -1;
	read_rcpts(letter, job);
	look(letter, len);
	return 0;
}

void
letter_free(struct letter *letter)
{
	str_free(&letter->text);
	strs_free(&letter->rcpts);
}
