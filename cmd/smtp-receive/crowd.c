/* crowd - who is turned away at the door; see crowd.h. */
#include "cmd/smtp-receive/crowd.h"

static void
log_turned_away(const struct caller *last, uint64_t count,
    const struct reply_text *reply)
{
	struct str name = {0}, literal = {0};

	caller_name(last, &name, &literal);
	log_event("refuse", "client", str_c(&name),
	    "count", count > 1 ? log_number(count).s : NULL,
	    "code", log_number((uint64_t)reply->code).s, "why", reply->text,
	    NULL);
	str_free(&name);
	str_free(&literal);
}

void
crowd_turn_away(struct log_crowd *crowd, const struct caller *caller,
    enum reply reply, uint64_t now_ms)
{
	uint64_t count = log_crowd(crowd, now_ms);

	caller_turn_away(caller, reply);
	if (count)
		log_turned_away(caller, count, reply_text(reply));
}
