/* changes - what new tables ask of the services that run; see changes.h. */
#include "control/changes.h"

#include "control/config.h"
#include "control/services.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { KEYS_MAX = 3 };

/* What services read when they start, and not again: keys of cdb/routing.
 * Their run scripts keep it for us. */
static const struct at_start {
	const char *service, *keys[KEYS_MAX + 1];
	bool is_always; /* wanted: not in control/cdb/services */
} at_start[] = {
    {"smtp", {":smtp"}, false},
    {"submission", {":submission"}, false},
    {"submissions", {":submissions"}, false},
    {"relay", {":relay"}, false},
    {"local-deliver", {"=concurrencylocal"}, true},
    {"remote-send", {"=cafile", "=concurrencyremote", "=resolver"}, true},
    {"isp-forward", {"=cafile", "=concurrencyremote", "=resolver"}, false},
};

static void
path_of(struct str *path, const char *service, const char *file)
{
	str_clear(path);
	str_addf(path, "run/service/%s/%s", service, file);
}

/* Does an s6-supervise listen to its control pipe? */
static bool
is_supervised(const char *service)
{
	struct str path = {0};
	int fd;

	path_of(&path, service, "supervise/control");
	fd = open(str_c(&path), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	str_free(&path);
	return fd >= 0;
}

/* ":smtp" is what listen says of it. */
static const char *
table_of(const char *key)
{
	return *key == ':' ? "listen" : key + 1;
}

static void
add_changed(struct config *now, struct config *then,
    const char *const *keys, struct str *to)
{
	for (; *keys; keys++)
		if (!config_is_same(now, &then->file, slice_of(*keys)))
			str_addf(to, "%s%s", to->len ? ", " : "",
			    table_of(*keys));
}

static void
compare(struct config *now, const struct at_start *with, struct strs *to)
{
	struct str path = {0}, changed = {0}, line = {0};
	struct config then;

	path_of(&path, with->service, "began-with.cdb");
	if (config_open_file(&then, str_c(&path)) < 0)
		str_addf(&line, "what %s began with is not known",
		    with->service);
	else
		add_changed(now, &then, with->keys, &changed);
	if (changed.len)
		str_addf(&line, "%s reads %s only when it starts, and began "
		    "with what stood there before", with->service,
		    str_c(&changed));
	if (line.len) {
		str_addf(&line, ": run posthouse restart %s", with->service);
		strs_add(to, str_slice(&line));
	}
	config_close(&then);
	str_free(&path);
	str_free(&changed);
	str_free(&line);
}

/* One that the tables have no work for any more is stopped by posthouse up. */
static bool
goes_on(const struct at_start *with)
{
	return is_supervised(with->service) &&
	    (with->is_always || services_list(with->service));
}

void
changes_restarts(struct strs *to)
{
	struct config now;

	if (config_open(&now, "routing") == 0)
		for (size_t i = 0; i < sizeof at_start / sizeof *at_start; i++)
			if (goes_on(&at_start[i]))
				compare(&now, &at_start[i], to);
	config_close(&now);
}

void
changes_print_restarts(void)
{
	struct strs restarts = {0};

	changes_restarts(&restarts);
	for (size_t i = 0; i < restarts.len; i++)
		printf("%s\n", str_c(&restarts.v[i]));
	strs_free(&restarts);
}

void
changes_tell(const struct compile_report *report)
{
	changes_print_restarts();
	if (report->is_up_needed)
		printf("services are to be started or stopped: "
		    "run posthouse up\n");
}
