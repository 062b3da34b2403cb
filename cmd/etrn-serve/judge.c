/*
 * judge - may this client ask for that mail?  See judge.h.
 *
 * The same words for a domain that is not here, that holds nothing back, or
 * that is another's: who may not ask learns nothing by asking.
 */
#include "cmd/etrn-serve/judge.h"

#include "control/etrn_ask.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "queue/release.h"

#include <errno.h>
#include <string.h>

enum {
	WINDOW_MS = 60 * 1000, /* of etrnlimit */
	FLOOD = 10,            /* times etrnlimit: enough of this client */
	ASK_S = 3,
	ALL_MS = 5 * 1000,     /* for all domains of one request */
	WHY_MAX = 100
};

static const struct setting schema[] = {
	SETTING(etrn_settings, limit, SETTING_NUMBER, "etrnlimit"),
	{0}
};

/* What the domains of one request came to. */
struct verdict {
	uint64_t allowed, too_often, flooded; /* domains */
	uint64_t started, running;
	uint64_t pending;  /* messages of those that were started */
	struct str why;    /* of one that cannot be sent now */
};

void
judge_open(struct judge *judge)
{
	config_open_or_die(&judge->config, "routing");
	config_settings_or_die(&judge->config, schema, &judge->settings);
	judge->asked = tally_open(WINDOW_MS);
	if (!judge->asked)
		die_temp("cannot share memory among workers");
}

/* Counts one more; may it still be heard? */
static bool
is_in_time(struct judge *judge, struct slice name, struct verdict *verdict)
{
	uint64_t count = tally_add(judge->asked, name);

	if (count <= judge->settings.limit)
		return true;
	verdict->too_often++;
	verdict->flooded += count > FLOOD * judge->settings.limit;
	return false;
}

static void
take_answer(struct verdict *verdict, const struct release_answer *answer)
{
	switch (answer->result) {
	case RELEASE_STARTED:
		verdict->started++;
		verdict->pending += answer->count;
		return;
	case RELEASE_RUNNING:
		verdict->running++;
		return;
	case RELEASE_DOWN:
		str_set_slice(&verdict->why, str_slice(&answer->why));
		return;
	case RELEASE_UNKNOWN: /* the tables have just changed */
		str_set(&verdict->why, "the queue does not know it yet");
		return;
	case RELEASE_EMPTY:
		return;
	}
}

static void
release(const struct release_question *question, struct verdict *verdict)
{
	struct release_answer answer = {0};

	if (release_ask(question, ASK_S, &answer) == 0) {
		take_answer(verdict, &answer);
	} else {
		log_event("alarm", "by", "queue-manager", "path",
		    RELEASE_SOCKET, "why", strerror(errno), NULL);
		str_set(&verdict->why, "the queue does not answer");
	}
	str_free(&answer.why);
}

static void
ask_for(struct judge *judge, struct slice domain,
    const struct etrn_asker *asker, const struct etrn_request *request,
    struct verdict *verdict)
{
	struct release_question question = {.domain = domain};
	struct etrn etrn = {0};

	if (etrn_find(&judge->config, domain, &etrn) &&
	    etrn_allows(&etrn.row, asker)) {
		verdict->allowed++;
		if (etrn.row.is_to_client) {
			question.client = str_slice(&request->client);
			question.account = str_slice(&request->login);
			question.passport = str_slice(&request->passport);
		}
		if (is_in_time(judge, domain, verdict))
			release(&question, verdict);
	}
	etrn_free(&etrn);
}

static void
ask_for_all(struct judge *judge, const struct etrn_argument *argument,
    const struct etrn_asker *asker, const struct etrn_request *request,
    struct verdict *verdict)
{
	uint64_t end_ms = clock_mono_ms() + ALL_MS;
	struct strs domains = {0};

	etrn_domains(&judge->config, argument, &domains);
	for (size_t i = 0; i < domains.len; i++) {
		if (clock_mono_ms() > end_ms) {
			str_set(&verdict->why, "too many domains at once");
			break;
		}
		ask_for(judge, str_slice(&domains.v[i]), asker, request,
		    verdict);
	}
	strs_free(&domains);
}

/* RFC 1985 5.3. */
static void
put_answer(const struct verdict *verdict, const char *node,
    struct etrn_answer *answer)
{
	struct str *text = &answer->text;
	struct slice why = str_slice(&verdict->why);

	if (why.len > WHY_MAX)
		why.len = WHY_MAX;
	if (verdict->pending) {
		answer->code = 253;
		str_addf(text, "OK, %llu pending messages for node %s started",
		    (unsigned long long)verdict->pending, node);
	} else if (verdict->started || verdict->running) {
		answer->code = 250;
		str_addf(text, "OK, queuing for node %s started", node);
	} else if (verdict->why.len) {
		answer->code = 458;
		str_addf(text, "Unable to queue messages for node %s: %.*s",
		    node, (int)why.len, why.s);
	} else if (verdict->too_often) {
		answer->code = verdict->flooded ? 421 : 458;
		str_addf(text, "Unable to queue messages for node %s: asked "
		    "too often, wait a minute", node);
	} else if (verdict->allowed) {
		answer->code = 251;
		str_addf(text, "OK, no messages waiting for node %s", node);
	} else {
		answer->code = 459;
		str_addf(text, "Node %s not allowed: you may not ask for its "
		    "mail", node);
	}
}

/* Who asks for what is not his is counted, too. */
static void
count_refusal(struct judge *judge, const struct etrn_request *request,
    bool has_login, struct verdict *verdict)
{
	struct str who = {0};

	str_addf(&who, "%s %s", str_c(&request->client),
	    has_login ? str_c(&request->login) : "");
	(void)is_in_time(judge, str_slice(&who), verdict);
	str_free(&who);
}

static void
log_answer(const struct etrn_request *request, const char *node,
    const struct etrn_answer *answer)
{
	log_event("etrn", "client", str_c(&request->client), "login",
	    request->login.len ? str_c(&request->login) : NULL, "to", node,
	    "code", log_number(answer->code).s, "why", str_c(&answer->text),
	    NULL);
}

static void
judge_argument(struct judge *judge, const struct etrn_argument *argument,
    const struct etrn_request *request, bool has_login,
    struct etrn_answer *answer)
{
	struct etrn_asker asker = {0};
	struct verdict verdict = {0};
	struct str node = {0};

	(void)etrn_asker_parse(str_slice(&request->client), &asker);
	if (has_login)
		asker.login = str_slice(&request->login);
	etrn_write(&node, argument);
	ask_for_all(judge, argument, &asker, request, &verdict);
	if (!verdict.allowed && judge->config.is_damaged)
		str_set(&verdict.why, "trouble on this side");
	else if (!verdict.allowed)
		count_refusal(judge, request, has_login, &verdict);
	put_answer(&verdict, str_c(&node), answer);
	log_answer(request, str_c(&node), answer);
	str_free(&node);
	str_free(&verdict.why);
}

void
judge_request(struct judge *judge, const struct etrn_request *request,
    bool has_login, struct etrn_answer *answer)
{
	struct etrn_argument argument = {0};
	int fault = etrn_parse(str_slice(&request->argument), &argument);

	if (config_refresh(&judge->config))
		(void)config_settings(&judge->config, schema,
		    &judge->settings);
	if (!fault)
		judge_argument(judge, &argument, request, has_login, answer);
	etrn_argument_free(&argument);
}
