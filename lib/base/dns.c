/*
 * dns - questions to a resolver, and its answers; see dns.h and dns_ask.h.
 *
 * c-ares carries the packets: which server, when again, when over TCP.  It
 * also compares what comes in with what was asked (id, question, address).
 * Its own parsers are not used: they do not tell whether the answer was
 * validated, so the question is made here with the AD bit set (RFC 6840 5.7)
 * and the answer read by dns_answer.c.
 */
#include "lib/base/dns_ask.h"

#include "lib/base/clock.h"

#include <ares.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	TRIES = 3,
	FIRST_WAIT_MS = 2000,  /* doubles with each round over the servers */
	UDP_ANSWER_MAX = 1232, /* never fragmented: DNS flag day 2020 */
	CLASS_IN = 1,
	RCODE_FORMERR = 1,
	ANSWER_COUNT = 6,      /* where it is in the header */
	PATIENCE_MS = 5000,    /* for the rest, when one answer is there */
	WANT_AUTHENTIC = 0x20, /* in the fourth octet of the header */
	SOCKETS_MAX = ARES_GETSOCK_MAXNUM - 1, /* its macro shifts by 31 */
	PORT_DNS = 53
};

struct dns {
	ares_channel channel;
	bool is_loopback;  /* every server of it is on this machine */
	bool is_without_edns; /* it once said FORMERR to a question with */
	struct str server; /* the first, for messages */
	struct str why;
};

/* "address" or "address@port".  0, or -1 with errno. */
static int
use_resolver(struct dns *dns, struct slice resolver)
{
	struct ares_addr_port_node node = {0};
	struct slice text = slice_cut(&resolver, '@');
	struct dns_address address;
	uint64_t port = PORT_DNS;

	if (dns_address_parse(text, &address) < 0 ||
	    (resolver.s && !slice_u64(resolver, UINT16_MAX, &port))) {
		errno = EINVAL;
		return -1;
	}
	node.family = address.family;
	node.udp_port = node.tcp_port = (int)port;
	if (address.family == AF_INET)
		memcpy(&node.addr.addr4, address.bytes, 4);
	else
		memcpy(&node.addr.addr6, address.bytes, 16);
	errno = ENOMEM;
	return ares_set_servers_ports(dns->channel, &node) ? -1 : 0;
}

/* Learns from c-ares which servers it will ask. */
static int
look_at_servers(struct dns *dns)
{
	struct ares_addr_port_node *servers, *node;

	errno = ENOMEM;
	if (ares_get_servers_ports(dns->channel, &servers))
		return -1;
	dns->is_loopback = servers;
	for (node = servers; node; node = node->next) {
		struct dns_address address = {.family = node->family};

		memcpy(address.bytes, &node->addr,
		    node->family == AF_INET ? 4 : 16);
		if (!dns_address_is_loopback(&address))
			dns->is_loopback = false;
		if (node == servers)
			str_set(&dns->server, dns_address_text(&address).s);
		if (node == servers && node->udp_port &&
		    node->udp_port != PORT_DNS)
			str_addf(&dns->server, "@%d", node->udp_port);
	}
	ares_free_data(servers);
	return 0;
}

static void
free_dns(struct dns *dns)
{
	ares_destroy(dns->channel);
	str_free(&dns->server);
	str_free(&dns->why);
	free(dns);
}

int
dns_open(struct dns **out, struct slice resolver)
{
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES |
		    ARES_FLAG_EDNS,
		.timeout = FIRST_WAIT_MS,
		.tries = TRIES,
		.ednspsz = UDP_ANSWER_MAX};
	struct dns *dns = mem_alloc(sizeof *dns);

	*out = NULL;
	errno = ENOMEM;
	if (ares_library_init(ARES_LIB_INIT_ALL) ||
	    ares_init_options(&dns->channel, &options, ARES_OPT_FLAGS |
	    ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ)) {
		free(dns);
		return -1;
	}
	if ((resolver.len && use_resolver(dns, resolver) < 0) ||
	    look_at_servers(dns) < 0) {
		int error = errno;

		free_dns(dns);
		errno = error;
		return -1;
	}
	*out = dns;
	return 0;
}

const char *
dns_server(const struct dns *dns)
{
	return str_c(&dns->server);
}

bool
dns_is_loopback(const struct dns *dns)
{
	return dns->is_loopback;
}

const char *
dns_why(const struct dns *dns)
{
	return str_c(&dns->why);
}

static void
answered(void *context, int status, int timeouts, unsigned char *message,
    int len)
{
	struct dns_question *question = context;

	(void)timeouts;
	question->is_done = true;
	question->status = status;
	str_clear(&question->message);
	if (status == ARES_SUCCESS)
		str_add(&question->message, message, (size_t)len);
}

/* The id is all, beside the port, that a forger must guess. */
static void
ask(struct dns *dns, struct dns_question *question)
{
	unsigned char *packet = NULL;
	unsigned short id;
	int len, status;

	if (getrandom(&id, sizeof id, 0) != sizeof id) {
		question->is_done = true;
		question->status = ARES_ENOMEM;
		return;
	}
	question->is_done = false;
	question->had_edns = !dns->is_without_edns;
	status = ares_create_query(question->name, CLASS_IN, question->type,
	    id, 1, &packet, &len, question->had_edns ? UDP_ANSWER_MAX : 0);
	if (status != ARES_SUCCESS) {
		question->is_done = true;
		question->status = status;
		return;
	}
	packet[3] |= WANT_AUTHENTIC;
	ares_send(dns->channel, packet, len, answered, question);
	ares_free_string(packet);
}

/* Waits for whatever c-ares waits for, until the deadline at most. */
static void
wait_for_packets(struct dns *dns, uint64_t left_ms)
{
	ares_socket_t sockets[SOCKETS_MAX];
	struct pollfd wait[SOCKETS_MAX];
	struct timeval most = {.tv_sec = (time_t)(left_ms / 1000),
		.tv_usec = (suseconds_t)(left_ms % 1000 * 1000)}, until;
	struct timeval *next = ares_timeout(dns->channel, &most, &until);
	int bits = ares_getsock(dns->channel, sockets, SOCKETS_MAX);
	nfds_t count = 0;

	for (int i = 0; i < SOCKETS_MAX; i++) {
		short events = (ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) |
		    (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0);

		if (events)
			wait[count++] = (struct pollfd){
				.fd = sockets[i], .events = events};
	}
	if (poll(wait, count, (int)(next->tv_sec * 1000 +
	    next->tv_usec / 1000 + 1)) <= 0) {
		ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
		return;
	}
	for (nfds_t i = 0; i < count; i++)
		ares_process_fd(dns->channel,
		    wait[i].revents & ~POLLOUT ? wait[i].fd : ARES_SOCKET_BAD,
		    wait[i].revents & POLLOUT ? wait[i].fd : ARES_SOCKET_BAD);
}

static bool
all_done(const struct dns_question *questions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!questions[i].is_done)
			return false;
	return true;
}

/* Has one of them records?  There are hosts whose servers never answer for
 * AAAA: their IPv4 addresses need not wait for that. */
static bool
any_served(const struct dns_question *questions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct str *message = &questions[i].message;

		if (questions[i].is_done && message->len > ANSWER_COUNT + 1 &&
		    (message->s[ANSWER_COUNT] | message->s[ANSWER_COUNT + 1]))
			return true;
	}
	return false;
}

/* RFC 6891 7: a server that does not know EDNS.  c-ares would ask again
 * once, and then no more. */
static bool
dislikes_edns(const struct dns_question *question)
{
	return question->had_edns && question->message.len > 3 &&
	    (question->message.s[3] & 0x0f) == RCODE_FORMERR;
}

/* Asks those that are not done all at once. */
static void
wait_for_answers(struct dns *dns, struct dns_question *questions, size_t count,
    uint64_t deadline_ms)
{
	bool is_served = false;

	for (size_t i = 0; i < count; i++)
		if (!questions[i].is_done)
			ask(dns, &questions[i]);
	while (!all_done(questions, count)) {
		uint64_t now_ms = clock_mono_ms();

		if (!is_served && any_served(questions, count)) {
			is_served = true;
			if (deadline_ms > now_ms + PATIENCE_MS)
				deadline_ms = now_ms + PATIENCE_MS;
		}
		if (now_ms >= deadline_ms) {
			ares_cancel(dns->channel);
			break;
		}
		wait_for_packets(dns, deadline_ms - now_ms);
	}
}

void
dns_ask(struct dns *dns, struct dns_question *questions, size_t count,
    uint64_t ms)
{
	uint64_t deadline_ms = clock_mono_ms() + ms;

	str_clear(&dns->why);
	wait_for_answers(dns, questions, count, deadline_ms);
	for (size_t i = 0; i < count; i++) {
		if (!dislikes_edns(&questions[i]))
			continue;
		dns->is_without_edns = true;
		questions[i].is_done = false;
	}
	wait_for_answers(dns, questions, count, deadline_ms);
}

static enum dns_result
later(struct dns *dns, const struct dns_question *question, const char *what)
{
	str_clear(&dns->why);
	str_addf(&dns->why, "the resolver %s %s (asked for %s)",
	    str_c(&dns->server), what, question->name);
	return DNS_LATER;
}

enum dns_result
dns_useless(struct dns *dns, const struct dns_question *question)
{
	return later(dns, question, "gives a useless answer");
}

static enum dns_result
no_message(struct dns *dns, const struct dns_question *question)
{
	switch (question->status) {
	case ARES_EBADNAME: /* no name that DNS could have */
	case ARES_ENOTFOUND:
		return DNS_NO_NAME;
	case ARES_ECONNREFUSED: /* c-ares has one code for all of it */
	case ARES_ESERVFAIL:
	case ARES_EREFUSED:
		return later(dns, question,
		    "is not there, refuses, or says SERVFAIL");
	case ARES_ETIMEOUT:
	case ARES_ECANCELLED:
		return later(dns, question, "does not answer");
	default:
		return later(dns, question, ares_strerror(question->status));
	}
}

enum dns_result
dns_read(struct dns *dns, const struct dns_question *question,
    struct dns_answer *answer)
{
	enum dns_result result;

	*answer = (struct dns_answer){0};
	if (question->status != ARES_SUCCESS)
		return no_message(dns, question);
	result = dns_answer_read(answer, str_slice(&question->message),
	    slice_of(question->name), question->type);
	if (result == DNS_LATER)
		return dns_useless(dns, question);
	answer->is_authentic = answer->is_authentic && dns->is_loopback;
	return result;
}
