/*
 * fuzz_pop3_client - any bytes as what a server says in the course of a visit:
 * it ends, and neither a line nor a text is more than was sent.
 *
 * The first byte says how we log in; 0xff ends what comes in one read.
 */
#include "lib/mail/pop3_client.h"
#include "lib/mail/sasl_client.h"
#include "tests/fuzz/feed.h"

#include <stdlib.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LETTERS = 3 };

static bool
count(void *context, struct slice bytes)
{
	size_t *all = context;

	*all += bytes.len;
	return *all < 4096;
}

static void
list(struct pop3_client *client, const char *command)
{
	pop3_client_ask(client, "%s", command);
	if (pop3_client_hear(client) != POP3_CLIENT_OK)
		return;
	while (pop3_client_item(client))
		if (client->line.len > POP3_LINE_MAX)
			abort();
}

static void
fetch(struct pop3_client *client, size_t size)
{
	for (int i = 0; i < LETTERS; i++)
		pop3_client_ask(client, "RETR %d", i + 1);
	for (int i = 0; i < LETTERS && !client->is_over; i++) {
		size_t all = 0;

		if (pop3_client_hear(client) == POP3_CLIENT_OK &&
		    pop3_client_text(client, 100, count, &all) ==
		    POP3_CLIENT_OK && all > size)
			abort();
	}
}

static void
visit(struct pop3_client *client, uint8_t kind, size_t size)
{
	const struct sasl_login login = {.service = "pop",
		.host = "pop.test", .port = 110, .user = "u",
		.password = kind & 1 ? NULL : "p",
		.token = kind & 1 ? "t" : NULL};
	uint64_t letters, bytes;

	if (pop3_client_greeting(client) != POP3_CLIENT_OK ||
	    pop3_client_capabilities(client) != POP3_CLIENT_OK ||
	    pop3_client_login(client, &login, kind & 2) != POP3_CLIENT_OK ||
	    pop3_client_count(client, &letters, &bytes) != POP3_CLIENT_OK)
		return;
	list(client, "UIDL");
	if (!client->is_over)
		fetch(client, size);
	if (!client->is_over)
		(void)pop3_client_end(client);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stream stream;
	static int fds[2];
	struct pop3_client client;

	if (!size)
		return 0;
	if (!fds[0] && socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		abort();
	feed(&stream, fds[0], slice_make((const char *)data + 1, size - 1));
	pop3_client_init(&client, &stream, 10000);
	visit(&client, data[0], size);
	if (client.is_over && !client.why.len &&
	    !slice_starts(str_slice(&client.line), "+") &&
	    !slice_starts(str_slice(&client.line), "-"))
		abort(); /* lost, and nobody knows why */
	pop3_client_quit(&client);
	pop3_client_free(&client);
	stream_free(&stream);
	return 0;
}
