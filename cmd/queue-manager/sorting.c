/*
 * sorting - what share-sort is asked, and what it may answer; see sorting.h.
 *
 * A letter for a shared address, or one of staff to outside, goes to
 * share-sort before it goes into its mailbox.  share-sort reads strangers'
 * headers and is believed accordingly: it may say what stands above the
 * recipient's own copy, and name accounts of ours that get one, too.  It
 * cannot refuse a letter, send it away, or choose a folder; what it does not
 * sort within queuelifetime is delivered as it is.
 *
 * What it said needs no note of its own: without one the letter is sorted
 * again, and whoever has a row stays out.
 */
#include "cmd/queue-manager/sorting.h"

#include "cmd/queue-manager/ages.h"
#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/rcpt_map.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/saving.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"

/* One that is too old already still gets its chance with local-deliver. */
enum { SKIPPED_S = 24 * 3600 };

/* ---- who gets it, too ---- */

/* A letter that is sorted, and those who have a copy of it. */
struct sorting {
	struct message *message;
	struct rcpt *rcpt;
	struct known_rcpts *known;
	bool has_more;
};

/* A letter may be sorted for a hundred thousand: they are not all looked at for
 * each answer. */
static struct known_rcpts *
make_known(const struct message *message)
{
	struct known_rcpts *known = mem_alloc(sizeof *known);

	known->next_origin = message->envelope_rcpts;
	for (size_t i = 0; i < message->count; i++) {
		struct rcpt *one = message->rcpts[i];

		if (one->state != RCPT_LEANING)
			rcpt_map_add(&known->map, one);
		if (one->origin >= known->next_origin)
			known->next_origin = one->origin + 1;
	}
	return known;
}

static void
begin(struct sorting *sorting, struct message *message, struct rcpt *rcpt)
{
	if (!message->known)
		message->known = make_known(message);
	*sorting = (struct sorting){.message = message, .rcpt = rcpt,
	    .known = message->known};
}

/* Above what the tables want to be done at its own copy. */
static void
add_evidence(struct sorting *sorting, const struct copy *found)
{
	struct rcpt *rcpt = sorting->rcpt;
	struct copy copy = {0};

	if (rcpt->copy) {
		copy = *rcpt->copy;
		*rcpt->copy = (struct copy){0};
	}
	if (!copy.by.len)
		str_set_slice(&copy.by, str_slice(&found->by));
	for (size_t i = 0; i < found->staff.len; i++)
		copy_add_staff(&copy, str_slice(&found->staff.v[i]));
	rcpt_set_copy(rcpt, &copy);
}

/* Where it goes is decided by its own address, as of any other. */
static void
add_rcpt(struct sorting *sorting, const char *address, struct copy *copy)
{
	struct rcpt *rcpt =
	    message_add_rcpt(sorting->message, slice_of(address));

	rcpt->origin = sorting->known->next_origin++;
	rcpt->wished = rcpt->notify = 0;
	rcpt->is_sorted = true;
	rcpt->is_unrouted = true;
	rcpt_set_copy(rcpt, copy);
	rcpt_map_add(&sorting->known->map, rcpt);
	sorting->has_more = true;
}

/* No folder, no list of recipients, and no seal. */
static bool
is_evidence(const struct copy *copy)
{
	return !copy->folder.len && !copy->is_seen && !copy->has_list &&
	    !copy->hold.len;
}

/* "ADDRESS staff=... by=..." */
static bool
take_extra(struct sorting *sorting, struct slice text)
{
	struct slice address = slice_cut(&text, ' ');
	struct str name = {0};
	struct copy copy = {0};
	bool good = address_valid(address, true) &&
	    copy_parse(text, &copy) == 0 && is_evidence(&copy) &&
	    sorting->known->next_origin != UINT32_MAX;

	if (good) {
		str_set_slice(&name, address);
		if (slice_is(address, sorting->rcpt->address))
			add_evidence(sorting, &copy);
		else if (!rcpt_map_find(&sorting->known->map, str_c(&name),
		    ""))
			add_rcpt(sorting, str_c(&name), &copy);
	}
	copy_free(&copy);
	str_free(&name);
	return good;
}

/* True: there are more recipients now. */
static bool
take_extras(struct message *message, struct rcpt *rcpt,
    const struct strs *extras)
{
	struct sorting sorting;
	size_t bad = 0;

	begin(&sorting, message, rcpt);
	for (size_t i = 0; i < extras->len; i++)
		bad += !take_extra(&sorting, str_slice(&extras->v[i]));
	if (bad)
		log_event("alarm", "id", message->id, "by", "share-sort",
		    "why", "it named recipients that are none", "count",
		    log_number(bad).s, NULL);
	return sorting.has_more;
}

/* ---- what it said ---- */

static void
take_sorted(struct manager *manager, struct rcpt *rcpt)
{
	rcpt->is_sorted = rcpt->is_unnoted = true;
	rcpt->attempts = 0;
	rcpt->next_us = 0;
	lanes_assign(rcpt, lanes_home(manager, rcpt));
}

void
sorting_skip(struct manager *manager, struct message *message,
    struct rcpt *rcpt)
{
	log_event("alarm", "id", message->id, "to", rcpt->address, "by",
	    "share-sort", "why", "it did not sort this in time: delivered as "
	    "it is", NULL);
	rcpt->keep_s = message_age_s(message) + SKIPPED_S;
	take_sorted(manager, rcpt);
}

static void
take_delay(struct manager *manager, struct message *message,
    struct rcpt *rcpt, struct slice words)
{
	message_words(rcpt, words.s ? words :
	    slice_of("451 4.3.0 - share-sort gave no reason"));
	if (ages_is_too_old(manager, message, rcpt))
		sorting_skip(manager, message, rcpt);
	else
		outcome_put_off(manager, message, rcpt);
	message_save_some(manager, message, &rcpt, 1);
}

void
sorting_results(struct manager *manager, struct delivery *delivery,
    const struct job_result *result)
{
	struct message *message = delivery->message;
	struct rcpt *rcpt = delivery->rcpts[0];
	struct slice words = str_slice(&result->verdicts.v[0]);
	struct slice letter = slice_cut(&words, ' ');
	/* the tables may have changed meanwhile */
	bool is_open = !rcpt->lane;

	if (letter.len == 1 && letter.s[0] == JOB_DONE) {
		take_sorted(manager, rcpt);
		is_open |= rcpt->sort == SORT_IN && result->extras.len &&
		    take_extras(message, rcpt, &result->extras);
	} else {
		take_delay(manager, message, rcpt, words);
	}
	outcome_end_delivery(manager, delivery);
	if (is_open)
		reroute(manager, message);
	else
		gather_some(manager, message, &rcpt, 1);
	outcome_settle(manager, message);
}
