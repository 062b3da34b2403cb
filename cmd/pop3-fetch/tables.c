/* tables - the bindings, as control/isp has them; see house.h. */
#include "cmd/pop3-fetch/house.h"

#include "control/name_map.h"
#include "control/outside.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/mail/sasl_client.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum {
	FIRST_MS = 60 * 1000, /* in which all are visited after the start */
	MENDED_MS = 1000      /* a mended login is tried at once */
};

static const struct setting schema[] = {
	SETTING(fetch_settings, me, SETTING_TEXT, "me"),
	SETTING(fetch_settings, resolver, SETTING_TEXT, "resolver"),
	SETTING(fetch_settings, cafile, SETTING_TEXT, "cafile"),
	SETTING(fetch_settings, connect_s, SETTING_SECONDS, "timeoutconnect"),
	SETTING(fetch_settings, answer_s, SETTING_SECONDS, "timeoutremote"),
	SETTING(fetch_settings, maxprobe_s, SETTING_SECONDS, "maxprobe"),
	SETTING(fetch_settings, databytes, SETTING_BYTES, "databytes"),
	{0}
};

static void
read_settings(struct house *house)
{
	struct fetch_settings *settings = &house->settings;
	struct slice postmaster;

	config_settings_or_die(&house->config, schema, settings);
	config_minfree(&house->config, &settings->min_free_bytes,
	    &settings->min_free_percent);
	if (cdb_file_get(&house->config.file, slice_of("=postmaster"),
	    &postmaster))
		str_set_slice(&settings->postmaster, postmaster);
	else
		str_set(&settings->postmaster, "postmaster");
}

/* Thousands of bindings do not begin at once. */
uint64_t
some_time(uint64_t most_ms)
{
	uint32_t dice = 0;

	if (getrandom(&dice, sizeof dice, GRND_NONBLOCK) < 0)
		dice = (uint32_t)clock_wall_us();
	return most_ms ? dice % most_ms : 0;
}

/* What its ledger says of before: is it paused, can it be used? */
static void
look_at_ledger(struct binding *binding)
{
	struct slice name = str_slice(&binding->name);
	struct ledger ledger = {0};
	struct str path = {0};
	int fd;

	ledger_path(&path, name);
	fd = open(str_c(&path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && ledger_read(&ledger, fd, name) < 0) {
		binding->state = BINDING_BROKEN;
		str_set(&binding->why, "its ledger cannot be read: ");
		str_puts(&binding->why, strerror(errno));
		log_event("alarm", "via", str_c(&binding->name), "path",
		    str_c(&path), "why", str_c(&binding->why), NULL);
	}
	binding->paused_s = ledger.paused_s;
	if (ledger.paused_s)
		str_set_slice(&binding->why, str_slice(&ledger.paused_why));
	if (fd >= 0)
		close(fd);
	ledger_free(&ledger);
	str_free(&path);
}

static struct binding *
add_binding(struct house *house, struct slice name)
{
	struct binding *binding;

	house->bindings = mem_room(house->bindings, house->len, &house->cap,
	    sizeof *house->bindings);
	binding = house->bindings + house->len++;
	*binding = (struct binding){.result_fd = -1};
	str_add_slice(&binding->name, name);
	look_at_ledger(binding);
	return binding;
}

static bool
is_same(struct cdb_file *old, struct config *config, struct slice name)
{
	struct str key = {0};
	bool is_equal;

	str_putc(&key, 'p');
	str_add_slice(&key, name);
	is_equal = config_is_same(config, old, str_slice(&key));
	str_free(&key);
	return is_equal;
}

static uint64_t
first_wait_ms(const struct isp_mailbox *mailbox, bool is_start)
{
	uint64_t every_ms = mailbox->every_s * 1000;

	if (!is_start)
		return some_time(MENDED_MS);
	return some_time(every_ms < FIRST_MS ? every_ms : FIRST_MS);
}

/* The password stays in the CDB: a child looks it up. */
static void
take_row(struct house *house, struct slice name, struct cdb_file *old,
    const struct name_map *known)
{
	const size_t *at = name_map_find(known, name);
	struct isp_mailbox mailbox = {0};
	struct binding *binding;
	bool is_start = old->fd < 0;

	if (!isp_pop3(&house->config, name, &mailbox))
		return;
	binding = at ? &house->bindings[*at] : add_binding(house, name);
	if (!binding->was_listed || !is_same(old, &house->config, name)) {
		binding->next_ms = clock_mono_ms() +
		    first_wait_ms(&mailbox, is_start);
		binding->failures = binding->refusals = 0;
		binding->is_of_crowd = is_start;
	}
	binding->is_listed = true;
	binding->is_elsewhere = mailbox.node.len && !slice_ieq(
	    str_slice(&mailbox.node), str_slice(&house->settings.me));
	binding->every_s = mailbox.every_s;
	str_set_slice(&binding->host, str_slice(&mailbox.host));
	isp_mailbox_free(&mailbox);
}

/* What is in no row any more, and at no work. */
static void
drop_unlisted(struct house *house)
{
	size_t kept = 0;

	for (size_t i = 0; i < house->len; i++) {
		struct binding *binding = &house->bindings[i];

		if (binding->is_listed || binding->state == BINDING_RUNS) {
			house->bindings[kept++] = *binding;
			continue;
		}
		str_free(&binding->name);
		str_free(&binding->host);
		str_free(&binding->why);
	}
	house->len = kept;
}

static void
read_rows(struct house *house, struct cdb_file *old)
{
	struct name_map known = {0};
	struct strs names = {0};

	for (size_t i = 0; i < house->len; i++) {
		house->bindings[i].was_listed = house->bindings[i].is_listed;
		house->bindings[i].is_listed = false;
		name_map_add(&known, str_slice(&house->bindings[i].name), i);
	}
	isp_names(&house->config, &names);
	for (size_t i = 0; i < names.len; i++)
		take_row(house, str_slice(&names.v[i]), old, &known);
	name_map_free(&known);
	strs_free(&names);
}

void
house_open(struct house *house)
{
	struct cdb_file none = {.fd = -1};

	config_open_or_die(&house->config, "isp-pop3");
	read_settings(house);
	outside_open_or_die(&house->settings.resolver,
	    &house->settings.cafile, &house->dns, &house->tls);
	if (sasl_client_prepare() < 0)
		die_temp("cannot begin to use libgsasl");
	read_rows(house, &none);
}

bool
tables_refresh(struct house *house)
{
	struct cdb_file old = {.fd = -1};
	bool is_new = config_refresh_keeping(&house->config, &old);
	bool may_go_on = !is_new || outside_is_same(&house->config, &old);

	if (is_new && may_go_on) {
		read_settings(house);
		read_rows(house, &old);
		drop_unlisted(house);
	}
	cdb_file_close(&old);
	return may_go_on;
}
