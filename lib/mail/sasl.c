/* sasl - logins that send a password; see sasl.h. */
#include "lib/mail/sasl.h"

#include "lib/base/base64.h"
#include "lib/mail/auth.h"

/* A name or password as auth-check takes it. */
static bool
is_word(struct slice text, size_t max)
{
	return text.len && text.len <= max &&
	    slice_find(text, '\0') == text.len;
}

/* RFC 4616 2: [authzid] NUL authcid NUL passwd. */
static enum sasl_step
take_plain(struct sasl *sasl, struct slice message)
{
	struct slice rest = message;
	struct slice identity = slice_cut(&rest, '\0');
	struct slice name = slice_cut(&rest, '\0');

	if (!rest.s || !is_word(name, AUTH_NAME_MAX) ||
	    !is_word(rest, AUTH_PASSWORD_MAX))
		return SASL_RUBBISH;
	if (identity.len && !slice_ieq(identity, name))
		return SASL_OTHER_IDENTITY;
	str_set_slice(&sasl->name, name);
	str_set_slice(&sasl->password, rest);
	return SASL_COMPLETE;
}

static enum sasl_step
take_name(struct sasl *sasl, struct slice message)
{
	if (!is_word(message, AUTH_NAME_MAX))
		return SASL_RUBBISH;
	str_set_slice(&sasl->name, message);
	return SASL_WANTS_PASSWORD;
}

static enum sasl_step
take_password(struct sasl *sasl, struct slice message)
{
	if (!is_word(message, AUTH_PASSWORD_MAX))
		return SASL_RUBBISH;
	str_set_slice(&sasl->password, message);
	return SASL_COMPLETE;
}

static enum sasl_step
take_message(struct sasl *sasl, struct slice message)
{
	switch (sasl->step) {
	case SASL_WANTS_RESPONSE:
		return take_plain(sasl, message);
	case SASL_WANTS_NAME:
		return take_name(sasl, message);
	case SASL_WANTS_PASSWORD:
		return take_password(sasl, message);
	case SASL_COMPLETE:
	case SASL_CANCELLED:
	case SASL_OTHER_IDENTITY:
	case SASL_RUBBISH:
	case SASL_UNKNOWN:
		return sasl->step;
	}
	return sasl->step;
}

enum sasl_step
sasl_take(struct sasl *sasl, struct slice line)
{
	struct str message = {0};

	if (slice_is(line, "*"))
		sasl->step = SASL_CANCELLED;
	else if (line.len <= SASL_LINE_MAX && base64_decode(&message, line))
		sasl->step = take_message(sasl, str_slice(&message));
	else
		sasl->step = SASL_RUBBISH;
	str_wipe(&message);
	return sasl->step;
}

enum sasl_step
sasl_begin(struct sasl *sasl, struct slice argument)
{
	struct slice rest = argument;
	struct slice mechanism = slice_cut(&rest, ' ');

	if (slice_ieq(mechanism, slice_of("PLAIN")))
		sasl->step = SASL_WANTS_RESPONSE;
	else if (slice_ieq(mechanism, slice_of("LOGIN")))
		sasl->step = SASL_WANTS_NAME;
	else
		sasl->step = SASL_UNKNOWN;
	if (sasl->step == SASL_UNKNOWN || !rest.s)
		return sasl->step;
	/* "=" stands for an empty one, which neither mechanism has; and "*"
	 * cancels only what was begun */
	if (slice_is(rest, "*"))
		return sasl->step = SASL_RUBBISH;
	return sasl_take(sasl, rest);
}

void
sasl_wipe(struct sasl *sasl)
{
	str_wipe(&sasl->name);
	str_wipe(&sasl->password);
	*sasl = (struct sasl){0};
}
