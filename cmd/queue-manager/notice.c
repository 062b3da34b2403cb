/*
 * notice - a provider refused a login, or its address as sender, or is not to
 * be found: the writer is told, and so is postmaster; see notice.h.
 *
 * Once until letters leave again, however often somebody tries meanwhile, and
 * about the letter that met the refusal; what waits behind it needs no notice
 * of its own.
 */
#include "cmd/queue-manager/notice.h"

#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/reach.h"

#include <stdlib.h>
#include <string.h>

static const char *
writer_of(const struct message *message)
{
	return *message->login ? message->login : message->sender;
}

static struct lane *
paused_lane(const struct message *message)
{
	for (size_t i = 0; i < message->count; i++) {
		struct lane *lane = message->rcpts[i]->lane;

		if (lane && lane->state == LANE_PAUSED)
			return lane;
	}
	return NULL;
}

void
notice_gather(struct manager *manager, struct message *message)
{
	const char *writer = writer_of(message);
	struct lane *lane = paused_lane(message);

	if (lane) {
		free(lane->told);
		lane->told = mem_dup(slice_of(writer));
	}
	if (*writer)
		gather_report(manager, message, FOR_NOTICE_WRITER);
	gather_report(manager, message, FOR_NOTICE_POSTMASTER);
}

bool
notice_was_told(const struct message *message)
{
	for (size_t i = 0; i < message->count; i++) {
		const struct rcpt *rcpt = message->rcpts[i];
		const struct lane *lane = rcpt->lane;

		if (rcpt->state == RCPT_PENDING && (!lane ||
		    lane->state == LANE_UP || !lane->told ||
		    strcmp(lane->told, writer_of(message)) != 0))
			return false;
	}
	return true;
}

bool
notice_is_news(const struct message *message)
{
	return paused_lane(message) != NULL;
}

/* What is wrong: kinds of bounce-write's notices. */
static const char *
kind_of(const struct lane *lane)
{
	if (!lane || !lane->words)
		return "paused";
	if (slice_starts(slice_of(lane->words), "451 4.4.3 "))
		return "server"; /* its name leads nowhere */
	return lane->senders_refused >= SENDERS_REFUSED_MAX ? "sender" :
	    "paused";
}

/* The lane is named "isp ADDRESS". */
void
notice_fill(struct job *job, const struct delivery *delivery)
{
	const struct message *message = delivery->message;
	const struct lane *lane = paused_lane(message);
	struct slice mailbox = slice_of(lane ? lane->next_hop : "");
	bool is_writer = delivery->purpose == FOR_NOTICE_WRITER;
	struct str row = {0};

	slice_cut(&mailbox, ' ');
	if (mailbox.len > ADDRESS_TEXT_MAX)
		mailbox.len = ADDRESS_TEXT_MAX;
	str_addf(&row, "%s-%s\t\t%s", kind_of(lane),
	    is_writer ? "writer" : "postmaster",
	    lane && lane->words ? lane->words : "- - - -");
	if (row.len > JOB_REPORT_MAX)
		row.len = JOB_REPORT_MAX;
	strs_add(&job->rcpts, mailbox);
	strs_add(&job->reports, str_slice(&row));
	str_set(&job->sender, is_writer ? writer_of(message) : "");
	str_free(&row);
}
