/* reach - the hosts of a next hop, one after the other; see remote.h. */
#include "cmd/remote-send/remote.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

/* ---- who is there ---- */

static enum reach
no_plan(struct remote *remote)
{
	const struct mx_plan *plan = &remote->plan;

	smtp_failure_ours(&remote->failure, plan->code, plan->enhanced, "%s",
	    str_c(&plan->text));
	if (plan->is_alarm)
		log_event("alarm", "id", remote->id, "why",
		    str_c(&plan->text), NULL);
	return plan->verdict == MX_FAIL ? UNREACHABLE : UNREACHED;
}

enum reach
reach_plan(struct remote *remote, struct slice lane)
{
	struct mx_dns dns = {remote->dns, DNS_MS,
		clock_mono_ms() + DNS_ALL_MS};
	const struct mx_resolver resolver = mx_resolver_of(&dns);

	remote->attempts = remote->host_at = remote->address_at = 0;
	if (next_hop_parse(lane, &remote->hop) < 0) {
		smtp_failure_ours(&remote->failure, 451, "4.3.0",
		    "the next hop cannot be understood");
		return UNREACHED;
	}
	mx_plan(&remote->plan, &remote->hop, &remote->self, &resolver,
	    clock_wall_us());
	if (remote->plan.verdict != MX_TRY)
		return no_plan(remote);
	smtp_failure_ours(&remote->failure, 451, "4.4.1", "no host to try");
	return REACHED;
}

/* ---- one after the other ---- */

/* The next pair to try; NULL when there is none. */
static const struct mx_host *
next_address(struct remote *remote, const struct dns_address **address)
{
	while (remote->host_at < remote->plan.host_count &&
	    remote->attempts < ATTEMPTS_MAX) {
		const struct mx_host *host =
		    &remote->plan.hosts[remote->host_at];

		if (!remote->address_at && !peer_look_up(remote, host)) {
			smtp_failure_log(&remote->failure, "unreached",
			    remote->id, NULL);
			remote->host_at++;
			continue;
		}
		if (remote->address_at < host->addresses.len &&
		    remote->address_at < HOST_ATTEMPTS_MAX) {
			*address = &host->addresses.v[remote->address_at++];
			remote->attempts++;
			return host;
		}
		remote->host_at++;
		remote->address_at = 0;
	}
	return NULL;
}

/* An address that cannot be reached from here is no attempt, and every letter
 * saying so would be noise. */
static void
note_attempt(struct remote *remote)
{
	if (remote->is_unroutable)
		remote->attempts--;
	else
		smtp_failure_log(&remote->failure, "unreached", remote->id,
		    NULL);
}

enum reach
reach_next(struct remote *remote)
{
	const struct dns_address *address;
	const struct mx_host *host;

	while (!*agent_is_ending() &&
	    (host = next_address(remote, &address))) {
		switch (link_open(remote, host, address)) {
		case LINK_OPEN:
			return REACHED;
		case LINK_FAILED:
			note_attempt(remote);
			break;
		case LINK_SELF:
			/* what comes behind us in the list would send it
			 * back to us */
			log_event("alarm", "id", remote->id, "why",
			    str_c(&remote->failure.text), NULL);
			return UNREACHED;
		}
	}
	return UNREACHED;
}
