/*
 * sent - what is sent by this mailbox, for pop3-fetch to know it again; see
 * forward.h.
 *
 * A letter is noted before it is sent: fetched the moment after, it is known.
 */
#include "cmd/isp-forward/forward.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/mail/sent_ids.h"

#include <errno.h>
#include <string.h>

void
sent_open(struct forward *forward)
{
	forward->sent_fd = -1;
	if (!forward->login.skips_sent)
		return;
	forward->sent_fd = sent_ids_open(str_slice(&forward->login.address));
	if (forward->sent_fd < 0)
		log_event("alarm", "via", str_c(&forward->login.address),
		    "why", "cannot note what is sent", "path", "state/sent",
		    "error", strerror(errno), NULL);
}

/* Who writes to the mailbox itself waits for that letter. */
static bool
is_to_itself(const struct forward *forward, const struct smtp_letter *letter)
{
	for (size_t i = 0; i < letter->count; i++)
		if (slice_ieq(letter->rcpts[i].address,
		    str_slice(&forward->login.address)))
			return true;
	return false;
}

void
sent_note(const struct forward *forward, const struct smtp_letter *letter)
{
	struct slice id = sent_ids_of(letter->head);

	if (forward->sent_fd < 0 || !id.len || is_to_itself(forward, letter))
		return;
	if (sent_ids_add(forward->sent_fd, id, clock_wall_s()) < 0)
		log_event("alarm", "via", str_c(&forward->login.address),
		    "why", "cannot note what is sent", "error",
		    strerror(errno), NULL);
}
