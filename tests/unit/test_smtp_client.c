/* test_smtp_client - every recipient has an outcome, whatever the server
 * does.  The server is a child that follows a script:
 *
 *   "<MAIL"  waits for a line that begins so   ">250 ok"  says a line
 *   "<."     waits for the end of a message    "!text"    says it without CRLF
 *   "x"      closes                            "z"        never answers again
 *   "~"      says "250-more" for ever
 */
#include "lib/mail/smtp_client.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEPS_MAX = 40, RCPTS = 3, TIMEOUT_MS = 400 };

static const char plain_text[] = "Subject: x\n\nhello\n.\n";
static const char text_8bit[] = "Subject: x\n\nh\xc3\xa4llo\n";
static const char text_8bit_header[] = "Subject: \xc3\xa4\n\nhello\n";

struct scene {
	const char *name;
	const char *outcomes;     /* by recipient, or "open: ..." */
	const char *text;         /* NULL: plain_text */
	const char *rcpts[RCPTS]; /* first NULL: a@x.test b@x.test c@x.test */
	bool is_smtputf8;
	const char *steps[STEPS_MAX];
};

/* ---- the server ---- */

static char heard[200000];
static size_t heard_len;

static void
say(int fd, const char *text, const char *end)
{
	struct str line = {0};

	str_addf(&line, "%s%s", text, end);
	if (send(fd, line.s, line.len, MSG_NOSIGNAL) != (ssize_t)line.len)
		_exit(0); /* the client gave up, as it may */
	str_free(&line);
}

/* Takes up to and with end off what is heard. */
static void
hear(int fd, const char *end, char *to, size_t size)
{
	char *found;

	heard[heard_len] = '\0';
	while (!(found = strstr(heard, end))) {
		ssize_t n = recv(fd, heard + heard_len,
		    sizeof heard - heard_len - 1, 0);

		if (n <= 0)
			_exit(3);
		heard_len += (size_t)n;
		heard[heard_len] = '\0';
	}
	*found = '\0';
	snprintf(to, size, "%.4000s", heard);
	found += strlen(end);
	heard_len -= (size_t)(found - heard);
	memmove(heard, found, heard_len + 1);
}

static void
step(int fd, const char *what)
{
	char got[4096];

	switch (what[0]) {
	case '<':
		hear(fd, strcmp(what, "<.") ? "\r\n" : ".\r\n", got,
		    sizeof got);
		if (what[1] != '.' &&
		    strncmp(got, what + 1, strlen(what + 1)) != 0) {
			fprintf(stderr, "wanted %s, got %s\n", what + 1, got);
			_exit(4);
		}
		break;
	case '>':
		say(fd, what + 1, "\r\n");
		break;
	case '!':
		say(fd, what + 1, "");
		break;
	case '~':
		for (;;)
			say(fd, "250-more", "\r\n");
	case 'z':
		while (recv(fd, got, sizeof got, 0) > 0)
			;
		_exit(0);
	default:
		_exit(0);
	}
}

static pid_t
start_server(const int *fds, const char *const *steps)
{
	pid_t pid = fork();
	int fd = fds[1];

	if (pid)
		return pid;
	close(fds[0]);
	for (int i = 0; i < STEPS_MAX && steps[i]; i++)
		step(fd, steps[i]);
	_exit(0);
}

/* ---- the client ---- */

static int
make_file(const char *text)
{
	char path[] = "/tmp/test_smtp_client.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	ck_assert_int_eq(write(fd, "head", 4), 4);
	ck_assert_int_eq(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	return fd;
}

static const char *
open_conversation(struct smtp_client *client)
{
	static const char *const words[] = {
		[SMTP_CLIENT_OK] = NULL,
		[SMTP_CLIENT_REFUSED] = "refused",
		[SMTP_CLIENT_LOST] = "lost"
	};
	enum smtp_client_result result = smtp_client_greeting(client);

	if (result == SMTP_CLIENT_OK)
		result = smtp_client_hello(client, "me.test");
	return words[result];
}

static void
put_outcomes(struct str *to, const struct smtp_letter *letter)
{
	for (size_t i = 0; i < letter->count; i++) {
		const struct smtp_outcome *outcome =
		    &letter->rcpts[i].outcome;

		str_addf(to, "%s%c %d %s", i ? ", " : "", outcome->verdict,
		    outcome->code, outcome->enhanced[0] ? outcome->enhanced :
		    "-");
		ck_assert(outcome->text.len || outcome->is_theirs);
	}
}

static void
send_letter(struct smtp_client *client, const struct scene *scene,
    struct str *said)
{
	static const char *const usual[] = {"a@x.test", "b@x.test",
		"c@x.test"};
	const char *text = scene->text ? scene->text : plain_text;
	struct smtp_rcpt rcpts[RCPTS] = {{{0}, {0}, {0}, 0}};
	struct smtp_letter letter = {.fd = make_file(text), .start = 4,
		.end = 4 + strlen(text), .sender = slice_of("s@y.test"),
		.needs_smtputf8 = scene->is_smtputf8,
		.ret = slice_of("HDRS"), .envid = slice_of("E1"),
		.rcpts = rcpts};

	while (letter.count < RCPTS && (!scene->rcpts[0] ||
	    scene->rcpts[letter.count])) {
		rcpts[letter.count].address = slice_of(scene->rcpts[0] ?
		    scene->rcpts[letter.count] : usual[letter.count]);
		rcpts[letter.count++].dsn = slice_of("NOTIFY=NEVER");
	}
	smtp_client_send(client, &letter);
	put_outcomes(said, &letter);
	if (client->is_over)
		str_puts(said, letter.is_untouched ? " (untouched)" :
		    " (over)");
	smtp_letter_renew(&letter);
	close(letter.fd);
}

static void
play(const struct scene *scene, struct str *said, size_t letters)
{
	static struct stream stream;
	struct smtp_client client;
	const char *refusal;
	int fds[2], status;
	pid_t server;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	server = start_server(fds, scene->steps);
	close(fds[1]);
	stream_init(&stream, fds[0]);
	smtp_client_init(&client, &stream, TIMEOUT_MS);
	refusal = open_conversation(&client);
	if (refusal)
		str_addf(said, "open: %s %d %s", refusal, client.reply.code,
		    str_c(&client.why));
	for (size_t i = 0; !refusal && i < letters; i++) {
		if (i)
			str_puts(said, "; ");
		send_letter(&client, scene, said);
	}
	smtp_client_quit(&client);
	smtp_client_free(&client);
	stream_free(&stream);
	close(fds[0]);
	waitpid(server, &status, 0);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	    "%s: the server was not asked what it expected: %d", scene->name,
	    WEXITSTATUS(status));
}

#define OPEN_WITH(capabilities) \
	">220 x.test", "<EHLO me.test", ">250-x.test", capabilities
#define OPEN ">220 x.test", "<EHLO me.test", ">250 x.test"
#define OPEN_PIPE OPEN_WITH(">250 PIPELINING")
#define ASKED "<MAIL", "<RCPT", "<RCPT", "<RCPT", "<DATA"
#define ONE {"a@x.test", NULL, NULL}
#define ALL(one) one ", " one ", " one

static const struct scene scenes[] = {
    /* the good case, in its forms */
    {"lock step", ALL("K 250 2.0.0"), NULL, {0}, false,
	{OPEN, "<MAIL FROM:<s@y.test>", ">250 ok", "<RCPT TO:<a@x.test>",
	">250 ok", "<RCPT TO:<b@x.test>", ">250 ok", "<RCPT", ">251 ok",
	"<DATA", ">354 go", "<Subject: x", "<", "<hello", "<..", "<.",
	">250 2.0.0 taken", "<QUIT"}},
    {"pipelining", ALL("K 250 -"), NULL, {0}, false,
	{OPEN_PIPE, ASKED, ">250 ok", ">250 ok", ">250 ok", ">250 ok",
	">354 go", "<Subject", "<", "<hello", "<..", "<.", ">250 taken"}},
    {"HELO", "K 250 -", NULL, ONE, false,
	{">220 x.test", "<EHLO me.test", ">502 what?", "<HELO me.test",
	">250 x.test", "<MAIL FROM:<s@y.test>", ">250 ok", "<RCPT", ">250 ok",
	"<DATA", ">354 go", "<Subject", "<", "<hello", "<..", "<.",
	">250 taken"}},
    {"SIZE is said", "K 250 -", NULL, ONE, false,
	{OPEN_WITH(">250 SIZE 100"), "<MAIL FROM:<s@y.test> SIZE=24",
	">250 ok", "<RCPT", ">250 ok", "<DATA", ">354 go", "<Subject", "<",
	"<hello", "<..", "<.", ">250 taken"}},
    {"DSN is passed on", "P 250 -", NULL, ONE, false,
	{OPEN_WITH(">250 DSN"), "<MAIL FROM:<s@y.test> RET=HDRS ENVID=E1",
	">250 ok", "<RCPT TO:<a@x.test> NOTIFY=NEVER", ">250 ok", "<DATA",
	">354 go", "<Subject", "<", "<hello", "<..", "<.", ">250 taken"}},
    {"bare LF in replies", "K 250 -", NULL, ONE, false,
	{"!220-x\n220 x.test\n", "<EHLO me.test", "!250 x.test\n", "<MAIL",
	"!250 ok\n", "<RCPT", "!250 ok\n", "<DATA", "!354 go\n", "<Subject",
	"<", "<hello", "<..", "<.", "!250 taken\n"}},
    {"8BITMIME", "K 250 -", text_8bit, ONE, false,
	{OPEN_WITH(">250 8BITMIME"), "<MAIL FROM:<s@y.test> BODY=8BITMIME",
	">250 ok", "<RCPT", ">250 ok", "<DATA", ">354 go", "<Subject", "<",
	"<h", "<.", ">250 taken"}},
    {"SMTPUTF8", "K 250 -", text_8bit_header, {"\xc3\xa4@x.test"}, true,
	{OPEN_WITH(">250-8BITMIME"), ">250 SMTPUTF8",
	"<MAIL FROM:<s@y.test> BODY=8BITMIME SMTPUTF8", ">250 ok",
	"<RCPT TO:<\xc3\xa4@x.test>", ">250 ok", "<DATA", ">354 go",
	"<Subject", "<", "<hello", "<.", ">250 taken"}},
    {"only the domain is not ASCII", "K 250 -", NULL,
	{"a@b\xc3\xbc" "cher.test"}, true,
	{OPEN, "<MAIL FROM:<s@y.test>", ">250 ok",
	"<RCPT TO:<a@xn--bcher-kva.test>", ">250 ok", "<DATA", ">354 go",
	"<Subject", "<", "<hello", "<..", "<.", ">250 taken"}},
    /* what the server cannot be sent */
    {"over its SIZE", ALL("D 552 5.3.4"), NULL, {0}, false,
	{OPEN_WITH(">250 SIZE 23"), "<QUIT"}},
    {"SIZE without a limit", "K 250 -", NULL, ONE, false,
	{OPEN_WITH(">250 SIZE"), "<MAIL", ">250 ok", "<RCPT", ">250 ok",
	"<DATA", ">354 go", "<Subject", "<", "<hello", "<..", "<.",
	">250 taken"}},
    {"8 bits to 7", ALL("D 554 5.6.3"), text_8bit, {0}, false,
	{OPEN, "<QUIT"}},
    {"one address is not ASCII", "D 553 5.6.7, K 250 -", NULL,
	{"\xc3\xa4@x.test", "b@x.test"}, true,
	{OPEN, "<MAIL FROM:<s@y.test>", ">250 ok", "<RCPT TO:<b@x.test>",
	">250 ok", "<DATA", ">354 go", "<Subject", "<", "<hello", "<..", "<.",
	">250 taken"}},
    {"the header is not ASCII", "D 554 5.6.9", text_8bit_header, ONE, true,
	{OPEN_WITH(">250 8BITMIME"), "<QUIT"}},
    {"an address with a line in it", "Z 451 4.3.0, K 250 -", NULL,
	{"a@x.test>\r\nDATA", "b@x.test"}, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT TO:<b@x.test>", ">250 ok", "<DATA",
	">354 go", "<Subject", "<", "<hello", "<..", "<.", ">250 taken"}},
    /* refusals */
    {"greeting 5xx", "open: refused 554 ", NULL, {0}, false,
	{">554 go away"}},
    {"greeting 4xx", "open: refused 421 ", NULL, {0}, false,
	{">421 busy", "x"}},
    {"EHLO and HELO refused", "open: refused 550 ", NULL, {0}, false,
	{">220 x", "<EHLO", ">500 no", "<HELO", ">550 no"}},
    {"MAIL refused", ALL("D 550 5.7.1"), NULL, {0}, false,
	{OPEN, "<MAIL", ">550 5.7.1 no", "<QUIT"}},
    {"MAIL refused, pipelining", ALL("Z 451 4.7.1"), NULL, {0}, false,
	{OPEN_PIPE, ASKED, ">451 4.7.1 no", ">503 no", ">503 no", ">503 no",
	">503 no", "<QUIT"}},
    {"MAIL refused, all else taken", ALL("D 550 -"), NULL, {0}, false,
	{OPEN_PIPE, ASKED, ">550 no", ">250 ok", ">250 ok", ">250 ok",
	">354 go", "<.", ">250 taken", "<QUIT"}},
    {"some RCPT refused", "K 250 -, D 550 5.1.1, Z 450 4.2.0", NULL, {0},
	false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">250 ok", "<RCPT",
	">550 5.1.1 no", "<RCPT", ">450 4.2.0 later", "<DATA", ">354 go",
	"<Subject", "<", "<hello", "<..", "<.", ">250 taken"}},
    {"all RCPT refused", ALL("D 550 5.1.1"), NULL, {0}, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">550 5.1.1 no", "<RCPT",
	">550 5.1.1 no", "<RCPT", ">550 5.1.1 no", "<QUIT"}},
    {"all RCPT refused, DATA taken", ALL("D 550 5.1.1"), NULL, {0}, false,
	{OPEN_PIPE, ASKED, ">250 ok", ">550 5.1.1 no", ">550 5.1.1 no",
	">550 5.1.1 no", ">354 go", "<.", ">250 taken", "<QUIT"}},
    {"too many", "K 250 -, K 250 -, K 250 -", NULL, {0}, false,
	{OPEN_PIPE, ASKED, ">250 ok", ">250 ok", ">250 ok",
	">452 4.5.3 too many", ">354 go", "<Subject", "<", "<hello", "<..",
	"<.", ">250 taken", "<MAIL", "<RCPT TO:<c@x.test>", "<DATA",
	">250 ok", ">250 ok", ">354 go", "<Subject", "<", "<hello", "<..",
	"<.", ">250 taken"}},
    {"too many for anyone", "Z 452 4.5.3, Z 452 4.5.3, Z 552 5.5.3", NULL, {0}, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">452 4.5.3 no", "<RCPT",
	">452 4.5.3 no", "<RCPT", ">552 5.5.3 no", "<QUIT"} },
    {"full mailbox", "Z 452 4.2.2, D 552 5.2.2, K 250 -", NULL, {0}, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">452 4.2.2 full", "<RCPT",
	">552 5.2.2 full", "<RCPT", ">250 ok", "<DATA", ">354 go",
	"<Subject", "<", "<hello", "<..", "<.", ">250 taken"}},
    {"RCPTMAX", "K 250 -, K 250 -, K 250 -", NULL, {0}, false,
	{OPEN_WITH(">250 LIMITS RCPTMAX=2"), "<MAIL", ">250 ok", "<RCPT",
	">250 ok", "<RCPT", ">250 ok", "<DATA", ">354 go", "<Subject", "<",
	"<hello", "<..", "<.", ">250 taken", "<MAIL", ">250 ok", "<RCPT",
	">250 ok", "<DATA", ">354 go", "<Subject", "<", "<hello", "<..", "<.",
	">250 taken"}},
    {"DATA refused", ALL("D 554 5.7.0"), NULL, {0}, false,
	{OPEN_PIPE, ASKED, ">250 ok", ">250 ok", ">250 ok", ">250 ok",
	">554 5.7.0 no", "<QUIT"}},
    {"message refused", "D 554 5.6.0, D 550 5.1.1, D 554 5.6.0", NULL, {0},
	false,
	{OPEN_PIPE, ASKED, ">250 ok", ">250 ok", ">550 5.1.1 no", ">250 ok",
	">354 go", "<Subject", "<", "<hello", "<..", "<.", ">554 5.6.0 no",
	"<QUIT"}},
    {"message later", "Z 451 4.3.0", NULL, ONE, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">250 ok", "<DATA", ">354 go",
	"<Subject", "<", "<hello", "<..", "<.", ">451 4.3.0 no"}},
    {"answers that mean nothing", "Z 354 -, Z 300 -, Z 250 -", NULL, {0},
	false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">354 go", "<RCPT", ">300 x",
	"<RCPT", ">250 ok", "<DATA", ">250 ok", "<QUIT"}},
    /* the end of the connection */
    {"gone at once", "open: lost 0 the connection was lost while waiting "
	"for the answer to the connection", NULL, {0}, false, {"x"}},
    {"gone at EHLO", "open: lost 0 the connection was lost while waiting "
	"for the answer to EHLO", NULL, {0}, false,
	{">220 x", "<EHLO", "x"}},
    {"gone at MAIL", ALL("Z 451 4.4.2") " (untouched)", NULL, {0}, false,
	{OPEN, "<MAIL", "x"}},
    {"421 at MAIL", ALL("Z 421 4.3.2") " (untouched)", NULL, {0}, false,
	{OPEN, "<MAIL", ">421 4.3.2 idle", "x"}},
    {"gone at RCPT", "D 550 -, Z 451 4.4.2, Z 451 4.4.2 (over)", NULL, {0},
	false, {OPEN, "<MAIL", ">250 ok", "<RCPT", ">550 no", "<RCPT", "x"}},
    {"421 at RCPT", "D 550 -, Z 421 -, Z 421 - (over)", NULL, {0}, false,
	{OPEN_PIPE, ASKED, ">250 ok", ">550 no", ">421 bye", "x"}},
    {"gone at DATA", ALL("Z 451 4.4.2") " (over)", NULL, {0}, false,
	{OPEN_PIPE, ASKED, ">250 ok", ">250 ok", ">250 ok", ">250 ok", "x"}},
    {"gone after 354", "Z 451 4.4.2 (over)", NULL, ONE, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">250 ok", "<DATA", ">354 go",
	"x"}},
    {"gone after the dot", "Z 451 4.4.2 (over)", NULL, ONE, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">250 ok", "<DATA", ">354 go",
	"<Subject", "<", "<hello", "<..", "<.", "x"}},
    {"421 after the dot", "Z 421 - (over)", NULL, ONE, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">250 ok", "<DATA", ">354 go",
	"<Subject", "<", "<hello", "<..", "<.", ">421 bye", "x"}},
    /* silence, noise, and talk without end */
    {"never greets", "open: lost 0 no answer in time while waiting for the "
	"answer to the connection", NULL, {0}, false, {"z"}},
    {"greets without end", "open: lost 250 an answer without end to the "
	"connection", NULL, {0}, false, {"!220-x\r\n", "~"}},
    {"no line end", "open: lost 0 no answer in time while waiting for the "
	"answer to the connection", NULL, {0}, false, {"!220 x", "z"}},
    {"not SMTP", "open: lost 0 an answer that is not SMTP to the "
	"connection", NULL, {0}, false, {">HTTP/1.1 400 Bad Request"}},
    {"silent after the dot", "Z 451 4.4.2 (over)", NULL, ONE, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">250 ok", "<DATA", ">354 go",
	"z"}},
    {"RCPT without end", "Z 451 4.4.2 (over)", NULL, ONE, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", "~"}},
    {"answers before it is asked", "Z 451 4.4.2 (over)", NULL, ONE, false,
	{OPEN_PIPE, "<MAIL", "<RCPT", "<DATA", "!250 ok\r\n250 ok\r\n"
	"354 go\r\n250 taken\r\n", "z"}},
};

START_TEST(outcome_is_as_told)
{
	struct str said = {0};

	play(&scenes[_i], &said, 1);
	ck_assert_msg(!strcmp(str_c(&said), scenes[_i].outcomes),
	    "%s: %s", scenes[_i].name, str_c(&said));
	str_free(&said);
}
END_TEST

/* Two letters on one connection. */
static const struct scene pairs[] = {
    {"both go", "K 250 -; K 250 -", NULL, ONE, false,
	{OPEN_PIPE, "<MAIL", "<RCPT", "<DATA", ">250 ok", ">250 ok",
	">354 go", "<Subject", "<", "<hello", "<..", "<.", ">250 taken",
	"<MAIL", "<RCPT", "<DATA", ">250 ok", ">250 ok", ">354 go",
	"<Subject", "<", "<hello", "<..", "<.", ">250 taken", "<QUIT"}},
    {"RSET after a transaction that came to nothing",
	"D 550 -; K 250 -", NULL, ONE, false,
	{OPEN_PIPE, "<MAIL", "<RCPT", "<DATA", ">250 ok", ">550 no",
	">503 no", "<RSET", "<MAIL", "<RCPT", "<DATA", ">250 ok", ">250 ok",
	">250 ok", ">354 go", "<Subject", "<", "<hello", "<..", "<.",
	">250 taken", "<QUIT"}},
    {"closed in between", "K 250 -; Z 451 4.4.2 (untouched)", NULL, ONE,
	false,
	{OPEN_PIPE, "<MAIL", "<RCPT", "<DATA", ">250 ok", ">250 ok",
	">354 go", "<Subject", "<", "<hello", "<..", "<.", ">250 taken",
	"x"}},
    {"bids farewell in between", "K 250 -; Z 451 4.4.2 (untouched)", NULL,
	ONE, false,
	{OPEN_PIPE, "<MAIL", "<RCPT", "<DATA", ">250 ok", ">250 ok",
	">354 go", "<Subject", "<", "<hello", "<..", "<.",
	"!250 taken\r\n421 4.4.2 idle\r\n", "x"}},
    {"RSET refused", "D 550 -; Z 451 4.4.2 (untouched)", NULL, ONE, false,
	{OPEN, "<MAIL", ">250 ok", "<RCPT", ">550 no", "<RSET", ">500 no"}},
    {"MAILMAX", "K 250 - (over)", NULL, ONE, false,
	{OPEN_WITH(">250 LIMITS MAILMAX=1"), "<MAIL", ">250 ok", "<RCPT",
	">250 ok", "<DATA", ">354 go", "<Subject", "<", "<hello", "<..", "<.",
	">250 taken", "<QUIT"}},
};

START_TEST(second_letter_is_as_good)
{
	struct str said = {0};
	bool is_one = !strchr(pairs[_i].outcomes, ';');

	play(&pairs[_i], &said, is_one ? 1 : 2);
	ck_assert_msg(!strcmp(str_c(&said), pairs[_i].outcomes),
	    "%s: %s", pairs[_i].name, str_c(&said));
	str_free(&said);
}
END_TEST

/* A server that refuses a message while it is still being sent. */
START_TEST(early_refusal_is_heard)
{
	static const struct scene scene = {"early", "D 552 5.3.4 (over)",
		NULL, ONE, false,
		{OPEN, "<MAIL", ">250 ok", "<RCPT", ">250 ok", "<DATA",
		">354 go", ">552 5.3.4 too big", "x"}};
	struct scene long_one = scene;
	struct str said = {0};
	char *text = malloc(4000001);

	memset(text, 'x', 4000000);
	for (size_t i = 70; i < 4000000; i += 70)
		text[i] = '\n';
	text[4000000] = '\0';
	long_one.text = text;
	play(&long_one, &said, 1);
	/* 552, if it came through before the reset; else lost */
	ck_assert_msg(!strcmp(str_c(&said), scene.outcomes) ||
	    !strcmp(str_c(&said), "Z 451 4.4.2 (over)"), "%s", str_c(&said));
	free(text);
	str_free(&said);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_client");

	signal(SIGPIPE, SIG_IGN);
	tcase_set_timeout(unit.cases, 20);
	tcase_add_loop_test(unit.cases, outcome_is_as_told, 0,
	    sizeof scenes / sizeof *scenes);
	tcase_add_loop_test(unit.cases, second_letter_is_as_good, 0,
	    sizeof pairs / sizeof *pairs);
	tcase_add_test(unit.cases, early_refusal_is_heard);
	return unit_run(unit);
}
