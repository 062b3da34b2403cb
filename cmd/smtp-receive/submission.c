/* submission - what is asked of a login; see submission.h. */
#include "cmd/smtp-receive/submission.h"

#include "control/route.h"
#include "lib/mail/address.h"
#include "lib/mail/header.h"
#include "lib/mail/submit_header.h"

/* Nobody writes such a header; 8 MB of it would be an attack on readers. */
enum { HEADER_MAX = 256 * 1024 };

bool
submission_owns(struct session *session, struct slice address)
{
	const struct session_start *start = session->start;
	struct route_request request = {
		.box = slice_of(start->service),
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

static enum submission_result
write_header(struct session *session, struct slice header)
{
	struct submit_rules rules = {
		.owns = owns,
		.context = session,
		.from = writer(session),
		.domain = domain_of(str_slice(&session->envelope.login)),
		.id = str_slice(&session->envelope.id),
		.now_us = session->envelope.arrived_us,
	};
	struct str mended = {0};
	enum submit_fault fault = submit_header(&mended, header, &rules);

	drop_write(&session->drop, str_slice(&mended));
	str_free(&mended);
	switch (fault) {
	case SUBMIT_FINE:
		return SUBMISSION_FINE;
	case SUBMIT_FROM_NOT_OWN:
		return SUBMISSION_FROM_NOT_OWN;
	case SUBMIT_FROM_BAD:
		return SUBMISSION_FROM_BAD;
	}
	return SUBMISSION_FROM_BAD;
}

enum submission_result
submission_write(struct session *session, struct submission *submission,
    struct slice text)
{
	struct slice held;
	size_t len;
	enum submission_result result;

	if (submission->is_body) {
		drop_write(&session->drop, text);
		return SUBMISSION_FINE;
	}
	str_add_slice(&submission->header, text);
	held = str_slice(&submission->header);
	if (!header_length(held, &len))
		return held.len > HEADER_MAX ? SUBMISSION_HEADER_TOO_LONG :
					       SUBMISSION_FINE;
	if (len > HEADER_MAX)
		return SUBMISSION_HEADER_TOO_LONG;
	result = write_header(session, slice_make(held.s, len));
	drop_write(&session->drop, slice_make(held.s + len, held.len - len));
	submission->is_body = true;
	submission_free(submission);
	return result;
}

enum submission_result
submission_end(struct session *session, struct submission *submission)
{
	if (submission->is_body)
		return SUBMISSION_FINE;
	submission->is_body = true;
	return write_header(session, str_slice(&submission->header));
}

void
submission_free(struct submission *submission)
{
	str_free(&submission->header);
}
