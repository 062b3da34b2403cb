/*
 * admin - what posthouse queue asks for; see manager.h and queue/admin.h.
 *
 * Lists are written by a forked child: it has a snapshot of everything, and
 * may take its time with a slow reader while mail goes on.
 */
#include "cmd/queue-manager/manager.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"
#include "queue/admin.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CHUNK = 32 * 1024, READER_PATIENCE_S = 30 };

/* One conversation: the request, the answer so far. */
struct answer {
	int fd;
	struct str out; /* a packet being filled */
	const struct admin_request *request;
	size_t count;
	bool failed;
};

static void
flush(struct answer *answer)
{
	if (answer->out.len > 1 && !answer->failed &&
	    packet_send(answer->fd, str_slice(&answer->out), -1) < 0)
		answer->failed = true;
	str_set(&answer->out, "o");
}

static void
line_done(struct answer *answer)
{
	str_putc(&answer->out, '\n');
	if (answer->out.len > CHUNK)
		flush(answer);
}

static void
end(struct answer *answer, const char *error)
{
	flush(answer);
	str_clear(&answer->out);
	if (error) {
		str_addf(&answer->out, "eposthouse queue: %s\n", error);
		(void)packet_send(answer->fd, str_slice(&answer->out), -1);
	}
	str_set(&answer->out, error ? "x100" : "x0");
	(void)packet_send(answer->fd, str_slice(&answer->out), -1);
	str_free(&answer->out);
}

/* ---- the choice ---- */

static const char *
lane_name(const struct rcpt *rcpt)
{
	if (!rcpt->lane)
		return "-";
	return *rcpt->lane->next_hop ? rcpt->lane->next_hop :
				       rcpt->lane->port->name;
}

static bool
domain_is(const char *address, const struct str *wanted)
{
	const char *at = strrchr(address, '@');

	return at && !strcasecmp(at + 1, str_c(wanted));
}

static bool
rcpt_matches(const struct admin_request *request, const struct rcpt *rcpt)
{
	return (!request->domain.len ||
		   domain_is(rcpt->address, &request->domain)) &&
	    (!request->lane.len ||
		!strcasecmp(lane_name(rcpt), str_c(&request->lane))) &&
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

static bool
matches(const struct admin_request *request, const struct message *message)
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

/* ---- list and stats ---- */

static const char *
state_of(const struct message *message)
{
	if (message->is_held)
		return "held";
	if (message->in_flight)
		return "active";
	for (const struct delivery *d = message->deliveries; d; d = d->sibling)
		if (d->state == DELIVERY_WAITING)
			return "waiting";
	return "deferred";
}

static void
put_age(struct str *to, uint64_t seconds)
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

static void
put_pending(struct str *to, const struct message *message)
{
	size_t more = 0;
	const struct rcpt *first = NULL;

	for (size_t i = 0; i < message->count; i++) {
		if (message->rcpts[i]->state != RCPT_PENDING)
			continue;
		if (first)
			more++;
		else
			first = message->rcpts[i];
	}
	str_addf(to, " to=%s", first ? first->address : "-");
	if (more)
		str_addf(to, " (and %zu more)", more);
	if (first)
		str_addf(to, " lane=%s", lane_name(first));
	if (first && first->words)
		str_addf(to, " why=\"%s\"", first->words);
}

static void
list_one(struct manager *manager, struct message *message, void *context)
{
	struct answer *answer = context;

	(void)manager;
	if (!matches(answer->request, message))
		return;
	answer->count++;
	str_addf(&answer->out, "%s %s age=", message->id, state_of(message));
	put_age(&answer->out, message_age_s(message));
	str_addf(&answer->out, " bytes=%llu from=<%s>",
	    (unsigned long long)(message->length - message->head_len),
	    message->sender);
	put_pending(&answer->out, message);
	line_done(answer);
}

static void
list_lanes(struct manager *manager, struct answer *answer)
{
	for (size_t i = 0; i < manager->lanes.size; i++) {
		struct lane *lane = manager->lanes.buckets[i];

		for (; lane; lane = lane->next) {
			if (!lane->waiting && !lane->deferred &&
			    !lane->in_flight)
				continue;
			str_addf(&answer->out,
			    "%s/%s waiting=%zu deferred=%zu active=%u",
			    lane->port->name, lane->next_hop, lane->waiting,
			    lane->deferred, lane->in_flight);
			line_done(answer);
		}
	}
}

static void
count_workers(const struct agent_port *port, unsigned *workers, unsigned *jobs)
{
	*workers = *jobs = 0;
	for (const struct worker *w = port->workers; w; w = w->next) {
		++*workers;
		*jobs += w->in_flight;
	}
}

struct counts {
	size_t messages, recipients, held;
	uint64_t bytes, oldest_s;
};

static void
count_one(struct manager *manager, struct message *message, void *context)
{
	struct counts *counts = context;
	uint64_t age = message_age_s(message);

	(void)manager;
	counts->messages++;
	counts->recipients += message->count;
	counts->bytes += message->length;
	counts->held += message->is_held;
	if (age > counts->oldest_s)
		counts->oldest_s = age;
}

static void
stats(struct manager *manager, struct answer *answer)
{
	struct counts counts = {0};

	index_each(manager, count_one, &counts);
	str_addf(&answer->out,
	    "messages %zu\nrecipients %zu\nheld %zu\nbytes %llu\n"
	    "oldest %llus\ndeferred %zu\n",
	    counts.messages, counts.recipients, counts.held,
	    (unsigned long long)counts.bytes,
	    (unsigned long long)counts.oldest_s, manager->heap.len);
	for (size_t i = 0; i < AGENT_COUNT; i++) {
		unsigned workers, jobs;

		count_workers(&manager->ports[i], &workers, &jobs);
		str_addf(&answer->out, "agent %s: %u workers, %u jobs\n",
		    manager->ports[i].name, workers, jobs);
	}
}

static void
tell(struct manager *manager, struct answer *answer)
{
	if (slice_is(str_slice(&answer->request->verb), "stats"))
		stats(manager, answer);
	else if (slice_is(str_slice(&answer->request->by), "lane"))
		list_lanes(manager, answer);
	else
		index_each(manager, list_one, answer);
	end(answer, NULL);
}

static void
close_message(struct manager *manager, struct message *message, void *context)
{
	(void)manager, (void)context;
	message_close(message);
}

/* A child must not keep messages locked, nor workers believing that their
 * manager lives. */
static void
let_go(struct manager *manager)
{
	index_each(manager, close_message, NULL);
	for (size_t i = 0; i < AGENT_COUNT; i++) {
		const struct agent_port *port = &manager->ports[i];

		if (port->source.fd >= 0)
			close(port->source.fd);
		for (struct worker *w = port->workers; w; w = w->next)
			close(w->source.fd);
	}
	close(manager->admin.fd);
	sweep_let_go(&manager->spool.sweep);
}

static void
tell_from_child(struct manager *manager, struct answer *answer)
{
	struct timeval patience = {.tv_sec = READER_PATIENCE_S};

	switch (fork()) {
	case -1:
		end(answer, "queue-manager cannot fork now; try again");
		break;
	case 0:
		(void)setsockopt(answer->fd, SOL_SOCKET, SO_SNDTIMEO,
		    &patience, sizeof patience);
		let_go(manager);
		tell(manager, answer);
		_exit(0);
	default:
		break;
	}
}

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
	message_save(manager, message);
	admit_route(manager, message);
	outcome_settle(manager, message);
}

static void
retry(struct manager *manager, struct message *message)
{
	for (size_t i = 0; i < message->count; i++)
		message->rcpts[i]->next_us = 0;
	lane_withdraw(manager, message);
	admit_route(manager, message);
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

struct order {
	struct answer *answer;
	const struct command *command;
	size_t busy;
};

static void
obey_one(struct manager *manager, struct message *message, void *context)
{
	struct order *order = context;

	if (!matches(order->answer->request, message))
		return;
	/* A worker has it: its answer decides. */
	if (message->in_flight && order->command->run == drop) {
		order->busy++;
		return;
	}
	order->answer->count++;
	log_event("order", "id", message->id, "by", "posthouse queue", "why",
	    order->command->verb, NULL);
	order->command->run(manager, message);
}

/* How many messages must be there: all that are named, or any. */
static size_t
named(const struct admin_request *request)
{
	for (size_t i = 0; i < request->ids.len; i++)
		if (slice_is(str_slice(&request->ids.v[i]), "all"))
			return 1;
	return request->ids.len;
}

static void
obey(struct manager *manager, struct answer *answer,
    const struct command *command)
{
	struct order order = {answer, command, 0};

	if (!answer->request->ids.len) {
		end(answer, "name ids, or all");
		return;
	}
	index_each(manager, obey_one, &order);
	str_addf(&answer->out, "%zu\n", answer->count);
	if (order.busy)
		end(answer, "some are being delivered right now; try again");
	else if (answer->count >= named(answer->request))
		end(answer, NULL);
	else
		end(answer, answer->count ? "some are not in the queue" :
					    "no such message");
}

static void
answer_request(struct manager *manager, int fd,
    const struct admin_request *request)
{
	struct answer answer = {.fd = fd, .request = request};

	str_set(&answer.out, "o");
	if (slice_is(str_slice(&request->verb), "list") ||
	    slice_is(str_slice(&request->verb), "stats")) {
		tell_from_child(manager, &answer);
		str_free(&answer.out);
		return;
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (slice_is(str_slice(&request->verb), commands[i].verb)) {
			obey(manager, &answer, &commands[i]);
			return;
		}
	}
	end(&answer, "unknown request: is queue-manager older than the "
		     "command? then 'posthouse restart queue-manager'");
}

/* ---- the socket ---- */

static void
client_ready(struct manager *manager, struct source *source)
{
	struct admin_request request = {0};
	ssize_t n = packet_receive(source->fd, manager->packet, PACKET_MAX,
	    MSG_DONTWAIT, NULL);
	struct slice packet = slice_make(manager->packet,
	    n > 0 ? (size_t)n : 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0 &&
	    record_decode(&packet, admin_request_fields, &request) == 0)
		answer_request(manager, source->fd, &request);
	record_free(admin_request_fields, &request);
	loop_unwatch(manager, source);
	free(source);
}

/* run/admin is open to root and to our own user; but bounce-write, which reads
 * strangers' letters, has that user too, and must not give orders. */
static bool
may_order(const struct manager *manager, int fd)
{
	bool is_one_user = slice_is(str_slice(&manager->settings.users), "one");
	uid_t uid;

	return peer_uid(fd, &uid) == 0 &&
	    (uid == 0 || (is_one_user && uid == geteuid()));
}

static void
admin_ready(struct manager *manager, struct source *source)
{
	struct source *client;
	int fd;

	while ((fd = accept4(source->fd, NULL, NULL,
		    SOCK_CLOEXEC)) >= 0) {
		if (!may_order(manager, fd)) {
			close(fd);
			continue;
		}
		client = mem_alloc(sizeof *client);
		*client = (struct source){fd, client_ready};
		if (loop_watch(manager, client) < 0) {
			close(fd);
			free(client);
		}
	}
}

int
admin_listen(struct manager *manager)
{
	/* Children that list are not waited for. */
	signal(SIGCHLD, SIG_IGN);
	manager->admin = (struct source){local_listen("run/admin/s"),
	    admin_ready};
	if (manager->admin.fd < 0)
		return -1;
	return loop_watch(manager, &manager->admin);
}
