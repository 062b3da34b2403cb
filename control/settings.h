/*
 * settings - all single-value files of control/, their forms and defaults.
 *
 * One table for every program: the compiler checks and completes by it,
 * posthouse-settings prints it, the page posthouse-control(5) follows it.
 */
#ifndef CONTROL_SETTINGS_H
#define CONTROL_SETTINGS_H

#include "lib/base/str.h"

enum setting_form {
	FORM_HOST,     /* a host name */
	FORM_LOCAL,    /* the part of an address before the @ */
	FORM_ADDRESS,  /* an address; without a domain, one at me */
	FORM_TEXT,     /* a line of ASCII */
	FORM_NUMBER,
	FORM_DURATION, /* seconds, or with a unit: 30s 5m 4h 14d 2w */
	FORM_SIZE,     /* bytes, or with a unit: 500K 50M 2G 1T */
	FORM_SHARE,    /* a percentage (5%) or a size */
	FORM_RESOLVER, /* address, address@port, or none (the system's) */
	FORM_PATH,     /* an absolute path, or none */
	FORM_TAGS,     /* separators of address tags, or none */
	FORM_USERS     /* one, or the prefix of the system users */
};

struct setting_rule {
	const char *name;
	enum setting_form form;
	const char *fallback; /* as it would stand in the file; NULL: me's */
	uint64_t min, max;    /* of numbers, durations and sizes */
	const char *meaning;  /* one line, for posthouse-settings */
};

/* Ends with {0}; me comes first and has no default. */
extern const struct setting_rule setting_rules[];

const struct setting_rule *setting_find(struct slice name);

enum setting_source {
	SETTING_FROM_FILE,
	SETTING_BY_DEFAULT,
	SETTING_FAULTY /* fault */
};

/* One setting of control/, read below the working directory. */
struct setting_value {
	enum setting_source source;
	struct str text;  /* as it stands in the file, or the default */
	struct str value; /* as it stands in the CDB */
	struct str fault; /* what is wrong, what to do */
};

/* Reads one.  me is the value of the setting me, or empty while it is
 * unknown.  *to must be {0}; setting_value_free ends it. */
void setting_load(const struct setting_rule *rule, struct slice me,
    struct setting_value *to);
void setting_value_free(struct setting_value *value);

/* Turns what stands in the file into what stands in the CDB (numbers in
 * decimal, seconds and bytes as such, names normalized) and replaces *value
 * by it.  me completes addresses.  0, or -1: *fault then says what is wrong
 * and what to write. */
int setting_parse(const struct setting_rule *rule, struct slice text,
    struct slice me, struct str *value, struct str *fault);

/* The two number forms, for options of tables as well.  False: not of that
 * form, or too large. */
bool parse_duration(struct slice text, uint64_t *seconds);
bool parse_size(struct slice text, uint64_t *bytes);

#endif
