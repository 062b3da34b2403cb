/* changes - what new tables ask of the services that run; see changes.h. */
#include "control/changes.h"

#include "control/etrn_ask.h"
#include "control/share.h"

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
	if (!before.len != !after.len)
		report->is_up_needed = true;
	else if (!is_same(&before, &after))
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

static bool
has_names(struct config *config)
{
	struct slice names;

	return cdb_file_get(&config->file, slice_of("=names"), &names) &&
	    names.len;
}

/* Are there certificates, mailboxes to fetch from, hosts to call, where there
 * were none, or the other way round?  0, or -1 with errno. */
static int
compare_names(const struct draft *draft, struct compile_report *report)
{
	struct config before, after;
	bool had;

	if (config_open_file(&after, str_c(&draft->path)) < 0)
		return -1;
	had = config_open(&before, draft->reader) == 0 && has_names(&before);
	if (had != has_names(&after))
		report->is_up_needed = true;
	config_close(&before);
	config_close(&after);
	return 0;
}

/* share-sort and share-assign are for these. */
static bool
has_share(struct config *config)
{
	struct str domain = {0};
	unsigned at = 0;
	bool has = share_next(config, &at, &domain);

	str_free(&domain);
	return has;
}

static void
compare(struct config *old, struct config *new, struct compile_report *report)
{
	if (etrn_is_offered(old) != etrn_is_offered(new) ||
	    has_share(old) != has_share(new))
		report->is_up_needed = true;
	for (size_t i = 0; i < LISTEN_SERVICES; i++)
		compare_listen(old, new, listen_services[i], report);
	compare_settings(old, new, report);
}

int
changes_find(const struct draft *routing, const struct draft *const *named,
    struct compile_report *report)
{
	struct config old, new = {.file = {.fd = -1}};
	int result = 0;

	strs_clear(&report->to_restart);
	report->is_up_needed = false;
	if (config_open(&old, "routing") < 0)
		named = NULL;
	else if (config_open_file(&new, str_c(&routing->path)) < 0)
		result = -1;
	else
		compare(&old, &new, report);
	for (; named && *named && result == 0; named++)
		result = compare_names(*named, report);
	config_close(&new);
	config_close(&old);
	return result;
}
