/* fuzz_smtp_session - any bytes of a client to a whole session: it ends, and
 * what it queued is what queue-manager takes.  The first byte chooses the
 * service and whether lines come one by one. */
/* links: cmd/smtp-receive/etrn.c */
/* links: cmd/smtp-receive/login.c */
/* links: cmd/smtp-receive/policy.c */
/* links: cmd/smtp-receive/replies.c */
/* links: cmd/smtp-receive/service.c */
/* links: cmd/smtp-receive/session.c */
/* links: cmd/smtp-receive/submission.c */
/* links: cmd/smtp-receive/transfer.c */
/* links: cmd/smtp-receive/verbs.c */
#include "cmd/smtp-receive/session.h"
#include "lib/base/question.h"
#include "lib/mail/address.h"
#include "lib/mail/auth.h"
#include "lib/mail/etrn_wire.h"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SERVICES = 4 };

static const char *const names[SERVICES] = {
	"smtp", "submission", "submissions", "relay"};
static const char alice[] = "alice@local.test";

static struct config config;
static struct smtp_settings settings;
static struct session_start start = {.config = &config,
	.settings = &settings};
static int boxes_fd[SERVICES];

/* ---- instead of OpenSSL and auth-check ---- */

void
session_secure(struct session *session)
{
	(void)stream_flush(&session->stream);
	session->is_tls = true;
	session_reset(session);
	str_clear(&session->helo);
	session->is_esmtp = false;
}

void
session_start_tls(struct session *session)
{
	session_reply(session, REPLY_START_TLS);
	session_secure(session);
}

int
question_ask(const char *path, struct slice question, unsigned seconds,
    struct str *to)
{
	struct auth_request request = {0};
	struct auth_answer answer = {0};

	(void)path;
	(void)seconds;
	SCRATCH_MUST(record_decode(&question, auth_request_fields,
	    &request) == 0 && !question.len);
	if (slice_is(str_slice(&request.password), "secret")) {
		str_puts(&answer.verdict, "K");
		str_puts(&answer.account, alice);
		for (size_t i = 0; i < 96; i++)
			str_putc(&answer.passport, 'a');
	} else {
		str_puts(&answer.verdict, "D");
		str_puts(&answer.why, "wrong");
	}
	record_encode(to, auth_answer_fields, &answer);
	record_free(auth_request_fields, &request);
	record_free(auth_answer_fields, &answer);
	return 0;
}

/* etrn-serve says what the argument's length says. */
int
question_send(const char *path, struct slice question, unsigned seconds,
    struct str *to)
{
	static const unsigned codes[] = {250, 253, 421, 458, 459, 0, 999};
	struct etrn_request request = {0};
	struct etrn_answer answer = {0};

	(void)path;
	(void)seconds;
	SCRATCH_MUST(record_decode(&question, etrn_request_fields,
	    &request) == 0 && !question.len && request.argument.len);
	answer.code = codes[request.argument.len %
	    (sizeof codes / sizeof *codes)];
	str_add_slice(&answer.text, str_slice(&request.argument));
	if (answer.code)
		record_encode(to, etrn_answer_fields, &answer);
	record_free(etrn_request_fields, &request);
	record_free(etrn_answer_fields, &answer);
	return 0;
}

/* ---- the house ---- */

static void
open_house(void)
{
	static sigset_t signals;
	int before_fd = scratch_enter(&config, "postmaster@local.test user\n"
	    "alice@local.test user\nbob@local.test user quota=1M\n"
	    "closed@local.test user receive=internal\n");

	for (size_t i = 0; i < SERVICES; i++)
		boxes_fd[i] = i == 2 ? boxes_fd[1] :
		    scratch_box(service_find(names[i])->box);
	scratch_leave(before_fd);
	str_puts(&settings.me, "mail.local.test");
	str_puts(&settings.greeting, "mail.local.test");
	settings.databytes = 8192;
	settings.max_rcpts = 5;
	settings.timeout_s = 1;
	settings.has_etrn = start.may_etrn = true;
	str_puts(&start.client, "[192.0.2.1]:4711");
	str_puts(&start.client_literal, "[192.0.2.1]");
	start.messages = tally_open(1000);
	sigemptyset(&signals);
	start.signals = &signals;
}

static void
check(const struct envelope *envelope, struct slice message)
{
	struct str sender = {0};

	SCRATCH_MUST(slice_is(str_slice(&envelope->box),
	    start.service->box));
	SCRATCH_MUST(envelope->rcpt_count > 0 &&
	    envelope->rcpt_count <= settings.max_rcpts);
	SCRATCH_MUST(slice_find(message, '\r') == message.len);
	SCRATCH_MUST(slice_starts(message, "Received: "));
	if (!start.service->takes_logins) {
		SCRATCH_MUST(!envelope->login.len && !envelope->passport.len);
		return;
	}
	SCRATCH_MUST(slice_is(str_slice(&envelope->login), alice) &&
	    envelope->passport.len == 96);
	if (envelope->sender.len) {
		SCRATCH_MUST(address_normalize(&sender,
		    str_slice(&envelope->sender), true) == 0);
		SCRATCH_MUST(slice_is(str_slice(&sender), alice) ||
		    slice_starts(str_slice(&sender), "alice+"));
	}
	str_free(&sender);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice says = {(const char *)data + 1, size - 1};
	unsigned which;
	int client_fd;

	if (!size || size > SCRATCH_BYTES_MAX)
		return 0;
	if (!start.signals)
		open_house();
	which = data[0] % SERVICES;
	start.service = service_find(names[which]);
	start.box_fd = boxes_fd[which];
	start.is_tls_offered = true;
	SCRATCH_MUST(dup2(scratch_client(says, data[0] & 4, &client_fd),
	    CLIENT_FD) == CLIENT_FD);
	session_run(&start);
	close(client_fd);
	close(CLIENT_FD);
	scratch_empty(start.box_fd, check);
	return 0;
}
