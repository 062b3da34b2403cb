/* fuzz_local_session - any bytes of a user of this machine to a whole session
 * of local-submit: it ends, and what it queued is what queue-manager takes.
 * The first byte chooses the caller. */
/* links: cmd/local-submit/caller.c */
/* links: cmd/local-submit/owner.c */
/* links: cmd/local-submit/replies.c */
/* links: cmd/local-submit/request.c */
/* links: cmd/local-submit/session.c */
/* links: cmd/local-submit/text.c */
#include "cmd/local-submit/session.h"
#include "lib/mail/address.h"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct config config;
static struct submit_settings settings;
static struct session_start start = {.config = &config,
	.settings = &settings};

static void
open_house(void)
{
	int before_fd = scratch_enter(&config, "postmaster@local.test user\n"
	    "anna@local.test user\n");

	start.box_fd = scratch_box("local-submit");
	scratch_leave(before_fd);
	str_puts(&settings.me, "mail.local.test");
	str_puts(&settings.users, "ph");
	settings.databytes = 8192;
	settings.max_rcpts = 5;
}

/* A quoted or capitalized one is hers, too. */
static void
check_sender(const struct envelope *envelope)
{
	struct str sender = {0};

	SCRATCH_MUST(address_normalize(&sender, str_slice(&envelope->sender),
	    true) == 0);
	SCRATCH_MUST(slice_starts(str_slice(&sender), "anna@") ||
	    slice_starts(str_slice(&sender), "anna+"));
	str_free(&sender);
}

static void
check(const struct envelope *envelope, struct slice message)
{
	SCRATCH_MUST(slice_is(str_slice(&envelope->box), "local-submit"));
	SCRATCH_MUST(envelope->rcpt_count > 0 &&
	    envelope->rcpt_count <= settings.max_rcpts);
	SCRATCH_MUST(!envelope->login.len && !envelope->passport.len);
	SCRATCH_MUST(slice_find(message, '\r') == message.len);
	SCRATCH_MUST(slice_starts(message, "Received: (from "));
	SCRATCH_MUST(message.s[message.len - 1] == '\n');
	if (start.caller.uid != 0 && envelope->sender.len)
		check_sender(envelope);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice says = {(const char *)data + 1, size - 1};
	int client_fd;

	if (!size || size > SCRATCH_BYTES_MAX)
		return 0;
	if (!settings.me.len)
		open_house();
	start.caller.uid = data[0] & 1 ? 0 : 1000;
	str_set(&start.caller.name, data[0] & 1 ? "root" : "anna");
	start.fd = scratch_client(says, data[0] & 2, &client_fd);
	session_run(&start);
	close(start.fd);
	close(client_fd);
	scratch_empty(start.box_fd, check);
	return 0;
}
