/* submission - what is asked of a login; see submission.h. */
#include "cmd/smtp-receive/submission.h"

#include "control/route.h"
#include "lib/mail/address.h"

bool
submission_owns(struct session *session, struct slice address)
{
	const struct session_start *start = session->start;
	struct route_request request = {
		.box = slice_of(start->service->box),
		.login = str_slice(&session->envelope.login),
		.recipient = address,
	};
	struct account account = {0};
	struct routes routes = {0};
	bool owns = false;

	route_decide(start->config, &request, NULL, &routes);
	for (size_t i = 0; i < routes.len && !owns; i++)
		owns = routes.v[i].kind == ROUTE_LOCAL &&
		    config_account(start->config,
			str_slice(&routes.v[i].address), &account) &&
		    slice_eq(str_slice(&account.address), request.login);
	account_free(&account);
	routes_free(&routes);
	return owns;
}

static bool
owns(void *context, struct slice address)
{
	return submission_owns(context, address);
}

/* A letter without From gets the envelope's sender, else the account. */
static struct slice
writer(const struct session *session)
{
	return session->envelope.sender.len ?
	    str_slice(&session->envelope.sender) :
	    str_slice(&session->envelope.login);
}

static struct slice
domain_of(struct slice address)
{
	struct slice local, domain;

	return address_split(address, &local, &domain) ? domain : address;
}

static struct submit_rules
rules_of(struct session *session)
{
	return (struct submit_rules){
		.owns = owns,
		.context = session,
		.from = writer(session),
		.domain = domain_of(str_slice(&session->envelope.login)),
		.id = str_slice(&session->envelope.id),
		.now_us = session->envelope.arrived_us,
	};
}

enum submit_fault
submission_write(struct session *session, struct submit_text *text,
    struct slice bytes)
{
	struct submit_rules rules = rules_of(session);
	struct str ready = {0};
	enum submit_fault fault = submit_take(text, &rules, bytes, &ready);

	drop_write(&session->drop, str_slice(&ready));
	str_free(&ready);
	return fault;
}

enum submit_fault
submission_end(struct session *session, struct submit_text *text)
{
	struct submit_rules rules = rules_of(session);
	struct str ready = {0};
	enum submit_fault fault = submit_end(text, &rules, &ready);

	drop_write(&session->drop, str_slice(&ready));
	str_free(&ready);
	return fault;
}
