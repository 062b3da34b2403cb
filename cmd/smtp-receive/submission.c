/* submission - what is asked of a login; see submission.h. */
#include "cmd/smtp-receive/submission.h"

#include "control/route.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"

/* ---- how much ---- */

static uint64_t
rate_of(const struct session *session)
{
	struct account account = {0};
	uint64_t rate = 0;

	if (session->login.len && config_account(session->start->config,
	    str_slice(&session->login), &account))
		rate = account.rate;
	account_free(&account);
	return rate;
}

/* Refusals are counted too, so that one of all sessions finds itself the
 * first of an hour, and tells. */
static bool
count_one(const struct session *session, uint64_t rate)
{
	unsigned count = tally_add(session->start->messages,
	    str_slice(&session->login));

	if (count == rate + 1)
		log_event("alarm", "login", str_c(&session->login), "client",
		    str_c(&session->start->client), "count",
		    log_number(rate).s, "why", "rate= is reached: this "
		    "account sends no more until the hour is over", NULL);
	return count <= rate;
}

static bool
has_sent_enough(const struct session *session)
{
	uint64_t rate = rate_of(session);

	return rate && tally_count(session->start->messages,
	    str_slice(&session->login)) >= rate && !count_one(session, rate);
}

bool
submission_count(struct session *session)
{
	uint64_t rate = rate_of(session);

	return !rate || count_one(session, rate);
}

/* ---- who ---- */

static bool
owns(const struct session *session, struct slice address)
{
	return route_owns(session->start->config, str_slice(&session->login),
	    address);
}

static void
refuse_sender(struct session *session)
{
	if (session->start->config->is_damaged)
		session_refuse(session, REPLY_LOCAL_ERROR, NULL, NULL);
	else
		session_refuse(session, REPLY_SENDER_NOT_OWN, NULL,
		    str_c(&session->envelope.sender));
}

bool
submission_begin(struct session *session)
{
	struct slice sender = str_slice(&session->envelope.sender);

	if (!session->login.len)
		return true;
	/* The null sender is nobody's: receipts have it. */
	if (sender.len && !owns(session, sender)) {
		refuse_sender(session);
		return false;
	}
	if (has_sent_enough(session)) {
		session_refuse(session, REPLY_OVER_RATE, NULL, NULL);
		return false;
	}
	return true;
}

/* ---- the header ---- */

static bool
may_be_from(void *context, struct slice address)
{
	struct submission *submission = context;

	if (owns(submission->session, address))
		return true;
	if (address.len > ADDRESS_TEXT_MAX)
		address.len = ADDRESS_TEXT_MAX;
	str_set_slice(&submission->foreign, address);
	return false;
}

/* A letter without From gets the envelope's sender, else the account. */
static struct slice
writer(const struct session *session)
{
	return session->envelope.sender.len ?
	    str_slice(&session->envelope.sender) :
	    str_slice(&session->login);
}

/* As the outside knows it: a Message-ID leaves as it is. */
static struct slice
domain_of(struct submission *submission)
{
	const struct session *session = submission->session;
	const struct route_request request = {
		.box = slice_of(session->start->service->box),
		.sender = str_slice(&session->envelope.sender),
		.login = str_slice(&session->login)};
	struct slice local, domain;

	if (!submission->domain.len &&
	    !route_outer_domain(session->start->config, &request,
		&submission->domain) &&
	    address_split(request.login, &local, &domain))
		str_set_slice(&submission->domain, domain);
	return str_slice(&submission->domain);
}

static struct submit_rules
rules_of(struct submission *submission)
{
	const struct session *session = submission->session;

	return (struct submit_rules){
		.owns = may_be_from,
		.context = submission,
		.from = writer(session),
		.domain = domain_of(submission),
		.id = str_slice(&session->envelope.id),
		.now_us = session->envelope.arrived_us,
	};
}

enum submit_fault
submission_write(struct submission *submission, struct slice bytes)
{
	struct drop *drop = &submission->session->drop;
	struct submit_rules rules;
	struct str ready = {0};
	enum submit_fault fault;

	if (submission->text.is_body) {
		drop_write(drop, bytes);
		return SUBMIT_FINE;
	}
	rules = rules_of(submission);
	fault = submit_take(&submission->text, &rules, bytes, &ready);
	drop_write(drop, str_slice(&ready));
	str_free(&ready);
	return fault;
}

enum submit_fault
submission_end(struct submission *submission)
{
	struct submit_rules rules = rules_of(submission);
	struct str ready = {0};
	enum submit_fault fault = submit_end(&submission->text, &rules,
	    &ready);

	drop_write(&submission->session->drop, str_slice(&ready));
	str_free(&ready);
	return fault;
}

void
submission_free(struct submission *submission)
{
	submit_text_free(&submission->text);
	str_free(&submission->domain);
	str_free(&submission->foreign);
}
