/* services - those that have work, by the tables; see services.h. */
#include "control/services.h"

#include "lib/base/io.h"

#include <fcntl.h>
#include <string.h>

static const char in_force[] = "control/cdb/services";

enum { LIST_BYTES_MAX = 4096 };

static bool
sends_by_isp(const struct isp_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->v[i].smtp.host.len)
			return true;
	return false;
}

static bool
fetches(const struct isp_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->v[i].pop3.host.len)
			return true;
	return false;
}

/* May anybody ask for mail that waits here? */
static bool
serves_etrn(const struct etrn_index *index)
{
	for (size_t i = 0; i < index->len; i++)
		if (index->v[i].key.s[0] == 'f')
			return true;
	return false;
}

void
services_wanted(const struct compiler *compiler, struct str *to)
{
	const struct compiler *c = compiler;
	bool takes_logins = compiler_listens(c, "submission") ||
	    compiler_listens(c, "submissions");
	const struct {
		const char *name;
		bool is_wanted;
	} all[] = {
		{"smtp", compiler_listens(c, "smtp")},
		{"starttls", compiler_listens(c, "smtp") && c->has_certificate},
		{"submission", compiler_listens(c, "submission")},
		{"submissions", compiler_listens(c, "submissions")},
		{"relay", compiler_listens(c, "relay")},
		{"auth-check", takes_logins},
		{"tls-key", c->has_certificate},
		{"isp-forward", sends_by_isp(&c->isp)},
		{"pop3-fetch", fetches(&c->isp)},
		{"share-sort", c->shares.len},
		{"share-assign", c->shares.len},
		{"etrn-serve", serves_etrn(&c->etrn)},
		{"etrn-call", c->calls.len},
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].is_wanted)
			str_addf(to, "%s\n", all[i].name);
}

bool
services_list(const char *name)
{
	struct str list = {0};
	struct slice rest;
	bool has = false;

	(void)read_file(AT_FDCWD, in_force, &list, LIST_BYTES_MAX);
	rest = str_slice(&list);
	while (!has && rest.len)
		has = slice_is(slice_cut(&rest, '\n'), name);
	str_free(&list);
	return has;
}

bool
services_differ(struct slice wanted)
{
	struct str list = {0};
	bool differ;

	differ = read_file(AT_FDCWD, in_force, &list, LIST_BYTES_MAX) == 0 &&
	    !slice_eq(str_slice(&list), wanted);
	str_free(&list);
	return differ;
}

int
services_install(struct slice wanted)
{
	return replace_file(in_force, wanted, 0600);
}
