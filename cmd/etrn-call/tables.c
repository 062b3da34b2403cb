/* tables - the calls, as control/calls has them; see house.h. */
#include "cmd/etrn-call/house.h"

#include "control/outside.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/mail/sasl_client.h"

#include <unistd.h>

static const struct setting schema[] = {
	SETTING(call_settings, helohost, SETTING_TEXT, "helohost"),
	SETTING(call_settings, resolver, SETTING_TEXT, "resolver"),
	SETTING(call_settings, cafile, SETTING_TEXT, "cafile"),
	SETTING(call_settings, connect_s, SETTING_SECONDS, "timeoutconnect"),
	SETTING(call_settings, answer_s, SETTING_SECONDS, "timeoutremote"),
	SETTING(call_settings, maxprobe_s, SETTING_SECONDS, "maxprobe"),
	{0}
};

static struct caller *
find(struct house *house, struct slice name)
{
	for (size_t i = 0; i < house->len; i++)
		if (slice_eq(str_slice(&house->v[i].name), name))
			return &house->v[i];
	return NULL;
}

static struct caller *
add(struct house *house, struct slice name)
{
	struct caller *caller;

	house->v = mem_room(house->v, house->len, &house->cap,
	    sizeof *house->v);
	caller = &house->v[house->len++];
	*caller = (struct caller){.asker_fd = -1};
	str_add_slice(&caller->name, name);
	return caller;
}

/* What is new, or was changed, is called at once: who has just connected
 * wants his mail.  The password stays in the CDB: a child looks it up. */
static void
take_row(struct house *house, struct slice name)
{
	struct caller *caller = find(house, name);
	struct call call = {0};

	if (call_find(&house->config, name, &call)) {
		if (!caller)
			caller = add(house, name);
		if (!caller->is_listed || caller->every_s != call.every_s ||
		    caller->failures)
			caller->next_ms = clock_mono_ms();
		caller->failures = 0;
		caller->every_s = call.every_s;
		caller->is_listed = true;
	}
	call_free(&call);
}

static void
read_rows(struct house *house)
{
	struct strs names = {0};

	call_names(&house->config, &names);
	for (size_t i = 0; i < house->len; i++)
		if (!strs_has(&names, str_slice(&house->v[i].name)))
			house->v[i].is_listed = false;
	for (size_t i = 0; i < names.len; i++)
		take_row(house, str_slice(&names.v[i]));
	strs_free(&names);
}

/* What is in no row any more, and at no work. */
static void
drop_unlisted(struct house *house)
{
	size_t kept = 0;

	for (size_t i = 0; i < house->len; i++) {
		struct caller *caller = &house->v[i];

		if (caller->is_listed || caller->pid) {
			house->v[kept++] = *caller;
			continue;
		}
		str_free(&caller->name);
		if (caller->asker_fd >= 0)
			close(caller->asker_fd);
	}
	house->len = kept;
}

void
house_open(struct house *house)
{
	config_open_or_die(&house->config, "call");
	config_settings_or_die(&house->config, schema, &house->settings);
	outside_open_or_die(&house->settings.resolver,
	    &house->settings.cafile, &house->dns, &house->tls);
	if (sasl_client_prepare() < 0)
		die_temp("cannot begin to use libgsasl");
	read_rows(house);
}

bool
tables_refresh(struct house *house)
{
	struct cdb_file old = {.fd = -1};
	bool is_new = config_refresh_keeping(&house->config, &old);
	bool may_go_on = !is_new || outside_is_same(&house->config, &old);

	cdb_file_close(&old);
	if (is_new && may_go_on) {
		config_settings_or_die(&house->config, schema,
		    &house->settings);
		read_rows(house);
		drop_unlisted(house);
	}
	return may_go_on;
}
