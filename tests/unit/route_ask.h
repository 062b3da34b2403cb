/* route_ask - a question to the routing decision, and its answer as text. */
#ifndef TESTS_UNIT_ROUTE_ASK_H
#define TESTS_UNIT_ROUTE_ASK_H

#include "control/route.h"

#include <check.h>

/* A row of a table of questions; answer is what the test compares with. */
struct question {
	const char *box, *sender, *login, *recipient, *answer;
};

struct asked {
	struct config config;
	struct routes routes;
	struct str answer; /* "local a@b; remote c@d via d; 550 5.1.1 e@f" */
	struct str steps;  /* what explain prints */
};

static inline void
route_ask_step(void *context, const char *text)
{
	str_addf(context, "%s\n", text);
}

/* What a route of share mode says besides. */
static inline void
route_ask_add_more(const struct route *route, struct str *to)
{
	static const char *const sorts[] = {
		[SORT_IN] = " sort in", [SORT_OUT] = " sort out",
		[SORT_ASSIGNED] = " sort assigned"};

	str_puts(to, route->sort ? sorts[route->sort] : "");
	if (route->copy.len)
		str_addf(to, " {%s}", str_c(&route->copy));
	if (route->stage != 1)
		str_addf(to, " stage %u", route->stage);
	str_puts(to, route->is_held ? " held" : "");
}

static inline void
route_ask_add(const struct route *route, struct str *to)
{
	const char *address = str_c(&route->address);

	switch (route->kind) {
	case ROUTE_LOCAL:
		str_addf(to, "%s %s", route->is_extra ? "copy" : "local",
		    address);
		ck_assert_uint_eq(route->next_hop.len, 0);
		break;
	case ROUTE_REMOTE:
		str_addf(to, "remote %s via %s", address,
		    str_c(&route->next_hop));
		break;
	case ROUTE_ISP:
		str_addf(to, "%s for %s", str_c(&route->next_hop), address);
		break;
	case ROUTE_REFUSE:
		str_addf(to, "%d %s %s", route->code, route->enhanced,
		    address);
		ck_assert_uint_gt(route->text.len, 0);
		break;
	}
	route_ask_add_more(route, to);
}

/* Asks the tables in force; *to must be {0}, asked_free ends it. */
static inline void
route_ask_as(const struct question *question, bool is_added, struct asked *to)
{
	struct route_request request = {
		.box = slice_of(question->box),
		.sender = slice_of(question->sender),
		.login = slice_of(question->login),
		.recipient = slice_of(question->recipient),
		.is_added = is_added,
	};
	struct route_trace trace = {route_ask_step, &to->steps};

	ck_assert_int_eq(config_open(&to->config, "routing"), 0);
	route_decide(&to->config, &request, &trace, &to->routes);
	for (size_t i = 0; i < to->routes.len; i++) {
		str_puts(&to->answer, i ? "; " : "");
		route_ask_add(&to->routes.v[i], &to->answer);
	}
}

static inline void
route_ask(const struct question *question, struct asked *to)
{
	route_ask_as(question, false, to);
}

static inline void
asked_free(struct asked *asked)
{
	routes_free(&asked->routes);
	config_close(&asked->config);
	str_free(&asked->answer);
	str_free(&asked->steps);
}

/* The answer is this one, or the steps are. */
static inline void
route_ask_check(const struct question *question)
{
	struct asked asked = {0};

	route_ask(question, &asked);
	ck_assert_str_eq(str_c(&asked.answer), question->answer);
	asked_free(&asked);
}

static inline void
route_ask_check_steps(const struct question *question)
{
	struct asked asked = {0};

	route_ask(question, &asked);
	ck_assert_str_eq(str_c(&asked.steps), question->answer);
	asked_free(&asked);
}

#endif
