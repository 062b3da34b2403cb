/* hand_in - a spooled message to local-submit; see hand_in.h. */
#include "cmd/qmail-queue/hand_in.h"

#include "lib/base/home.h"
#include "lib/mail/submit_wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RCPTS_AT_ONCE = 1000, READ_BYTES = 32 * 1024 };

static enum qmail_exit
no_answer(void)
{
	fprintf(stderr, "qmail-queue: %s/run/submit/s: %s; is posthouse "
	    "up?\n", home_path(), strerror(errno));
	switch (errno) {
	case ETIMEDOUT:
		return QMAIL_EXIT_NO_ANSWER;
	case ECONNREFUSED:
	case ENOENT:
	case EACCES:
		return QMAIL_EXIT_NO_SERVICE;
	}
	return QMAIL_EXIT_BROKEN;
}

static enum qmail_exit
judge(const struct submit_answer *answer)
{
	if (answer->code == SUBMIT_TAKEN)
		return QMAIL_EXIT_DONE;
	if (!answer->code)
		return no_answer();
	fprintf(stderr, "qmail-queue: %u %s\n", (unsigned)answer->code,
	    str_c(&answer->text));
	return answer->code < 500 ? QMAIL_EXIT_NOT_NOW : QMAIL_EXIT_REFUSED;
}

/* False: it cannot be read. */
static bool
send_file(int fd, struct submit_client *client)
{
	char bytes[READ_BYTES];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, bytes, sizeof bytes, at)) > 0) {
		if (submit_write(client, slice_make(bytes, (size_t)n)) < 0)
			return true; /* the answer says why */
		at += n;
	}
	return n == 0;
}

static enum qmail_exit
hand_in_once(int fd, const struct submit_request *request)
{
	struct submit_client client;
	struct submit_answer answer = {0};
	enum qmail_exit result = QMAIL_EXIT_READ;

	if (submit_begin(&client, request, &answer) < 0) {
		result = judge(&answer);
	} else if (send_file(fd, &client)) {
		submit_finish(&client, &answer);
		result = judge(&answer);
	} else {
		submit_close(&client);
	}
	record_free(submit_answer_fields, &answer);
	return result;
}

enum qmail_exit
hand_in(int fd, const struct qmail_envelope *envelope)
{
	size_t part = envelope->is_verp ? 1 : RCPTS_AT_ONCE;
	struct submit_request request = {.has_sender = 1};
	enum qmail_exit result = QMAIL_EXIT_DONE;
	const struct strs *rcpts = &envelope->rcpts;

	str_set_slice(&request.sender, str_slice(&envelope->sender));
	for (size_t i = 0; i < rcpts->len && result == QMAIL_EXIT_DONE;) {
		strs_clear(&request.rcpts);
		if (envelope->is_verp)
			qmail_verp(&request.sender, envelope,
			    str_slice(&rcpts->v[i]));
		for (size_t n = 0; n < part && i < rcpts->len; n++)
			strs_add(&request.rcpts, str_slice(&rcpts->v[i++]));
		result = hand_in_once(fd, &request);
	}
	record_free(submit_request_fields, &request);
	return result;
}
