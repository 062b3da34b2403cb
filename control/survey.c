/* survey - what the tables claim about the world; see survey.h. */
#include "control/survey.h"

#include "control/etrn.h"
#include "control/resolve.h"

#include <stdlib.h>

static bool
is_known_host(const struct survey *survey, const struct str *via)
{
	for (size_t i = 0; i < survey->len; i++)
		if (survey->v[i].kind == SURVEY_HOST &&
		    slice_eq(str_slice(&survey->v[i].via), str_slice(via)))
			return true;
	return false;
}

static void
add(struct survey *survey, enum survey_kind kind, struct slice domain,
    const struct str *via, const char *table, uint64_t line)
{
	struct survey_item *item;

	survey->v = mem_room(survey->v, survey->len, &survey->cap,
	    sizeof *survey->v);
	item = &survey->v[survey->len++];
	*item = (struct survey_item){.kind = kind};
	str_add_slice(&item->domain, domain);
	str_add_slice(&item->via, str_slice(via));
	str_addf(&item->where, "%s:%llu", table, (unsigned long long)line);
}

static void
add_host(struct survey *survey, struct slice of, const struct str *via,
    const char *table, uint64_t line)
{
	if (via->len && !slice_is(str_slice(via), SMARTHOST_NONE) &&
	    !is_known_host(survey, via))
		add(survey, SURVEY_HOST, of, via, table, line);
}

static enum survey_kind
kind_of(struct slice kind)
{
	if (kind_is_home(kind))
		return SURVEY_HOME;
	if (slice_is(kind, "etrn"))
		return SURVEY_HELD;
	return slice_is(kind, "backup") ? SURVEY_BACKUP : SURVEY_ROUTE;
}

static bool
is_to_client(struct config *config, struct slice domain)
{
	struct etrn etrn = {0};
	bool is_one = etrn_find(config, domain, &etrn) &&
	    etrn.row.is_to_client;

	etrn_free(&etrn);
	return is_one;
}

static void
add_domain(struct config *config, struct survey *survey, struct slice name,
    struct slice value)
{
	struct domain_row row = {0};

	if (record_decode(&value, domain_row_fields, &row) == 0) {
		if (is_to_client(config, name))
			str_clear(&row.via);
		add(survey, kind_of(str_slice(&row.kind)), name, &row.via,
		    "domains", row.line);
		add_host(survey, name, &row.smarthost, "domains", row.line);
	}
	record_free(domain_row_fields, &row);
}

static void
add_account(struct survey *survey, struct slice name, struct slice value)
{
	struct account account = {0};

	if (record_decode(&value, account_fields, &account) == 0)
		add_host(survey, name, &account.smarthost, "accounts",
		    account.line);
	account_free(&account);
}

static void
add_route(struct survey *survey, struct slice name, struct slice value)
{
	struct route_row row = {0};

	if (record_decode(&value, route_row_fields, &row) == 0)
		add_host(survey, name, &row.via, "routes", row.line);
	record_free(route_row_fields, &row);
}

void
survey_take(struct config *config, struct survey *survey)
{
	struct slice key, value;
	unsigned at = 0;

	while (cdb_file_next(&config->file, &at, &key, &value)) {
		struct slice name;

		if (!key.len)
			continue;
		name = slice_after(key, 1);
		if (key.s[0] == 'd')
			add_domain(config, survey, name, value);
		else if (key.s[0] == 'a')
			add_account(survey, name, value);
		else if (key.s[0] == 'r')
			add_route(survey, name, value);
	}
}

void
survey_free(struct survey *survey)
{
	for (size_t i = 0; i < survey->len; i++) {
		str_free(&survey->v[i].domain);
		str_free(&survey->v[i].via);
		str_free(&survey->v[i].where);
	}
	free(survey->v);
	*survey = (struct survey){0};
}

struct names {
	struct str me, helohost;
};

void
survey_self(struct config *config, struct self *self)
{
	static const struct setting table[] = {
		SETTING(names, me, SETTING_TEXT, "me"),
		SETTING(names, helohost, SETTING_TEXT, "helohost"),
		{0}};
	struct names names = {0};

	if (config_settings(config, table, &names) == 0) {
		self_add_name(self, str_slice(&names.me));
		self_add_name(self, str_slice(&names.helohost));
	}
	for (size_t i = 0; i < LISTEN_SERVICES; i++) {
		struct strs addresses = {0};

		config_listen(config, listen_services[i], &addresses);
		for (size_t at = 0; at < addresses.len; at++)
			(void)self_add_listener(self,
			    str_slice(&addresses.v[at]));
		strs_free(&addresses);
	}
	str_free(&names.me);
	str_free(&names.helohost);
}
