/*
 * turn - whose turn it is; see turn.h.
 *
 * Lanes with something waiting stand in their agent's lines and take turns, one
 * job each, so that a full lane never delays another.
 */
#include "cmd/queue-manager/turn.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/reach.h"

bool
turn_may_go(const struct lane *lane)
{
	return lane->head && lane->in_flight < reach_room(lane);
}

void
turn_give(struct lane *lane)
{
	struct lane_line *line = &lane->port->lines[reach_line(lane)];

	if (lane->has_turn || !turn_may_go(lane))
		return;
	lane->has_turn = true;
	lane->turn_next = NULL;
	if (line->tail)
		line->tail->turn_next = lane;
	else
		line->head = lane;
	line->tail = lane;
}

/* Of an agent at home: more than a thousand workers of local-deliver take, and
 * half the descriptors that service/queue-manager has; each letter that is out
 * has one. */
enum { IN_FLIGHT_MAX = 32 * 1024 };

static unsigned
in_flight(const struct agent_port *port)
{
	unsigned count = 0;

	for (enum line line = 0; line < LINE_COUNT; line++)
		count += port->lines[line].in_flight;
	return count;
}

static unsigned
less(unsigned from, unsigned what)
{
	return from > what ? from - what : 0;
}

/* A quarter of the workers (one at least) may look after those that were down
 * when last seen, three quarters after all of whom we do not know: a thousand
 * dead hosts, each good for minutes of silence, leave the rest to mail that
 * flows. */
unsigned
turn_room(const struct agent_port *port, enum line line)
{
	unsigned down = port->lines[LINE_DOWN].in_flight;
	unsigned trying = down + port->lines[LINE_FRESH].in_flight;
	unsigned quarter = port->places / 4 ? port->places / 4 : 1;
	unsigned most = less(port->places, port->places / 4);
	unsigned room = less(port->places, in_flight(port));

	if (!port->is_remote)
		return less(IN_FLIGHT_MAX, in_flight(port));
	if (line != LINE_PROVEN && less(most, trying) < room)
		room = less(most, trying);
	if (line == LINE_DOWN && less(quarter, down) < room)
		room = less(quarter, down);
	return room;
}

/* The more workers a lane has, the more must be free before it gets another:
 * one lane alone can have four fifths of them, and whoever comes then finds
 * some. */
bool
turn_has_share(const struct lane *lane)
{
	const struct agent_port *port = lane->port;

	return !port->is_remote ||
	    lane->in_flight / 4 < less(port->places, in_flight(port));
}

/* What stood in a lane may have been withdrawn since it got its turn. */
static struct lane *
take_turn(struct agent_port *port, enum line which)
{
	struct lane_line *line = &port->lines[which];
	struct lane *lane, *first_without = NULL;

	while ((lane = line->head)) {
		line->head = lane->turn_next;
		if (!line->head)
			line->tail = NULL;
		lane->has_turn = false;
		if (turn_may_go(lane) && turn_has_share(lane))
			break;
		turn_give(lane);
		if (lane == first_without)
			return NULL;
		if (!first_without && lane->has_turn &&
		    reach_line(lane) == which)
			first_without = lane;
	}
	return lane;
}

struct delivery *
turn_next(struct agent_port *port)
{
	struct lane *lane = NULL;

	for (int i = 0; i < LINE_COUNT && !lane; i++) {
		enum line line = port->next_line;

		port->next_line = (line + 1) % LINE_COUNT;
		if (turn_room(port, line))
			lane = take_turn(port, line);
	}
	return lane ? lane_take(lane) : NULL;
}
