/* compile_settings - the single-value files; see compiler.h. */
#include "control/compiler.h"
#include "control/settings.h"

#include <string.h>

static void
put_setting(struct compiler *compiler, const char *name, struct slice value)
{
	const struct {
		const char *name;
		struct str *keep;
	} needed[] = {
		{"me", &compiler->me}, {"helohost", &compiler->helohost},
		{"doublebounceto", &compiler->doublebounceto},
		{"users", &compiler->users},
	};

	compiler_add(compiler, compiler->routing, '=', slice_of(name), value);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!strcmp(name, needed[i].name))
			str_set_slice(needed[i].keep, value);
}

void
compile_settings(struct compiler *compiler)
{
	for (const struct setting_rule *r = setting_rules; r->name; r++) {
		struct setting_value value = {0};

		setting_load(r, str_slice(&compiler->me), &value);
		if (value.source == SETTING_FAULTY)
			fault_add(&compiler->report->faults, r->name, 0, "%s",
			    str_c(&value.fault));
		else
			put_setting(compiler, r->name,
			    str_slice(&value.value));
		setting_value_free(&value);
	}
}
