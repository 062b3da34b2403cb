/* message - messages in memory; see message.h. */
#include "cmd/queue-manager/message.h"

#include "cmd/queue-manager/kept.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "lib/base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* A full box must not take all descriptors there are. */
enum { FRESH_MAX = 512 };

static size_t
bucket_of(const struct index *index, const char *id)
{
	return slice_hash(slice_of(id), 0) & (index->size - 1);
}

static void
grow(struct index *index)
{
	struct index bigger = {.size = index->size ? index->size * 2 : 1024};

	bigger.buckets = mem_alloc(bigger.size * sizeof *bigger.buckets);
	for (size_t i = 0; i < index->size; i++) {
		struct message *next, *message = index->buckets[i];

		for (; message; message = next) {
			size_t at = bucket_of(&bigger, message->id);

			next = message->next;
			message->next = bigger.buckets[at];
			bigger.buckets[at] = message;
		}
	}
	bigger.count = index->count;
	free(index->buckets);
	*index = bigger;
}

struct message *
index_find(const struct index *index, const char *id)
{
	struct message *message;

	if (!index->size)
		return NULL;
	message = index->buckets[bucket_of(index, id)];
	while (message && strcmp(message->id, id) != 0)
		message = message->next;
	return message;
}

void
index_add(struct index *index, struct message *message)
{
	size_t at;

	if (index->count >= index->size)
		grow(index);
	at = bucket_of(index, message->id);
	message->next = index->buckets[at];
	index->buckets[at] = message;
	index->count++;
}

static void
index_remove(struct index *index, const struct message *message)
{
	struct message **link = &index->buckets[bucket_of(index, message->id)];

	while (*link && *link != message)
		link = &(*link)->next;
	if (*link) {
		*link = message->next;
		index->count--;
	}
}

void
index_each(struct manager *manager,
    void (*each)(struct manager *manager, struct message *message,
	void *context),
    void *context)
{
	for (size_t i = 0; i < manager->index.size; i++)
		for (struct message *message = manager->index.buckets[i];
		     message; message = message->next)
			each(manager, message, context);
}

/* RFC 3461 */
static bool
has_wishes(const struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->rcpt_count; i++)
		if (envelope->rcpts[i].notify.len ||
		    envelope->rcpts[i].orcpt.len)
			return true;
	return envelope->ret.len || envelope->envid.len;
}

struct message *
message_make(const struct spool_letter *letter, size_t box)
{
	const struct envelope *envelope = &letter->envelope;
	struct message *message = mem_alloc(sizeof *message);

	memcpy(message->id, envelope->id.s, envelope->id.len);
	message->box = (uint8_t)box;
	message->fd = -1;
	message->head_len = (uint32_t)letter->head_len;
	message->length = envelope->length;
	/* one from the future would never be too old */
	message->arrived_us = envelope->arrived_us < clock_wall_us() ?
	    envelope->arrived_us : clock_wall_us();
	message->is_smtputf8 = envelope->is_smtputf8;
	message->has_wishes = has_wishes(envelope);
	message->envelope_rcpts = (uint32_t)envelope->rcpt_count;
	message->sender = mem_dup(str_slice(&envelope->sender));
	message->login = mem_dup(str_slice(&envelope->login));
	return message;
}

void
message_add_fresh(struct manager *manager, struct message *message)
{
	if (manager->fresh_len == FRESH_MAX) {
		message_close(message);
		return;
	}
	manager->fresh = mem_room(manager->fresh, manager->fresh_len,
	    &manager->fresh_cap, sizeof *manager->fresh);
	manager->fresh[manager->fresh_len++] = message;
}

void
message_close(struct message *message)
{
	if (message->fd >= 0)
		close(message->fd);
	message->fd = -1;
	message->is_locked = false;
}

void
message_close_idle(struct message *message)
{
	if (message->in_flight)
		return;
	/* the lock is that of all who had it from us */
	if (message->is_locked && !message->was_lost &&
	    !message_is_finished(message))
		(void)flock(message->fd, LOCK_UN);
	message_close(message);
}

void
message_close_fresh(struct manager *manager)
{
	for (size_t i = 0; i < manager->fresh_len; i++)
		if (manager->fresh[i])
			message_close_idle(manager->fresh[i]);
	manager->fresh_len = 0;
}

static void
drop_known(struct message *message)
{
	if (message->known)
		rcpt_map_free(&message->known->map);
	free(message->known);
	message->known = NULL;
}

void
message_forget(struct manager *manager, struct message *message)
{
	for (size_t i = 0; i < manager->fresh_len; i++)
		if (manager->fresh[i] == message)
			manager->fresh[i] = NULL;
	kept_forget(message);
	index_remove(&manager->index, message);
	while (message->deliveries)
		lane_free_delivery(manager, message->deliveries);
	for (size_t i = 0; i < message->count; i++)
		message_free_rcpt(message->rcpts[i]);
	message_close(message);
	drop_known(message);
	free(message->rcpts);
	free(message->sender);
	free(message->login);
	free(message);
}

static void
count_rcpt(struct message *message, enum rcpt_state state, uint32_t one)
{
	if (state == RCPT_PENDING)
		message->pending += one;
	else if (state == RCPT_FAILED || state == RCPT_DONE_UNTOLD)
		message->untold += one;
	else if (state == RCPT_QUARANTINED || state == RCPT_QUARANTINED_TOLD)
		message->quarantined += one;
}

void
message_append_rcpt(struct message *message, struct rcpt *rcpt)
{
	message->rcpts = mem_room(message->rcpts, message->count, &message->cap,
	    sizeof *message->rcpts);
	message->rcpts[message->count++] = rcpt;
	count_rcpt(message, rcpt->state, 1);
}

struct rcpt **
message_take_rcpts(struct message *message)
{
	struct rcpt **rcpts = message->rcpts;

	message->rcpts = NULL;
	message->count = message->cap = 0;
	message->pending = message->untold = message->quarantined = 0;
	message->is_saved = false;
	drop_known(message);
	return rcpts;
}

void
message_set_state(struct message *message, struct rcpt *rcpt,
    enum rcpt_state state)
{
	count_rcpt(message, rcpt->state, (uint32_t)-1);
	rcpt->state = state;
	count_rcpt(message, rcpt->state, 1);
}

struct rcpt *
message_add_rcpt(struct message *message, struct slice address)
{
	struct rcpt *rcpt = mem_alloc(sizeof *rcpt);

	rcpt->address = mem_dup(address);
	rcpt->state = RCPT_PENDING;
	rcpt->stage = 1;
	rcpt->wished = rcpt->notify = NOTIFY_FAILURE | NOTIFY_DELAY;
	message_append_rcpt(message, rcpt);
	return rcpt;
}

void
message_free_rcpt(struct rcpt *rcpt)
{
	lanes_assign(rcpt, NULL);
	free(rcpt->address);
	free(rcpt->asked);
	free(rcpt->words);
	if (rcpt->copy)
		copy_free(rcpt->copy);
	free(rcpt->copy);
	free(rcpt);
}

bool
rcpt_is_added(const struct message *message, const struct rcpt *rcpt)
{
	return rcpt->origin >= message->envelope_rcpts;
}

const char *
rcpt_folder(const struct rcpt *rcpt)
{
	return rcpt->copy ? str_c(&rcpt->copy->folder) : "";
}

bool
rcpt_is_gate(const struct rcpt *rcpt)
{
	return rcpt->is_extra && *rcpt_folder(rcpt);
}

bool
rcpt_is_in_flight(const struct rcpt *rcpt)
{
	return rcpt->delivery && rcpt->delivery->state == DELIVERY_IN_FLIGHT;
}

void
rcpt_set_copy(struct rcpt *rcpt, struct copy *copy)
{
	if (rcpt->copy)
		copy_free(rcpt->copy);
	else if (!copy_is_empty(copy))
		rcpt->copy = mem_alloc(sizeof *rcpt->copy);
	if (rcpt->copy)
		*rcpt->copy = *copy;
	*copy = (struct copy){0};
}

void
words_replace(char **words, struct slice by)
{
	char *old = *words; /* may be what by looks at */

	*words = mem_dup(by);
	free(old);
	for (char *c = *words; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
}

void
message_words(struct rcpt *rcpt, struct slice words)
{
	words_replace(&rcpt->words, words);
}

void
message_no_words(struct rcpt *rcpt)
{
	free(rcpt->words);
	rcpt->words = NULL;
}

bool
message_is_finished(const struct message *message)
{
	return !message->pending && !message->untold && !message->quarantined;
}

/* What is held for those who fetch it by themselves is not late. */
bool
message_awaits(const struct message *message, const struct rcpt *rcpt)
{
	return rcpt->state == RCPT_PENDING &&
	    message->approval == APPROVAL_AWAITED && rcpt->stage > 1;
}

bool
message_is_gate(const struct message *message, const struct rcpt *rcpt)
{
	for (size_t i = 0; rcpt_is_gate(rcpt) && i < message->count; i++)
		if (message->rcpts[i]->state == RCPT_PENDING &&
		    message->rcpts[i]->stage > rcpt->stage)
			return true;
	return false;
}

bool
message_is_awaited(const struct message *message)
{
	for (size_t i = 0; i < message->count; i++) {
		const struct rcpt *rcpt = message->rcpts[i];

		if (rcpt->state == RCPT_PENDING &&
		    rcpt->notify & NOTIFY_DELAY &&
		    !(rcpt->lane && rcpt->lane->held))
			return true;
	}
	return false;
}

uint64_t
message_age_s(const struct message *message)
{
	uint64_t now_us = clock_wall_us();

	return now_us > message->arrived_us ?
	    (now_us - message->arrived_us) / 1000000 : 0;
}
