/* compile_settings - the single-value files; see compiler.h. */
#include "control/compiler.h"
#include "control/settings.h"

#include <string.h>

enum { SINGLE_VALUE_MAX = 64 * 1024 };

/* The first line of the file counts, without blanks around it. */
static bool
read_value(struct compiler *compiler, const char *name, struct str *value)
{
	struct faults *faults = &compiler->report->faults;
	struct str text = {0};
	struct slice rest;
	bool is_there = compiler_read(compiler, name, SINGLE_VALUE_MAX, &text);

	rest = str_slice(&text);
	str_set_slice(value, slice_trim(slice_cut(&rest, '\n')));
	str_free(&text);
	if (is_there && table_line_fault(str_slice(value))) {
		fault_add(faults, name, 1, "%s",
		    table_line_fault(str_slice(value)));
		str_clear(value);
		return false;
	}
	return is_there;
}

static void
put_setting(struct compiler *compiler, const char *name, struct slice value)
{
	struct str key = {0};

	str_addf(&key, "=%s", name);
	compiler_put_text(compiler, str_c(&key), value);
	str_free(&key);
	if (!strcmp(name, "me"))
		str_set_slice(&compiler->me, value);
	if (!strcmp(name, "users"))
		str_set_slice(&compiler->users, value);
}

static void
one_setting(struct compiler *compiler, const struct setting_rule *rule)
{
	struct faults *faults = &compiler->report->faults;
	struct str text = {0}, value = {0}, fault = {0};
	size_t faults_before = faults->len;
	bool is_there = read_value(compiler, rule->name, &text);

	if (!is_there && rule == setting_rules && faults->len == faults_before)
		fault_add(faults, rule->name, 0, "this host's name is missing, "
		    "write it, as in: echo mail.example.org >control/me");
	if (!is_there)
		str_set(&text, rule->fallback ? rule->fallback :
		    str_c(&compiler->me));
	if (!is_there && !text.len)
		; /* follows from me, which is missing: said once */
	else if (setting_parse(rule, str_slice(&text),
	    str_slice(&compiler->me), &value, &fault) == 0)
		put_setting(compiler, rule->name, str_slice(&value));
	else if (is_there)
		fault_add(faults, rule->name, 1, "%s", str_c(&fault));
	str_free(&text);
	str_free(&value);
	str_free(&fault);
}

void
compile_settings(struct compiler *compiler)
{
	for (const struct setting_rule *r = setting_rules; r->name; r++)
		one_setting(compiler, r);
}
