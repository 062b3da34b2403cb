/*
 * release - who asks for held mail, and where it goes; see release.h,
 * queue/release.h, and held.c for what a release is.
 *
 * etrn-serve listens to strangers, and is believed in one thing only: that
 * the mail of a domain may go where the tables lead it.  RFC 1985.
 */
#include "cmd/queue-manager/release.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/answer.h"
#include "cmd/queue-manager/desk.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/login.h"
#include "cmd/queue-manager/manager.h"
#include "control/etrn.h"
#include "lib/base/clock.h"
#include "lib/base/home.h"
#include "lib/base/log.h"
#include "lib/mail/next_hop.h"
#include "queue/release.h"

#include <errno.h>

enum {
	/* That may have connected without a word: one who asks does so at
	 * once. */
	CLIENTS_MAX = 64,
	/* Until the workers of an earlier manager have found this one. */
	WORKERS_COME_MS = 10 * 1000
};

/* ---- where it leads ---- */

/* Replaces *to by the next hop for this release.  NULL, or why there is
 * none. */
static const char *
find_hop(const struct etrn *etrn, struct slice client, struct str *to)
{
	struct next_hop hop = {0};
	struct str host = {0};
	const char *why = NULL;

	str_set_slice(to, str_slice(&etrn->hop));
	if (!etrn->row.is_to_client)
		return NULL;
	str_addf(&host, "[%.*s]", (int)client.len, client.s);
	if (!client.len)
		why = "its mail goes to whoever asks for it, and nobody did";
	else if (next_hop_parse(str_slice(to), &hop) < 0 ||
	    next_hop_parse_host(str_slice(&host), &hop.hosts[0]) < 0)
		why = "the client's address cannot be understood";
	hop.host_count = 1;
	str_clear(to);
	next_hop_write(to, &hop);
	next_hop_free(&hop);
	str_free(&host);
	return why;
}

/* ---- what is answered ---- */

static void
say_down(struct release_answer *answer, const char *why)
{
	answer->result = RELEASE_DOWN;
	str_set(&answer->why, why);
}

static bool
has_workers(const struct manager *manager, const struct agent_port *port)
{
	return port->places ||
	    clock_mono_ms() < manager->start_ms + WORKERS_COME_MS;
}

static void
release_lane(struct manager *manager, const struct etrn *etrn,
    struct slice client, struct release_answer *answer)
{
	struct agent_port *port = &manager->ports[AGENT_REMOTE];
	struct str name = {0}, hop = {0};
	const char *why = find_hop(etrn, client, &hop);
	struct lane *lane;

	etrn_lane(&name, str_slice(&etrn->domain));
	lane = lanes_find(manager, port, str_slice(&name));
	answer->count = lane ? held_count(lane) : 0;
	if (lane && held_is_released(lane)) {
		answer->result = RELEASE_RUNNING;
	} else if (!answer->count && !manager->walks) {
		answer->result = RELEASE_EMPTY;
	} else if (why || !has_workers(manager, port)) {
		say_down(answer, why ? why : "remote-send is not running");
	} else {
		answer->result = RELEASE_STARTED;
		held_start(manager,
		    lanes_get(manager, port, str_slice(&name)),
		    str_slice(&hop));
	}
	str_free(&name);
	str_free(&hop);
}

/* Has the held mail of a domain sent.  client: the address of who asks, where
 * that counts, or empty. */
static void
release_domain(struct manager *manager, struct slice domain,
    struct slice client, struct release_answer *answer)
{
	struct etrn etrn = {0};

	if (etrn_find(&manager->config, domain, &etrn))
		release_lane(manager, &etrn, client, answer);
	else if (manager->config.is_damaged)
		say_down(answer, "the tables are damaged");
	else
		answer->result = RELEASE_UNKNOWN;
	etrn_free(&etrn);
}

static const char *
tell(struct str *to, const char *domain, const struct release_answer *answer)
{
	unsigned long long count = answer->count;

	switch (answer->result) {
	case RELEASE_STARTED:
		str_addf(to, "%s: %llu held, being sent now\n", domain, count);
		break;
	case RELEASE_RUNNING:
		str_addf(to, "%s: %llu left, being sent since earlier\n",
		    domain, count);
		break;
	case RELEASE_EMPTY:
		str_addf(to, "%s: nothing is held\n", domain);
		break;
	case RELEASE_DOWN:
		return str_c(&answer->why);
	case RELEASE_UNKNOWN:
		return "no domain of control/domains with this name is of "
		       "the kind etrn";
	}
	return NULL;
}

void
release_by_hand(struct manager *manager, struct answer *answer)
{
	const struct admin_request *request = answer->request;
	struct release_answer said = {0};

	release_domain(manager, str_slice(&request->domain),
	    str_slice(&request->to), &said);
	answer_end(answer, tell(&answer->out, str_c(&request->domain), &said));
	str_free(&said.why);
}

/* ---- new tables ---- */

/* The client's address stands in the next hop of its release. */
static void
renew(struct manager *manager, struct held *held)
{
	struct slice domain = slice_of(held->lane->next_hop);
	struct etrn etrn = {0};
	struct next_hop now = {0};
	struct slice client = slice_of("");
	struct str hop = {0};

	slice_cut(&domain, ' ');
	if (next_hop_parse(slice_of(held->hop), &now) == 0 && now.host_count)
		client = str_slice(&now.hosts[0].name);
	if (!etrn_find(&manager->config, domain, &etrn)) {
		if (!manager->config.is_damaged)
			held_end(manager, held->lane, "it is held no more");
	} else if (find_hop(&etrn, client, &hop)) {
		held_end(manager, held->lane, "its mail goes elsewhere now");
	} else {
		held_lead(held->lane, str_slice(&hop));
	}
	etrn_free(&etrn);
	next_hop_free(&now);
	str_free(&hop);
}

void
release_refresh(struct manager *manager)
{
	struct held *next, *held = manager->released;

	for (; held; held = next) {
		next = held->next;
		renew(manager, held);
	}
}

/* ---- the socket ---- */

static bool
may_receive(struct manager *manager, const struct etrn *etrn,
    const struct release_question *question)
{
	bool is_named = false;

	for (size_t i = 0; i < etrn->row.logins.len && !is_named; i++)
		is_named = slice_eq(str_slice(&etrn->row.logins.v[i]),
		    question->account);
	return is_named && login_holds(manager, question->account,
	    question->passport, clock_wall_us()) == LOGIN_HOLDS;
}

/* Where mail goes to whoever asks, somebody who took a session over, or
 * etrn-serve, could have it sent to himself: so auth-check has to have said
 * who asks.  Empty: it has not. */
static struct slice
find_client(struct manager *manager, const struct release_question *question)
{
	struct slice client = slice_of("");
	struct etrn etrn = {0};

	if (question->client.len &&
	    etrn_find(&manager->config, question->domain, &etrn) &&
	    etrn.row.is_to_client) {
		if (may_receive(manager, &etrn, question))
			client = question->client;
		else
			log_event("alarm", "by", "release", "lane",
			    str_c(&etrn.domain), "why", "who is said to ask "
			    "for this mail has not logged in", NULL);
	}
	etrn_free(&etrn);
	return client;
}

static void
answer_question(struct manager *manager, int fd, struct slice packet)
{
	struct release_answer answer = {0};
	struct release_question question;
	struct str text = {0};

	if (release_parse(packet, &question) < 0) {
		log_event("alarm", "by", "release", "why",
		    "etrn-serve says what is no question for held mail", NULL);
		return;
	}
	release_domain(manager, question.domain,
	    find_client(manager, &question), &answer);
	release_write(&text, &answer);
	(void)packet_send(fd, str_slice(&text), -1);
	str_free(&answer.why);
	str_free(&text);
}

/* bounce-write has our own user, and reads what strangers wrote. */
static bool
may_ask(const struct manager *manager, uid_t uid)
{
	return uid == 0 || uid == manager->release_uid;
}

int
release_listen(struct manager *manager, const char *prefix)
{
	manager->release = (struct desk){.source.fd = -1, .may_ask = may_ask,
		.answer = answer_question, .clients_max = CLIENTS_MAX};
	if (home_user(prefix, "etrn", &manager->release_uid) == 0 &&
	    desk_open(manager, &manager->release, RELEASE_SOCKET) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	log_event("alarm", "by", "release", "why",
	    "no user for etrn-serve, or no folder for its socket: held mail "
	    "waits; run 'posthouse init', then 'posthouse restart "
	    "queue-manager'", "path", RELEASE_SOCKET, NULL);
	return 0;
}
