/* listing_lanes - what waits where, and what for; see listing.h. */
#include "cmd/queue-manager/listing.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/heap.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <time.h>

enum { DAY_S = 24 * 3600 };

/* A lane, and what its deliveries say of it. */
struct lane_row {
	struct lane *lane;
	uint64_t oldest_us; /* arrival */
	uint64_t next_ms;   /* the first of those deferred; or UINT64_MAX */
};

struct rows {
	struct lane_row *v;
	size_t len;
};

void
listing_age(struct str *to, uint64_t seconds)
{
	if (seconds < 120)
		str_addf(to, "%llus", (unsigned long long)seconds);
	else if (seconds < 2 * 3600)
		str_addf(to, "%llum", (unsigned long long)seconds / 60);
	else if (seconds < 48 * 3600)
		str_addf(to, "%lluh", (unsigned long long)seconds / 3600);
	else
		str_addf(to, "%llud", (unsigned long long)seconds / 86400);
}

static bool
has_work(const struct lane *lane)
{
	return lane->waiting || lane->deferred || lane->in_flight;
}

static bool
is_worth_a_line(const struct lane *lane)
{
	return has_work(lane) || lane->state != LANE_UP;
}

static void
note_delivery(struct manager *manager, struct message *message, void *context)
{
	(void)manager, (void)context;
	for (const struct delivery *d = message->deliveries; d;
	     d = d->sibling) {
		struct lane_row *row = d->lane->row;

		if (!row)
			continue;
		if (message->arrived_us < row->oldest_us)
			row->oldest_us = message->arrived_us;
		if (d->state == DELIVERY_DEFERRED &&
		    d->timed.due_ms < row->next_ms)
			row->next_ms = d->timed.due_ms;
	}
}

/* The fullest first. */
static int
compare(const void *a, const void *b)
{
	const struct lane *one = ((const struct lane_row *)a)->lane;
	const struct lane *other = ((const struct lane_row *)b)->lane;
	size_t ones = one->waiting + one->deferred + one->in_flight;
	size_t others = other->waiting + other->deferred + other->in_flight;

	return ones < others ? 1 : ones > others ? -1 : 0;
}

static void
gather(struct manager *manager, struct rows *rows)
{
	const struct lanes *lanes = &manager->lanes;

	rows->v = mem_alloc((lanes->count + 1) * sizeof *rows->v);
	for (size_t i = 0; i < lanes->size; i++)
		for (struct lane *lane = lanes->buckets[i]; lane;
		     lane = lane->next)
			if (is_worth_a_line(lane))
				rows->v[rows->len++] = (struct lane_row){lane,
				    UINT64_MAX, UINT64_MAX};
	qsort(rows->v, rows->len, sizeof *rows->v, compare);
	for (size_t i = 0; i < rows->len; i++)
		rows->v[i].lane->row = &rows->v[i];
	index_each(manager, note_delivery, NULL);
}

static const char *
state_of(const struct lane *lane)
{
	if (lane->held)
		return held_is_released(lane) ? "released" : "held";
	switch (lane->state) {
	case LANE_UP:
		break;
	case LANE_DOWN:
		return "down";
	case LANE_PAUSED:
		return "paused";
	}
	return "up";
}

/* A time of the monotonic clock, as people tell it. */
static void
put_time(struct str *to, uint64_t due_ms)
{
	uint64_t now_ms = clock_mono_ms();
	uint64_t wait_s = due_ms > now_ms ? (due_ms - now_ms + 999) / 1000 : 0;
	time_t when = (time_t)(clock_wall_us() / 1000000 + wait_s);
	char text[32];
	struct tm tm;

	localtime_r(&when, &tm);
	strftime(text, sizeof text, wait_s < DAY_S ? "%H:%M:%S" :
						     "%Y-%m-%dT%H:%M:%S", &tm);
	str_addf(to, " next=%s", text);
}

static void
put_next(struct str *to, const struct lane_row *row)
{
	const struct lane *lane = row->lane;

	if (lane->state == LANE_PAUSED)
		return;
	if (lane->probe)
		str_puts(to, " next=trying");
	else if (lane->is_timed)
		put_time(to, lane->timed.due_ms);
	else if (!lane->waiting && !lane->in_flight &&
	    row->next_ms != UINT64_MAX)
		put_time(to, row->next_ms);
}

/* How many deliveries may be under way. */
static unsigned
limit_of(const struct lane *lane)
{
	if (lane->held && !held_is_released(lane))
		return 0;
	switch (lane->state) {
	case LANE_UP:
		return lane->limit;
	case LANE_DOWN:
		return 1;
	case LANE_PAUSED:
		break;
	}
	return 0;
}

static void
put_row(struct str *to, const struct lane_row *row)
{
	const struct lane *lane = row->lane;

	log_escape(to, slice_of(answer_lane_name(lane)));
	str_addf(to, " %s waiting=%zu deferred=%zu active=%u", state_of(lane),
	    lane->waiting, lane->deferred, lane->in_flight);
	if (lane->port->is_remote)
		str_addf(to, " limit=%u", limit_of(lane));
	if (row->oldest_us != UINT64_MAX) {
		uint64_t now_us = clock_wall_us();

		str_puts(to, " oldest=");
		listing_age(to, now_us > row->oldest_us ?
		    (now_us - row->oldest_us) / 1000000 : 0);
	}
	put_next(to, row);
	if (lane->words)
		str_addf(to, " why=\"%s\"", lane->words);
}

void
listing_lanes(struct manager *manager, struct answer *answer)
{
	struct rows rows = {0};

	gather(manager, &rows);
	for (size_t i = 0; i < rows.len; i++) {
		put_row(&answer->out, &rows.v[i]);
		answer_line(answer);
	}
	free(rows.v);
}

void
listing_count_lanes(struct manager *manager, struct answer *answer)
{
	const struct lanes *lanes = &manager->lanes;
	size_t busy = 0, down = 0, paused = 0;

	for (size_t i = 0; i < lanes->size; i++)
		for (const struct lane *lane = lanes->buckets[i]; lane;
		     lane = lane->next) {
			busy += has_work(lane);
			down += lane->state == LANE_DOWN;
			paused += lane->state == LANE_PAUSED;
		}
	str_addf(&answer->out, "lanes %zu\nlanes down %zu\nlanes paused %zu\n",
	    busy, down, paused);
}
