/* test_smtp_auth - what is said to log in, and what a server's answer means.
 * The server is a child that reads a line and says the next thing. */
#include "lib/mail/sasl_client.h"
#include "lib/mail/smtp_client.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 4 };

static const struct sasl_login tim = {.service = "smtp",
    .host = "mail.test", .port = 587, .user = "tim",
    .password = "tanstaaftanstaaf"};
static char long_token[700];
static const struct sasl_login bearer = {.service = "smtp",
    .host = "mail.test", .port = 587, .user = "u", .token = long_token};

/* Wants each line to begin with these words, and answers. */
struct round {
	const char *wants, *says;
};

static const struct scene {
	unsigned offers;
	bool is_private, has_token;
	enum smtp_client_result result;
	int code;
	struct round rounds[ROUNDS];
} scenes[] = {
	{SMTP_AUTH_PLAIN | SMTP_AUTH_LOGIN, true, false, SMTP_CLIENT_OK, 235,
	    {{"AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n", "235 2.7.0 ok"}}},
	{SMTP_AUTH_LOGIN, true, false, SMTP_CLIENT_OK, 235,
	    {{"AUTH LOGIN\r\n", "334 VXNlcm5hbWU6"},
	    {"dGlt\r\n", "334 UGFzc3dvcmQ6"},
	    {"dGFuc3RhYWZ0YW5zdGFhZg==\r\n", "235 ok"}}},
	{SMTP_AUTH_PLAIN | SMTP_AUTH_CRAM_MD5, false, false, SMTP_CLIENT_OK,
	    235, {{"AUTH CRAM-MD5\r\n", "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZp"
	    "Y2UucmVzdG9uLm1jaS5uZXQ+"},
	    {"dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n",
	    "235 ok"}}},
	{SMTP_AUTH_PLAIN, true, false, SMTP_CLIENT_REFUSED, 535,
	    {{"AUTH PLAIN ", "535 5.7.8 no"}}},
	{SMTP_AUTH_PLAIN, true, false, SMTP_CLIENT_REFUSED, 454,
	    {{"AUTH PLAIN ", "454 4.7.0 later"}}},
	{SMTP_AUTH_PLAIN, false, false, SMTP_CLIENT_REFUSED, 0, {{0}}},
	{0, true, false, SMTP_CLIENT_REFUSED, 0, {{0}}},
	/* rubbish is cancelled */
	{SMTP_AUTH_CRAM_MD5, true, false, SMTP_CLIENT_REFUSED, 501,
	    {{"AUTH CRAM-MD5\r\n", "334 *?*"}, {"*\r\n", "501 as you like"}}},
	/* who does not prove that it knows the password is not believed */
	{SMTP_AUTH_SCRAM_SHA_256, true, false, SMTP_CLIENT_LOST, 235,
	    {{"AUTH SCRAM-SHA-256 ", "235 come in"}}},
	/* a token is too long for the first line */
	{SMTP_AUTH_XOAUTH2, true, true, SMTP_CLIENT_OK, 235,
	    {{"AUTH XOAUTH2\r\n", "334 "}, {"dXNlcj11AWF1dGg9QmVhcmVyIH",
	    "235 ok"}}},
	{SMTP_AUTH_PLAIN, true, false, SMTP_CLIENT_LOST, 0,
	    {{"AUTH PLAIN ", NULL}}},
};

static _Noreturn void
serve(int fd, const struct round *rounds)
{
	char line[4096];

	for (int i = 0; i < ROUNDS && rounds[i].wants; i++) {
		size_t len = 0;

		while ((!len || line[len - 1] != '\n') && len + 1 <
		    sizeof line && read(fd, line + len, 1) == 1)
			len++;
		if (strncmp(line, rounds[i].wants, strlen(rounds[i].wants)))
			_exit(1);
		if (!rounds[i].says)
			_exit(0);
		dprintf(fd, "%s\r\n", rounds[i].says);
	}
	_exit(0);
}

START_TEST(logs_in_or_says_why_not)
{
	const struct scene *scene = &scenes[_i];
	static struct stream stream;
	struct smtp_client client;
	int fds[2], status;
	pid_t pid;

	memset(long_token, 't', sizeof long_token - 1);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		serve(fds[1], scene->rounds);
	}
	close(fds[1]);
	stream_init(&stream, fds[0]);
	smtp_client_init(&client, &stream, 5000);
	client.can.auth = scene->offers;
	ck_assert_int_eq(smtp_client_auth(&client, scene->has_token ?
	    &bearer : &tim, scene->is_private), scene->result);
	if (scene->result != SMTP_CLIENT_LOST)
		ck_assert_int_eq(client.reply.code, scene->code);
	if (scene->result == SMTP_CLIENT_REFUSED)
		ck_assert_uint_gt(client.reply.text.len, 0);
	/* the password is not left lying about */
	ck_assert_uint_eq(stream.out.cap, 0);
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	smtp_client_free(&client);
	stream_free(&stream);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_auth");

	tcase_add_loop_test(unit.cases, logs_in_or_says_why_not, 0,
	    sizeof scenes / sizeof *scenes);
	return unit_run(unit);
}
