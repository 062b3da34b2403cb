/*
 * fuzz_smtp_client - any bytes as what a server says in the course of two
 * letters: every recipient has an outcome, and "done" only after a 250.
 *
 * The first byte says what the letter is like; 0xff ends what comes in one
 * read.
 */
#include "lib/mail/smtp_client.h"
#include "tests/fuzz/feed.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RCPTS = 3 };

static void
send_letter(struct smtp_client *client, int fd, uint64_t len, uint8_t kind)
{
	struct smtp_rcpt rcpts[RCPTS] = {{{0}, {0}, {0}, 0}};
	struct smtp_letter letter = {.fd = fd, .end = len,
		.sender = slice_of(kind & 1 ? "" : "s@y.test"),
		.needs_smtputf8 = kind & 2, .ret = slice_of("FULL"),
		.rcpts = rcpts, .count = RCPTS};

	for (size_t i = 0; i < RCPTS; i++) {
		rcpts[i].address = slice_of(kind & 4 && i == 1 ?
		    "\xc3\xa4@x.test" : "a@x.test");
		rcpts[i].dsn = slice_of("NOTIFY=NEVER");
	}
	smtp_client_send(client, &letter);
	for (size_t i = 0; i < RCPTS; i++) {
		const struct smtp_outcome *outcome = &rcpts[i].outcome;

		if (!memchr("KPZD", outcome->verdict, 4))
			abort();
		if (memchr("KP", outcome->verdict, 2) &&
		    outcome->code / 100 != 2)
			abort();
		if (outcome->verdict == 'D' && outcome->code / 100 != 5)
			abort();
	}
	smtp_letter_renew(&letter);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char text[] = "Subject: x\n\nh\xc3\xa4llo\n";
	static struct stream stream;
	static int fds[2], file = -1;
	struct smtp_client client;

	if (!size)
		return 0;
	if (file < 0 && (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0 ||
	    (file = memfd_create("message", 0)) < 0 ||
	    write(file, text, strlen(text)) < 0))
		abort();
	feed(&stream, fds[0], slice_make((const char *)data + 1, size - 1));
	smtp_client_init(&client, &stream, 10000);
	if (smtp_client_greeting(&client) == SMTP_CLIENT_OK &&
	    smtp_client_hello(&client, "me.test") == SMTP_CLIENT_OK)
		for (int i = 0; i < 2 && !client.is_over; i++)
			send_letter(&client, file, data[0] & 8 ? 11 :
			    strlen(text), data[0]);
	smtp_client_free(&client);
	stream_free(&stream);
	return 0;
}
