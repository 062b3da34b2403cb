/* ages - who waits too long, and who is told of it; see ages.h. */
#include "cmd/queue-manager/ages.h"

#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/notice.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/quarantine.h"
#include "cmd/queue-manager/reach.h"
#include "cmd/queue-manager/saving.h"
#include "cmd/queue-manager/sorting.h"
#include "cmd/queue-manager/walk.h"
#include "cmd/queue-manager/warnheld.h"
#include "lib/mail/address.h"

/* What waits for the primary of a backup domain may wait longer, or for
 * ever. */
static uint64_t
lifetime_s(const struct manager *manager, const struct rcpt *rcpt)
{
	return rcpt->keep_s ? rcpt->keep_s :
			      manager->settings.queuelifetime_s;
}

bool
ages_is_too_old(const struct manager *manager, const struct message *message,
    const struct rcpt *rcpt)
{
	return message_age_s(message) > lifetime_s(manager, rcpt);
}

void
ages_give_up(struct manager *manager, struct message *message,
    struct rcpt *rcpt)
{
	struct str words = {0};
	const char *last = reach_words(rcpt);

	if (message_awaits(message, rcpt)) {
		outcome_fail(message, rcpt,
		    "550 5.7.1 - not approved in time");
		return;
	}
	if (last)
		str_puts(&words, last);
	else if (rcpt->lane && rcpt->lane->held)
		str_puts(&words, "451 4.4.7 - held for its domain, which did "
		    "not ask for it");
	else
		str_puts(&words, "451 4.4.7 - never tried");
	str_puts(&words, " (given up after ");
	str_add_u64(&words, lifetime_s(manager, rcpt) / 3600);
	str_puts(&words, " hours)");
	outcome_fail(message, rcpt, str_c(&words));
	str_free(&words);
}

static bool
is_own_writer(struct manager *manager, const struct message *message)
{
	struct slice local, domain;

	return address_split(slice_of(message->sender), &local, &domain) &&
	    route_domain_is_home(&manager->config, domain);
}

static bool
wants_warning(struct manager *manager, const struct message *message)
{
	if (message->is_delayed || message->is_held ||
	    outcome_is_reporting(message) || !manager->settings.warnafter_s ||
	    message_age_s(message) <= manager->settings.warnafter_s)
		return false;
	return message_is_awaited(message) &&
	    is_own_writer(manager, message) && !notice_was_told(message);
}

/* Too old, and not in a worker's hands: its next attempt would not come. */
static bool
is_over(const struct manager *manager, const struct message *message,
    const struct rcpt *rcpt)
{
	return rcpt->state == RCPT_PENDING && !rcpt->is_unrouted &&
	    ages_is_too_old(manager, message, rcpt) &&
	    !rcpt_is_in_flight(rcpt);
}

static bool
has_over(const struct manager *manager, const struct message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (is_over(manager, message, message->rcpts[i]))
			return true;
	return false;
}

/* A copy that must be there first is given up with what waits for it. */
static void
give_up_behind(struct message *message, const struct rcpt *gate)
{
	for (size_t i = 0; i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (rcpt->state == RCPT_PENDING && rcpt->stage > gate->stage)
			outcome_fail(message, rcpt,
			    "451 4.4.7 - not sent: the copy that is kept of "
			    "it could not be delivered");
	}
}

static void
expire(struct manager *manager, struct message *message)
{
	for (size_t i = 0; i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (!is_over(manager, message, rcpt))
			continue;
		if (rcpt->lane && lanes_is_sorting(manager, rcpt->lane)) {
			sorting_skip(manager, message, rcpt);
			continue;
		}
		if (message_is_gate(message, rcpt))
			give_up_behind(message, rcpt);
		ages_give_up(manager, message, rcpt);
	}
	lane_withdraw(manager, message);
	gather_rcpts(manager, message);
	if (!message_is_finished(message))
		message_save(manager, message);
	outcome_settle(manager, message);
}

static bool
check_age(struct manager *manager, const char *id, void *context)
{
	struct message *message = index_find(&manager->index, id);

	(void)context;
	if (!message || message->is_held || message->is_routing)
		return false;
	warnheld_check(manager, message);
	if (message->quarantined && quarantine_check(manager, message))
		outcome_settle(manager, message);
	else if (message->pending && has_over(manager, message))
		expire(manager, message);
	else if (message->pending && wants_warning(manager, message))
		gather_report(manager, message, FOR_WARNING);
	return false;
}

static void
end_ages(struct manager *manager, void *context)
{
	(void)context;
	manager->is_checking_ages = false;
}

void
ages_check(struct manager *manager)
{
	if (manager->is_checking_ages)
		return;
	manager->is_checking_ages = true;
	walk_add_all(walk_begin(manager, check_age, end_ages, NULL),
	    &manager->index);
}
