/* setting_load - a setting from its file, or by default; see settings.h. */
#include "control/settings.h"
#include "control/source.h"
#include "control/table.h"

enum { SINGLE_VALUE_MAX = 64 * 1024 };

/* The first line counts, without the blanks around it. */
static void
take_first_line(struct slice content, struct str *text)
{
	str_set_slice(text, slice_trim(slice_cut(&content, '\n')));
}

static void
load_file(const struct setting_rule *rule, struct setting_value *to)
{
	struct str content = {0};
	const char *fault = NULL;

	switch (source_read(rule->name, SINGLE_VALUE_MAX, &content,
	    &to->fault)) {
	case SOURCE_READ:
		to->source = SETTING_FROM_FILE;
		take_first_line(str_slice(&content), &to->text);
		fault = table_line_fault(str_slice(&to->text));
		break;
	case SOURCE_MISSING:
		to->source = SETTING_BY_DEFAULT;
		break;
	case SOURCE_FAULTY:
		to->source = SETTING_FAULTY;
		break;
	}
	if (fault) {
		to->source = SETTING_FAULTY;
		str_puts(&to->fault, fault);
	}
	str_free(&content);
}

static void
take_default(const struct setting_rule *rule, struct slice me,
    struct setting_value *to)
{
	if (rule->fallback) {
		str_puts(&to->text, rule->fallback);
	} else if (rule != setting_rules) {
		str_add_slice(&to->text, me);
	} else {
		to->source = SETTING_FAULTY;
		str_puts(&to->fault, "this host's name is missing, "
		    "write it, as in: echo mail.example.org >control/me");
	}
}

void
setting_load(const struct setting_rule *rule, struct slice me,
    struct setting_value *to)
{
	load_file(rule, to);
	if (to->source == SETTING_BY_DEFAULT)
		take_default(rule, me, to);
	/* a default that follows from a missing me is no fault of its own */
	if (to->source == SETTING_FAULTY ||
	    (to->source == SETTING_BY_DEFAULT && !to->text.len))
		return;
	if (setting_parse(rule, str_slice(&to->text), me, &to->value,
	    &to->fault) < 0 && to->source == SETTING_FROM_FILE)
		to->source = SETTING_FAULTY;
}

void
setting_value_free(struct setting_value *value)
{
	str_free(&value->text);
	str_free(&value->value);
	str_free(&value->fault);
}
