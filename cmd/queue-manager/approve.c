/*
 * approve - what the manager of a share domain lets go; see approve.h.
 *
 * Who asks has read the seal in a copy of the letter: share-assign, which
 * found it where the manager moved it, or root.  An answer is given when the
 * decision is durable, so that whoever heard it may forget the copy.
 */
#include "cmd/queue-manager/approve.h"

#include "cmd/queue-manager/admit.h"
#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/desk.h"
#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/saving.h"
#include "cmd/queue-manager/seal.h"
#include "lib/base/log.h"

#include <errno.h>
#include <string.h>

/* CLIENTS: they may have connected without a word. */
enum { CLIENTS_MAX = 64, REQUEST_MAX = 1024, WHY_MAX = 200 };

static const char path[] = "run/approve/s";

/* ---- the decision ---- */

static bool
is_awaited(const struct message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (message_awaits(message, message->rcpts[i]))
			return true;
	return false;
}

/* While its recipients are routed, or cannot be, nobody knows which of them
 * it is about: a word taken then would be lost. */
static bool
is_undecided(const struct message *message)
{
	for (size_t i = 0; i < message->count; i++) {
		const struct rcpt *rcpt = message->rcpts[i];

		if (rcpt->state == RCPT_PENDING &&
		    (rcpt->is_unrouted || !rcpt->lane) &&
		    !rcpt_is_in_flight(rcpt))
			return true;
	}
	return false;
}

/* What was waited for is no reason to wait any more. */
static void
let_go(struct message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (message_awaits(message, message->rcpts[i]))
			message_no_words(message->rcpts[i]);
	message->approval = APPROVAL_GIVEN;
}

static void
refuse(struct message *message, struct slice why)
{
	struct str words = {0};

	str_puts(&words, "550 5.7.1 - not approved");
	if (why.len)
		str_puts(&words, ": ");
	str_add_slice(&words, slice_make(why.s, why.len < WHY_MAX ? why.len :
								    WHY_MAX));
	for (size_t i = 0; i < message->count; i++)
		if (message_awaits(message, message->rcpts[i]))
			outcome_fail(message, message->rcpts[i],
			    str_c(&words));
	str_free(&words);
}

static void
make_durable(struct manager *manager, struct message *message)
{
	message_save(manager, message);
	if (spool_note_sync(&manager->spool, message->id) < 0)
		log_event("alarm", "id", message->id, "why",
		    "a decision about it may be lost in a power cut", "error",
		    strerror(errno), NULL);
}

static const char *
decide(struct manager *manager, struct slice id, bool is_good,
    struct slice why)
{
	struct str name = {0};
	struct message *message;

	str_set_slice(&name, id);
	message = admit_find(manager, str_c(&name));
	str_free(&name);
	if (!message)
		return "unknown";
	if (message->approval == APPROVAL_AWAITED && is_undecided(message))
		return "later";
	if (!is_awaited(message))
		return "already";
	log_event(is_good ? "approve" : "reject", "id", message->id, "from",
	    message->sender, NULL);
	if (is_good)
		let_go(message);
	else
		refuse(message, why);
	make_durable(manager, message);
	gather_rcpts(manager, message);
	outcome_settle(manager, message);
	return "ok";
}

/* "approve ID SEAL", "reject ID SEAL WHY" */
static const char *
answer_request(struct manager *manager, struct slice request)
{
	struct slice verb, id, seal;

	request = slice_cut(&request, '\n');
	verb = slice_cut(&request, ' ');
	id = slice_cut(&request, ' ');
	seal = slice_cut(&request, ' ');
	if (!queue_id_valid(id) || !seal_holds(manager, id, seal)) {
		log_event("alarm", "why", "somebody asked for an approval "
		    "without the seal of the letter", "by", path, NULL);
		return "refused";
	}
	if (slice_is(verb, "approve"))
		return decide(manager, id, true, slice_of(""));
	if (slice_is(verb, "reject"))
		return decide(manager, id, false, slice_trim(request));
	return "refused";
}

/* ---- the socket ---- */

static void
answer_packet(struct manager *manager, int fd, struct slice packet)
{
	const char *answer = packet.len <= REQUEST_MAX ?
	    answer_request(manager, packet) : "refused";

	(void)packet_send(fd, slice_of(answer), -1);
}

static bool
may_ask(const struct manager *manager, uid_t uid)
{
	return uid == 0 || uid == manager->ports[AGENT_LOCAL].uid;
}

int
approve_listen(struct manager *manager)
{
	manager->approve = (struct desk){.may_ask = may_ask,
		.answer = answer_packet, .clients_max = CLIENTS_MAX};
	return desk_open(manager, &manager->approve, path);
}
