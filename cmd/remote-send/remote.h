/*
 * remote - what a worker of remote-send holds: settings, a resolver, and a
 * connection that it keeps from one job of its lane to the next.
 */
#ifndef REMOTE_SEND_REMOTE_H
#define REMOTE_SEND_REMOTE_H

#include "control/config.h"
#include "lib/base/dns.h"
#include "lib/base/tls_client.h"
#include "lib/mail/mx_dns.h"
#include "lib/mail/self.h"
#include "lib/mail/smtp_link.h"

enum {
	DNS_MS = 15 * 1000, /* one question; c-ares asks several times */
	DNS_ALL_MS = 60 * 1000, /* all that a next hop takes */
	ATTEMPTS_MAX = 10, /* addresses tried for one job */
	HOST_ATTEMPTS_MAX = 4, /* of one host: the next one is worth more */
	IDLE_MS = 5000     /* a connection is kept without a job */
};

struct remote_settings {
	struct str helohost, resolver, cafile;
	uint64_t workers, connect_s, answer_s;
};

struct remote {
	struct config config;
	struct remote_settings settings;
	struct dns *dns;
	struct tls_client *tls;
	struct self self;
	struct next_hop hop;
	struct mx_plan plan;
	struct dane dane;        /* of the host that is tried */
	bool has_dane;           /* it says what to verify */
	struct smtp_link link;
	bool is_unroutable;      /* the last address: no way to it from here */
	struct sockaddr_storage address; /* of the link */
	socklen_t address_len;
	struct smtp_failure failure;
	const char *id;          /* of the job at hand, for the log */
	size_t attempts, host_at, address_at; /* how far the plan was tried */
};

/* Reads settings, certificate authorities and /etc/resolv.conf, or ends the
 * program: before it locks itself in. */
void remote_open(struct remote *remote);

/* The agent's work and leave; context is the struct remote. */
void remote_work(struct agent_job *jobs, size_t count, void *context);
void remote_leave(void *context);

/* ---- among the parts ---- */

/* New settings are in force from here on. */
void remote_refresh(struct remote *remote);

/* Whom to try, for the lane's text: *remote->plan, from its beginning. */
enum reach {
	REACHED,      /* remote->link is open */
	UNREACHED,    /* remote->failure says why; all that may be tried was */
	UNREACHABLE   /* never will be: remote->failure */
};
enum reach reach_plan(struct remote *remote, struct slice lane);

/* The next host and address of the plan that lets us in. */
enum reach reach_next(struct remote *remote);

/* Asks for the TLSA records of a host, before the first link to it.  False:
 * it is not to be spoken to now, remote->failure says why. */
bool peer_look_up(struct remote *remote, const struct mx_host *host);

/* Who has to be there; points into *remote and *host. */
struct tls_peer peer_of(const struct remote *remote,
    const struct mx_host *host);

/* Connects, is greeted, says hello, and makes TLS what the next hop asks
 * for.  False: remote->failure says why. */
enum link_result {
	LINK_OPEN,
	LINK_FAILED, /* remote->failure */
	LINK_SELF    /* we came out at ourselves */
};
enum link_result link_open(struct remote *remote, const struct mx_host *host,
    const struct dns_address *address);

#endif
