/* tables - the calls, as control/calls has them; see house.h. */
#include "cmd/etrn-call/house.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/mail/sasl_client.h"

#include <unistd.h>

static const struct setting schema[] = {
	SETTING(call_settings, me, SETTING_TEXT, "me"),
	SETTING(call_settings, helohost, SETTING_TEXT, "helohost"),
	SETTING(call_settings, resolver, SETTING_TEXT, "resolver"),
	SETTING(call_settings, cafile, SETTING_TEXT, "cafile"),
	SETTING(call_settings, connect_s, SETTING_SECONDS, "timeoutconnect"),
	SETTING(call_settings, answer_s, SETTING_SECONDS, "timeoutremote"),
	SETTING(call_settings, maxprobe_s, SETTING_SECONDS, "maxprobe"),
	{0}
};

static void
read_settings(struct house *house)
{
	if (config_settings(&house->config, schema, &house->settings) < 0)
		die_perm("control/cdb/call lacks a setting: "
		    "run posthouse compile");
}

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

	if (house->len == house->cap) {
		house->cap = house->cap ? 2 * house->cap : 16;
		house->v = mem_grow(house->v, house->cap, sizeof *house->v);
	}
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

static bool
is_in(const struct strs *names, struct slice name)
{
	for (size_t i = 0; i < names->len; i++)
		if (slice_eq(str_slice(&names->v[i]), name))
			return true;
	return false;
}

static void
read_rows(struct house *house)
{
	struct strs names = {0};

	call_names(&house->config, &names);
	for (size_t i = 0; i < house->len; i++)
		if (!is_in(&names, str_slice(&house->v[i].name)))
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
	struct str why = {0};

	config_open_or_die(&house->config, "call");
	read_settings(house);
	if (dns_open(&house->dns, str_slice(&house->settings.resolver)) < 0)
		die_temp("cannot use the resolver %s",
		    str_c(&house->settings.resolver));
	house->tls = tls_client_make(str_c(&house->settings.cafile), &why);
	if (!house->tls)
		die_perm("control/cafile: %s", str_c(&why));
	if (sasl_client_prepare() < 0)
		die_temp("cannot begin to use libgsasl");
	read_rows(house);
	str_free(&why);
}

/* What was opened before we locked ourselves in takes a new start. */
static bool
wants_new_start(struct house *house)
{
	struct call_settings *settings = &house->settings;
	struct str resolver = {0}, cafile = {0};
	bool is_other;

	str_add_slice(&resolver, str_slice(&settings->resolver));
	str_add_slice(&cafile, str_slice(&settings->cafile));
	read_settings(house);
	is_other = !slice_eq(str_slice(&resolver),
	    str_slice(&settings->resolver)) ||
	    !slice_eq(str_slice(&cafile), str_slice(&settings->cafile));
	str_free(&resolver);
	str_free(&cafile);
	return is_other;
}

bool
tables_refresh(struct house *house)
{
	if (!config_refresh(&house->config))
		return true;
	if (wants_new_start(house))
		return false;
	read_rows(house);
	drop_unlisted(house);
	return true;
}
