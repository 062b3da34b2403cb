/* changes - what new tables ask of the services that run; see changes.h. */
#include "control/changes.h"

#include <stdio.h>
#include <unistd.h>

static bool
is_same(const struct strs *a, const struct strs *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (!slice_eq(str_slice(&a->v[i]), str_slice(&b->v[i])))
			return false;
	return true;
}

static void
compare_listen(struct config *old, struct config *new, const char *service,
    struct compile_report *report)
{
	struct strs before = {0}, after = {0};

	config_listen(old, service, &before);
	config_listen(new, service, &after);
	/* a first or last row starts or stops it: services.h */
	if (before.len && after.len && !is_same(&before, &after))
		strs_add(&report->to_restart, slice_of(service));
	strs_free(&before);
	strs_free(&after);
}

/* What services read when they start, and not again. */
static const struct {
	const char *key, *service;
} at_start[] = {
    {"=cafile", "isp-forward"},
    {"=cafile", "remote-send"},
    {"=concurrencylocal", "local-deliver"},
    {"=concurrencyremote", "isp-forward"},
    {"=concurrencyremote", "remote-send"},
    {"=resolver", "isp-forward"},
    {"=resolver", "remote-send"},
};

static bool
is_listed(const struct strs *list, const char *name)
{
	for (size_t i = 0; i < list->len; i++)
		if (slice_is(str_slice(&list->v[i]), name))
			return true;
	return false;
}

static void
compare_settings(struct config *old, struct config *new,
    struct compile_report *report)
{
	for (size_t i = 0; i < sizeof at_start / sizeof *at_start; i++) {
		struct slice before, after, key = slice_of(at_start[i].key);

		if (cdb_file_get(&old->file, key, &before) &&
		    cdb_file_get(&new->file, key, &after) &&
		    !slice_eq(before, after) &&
		    !is_listed(&report->to_restart, at_start[i].service))
			strs_add(&report->to_restart,
			    slice_of(at_start[i].service));
	}
}

static void
compare(struct config *old, struct config *new, struct compile_report *report)
{
	for (size_t i = 0; i < LISTEN_SERVICES; i++)
		compare_listen(old, new, listen_services[i], report);
	compare_settings(old, new, report);
}

int
changes_find(const struct draft *routing, struct compile_report *report)
{
	struct config old, new = {.file = {.fd = -1}};
	int result = 0;

	strs_clear(&report->to_restart);
	if (config_open(&old, "routing") == 0) {
		if (config_open_file(&new, str_c(&routing->path)) < 0)
			result = -1;
		else
			compare(&old, &new, report);
	}
	config_close(&new);
	config_close(&old);
	return result;
}

/* Not all of them are there in every instance. */
static bool
is_service(const struct str *name)
{
	struct str path = {0};
	bool is_there;

	str_addf(&path, "run/service/%s", str_c(name));
	is_there = access(str_c(&path), F_OK) == 0;
	str_free(&path);
	return is_there;
}

void
changes_tell(const struct compile_report *report)
{
	for (size_t i = 0; i < report->to_restart.len; i++) {
		if (!is_service(&report->to_restart.v[i]))
			continue;
		printf("%s reads what changed when it starts: "
		    "run posthouse restart %s\n",
		    str_c(&report->to_restart.v[i]),
		    str_c(&report->to_restart.v[i]));
	}
	if (report->is_up_needed)
		printf("services are to be started or stopped: "
		    "run posthouse up\n");
}
