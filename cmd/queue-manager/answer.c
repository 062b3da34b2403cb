/* answer - what is said to posthouse queue, and about which messages. */
#include "cmd/queue-manager/answer.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/message.h"

#include <string.h>
#include <strings.h>

enum { CHUNK = 32 * 1024 };

static void
answer_flush(struct answer *answer)
{
	if (answer->out.len > 1 && !answer->failed &&
	    packet_send(answer->fd, str_slice(&answer->out), -1) < 0)
		answer->failed = true;
	str_set(&answer->out, "o");
}

void
answer_line(struct answer *answer)
{
	str_putc(&answer->out, '\n');
	if (answer->out.len > CHUNK)
		answer_flush(answer);
}

void
answer_end(struct answer *answer, const char *error)
{
	answer_flush(answer);
	str_clear(&answer->out);
	if (error) {
		str_addf(&answer->out, "eposthouse %s: %s\n",
		    slice_is(str_slice(&answer->request->verb), "etrn") ?
		    "etrn" : "queue", error);
		(void)packet_send(answer->fd, str_slice(&answer->out), -1);
	}
	str_set(&answer->out, error ? "x100" : "x0");
	(void)packet_send(answer->fd, str_slice(&answer->out), -1);
	str_free(&answer->out);
}

/* ---- the choice ---- */

const char *
answer_lane_name(const struct lane *lane)
{
	return *lane->next_hop ? lane->next_hop : lane->port->name;
}

const char *
answer_rcpt_lane(const struct rcpt *rcpt)
{
	if (rcpt->state == RCPT_QUARANTINED ||
	    rcpt->state == RCPT_QUARANTINED_TOLD)
		return "quarantine";
	return rcpt->lane ? answer_lane_name(rcpt->lane) : "-";
}

static bool
domain_is(const char *address, const struct str *wanted)
{
	const char *at = strrchr(address, '@');

	return at && !strcasecmp(at + 1, str_c(wanted));
}

/* "mx example.org tls=verify" is meant by "example.org", too. */
static bool
lane_is(const char *name, struct slice wanted)
{
	struct slice rest = slice_of(name);

	if (slice_ieq(rest, wanted))
		return true;
	slice_cut(&rest, ' ');
	return rest.s && slice_ieq(slice_cut(&rest, ' '), wanted);
}

static bool
rcpt_matches(const struct admin_request *request, const struct rcpt *rcpt)
{
	return (!request->domain.len ||
		   domain_is(rcpt->address, &request->domain)) &&
	    (!request->lane.len ||
		lane_is(answer_rcpt_lane(rcpt), str_slice(&request->lane))) &&
	    (!request->to.len ||
		!strcasecmp(rcpt->address, str_c(&request->to)));
}

static bool
is_named(const struct admin_request *request, const char *id)
{
	for (size_t i = 0; i < request->ids.len; i++)
		if (slice_is(str_slice(&request->ids.v[i]), "all") ||
		    slice_is(str_slice(&request->ids.v[i]), id))
			return true;
	return request->ids.len == 0;
}

/* "<>" is the null sender. */
static bool
sender_is(const char *sender, const struct str *wanted)
{
	if (slice_is(str_slice(wanted), "<>"))
		return !*sender;
	return !wanted->len || !strcasecmp(sender, str_c(wanted));
}

bool
answer_matches(const struct admin_request *request,
    const struct message *message)
{
	if (!is_named(request, message->id) ||
	    !sender_is(message->sender, &request->sender) ||
	    message_age_s(message) < request->older_s)
		return false;
	for (size_t i = 0; i < message->count; i++)
		if (rcpt_matches(request, message->rcpts[i]))
			return true;
	return false;
}
