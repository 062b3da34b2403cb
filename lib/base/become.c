/* become - a command works as one of the suite's users; see become.h. */
#include "lib/base/become.h"

#include "lib/base/die.h"
#include "lib/base/str.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
find_user(const char *prefix, const char *role, uid_t *uid, gid_t *gid)
{
	struct str name = {0};
	struct passwd *user;
	struct stat home;

	if (!strcmp(prefix, "one")) {
		if (stat(".", &home) < 0)
			die_temp("cannot look at the instance");
		*uid = home.st_uid;
		*gid = home.st_gid;
		return;
	}
	str_addf(&name, "%s%s", prefix, role);
	user = getpwnam(str_c(&name));
	if (!user)
		die_perm("there is no user %s: posthouse init makes it",
		    str_c(&name));
	*uid = user->pw_uid;
	*gid = user->pw_gid;
	str_free(&name);
}

void
become_user(const char *prefix, const char *role)
{
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0)
		return;
	find_user(prefix, role, &uid, &gid);
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		die_temp("cannot become the user %s%s", prefix, role);
}
