/*
 * late - what workers still have to say to an earlier manager; see late.h.
 *
 * Agents survive queue-manager, and what they delivered must not be delivered
 * again.  Which agent a recipient belongs to, and to whom its aliases lead, is
 * known when the message is routed: until then results are kept.  Those of a
 * turn are applied together, for each looks through all recipients.
 */
#include "cmd/queue-manager/late.h"

#include "cmd/queue-manager/admit.h"
#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/kept.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/rcpt_map.h"
#include "cmd/queue-manager/saving.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

/* ---- what is heard ---- */

/* Once for them all. */
static void
complain(const struct message *message, struct agent_port *port)
{
	if (!port->has_too_many)
		log_event("alarm", "id", message->id, "by", port->name, "why",
		    "too many results at once for jobs of before the start; "
		    "some that it has delivered may be delivered again", NULL);
	port->has_too_many = true;
}

void
late_result(struct manager *manager, struct agent_port *port,
    const struct job_result *result)
{
	struct message *message = admit_find(manager, str_c(&result->id));
	bool is_new;

	if (!message || !result->rcpts.len ||
	    result->rcpts.len != result->verdicts.len)
		return;
	is_new = !message->kept;
	if (!kept_add(message, port, result))
		complain(message, port);
	else if (is_new)
		strs_add(&manager->late, slice_of(message->id));
}

/* ---- what it does ---- */

/* Else it is about the lane of an earlier manager; or that one has heard it,
 * too, and the recipient waits already. */
static bool
is_news(const struct rcpt *rcpt, const struct str *verdict)
{
	char letter = verdict->len ? verdict->s[0] : (char)JOB_LATER;

	if (letter == JOB_LATER)
		return rcpt->next_us <= clock_wall_us();
	return letter != JOB_UNREACHED && letter != JOB_REFUSED;
}

static bool
has_folders(const struct message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (*rcpt_folder(message->rcpts[i]))
			return true;
	return false;
}

/* Those that no worker of ours has. */
static void
map_waiting(struct rcpt_map *waiting, const struct message *message)
{
	for (size_t i = 0; i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (rcpt->state == RCPT_PENDING && rcpt->lane &&
		    !rcpt_is_in_flight(rcpt))
			rcpt_map_add(waiting, rcpt);
	}
}

static bool
apply_result(struct manager *manager, struct message *message,
    const struct rcpt_map *waiting, const struct agent_port *port,
    const struct job_result *result)
{
	bool is_any = false;

	for (size_t i = 0; i < result->rcpts.len; i++) {
		const struct str *verdict = &result->verdicts.v[i];
		struct rcpt *rcpt = rcpt_map_find(waiting,
		    str_c(&result->rcpts.v[i]), "");

		if (!rcpt || rcpt->state != RCPT_PENDING ||
		    rcpt->lane->port != port || !is_news(rcpt, verdict))
			continue;
		outcome_apply(manager, message, rcpt, str_slice(verdict));
		is_any = true;
	}
	return is_any;
}

bool
late_apply(struct manager *manager, struct message *message)
{
	struct job_result result = {0};
	struct rcpt_map waiting = {0};
	struct agent_port *port;
	bool is_any = false, has_copies;

	if (!message->kept)
		return false;
	/* An address of which there are two copies tells them apart no more;
	 * what was delivered is found there. */
	has_copies = has_folders(message);
	map_waiting(&waiting, message);
	while ((port = kept_take(message, &result)))
		if (!has_copies || port != &manager->ports[AGENT_LOCAL])
			is_any |= apply_result(manager, message, &waiting,
			    port, &result);
	rcpt_map_free(&waiting);
	if (is_any)
		lane_withdraw(manager, message);
	if (is_any && !message_is_finished(message))
		message_save(manager, message);
	return is_any;
}

void
late_settle(struct manager *manager)
{
	for (size_t i = 0; i < manager->late.len; i++) {
		struct message *message = index_find(&manager->index,
		    str_c(&manager->late.v[i]));

		if (!message || message->is_routing ||
		    !late_apply(manager, message))
			continue;
		gather_rcpts(manager, message);
		outcome_settle(manager, message);
	}
	strs_free(&manager->late);
}
