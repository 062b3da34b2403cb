/*
 * kept - results that wait with their message; see kept.h and late.c.
 *
 * As the records that they came in.  An honest agent has a few jobs for each
 * of its workers; a captured one may make up as many as it likes, and so
 * takes no more memory than this, nor any of another's.
 */
#include "cmd/queue-manager/kept.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/message.h"
#include "lib/mail/job.h"

#include <stdlib.h>

enum { KEPT_BYTES_MAX = 16 * 1024 * 1024 };

struct kept {
	struct kept *next;
	struct agent_port *port;
	struct str record;
};

static size_t
bytes_of(const struct kept *kept)
{
	return sizeof *kept + kept->record.cap;
}

bool
kept_add(struct message *message, struct agent_port *port,
    const struct job_result *result)
{
	struct kept *kept;

	if (port->kept_bytes >= KEPT_BYTES_MAX)
		return false;
	port->has_too_many = false;
	kept = mem_alloc(sizeof *kept);
	kept->port = port;
	record_encode(&kept->record, job_result_fields, result);
	port->kept_bytes += bytes_of(kept);
	kept->next = message->kept;
	message->kept = kept;
	return true;
}

static void
drop_first(struct message *message)
{
	struct kept *kept = message->kept;

	message->kept = kept->next;
	kept->port->kept_bytes -= bytes_of(kept);
	str_free(&kept->record);
	free(kept);
}

struct agent_port *
kept_take(struct message *message, struct job_result *result)
{
	struct kept *kept = message->kept;
	struct agent_port *port;
	struct slice record;

	record_free(job_result_fields, result);
	if (!kept)
		return NULL;
	port = kept->port;
	record = str_slice(&kept->record);
	(void)record_decode(&record, job_result_fields, result);
	drop_first(message);
	return port;
}

void
kept_forget(struct message *message)
{
	while (message->kept)
		drop_first(message);
}
