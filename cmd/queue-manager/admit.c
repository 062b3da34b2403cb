/*
 * admit - may this be here; see admit.h.
 *
 * The box that a message came through says what it may do.
 */
#include "cmd/queue-manager/admit.h"

#include "cmd/queue-manager/login.h"
#include "cmd/queue-manager/loop.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/saving.h"
#include "cmd/queue-manager/walk.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LOOK_AGAIN_MS = 10 * 1000,
	BOX_RETRY_MS = 60 * 1000
};

/* ---- recipients ---- */

static uint8_t
notify_of(struct slice words)
{
	uint8_t notify = 0;

	if (!words.len)
		return NOTIFY_FAILURE | NOTIFY_DELAY;
	while (words.s) {
		struct slice word = slice_cut(&words, ',');

		if (slice_ieq(word, slice_of("success")))
			notify |= NOTIFY_SUCCESS;
		else if (slice_ieq(word, slice_of("failure")))
			notify |= NOTIFY_FAILURE;
		else if (slice_ieq(word, slice_of("delay")))
			notify |= NOTIFY_DELAY;
	}
	return notify;
}

static void
take_rcpts(struct message *message, const struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->rcpt_count; i++) {
		struct rcpt *rcpt = message_add_rcpt(message,
		    str_slice(&envelope->rcpts[i].address));

		rcpt->origin = (uint32_t)i;
	}
}

/* What no note repeats. */
static void
take_wishes(struct message *message, const struct envelope *envelope)
{
	for (size_t i = 0; i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];
		const struct envelope_rcpt *wish;

		if (rcpt_is_added(message, rcpt)) {
			rcpt->wished = rcpt->notify = 0;
			continue;
		}
		wish = &envelope->rcpts[rcpt->origin];
		rcpt->wished = notify_of(str_slice(&wish->notify));
		rcpt->notify = rcpt->wished;
		if (!slice_is(str_slice(&wish->address), rcpt->address))
			rcpt->asked = mem_dup(str_slice(&wish->address));
	}
}

/* ---- arrival ---- */

static void
log_admit(const struct message *message)
{
	log_event("admit", "id", message->id, "box", boxes[message->box].name,
	    "from", message->sender, "count", log_number(message->count).s,
	    "bytes", log_number(message->length - message->head_len).s, NULL);
}

static void
refuse_login(struct manager *manager, struct spool_letter *letter,
    const char *why)
{
	log_event("alarm", "id", str_c(&letter->envelope.id), "login",
	    str_c(&letter->envelope.login), "from",
	    str_c(&letter->envelope.sender), "client",
	    str_c(&letter->envelope.client), "why", why, "by",
	    "moved to queue/corrupt", NULL);
	spool_give_up(&manager->spool, str_c(&letter->envelope.id));
	envelope_free(&letter->envelope);
	close(letter->fd);
}

/* Whose login cannot be checked now stays in active/ for another look: it
 * may well be an honest letter, and was acknowledged. */
static bool
has_good_login(struct manager *manager, struct spool_letter *letter)
{
	switch (login_check(manager, letter)) {
	case LOGIN_HOLDS:
		return true;
	case LOGIN_FALSE:
		refuse_login(manager, letter, "its passport does not hold: "
		    "missing, forged, too old, or another's");
		return false;
	case LOGIN_UNKNOWN:
		manager->look_again_ms = clock_mono_ms() + LOOK_AGAIN_MS;
		break;
	}
	envelope_free(&letter->envelope);
	close(letter->fd);
	return false;
}

/* smtp-receive lets a login write as itself only: another sender is the work
 * of whoever captured it.  Asked once; a letter that waits while an alias
 * goes is honest. */
static bool
has_own_sender(struct manager *manager, struct spool_letter *letter)
{
	const struct envelope *envelope = &letter->envelope;

	if (!envelope->login.len || !envelope->sender.len ||
	    route_owns(&manager->config, str_slice(&envelope->login),
		str_slice(&envelope->sender)) ||
	    manager->config.is_damaged)
		return true;
	refuse_login(manager, letter, "its sender is not its login's");
	return false;
}

static void
admit(struct manager *manager, struct spool_letter *letter, size_t box,
    bool is_first)
{
	struct message *message;

	if (!has_good_login(manager, letter) ||
	    !has_own_sender(manager, letter))
		return;
	message = message_make(letter, box);
	message->is_first = is_first;
	take_rcpts(message, &letter->envelope);
	take_wishes(message, &letter->envelope);
	envelope_free(&letter->envelope);
	message->fd = letter->fd;
	message_add_fresh(manager, message);
	index_add(&manager->index, message);
	log_admit(message);
	reroute(manager, message);
	outcome_settle(manager, message);
}

static void
log_not_taken(size_t box, const char *name, enum spool_taken taken,
    const struct spool_letter *letter)
{
	static const char *const what_was_done[] = {
		[SPOOL_LEFT] = "left in the box",
		[SPOOL_LATER] = "left in the box for a minute",
		[SPOOL_CORRUPT] = "moved to queue/corrupt",
		[SPOOL_REMOVED] = "removed"};

	switch (taken) {
	case SPOOL_TAKEN:
	case SPOOL_GONE:
	case SPOOL_UNFINISHED:
		break;
	case SPOOL_ABORTED:
		log_event("aborted", "id", name, "box", boxes[box].name, NULL);
		break;
	case SPOOL_AGAIN:
		log_event("again", "id", name, "box", boxes[box].name, "why",
		    "it was here before; not delivered twice", NULL);
		break;
	case SPOOL_LEFT:
	case SPOOL_LATER:
	case SPOOL_CORRUPT:
	case SPOOL_REMOVED:
		log_event("alarm", "id", name, "box", boxes[box].name, "why",
		    letter->why, "by", what_was_done[taken], NULL);
		break;
	}
}

void
admit_from_box(struct manager *manager, size_t box, const char *name,
    bool was_closed)
{
	struct spool_letter letter;
	enum spool_taken taken =
	    spool_take(&manager->spool, box, name, was_closed, &letter);

	if (taken == SPOOL_TAKEN)
		/* One found by a scan may have been handed out already, and
		 * its move to active/ lost in a power cut. */
		admit(manager, &letter, box, was_closed);
	else
		log_not_taken(box, name, taken, &letter);
	if (taken == SPOOL_LATER)
		loop_scan_boxes_by(manager, clock_mono_ms() + BOX_RETRY_MS);
}

struct box_scan {
	struct manager *manager;
	size_t box;
};

static void
found_in_box(void *context, const char *name)
{
	struct box_scan *scan = context;

	admit_from_box(scan->manager, scan->box, name, false);
}

void
admit_scan_box(struct manager *manager, size_t box)
{
	struct box_scan scan = {manager, box};

	if (spool_list_box(&manager->spool, box, found_in_box, &scan) < 0)
		log_event("alarm", "box", boxes[box].name, "why",
		    "cannot list it", "error", strerror(errno), NULL);
}

/* ---- the start ---- */

static size_t
box_of(const struct envelope *envelope)
{
	size_t box = 0;

	while (box < BOX_COUNT &&
	    !slice_is(str_slice(&envelope->box), boxes[box].name))
		box++;
	return box;
}

/* An old note does not say who leans on whom: whoever has nothing pending may,
 * and on anybody. */
static void
take_leaning(struct message *message, const struct envelope *envelope)
{
	bool *waits = mem_alloc(envelope->rcpt_count * sizeof *waits);

	for (size_t i = 0; i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		rcpt->is_shared = rcpt->state == RCPT_PENDING;
		if (rcpt->is_shared && rcpt->origin < envelope->rcpt_count)
			waits[rcpt->origin] = true;
	}
	for (size_t i = 0; i < envelope->rcpt_count; i++) {
		struct rcpt *rcpt;

		if (waits[i])
			continue;
		rcpt = message_add_rcpt(message,
		    str_slice(&envelope->rcpts[i].address));
		message_set_state(message, rcpt, RCPT_LEANING);
		rcpt->origin = (uint32_t)i;
	}
	free(waits);
}

static void
take_note(struct message *message, const struct note *note,
    const struct envelope *envelope)
{
	message_from_note(message, note);
	if (note->is_old)
		take_leaning(message, envelope);
}

/* As admit, for one that was admitted before: what its note says counts. */
static void
readmit(struct manager *manager, struct spool_letter *letter, size_t box)
{
	struct message *message;
	struct note note = {0};

	if (!has_good_login(manager, letter))
		return;
	message = message_make(letter, box);
	if (spool_note_read(&manager->spool, message->id, &note) == 0)
		take_note(message, &note, &letter->envelope);
	else
		take_rcpts(message, &letter->envelope);
	take_wishes(message, &letter->envelope);
	note_free(&note);
	envelope_free(&letter->envelope);
	close(letter->fd);
	index_add(&manager->index, message);
	reroute(manager, message);
	outcome_settle(manager, message);
}

static void
admit_found(struct manager *manager, const char *id)
{
	struct spool_letter letter;
	enum spool_taken taken;
	size_t box;

	if (index_find(&manager->index, id))
		return; /* came in while the list was made */
	if (spool_is_spent(&manager->spool, id)) {
		spool_finish(&manager->spool, id, true);
		return;
	}
	taken = spool_read(&manager->spool, id, &letter);
	if (taken == SPOOL_GONE)
		return;
	if (taken != SPOOL_TAKEN) {
		log_event("alarm", "id", id, "why", letter.why, NULL);
		if (taken == SPOOL_LATER)
			manager->look_again_ms =
			    clock_mono_ms() + BOX_RETRY_MS;
		return;
	}
	box = box_of(&letter.envelope);
	if (box < BOX_COUNT) {
		readmit(manager, &letter, box);
		return;
	}
	log_event("alarm", "id", id, "why", "its box is none of ours", NULL);
	envelope_free(&letter.envelope);
	close(letter.fd);
}

struct message *
admit_find(struct manager *manager, const char *id)
{
	struct message *message = index_find(&manager->index, id);

	if (message || !manager->scan || !queue_id_valid(slice_of(id)))
		return message;
	admit_found(manager, id);
	return index_find(&manager->index, id);
}

static bool
admit_next(struct manager *manager, const char *id, void *context)
{
	(void)context;
	admit_found(manager, id);
	return false;
}

static void
end_scan(struct manager *manager, void *context)
{
	(void)context;
	manager->scan = NULL;
	log_event("scanned", "count", log_number(manager->index.count).s,
	    NULL);
}

static void
add_to_scan(void *context, const char *id)
{
	walk_add(context, id);
}

void
admit_begin(struct manager *manager)
{
	manager->scan = walk_begin(manager, admit_next, end_scan, NULL);
	if (spool_list(&manager->spool, add_to_scan, manager->scan) < 0)
		log_event("alarm", "why", "cannot list queue/active", "error",
		    strerror(errno), NULL);
	log_event("start", "count", log_number(manager->scan->len).s, NULL);
}

void
admit_look_again(struct manager *manager)
{
	if (!manager->look_again_ms || manager->scan ||
	    clock_mono_ms() < manager->look_again_ms)
		return;
	manager->look_again_ms = 0;
	admit_begin(manager);
}
