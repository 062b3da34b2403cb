/*
 * admin - what posthouse queue asks for; see admin.h and queue/admin.h.
 */
#include "cmd/queue-manager/admin.h"

#include "cmd/queue-manager/admit.h"
#include "cmd/queue-manager/answer.h"
#include "cmd/queue-manager/desk.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/listing.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/quarantine.h"
#include "cmd/queue-manager/reach.h"
#include "cmd/queue-manager/release.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/saving.h"
#include "cmd/queue-manager/walk.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* posthouse queue waits for a minute. */
enum { SPEAK_EVERY_MS = 10 * 1000 };

/* ---- commands ---- */

static void
hold(struct manager *manager, struct message *message)
{
	message->is_held = true;
	lane_withdraw(manager, message);
	message_save(manager, message);
}

static void
release(struct manager *manager, struct message *message)
{
	message->is_held = false;
	message->deaths = 0;
	quarantine_release(message);
	message_save(manager, message);
	reroute(manager, message);
	outcome_settle(manager, message);
}

static void
retry(struct manager *manager, struct message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (message->rcpts[i]->state == RCPT_PENDING)
			message->rcpts[i]->next_us = 0;
	lane_withdraw(manager, message);
	reroute(manager, message);
	outcome_settle(manager, message);
}

static void
drop(struct manager *manager, struct message *message)
{
	if (spool_finish(&manager->spool, message->id, message->has_note) < 0)
		log_event("alarm", "id", message->id, "why", "cannot remove it",
		    "error", strerror(errno), NULL);
	message_forget(manager, message);
}

static const struct command {
	const char *verb;
	void (*run)(struct manager *manager, struct message *message);
} commands[] = {
    {"hold", hold},
    {"release", release},
    {"retry", retry},
    {"drop", drop},
};

/* An order under way. */
struct order {
	struct answer answer;
	struct admin_request request;
	const struct command *command;
	size_t busy;
	uint64_t began_ms;
	uint64_t spoke_ms; /* when its giver heard of us */
};

/* Nothing is said, but we are at it. */
static void
say_we_live(struct order *order)
{
	if (clock_mono_ms() < order->spoke_ms + SPEAK_EVERY_MS)
		return;
	order->spoke_ms = clock_mono_ms();
	(void)packet_send(order->answer.fd, slice_of("o"), -1);
}

/* Their lanes are tried, too: each once, however many wait in it. */
static void
try_lanes(struct manager *manager, const struct message *message,
    uint64_t since_ms)
{
	for (size_t i = 0; i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (rcpt->state == RCPT_PENDING && rcpt->lane)
			reach_try_now(manager, rcpt->lane, since_ms);
	}
}

static bool
obey_one(struct manager *manager, const char *id, void *context)
{
	struct order *order = context;
	struct message *message = admit_find(manager, id);

	say_we_live(order);
	if (!message || !answer_matches(&order->request, message))
		return false;
	/* A worker has it: its answer decides. */
	if (message->in_flight && order->command->run == drop) {
		order->busy++;
		return false;
	}
	order->answer.count++;
	log_event("order", "id", message->id, "by", "posthouse queue", "why",
	    order->command->verb, NULL);
	if (order->command->run == retry && !message->is_held)
		try_lanes(manager, message, order->began_ms);
	order->command->run(manager, message);
	return false;
}

static bool
names_all(const struct admin_request *request)
{
	if (!request->ids.len)
		return true; /* of a lane or domain */
	for (size_t i = 0; i < request->ids.len; i++)
		if (slice_is(str_slice(&request->ids.v[i]), "all"))
			return true;
	return false;
}

/* All that are named must be there; or any. */
static void
end_order(struct manager *manager, void *context)
{
	struct order *order = context;
	struct answer *answer = &order->answer;
	size_t named = names_all(&order->request) ? 1 : order->request.ids.len;

	(void)manager;
	str_addf(&answer->out, "%zu\n", answer->count);
	if (order->busy)
		answer_end(answer,
		    "some are being delivered right now; try again");
	else if (answer->count >= named)
		answer_end(answer, NULL);
	else
		answer_end(answer, answer->count ? "some are not in the queue" :
						   "no such message");
	close(answer->fd);
	record_free(admin_request_fields, &order->request);
	free(order);
}

/* Only what does no harm may do without ids, and not to everything. */
static const char *
fault_of(const struct admin_request *request, const struct command *command)
{
	if (request->ids.len || (command->run == retry &&
				    (request->domain.len || request->lane.len)))
		return NULL;
	return "name ids, or all";
}

/* Takes the request over, and a descriptor of its own: the one it came
 * through is closed meanwhile. */
static void
obey(struct manager *manager, struct answer *answer,
    struct admin_request *request, const struct command *command)
{
	struct order *order;
	struct walk *walk;
	const char *fault = fault_of(request, command);
	int fd = fault ? -1 : fcntl(answer->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0) {
		answer_end(answer, fault ? fault : "too many orders at once");
		return;
	}
	order = mem_alloc(sizeof *order);
	*order = (struct order){.answer = *answer, .request = *request,
	    .command = command, .began_ms = clock_mono_ms(),
	    .spoke_ms = clock_mono_ms()};
	order->answer.fd = fd;
	order->answer.request = &order->request;
	*request = (struct admin_request){0};
	walk = walk_begin(manager, obey_one, end_order, order);
	if (names_all(&order->request))
		walk_add_all(walk, &manager->index);
	for (size_t i = 0; i < order->request.ids.len; i++)
		if (queue_id_valid(str_slice(&order->request.ids.v[i])))
			walk_add(walk, str_c(&order->request.ids.v[i]));
}

static void
answer_request(struct manager *manager, int fd,
    struct admin_request *request)
{
	struct answer answer = {.fd = fd, .request = request};

	str_set(&answer.out, "o");
	if (slice_is(str_slice(&request->verb), "list") ||
	    slice_is(str_slice(&request->verb), "stats")) {
		listing_tell(manager, &answer);
		str_free(&answer.out);
		return;
	}
	if (slice_is(str_slice(&request->verb), "etrn")) {
		release_by_hand(manager, &answer);
		return;
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (slice_is(str_slice(&request->verb), commands[i].verb)) {
			obey(manager, &answer, request, &commands[i]);
			return;
		}
	}
	answer_end(&answer, "unknown request: is queue-manager older than the "
		     "command? then 'posthouse restart queue-manager'");
}

/* ---- the socket ---- */

static void
answer_packet(struct manager *manager, int fd, struct slice packet)
{
	struct admin_request request = {0};

	if (record_decode(&packet, admin_request_fields, &request) == 0)
		answer_request(manager, fd, &request);
	record_free(admin_request_fields, &request);
}

/* run/admin is open to root and to our own user; but bounce-write, which reads
 * strangers' letters, has that user too, and must not give orders. */
static bool
may_order(const struct manager *manager, uid_t uid)
{
	bool is_one_user = slice_is(str_slice(&manager->settings.users), "one");

	return uid == 0 || (is_one_user && uid == geteuid());
}

int
admin_listen(struct manager *manager)
{
	tzset(); /* its file is out of reach later */
	/* Children that list are not waited for. */
	signal(SIGCHLD, SIG_IGN);
	manager->admin = (struct desk){.may_ask = may_order,
		.answer = answer_packet, .clients_max = UINT_MAX};
	return desk_open(manager, &manager->admin, "run/admin/s");
}
