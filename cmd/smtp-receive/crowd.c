/* crowd - who is turned away at the door; see crowd.h. */
#include "cmd/smtp-receive/crowd.h"

#include "lib/base/log.h"

enum { LOG_EVERY_MS = 1000 };

static void
log_crowd(const struct crowd *crowd, const struct caller *last,
    const struct reply_text *reply)
{
	struct str name = {0}, literal = {0};

	caller_name(last, &name, &literal);
	log_event("refuse", "client", str_c(&name),
	    "count", crowd->count > 1 ? log_number(crowd->count).s : NULL,
	    "code", log_number((uint64_t)reply->code).s, "why", reply->text,
	    NULL);
	str_free(&name);
	str_free(&literal);
}

void
crowd_turn_away(struct crowd *crowd, const struct caller *caller,
    enum reply reply, uint64_t now_ms)
{
	caller_turn_away(caller, reply);
	crowd->count++;
	if (crowd->logged_ms && now_ms - crowd->logged_ms < LOG_EVERY_MS)
		return;
	log_crowd(crowd, caller, reply_text(reply));
	crowd->count = 0;
	crowd->logged_ms = now_ms;
}
