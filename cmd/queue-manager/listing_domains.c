/*
 * listing_domains - how much waits for each domain, and for what; see
 * listing.h.
 */
#include "cmd/queue-manager/listing.h"

#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/message.h"
#include "control/name_map.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>

/* Messages with a recipient in the domain. */
struct domain_line {
	struct slice name;    /* of the first recipient met */
	const struct message *last; /* that was counted */
	size_t held, waiting, deferred, active;
	uint64_t oldest_us;
	bool is_released;
};

struct domains {
	struct name_map at; /* -> index in v, plus one */
	struct domain_line *v;
	size_t len, cap;
};

static struct domain_line *
line_of(struct domains *domains, struct slice name)
{
	size_t *at = name_map_add(&domains->at, name, domains->len + 1);

	if (at)
		return &domains->v[*at - 1];
	domains->v = mem_room(domains->v, domains->len, &domains->cap,
	    sizeof *domains->v);
	domains->v[domains->len] = (struct domain_line){.name = name,
	    .oldest_us = UINT64_MAX};
	return &domains->v[domains->len++];
}

static void
count_state(struct domain_line *line, const struct message *message,
    const struct rcpt *rcpt)
{
	const struct lane *lane = rcpt->lane;
	const struct delivery *delivery = rcpt->delivery;

	line->is_released |= lane && held_is_released(lane);
	if (delivery && delivery->state == DELIVERY_IN_FLIGHT)
		line->active++;
	else if (message->is_held || (lane && held_waits(lane)))
		line->held++;
	else if (delivery && delivery->state == DELIVERY_WAITING)
		line->waiting++;
	else
		line->deferred++;
}

static void
count_one(struct manager *manager, struct message *message, void *context)
{
	struct answer *answer = context;
	struct domains *domains = answer->domains;

	(void)manager;
	if (!answer_matches(answer->request, message))
		return;
	for (size_t i = 0; i < message->count; i++) {
		const struct rcpt *rcpt = message->rcpts[i];
		const char *at = strrchr(rcpt->address, '@');
		struct domain_line *line;

		if (rcpt->state != RCPT_PENDING || !at)
			continue;
		line = line_of(domains, slice_of(at + 1));
		if (line->last == message)
			continue;
		line->last = message;
		if (message->arrived_us < line->oldest_us)
			line->oldest_us = message->arrived_us;
		count_state(line, message, rcpt);
	}
}

static size_t
all_of(const struct domain_line *line)
{
	return line->held + line->waiting + line->deferred + line->active;
}

/* The fullest first. */
static int
compare(const void *a, const void *b)
{
	size_t ones = all_of(a), others = all_of(b);

	return ones < others ? 1 : ones > others ? -1 : 0;
}

static void
put_line(struct answer *answer, const struct domain_line *line)
{
	struct str *to = &answer->out;
	uint64_t now_us = clock_wall_us();

	log_escape(to, line->name);
	str_addf(to, " held=%zu waiting=%zu deferred=%zu active=%zu oldest=",
	    line->held, line->waiting, line->deferred, line->active);
	listing_age(to, now_us > line->oldest_us ?
	    (now_us - line->oldest_us) / 1000000 : 0);
	if (line->is_released)
		str_puts(to, " released");
	answer_line(answer);
}

void
listing_domains(struct manager *manager, struct answer *answer)
{
	struct domains domains = {0};

	answer->domains = &domains;
	index_each(manager, count_one, answer);
	if (domains.len)
		qsort(domains.v, domains.len, sizeof *domains.v, compare);
	for (size_t i = 0; i < domains.len; i++)
		put_line(answer, &domains.v[i]);
	name_map_free(&domains.at);
	free(domains.v);
}
