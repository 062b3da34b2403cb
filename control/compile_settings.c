/* compile_settings - the single-value files; see compiler.h. */
#include "control/compiler.h"
#include "control/settings.h"
#include "lib/base/die.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <string.h>
#include <sys/stat.h>

/* Every program that sends or fetches reads it at its start, and would end
 * there, with its mail waiting. */
static void
check_cafile(struct compiler *compiler, const char *path)
{
	X509_STORE *store = X509_STORE_new();
	struct faults *faults = &compiler->report->faults;
	struct stat st;

	if (!store)
		die_nomem();
	if (stat(path, &st) < 0)
		fault_add(faults, "cafile", 0, "%s cannot be read (%s), name "
		    "another file or write none", path, strerror(errno));
	else if (!S_ISREG(st.st_mode) ||
	    X509_STORE_load_file(store, path) != 1)
		fault_add(faults, "cafile", 0, "%s holds no certificates, "
		    "write them there in PEM, or write none", path);
	else if (!(st.st_mode & S_IROTH) &&
	    !slice_is(str_slice(&compiler->users), "one"))
		fault_add(faults, "cafile", 0, "%s cannot be read by our "
		    "users (mode %o), run chmod o+r %s", path,
		    st.st_mode & 07777, path);
	X509_STORE_free(store);
	ERR_clear_error();
}

/* Of one that init made for system users all programs would run as root. */
static void
check_one_user(struct compiler *compiler)
{
	struct stat control, mail;

	if (stat("control", &control) == 0 && stat("mail", &mail) == 0 &&
	    mail.st_uid != control.st_uid)
		fault_add(&compiler->report->faults, "users", 0,
		    "this instance has users of its own (mail/ belongs to "
		    "one), remove the file; posthouse init --one-user makes "
		    "another instance");
}

/* A number whose unit was forgotten is a value, too, and hardly the one that
 * was meant. */
static void
warn_of_little(struct compiler *compiler, const char *name,
    struct slice value)
{
	static const struct {
		const char *name;
		uint64_t enough;
		const char *text;
	} little[] = {
		{"queuelifetime", 3600, "seconds are short for a letter that "
		    "waits, write the unit if it was left out, as in 5d"},
		{"databytes", 1000, "bytes are less than a letter has, "
		    "write the unit if it was left out, as in 50M"},
		{"minfree", 1000000, "bytes are no room for a letter, "
		    "write the unit if it was left out, as in 5% or 2G"},
	};
	uint64_t number;

	for (size_t i = 0; i < sizeof little / sizeof *little; i++)
		if (!strcmp(name, little[i].name) &&
		    slice_u64(value, UINT64_MAX, &number) && number > 0 &&
		    number < little[i].enough)
			fault_add(&compiler->report->warnings, name, 0,
			    "%.*s %s", (int)value.len, value.s,
			    little[i].text);
}

static void
put_setting(struct compiler *compiler, const char *name, struct slice value)
{
	const struct {
		const char *name;
		struct str *keep;
	} needed[] = {
		{"me", &compiler->me}, {"helohost", &compiler->helohost},
		{"doublebounceto", &compiler->doublebounceto},
		{"users", &compiler->users}, {"cafile", &compiler->cafile},
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
		if (value.source == SETTING_FROM_FILE)
			warn_of_little(compiler, r->name,
			    str_slice(&value.value));
		setting_value_free(&value);
	}
	if (compiler->cafile.len)
		check_cafile(compiler, str_c(&compiler->cafile));
	if (slice_is(str_slice(&compiler->users), "one"))
		check_one_user(compiler);
}
