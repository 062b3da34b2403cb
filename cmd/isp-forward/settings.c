/* settings - what isp-forward knows before it has a login; see forward.h. */
#include "cmd/isp-forward/forward.h"
#include "control/outside.h"
#include "lib/base/die.h"
#include "lib/mail/sasl_client.h"

static const struct setting schema[] = {
	SETTING(forward_settings, me, SETTING_TEXT, "me"),
	SETTING(forward_settings, helohost, SETTING_TEXT, "helohost"),
	SETTING(forward_settings, resolver, SETTING_TEXT, "resolver"),
	SETTING(forward_settings, cafile, SETTING_TEXT, "cafile"),
	SETTING(forward_settings, workers, SETTING_NUMBER,
	    "concurrencyremote"),
	SETTING(forward_settings, connect_s, SETTING_SECONDS,
	    "timeoutconnect"),
	SETTING(forward_settings, answer_s, SETTING_SECONDS, "timeoutremote"),
	{0}
};

static bool
read_settings(struct forward *forward)
{
	struct forward_settings *settings = &forward->settings;

	if (config_settings(&forward->map, schema, settings) < 0)
		return false;
	if (!settings->helohost.len)
		str_set_slice(&settings->helohost, str_slice(&settings->me));
	return true;
}

/* Resolver and authorities stay as they were: they cannot be opened any
 * more. */
void
forward_refresh(struct forward *forward)
{
	if (config_refresh(&forward->map))
		(void)read_settings(forward);
}

void
forward_open(struct forward *forward)
{
	struct forward_settings *settings = &forward->settings;

	config_open_or_die(&forward->smtp, "isp-smtp");
	config_open_or_die(&forward->map, "isp-map");
	if (!read_settings(forward))
		die_perm("control/cdb/isp-map lacks a setting: "
		    "run posthouse compile");
	outside_open_or_die(&settings->resolver, &settings->cafile,
	    &forward->dns, &forward->tls);
	if (sasl_client_prepare() < 0)
		die_temp("libgsasl cannot be used");
}
