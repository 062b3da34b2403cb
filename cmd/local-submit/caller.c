/*
 * caller - who is at the other end?  See caller.h.
 *
 * /etc/passwd is read as it is: the name service would load libraries, which
 * a confined program cannot.  Users from elsewhere go by their number.
 */
#include "cmd/local-submit/caller.h"

#include "lib/base/home.h"

#include <pwd.h>

static void
find_name(struct caller *caller, FILE *passwd)
{
	const struct passwd *row;

	while ((row = fgetpwent(passwd)) != NULL) {
		if (row->pw_uid == caller->uid) {
			str_set(&caller->name, row->pw_name);
			return;
		}
	}
}

static void
find_namesakes(struct caller *caller, FILE *passwd)
{
	const struct passwd *row;

	rewind(passwd);
	while ((row = fgetpwent(passwd)) != NULL) {
		struct slice name = slice_of(row->pw_name ? row->pw_name : "");

		if (name.len > caller->name.len &&
		    slice_starts(name, str_c(&caller->name)))
			strs_add(&caller->namesakes, name);
	}
}

void
caller_look_up(struct caller *caller, uid_t uid, FILE *passwd)
{
	caller->uid = uid;
	if (passwd)
		find_name(caller, passwd);
	if (passwd && caller->name.len)
		find_namesakes(caller, passwd);
	else
		str_addf(&caller->name, "uid%u", (unsigned)uid);
}

void
caller_learn(struct caller *caller, uid_t uid)
{
	FILE *passwd = fopen("/etc/passwd", "re");

	caller_look_up(caller, uid, passwd);
	if (passwd)
		fclose(passwd);
}

bool
caller_is_ours(const struct caller *caller, const char *prefix)
{
	return home_is_user(prefix, str_c(&caller->name));
}

void
caller_free(struct caller *caller)
{
	str_free(&caller->name);
	strs_free(&caller->namesakes);
}
