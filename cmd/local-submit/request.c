/* request - a caller's wishes become an envelope; see request.h. */
#include "cmd/local-submit/request.h"

#include "control/route.h"
#include "lib/base/utf8.h"
#include "lib/mail/address.h"
#include "lib/mail/smtp_parameter.h"

struct taking {
	const struct submit_request *request;
	const struct owner *owner;
	const struct submit_settings *settings;
	struct envelope *envelope;
	struct refusal *why;
};

void
refusal_set(struct refusal *refusal, enum reply reply, struct slice detail)
{
	refusal->code = reply_text(reply)->code;
	str_set(&refusal->text, reply_text(reply)->text);
	if (!detail.len)
		return;
	str_putc(&refusal->text, ' ');
	str_add_slice(&refusal->text, detail);
}

/* False, for its callers to return.  detail may be NULL. */
static bool
refuse(struct taking *taking, enum reply reply, const struct str *detail)
{
	refusal_set(taking->why, reply, detail ? str_slice(detail) :
						 slice_of(""));
	return false;
}

/* An address without a host is one of this host. */
static bool
complete(const struct taking *taking, const struct str *address,
    struct str *to)
{
	struct slice text = str_slice(address);

	str_set_slice(to, text);
	if (slice_find(text, '@') == text.len)
		str_addf(to, "@%s", str_c(&taking->settings->me));
	if (has_8bit(str_slice(to)))
		taking->envelope->is_smtputf8 = true;
	return address_valid(str_slice(to), true);
}

/* Staff that has left writes as nobody, though the machine still knows it. */
static bool
has_left(const struct taking *taking, const struct str *sender)
{
	struct account account = {0};
	bool has = config_account(taking->owner->config, str_slice(sender),
	    &account) && account.is_former;

	account_free(&account);
	return has;
}

static bool
take_sender(struct taking *taking)
{
	const struct submit_request *request = taking->request;
	struct str *sender = &taking->envelope->sender;

	if (!request->has_sender)
		str_set_slice(sender, str_slice(&taking->owner->own));
	else if (!request->sender.len)
		return true; /* the null sender is nobody's */
	else if (!complete(taking, &request->sender, sender))
		return refuse(taking, REPLY_BAD_SENDER, &request->sender);
	else if (taking->owner->caller->uid != 0 &&
	    !owner_has(taking->owner, str_slice(sender)))
		return refuse(taking, REPLY_NOT_YOURS, sender);
	return !has_left(taking, sender) ||
	    refuse(taking, REPLY_NOT_YOURS, sender);
}

/* RFC 3461; an envelope has them in lower case. */
static bool
take_wishes(struct taking *taking, struct str *notify)
{
	const struct submit_request *request = taking->request;
	struct smtp_command checked = {0};

	if ((request->ret.len && smtp_mail_parameter(&checked,
		slice_of("RET"), str_slice(&request->ret)) != SMTP_FINE) ||
	    (request->envid.len && smtp_mail_parameter(&checked,
		slice_of("ENVID"), str_slice(&request->envid)) != SMTP_FINE) ||
	    (request->notify.len && smtp_rcpt_parameter(&checked,
		slice_of("NOTIFY"), str_slice(&request->notify),
		false) != SMTP_FINE))
		return refuse(taking, REPLY_BAD_DSN, NULL);
	str_set_slice(&taking->envelope->ret, checked.ret);
	str_lower(&taking->envelope->ret);
	str_set_slice(&taking->envelope->envid, checked.envid);
	str_set_slice(notify, checked.notify);
	str_lower(notify);
	return true;
}

static bool
take_rcpts(struct taking *taking, const struct str *notify)
{
	const struct strs *rcpts = &taking->request->rcpts;
	struct str limit = {0};

	if (!rcpts->len)
		return refuse(taking, REPLY_NO_RCPTS, NULL);
	if (rcpts->len > taking->settings->max_rcpts) {
		str_add_u64(&limit, taking->settings->max_rcpts);
		refuse(taking, REPLY_MANY_RCPTS, &limit);
		str_free(&limit);
		return false;
	}
	for (size_t i = 0; i < rcpts->len; i++) {
		struct envelope_rcpt *rcpt =
		    envelope_add_rcpt(taking->envelope);

		if (!complete(taking, &rcpts->v[i], &rcpt->address))
			return refuse(taking, REPLY_BAD_RCPT, &rcpts->v[i]);
		str_set_slice(&rcpt->notify, str_slice(notify));
	}
	return true;
}

/* Can it be delivered, now or later?  If not, *why says so. */
static bool
is_reachable(struct taking *taking, const struct str *address)
{
	struct route_request request = {
		.box = slice_of("local-submit"),
		.sender = str_slice(&taking->envelope->sender),
		.recipient = str_slice(address),
	};
	struct routes routes = {0};
	const struct route *first;
	bool is_refused;

	route_decide(taking->owner->config, &request, NULL, &routes);
	first = &routes.v[0];
	is_refused = first->kind == ROUTE_REFUSE;
	if (is_refused) {
		taking->why->code = (unsigned)first->code;
		str_clear(&taking->why->text);
		str_addf(&taking->why->text, "%s %s: %s", first->enhanced,
		    str_c(&first->text), str_c(address));
	}
	routes_free(&routes);
	return !is_refused;
}

static bool
judge_rcpts(struct taking *taking)
{
	for (size_t i = 0; i < taking->envelope->rcpt_count; i++)
		if (is_reachable(taking,
			&taking->envelope->rcpts[i].address))
			return true;
	return false;
}

bool
request_take(const struct submit_request *request, const struct owner *owner,
    const struct submit_settings *settings, struct envelope *envelope,
    struct refusal *why)
{
	struct taking taking = {request, owner, settings, envelope, why};
	struct str notify = {0};
	bool is_fine;

	str_set(&envelope->box, "local-submit");
	envelope->is_8bit = true;
	is_fine = take_sender(&taking) && take_wishes(&taking, &notify) &&
	    take_rcpts(&taking, &notify) && judge_rcpts(&taking);
	str_free(&notify);
	return is_fine;
}
