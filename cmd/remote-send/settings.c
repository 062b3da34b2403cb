/* settings - what remote-send knows, and who we are; see remote.h. */
#include "cmd/remote-send/remote.h"
#include "control/outside.h"
#include "control/survey.h"
#include "lib/base/die.h"

static const struct setting schema[] = {
	SETTING(remote_settings, helohost, SETTING_TEXT, "helohost"),
	SETTING(remote_settings, resolver, SETTING_TEXT, "resolver"),
	SETTING(remote_settings, cafile, SETTING_TEXT, "cafile"),
	SETTING(remote_settings, workers, SETTING_NUMBER, "concurrencyremote"),
	SETTING(remote_settings, connect_s, SETTING_SECONDS, "timeoutconnect"),
	SETTING(remote_settings, answer_s, SETTING_SECONDS, "timeoutremote"),
	{0}
};

static void
read_settings(struct remote *remote)
{
	config_settings_or_die(&remote->config, schema, &remote->settings);
	self_clear(&remote->self);
	survey_self(&remote->config, &remote->self);
}

void
remote_open(struct remote *remote)
{
	config_open_or_die(&remote->config, "remote");
	read_settings(remote);
	if (self_read_interfaces(&remote->self) < 0)
		die_temp("cannot ask for the addresses of this host");
	outside_open_or_die(&remote->settings.resolver,
	    &remote->settings.cafile, &remote->dns, &remote->tls);
}

void
remote_refresh(struct remote *remote)
{
	if (!config_refresh(&remote->config))
		return;
	read_settings(remote);
	/* said hello under a name that may be another one now */
	smtp_link_close(&remote->link);
}
