/*
 * qmail-queue - qmail's door to the queue, before posthouse.
 *
 * Run by ezmlm and other programs that know qmail: the message on descriptor
 * 0, then the envelope on descriptor 1.  Needs no privilege: local-submit(8)
 * asks the kernel who calls.
 */
#include "cmd/qmail-queue/hand_in.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/io.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum {
	MESSAGE_FD = 0,
	ENVELOPE_FD = 1,
	ENVELOPE_BYTES_MAX = 64 * 1024 * 1024,
	DEATH_S = 86400, /* as qmail's */
	READ_BYTES = 32 * 1024
};

static void
no_memory(void)
{
	_exit(QMAIL_EXIT_NO_MEMORY);
}

static void
on_alarm(int number)
{
	(void)number;
	_exit(QMAIL_EXIT_TIMEOUT);
}

/* A file without a name: the envelope comes when the message is over. */
static enum qmail_exit
spool(FILE *file)
{
	char bytes[READ_BYTES];
	ssize_t n;

	if (!file)
		return QMAIL_EXIT_WRITE;
	while ((n = read(MESSAGE_FD, bytes, sizeof bytes)) != 0) {
		if (n < 0 && errno != EINTR)
			return QMAIL_EXIT_READ;
		if (n > 0 && write_all(fileno(file), bytes, (size_t)n) < 0)
			return QMAIL_EXIT_WRITE;
	}
	return QMAIL_EXIT_DONE;
}

/* Two NULs end it, though the caller may keep the pipe open. */
static bool
is_whole(const struct str *bytes)
{
	return bytes->len > 1 && bytes->s[bytes->len - 1] == '\0' &&
	    bytes->s[bytes->len - 2] == '\0';
}

static void
read_whole(struct str *bytes)
{
	char some[READ_BYTES];
	ssize_t n = 1;

	while (n && !is_whole(bytes) && bytes->len < ENVELOPE_BYTES_MAX) {
		n = read(ENVELOPE_FD, some, sizeof some);
		if (n > 0)
			str_add(bytes, some, (size_t)n);
		else if (n < 0 && errno != EINTR)
			return;
	}
}

static enum qmail_exit
read_envelope(struct qmail_envelope *envelope)
{
	struct str bytes = {0};
	enum qmail_result result;

	read_whole(&bytes);
	result = qmail_envelope_parse(str_slice(&bytes), envelope);
	str_free(&bytes);
	switch (result) {
	case QMAIL_FINE:
		return QMAIL_EXIT_DONE;
	case QMAIL_LONG_ADDRESS:
		return QMAIL_EXIT_LONG_ADDRESS;
	case QMAIL_SHORT:
		return QMAIL_EXIT_READ;
	case QMAIL_BAD:
		return QMAIL_EXIT_BAD_ENVELOPE;
	}
	return QMAIL_EXIT_BAD_ENVELOPE;
}

int
main(void)
{
	struct qmail_envelope envelope = {0};
	FILE *file = tmpfile();
	enum qmail_exit result;

	die_name = "qmail-queue";
	die_last_words = no_memory;
	signal(SIGALRM, on_alarm);
	alarm(DEATH_S);
	result = spool(file);
	if (result == QMAIL_EXIT_DONE)
		result = read_envelope(&envelope);
	if (result == QMAIL_EXIT_DONE && chdir(home_path()) < 0)
		result = QMAIL_EXIT_HOME;
	if (result == QMAIL_EXIT_DONE)
		result = hand_in(fileno(file), &envelope);
	qmail_envelope_free(&envelope);
	if (file)
		fclose(file);
	return (int)result;
}
