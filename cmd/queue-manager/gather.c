/*
 * gather - recipients into deliveries, one for each lane and time.
 */
#include "cmd/queue-manager/gather.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/heap.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "lib/base/clock.h"

/* Does what comes after its stage wait for this one?  For the copies of what
 * goes out; and for what is not decided, for there may be one among it.  A
 * colleague's full mailbox is no reason to keep the rest. */
static bool
is_gate(const struct rcpt *rcpt)
{
	return rcpt->state == RCPT_PENDING &&
	    (rcpt_is_gate(rcpt) || rcpt->is_unrouted || !rcpt->lane);
}

/* The last stage that may go now. */
static uint8_t
open_stage(const struct message *message)
{
	uint8_t last = message->approval == APPROVAL_AWAITED ? 1 : UINT8_MAX;

	for (size_t i = 0; i < message->count && last > 1; i++) {
		const struct rcpt *rcpt = message->rcpts[i];

		if (is_gate(rcpt) && (rcpt->is_unrouted || rcpt->stage < last))
			last = rcpt->is_unrouted ? 1 : rcpt->stage;
	}
	return last;
}

/* A recipient without a lane (its routing failed for now) sleeps in the
 * lane of local delivery; lane_wake has it routed again. */
static struct lane *
lane_of(struct manager *manager, const struct rcpt *rcpt)
{
	return rcpt->lane ? rcpt->lane :
	    lanes_get(manager, &manager->ports[AGENT_LOCAL], slice_of(""));
}

static void
end_gathering(struct manager *manager, struct lane *lane)
{
	struct delivery *delivery = lane->gathering;

	lane->gathering = NULL;
	if (!delivery)
		return;
	if (lane->held)
		lane_queue(manager, delivery); /* whatever the time */
	else if (delivery->timed.due_ms > clock_mono_ms() ||
	    !delivery->rcpts[0]->lane)
		lane_defer(manager, delivery, delivery->timed.due_ms);
	else
		lane_queue(manager, delivery);
}

/* Wall clock on disk, monotonic clock in memory.  A time that was noted while
 * the clock was wrong costs no more than the longest wait, which is
 * reach_pause_us's. */
static uint64_t
due_ms(const struct manager *manager, uint64_t next_us)
{
	uint64_t now_us = next_us ? clock_wall_us() : 0;
	uint64_t most_us = manager->settings.maxprobe_s * 1000000 / 8 * 9;
	uint64_t wait_us = next_us > now_us ? next_us - now_us : 0;

	return clock_mono_ms() + (wait_us < most_us ? wait_us : most_us) / 1000;
}

/* DSN parameters make a job long. */
enum { REMOTE_RCPTS_MAX = 80 };
_Static_assert(REMOTE_RCPTS_MAX * (JOB_DSN_MAX + ADDRESS_TEXT_MAX + 4) +
	JOB_LANE_MAX + ADDRESS_TEXT_MAX + JOB_ENVID_MAX + 256 <= PACKET_MAX,
    "a full job for a remote agent fits into a packet");

_Static_assert(JOB_RCPTS_MAX * (COPY_MAX + ADDRESS_TEXT_MAX + 4) +
	2 * ADDRESS_TEXT_MAX + 256 <= PACKET_MAX,
    "a full job for local-deliver fits into a packet");

static size_t
most_rcpts(const struct manager *manager, const struct lane *lane)
{
	if (lanes_is_sorting(manager, lane))
		return 1; /* what it adds belongs to somebody */
	return lane->port->is_remote ? REMOTE_RCPTS_MAX : JOB_RCPTS_MAX;
}

static void
gather_one(struct manager *manager, struct message *message, struct rcpt *rcpt)
{
	struct lane *lane = lane_of(manager, rcpt);
	struct delivery *open = lane->gathering;

	if (open && (open->count == most_rcpts(manager, lane) ||
			open->rcpts[0]->next_us != rcpt->next_us ||
			!open->rcpts[0]->lane != !rcpt->lane))
		end_gathering(manager, lane);
	if (!lane->gathering) {
		lane->gathering = lane_new_delivery(message, lane, FOR_RCPTS);
		lane->gathering->timed.due_ms = due_ms(manager, rcpt->next_us);
	}
	lane_add_rcpt(lane->gathering, rcpt);
}

static void
gather(struct manager *manager, struct message *message,
    struct rcpt *const *rcpts, size_t count, uint8_t last)
{
	for (size_t i = 0; i < count; i++)
		if (rcpts[i]->state == RCPT_PENDING && !rcpts[i]->delivery &&
		    !rcpts[i]->is_unrouted && rcpts[i]->stage <= last)
			gather_one(manager, message, rcpts[i]);
	for (size_t i = 0; i < count; i++)
		end_gathering(manager, lane_of(manager, rcpts[i]));
}

static bool
has_stages(const struct message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (message->rcpts[i]->state == RCPT_PENDING &&
		    message->rcpts[i]->stage > 1)
			return true;
	return false;
}

/* Not while it is routed: late.c may have heard that some are done. */
static bool
may_go(const struct message *message)
{
	return !message->is_held && !message->is_routing;
}

void
gather_rcpts(struct manager *manager, struct message *message)
{
	message->has_stages = has_stages(message);
	if (may_go(message))
		gather(manager, message, message->rcpts, message->count,
		    message->has_stages ? open_stage(message) : 1);
}

void
gather_some(struct manager *manager, struct message *message,
    struct rcpt *const *rcpts, size_t count)
{
	if (message->has_stages)
		gather_rcpts(manager, message);
	else if (may_go(message) && count)
		gather(manager, message, rcpts, count, 1);
}

void
gather_report(struct manager *manager, struct message *message,
    enum delivery_purpose purpose)
{
	struct lane *lane =
	    lanes_get(manager, &manager->ports[AGENT_BOUNCE], slice_of(""));
	struct delivery *delivery = lane_new_delivery(message, lane,
	    purpose);

	for (size_t i = 0; purpose == FOR_REPORT && i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (delivery->count < REPORT_RCPTS_MAX &&
		    (rcpt->state == RCPT_FAILED ||
			rcpt->state == RCPT_DONE_UNTOLD))
			lane_add_rcpt(delivery, rcpt);
	}
	lane_queue(manager, delivery);
}
