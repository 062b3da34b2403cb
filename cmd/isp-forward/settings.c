/* settings - what isp-forward knows before it has a login; see forward.h. */
#include "cmd/isp-forward/forward.h"
#include "control/outside.h"
#include "lib/base/die.h"
#include "lib/mail/sasl_client.h"

static const struct setting schema[] = {
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

/* Resolver and authorities stay as they were: they cannot be opened any
 * more. */
void
forward_refresh(struct forward *forward)
{
	if (config_refresh(&forward->map))
		(void)config_settings(&forward->map, schema,
		    &forward->settings);
}

void
forward_open(struct forward *forward)
{
	struct forward_settings *settings = &forward->settings;

	config_open_or_die(&forward->smtp, "isp-smtp");
	config_open_or_die(&forward->map, "isp-map");
	config_settings_or_die(&forward->map, schema, settings);
	outside_open_or_die(&settings->resolver, &settings->cafile,
	    &forward->dns, &forward->tls);
	if (sasl_client_prepare() < 0)
		die_temp("libgsasl cannot be used");
}
