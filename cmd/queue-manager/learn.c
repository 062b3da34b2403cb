/*
 * learn - what a provider's answers say beyond their letter; see learn.h.
 *
 * That it does not have an address of a domain that we share with it, and how
 * large a letter it takes: so that the next one is refused at once, while its
 * writer still listens (lib/mail/isp_seen.h).  isp-forward hears it, but has
 * no business on our disk; what it may say here is about its own job.
 */
#include "cmd/queue-manager/learn.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"
#include "lib/mail/isp_seen.h"

#include <errno.h>
#include <string.h>

/* By then a size that stays the same is written again, or it would not count
 * for much longer. */
enum { SIZE_AGAIN_MS = 3600 * 1000 };

static void
complain(const char *what)
{
	log_event("alarm", "path", "state/isp", "to", what, "why",
	    strerror(errno), NULL);
}

static void
learn_size(struct lane *lane, const struct job_result *result)
{
	uint64_t now = clock_mono_ms(), bytes;

	if (!result->size.len ||
	    !slice_u64(str_slice(&result->size), UINT64_MAX, &bytes))
		return;
	if (lane->size_max == bytes && lane->size_noted_ms &&
	    now - lane->size_noted_ms < SIZE_AGAIN_MS)
		return;
	if (isp_seen_set_size(slice_of(lane->next_hop), bytes) < 0)
		complain(lane->next_hop);
	lane->size_max = bytes;
	lane->size_noted_ms = now;
}

/* Of a domain with unknown=isp: all else that is of ours never gets there. */
static bool
is_shared(struct manager *manager, const char *address)
{
	struct slice local, domain;

	return address_split(slice_of(address), &local, &domain) &&
	    route_domain_is_home(&manager->config, domain);
}

/* "D 550 5.1.1 host text", RFC 3463 3.2: bad destination mailbox address */
static bool
says_unknown(struct slice verdict)
{
	struct slice letter = slice_cut(&verdict, ' ');

	slice_cut(&verdict, ' ');
	return letter.len == 1 && letter.s[0] == JOB_FAILED &&
	    slice_is(slice_cut(&verdict, ' '), "5.1.1");
}

static bool
says_known(const struct str *verdict)
{
	return verdict->len &&
	    (verdict->s[0] == JOB_DONE || verdict->s[0] == JOB_PASSED);
}

static void
learn_address(const char *address, const struct str *verdict)
{
	if (says_known(verdict))
		isp_seen_known(slice_of(address));
	else if (says_unknown(str_slice(verdict)) &&
	    isp_seen_unknown(slice_of(address)) < 0 && errno != EINVAL)
		complain(address);
}

void
learn(struct manager *manager, const struct delivery *delivery,
    const struct job_result *result)
{
	if (delivery->lane->port != &manager->ports[AGENT_ISP])
		return;
	learn_size(delivery->lane, result);
	for (size_t i = 0; i < delivery->count &&
	    i < result->verdicts.len; i++)
		if (is_shared(manager, delivery->rcpts[i]->address))
			learn_address(delivery->rcpts[i]->address,
			    &result->verdicts.v[i]);
}
