/* login - the one login that a worker has; see forward.h. */
#include "cmd/isp-forward/forward.h"
#include "lib/base/confine.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool
read_token(struct forward *forward)
{
	const char *name = str_c(&forward->login.oauth2);

	if (isp_token(&forward->login, &forward->token) == 0)
		return true;
	if (errno == ENODATA)
		smtp_failure_ours(&forward->failure, 454, "4.7.0", "the token "
		    "file state/oauth/%s is empty", name);
	else
		smtp_failure_ours(&forward->failure, 454, "4.7.0", "the token "
		    "file state/oauth/%s cannot be read: %s", name,
		    strerror(errno));
	return false;
}

static bool
find(struct forward *forward, struct slice lane)
{
	struct slice kind = slice_cut(&lane, ' ');

	if (!slice_is(kind, "isp") ||
	    !isp_smtp(&forward->smtp, lane, &forward->login)) {
		smtp_failure_ours(&forward->failure, 451, "4.3.5",
		    "control/isp has no smtp= for %.*s any more",
		    (int)lane.len, lane.s);
		return false;
	}
	return !forward->login.oauth2.len || read_token(forward);
}

/* The table may not be opened any more, but looked at from outside. */
bool
login_is_stale(const struct forward *forward)
{
	struct stat now;

	return stat(str_c(&forward->table), &now) == 0 &&
	    (now.st_ino != forward->table_ino ||
		now.st_dev != forward->table_dev);
}

/* From here on the others' logins are out of reach: the table is unmapped and
 * may not be opened again, nor may anybody's token. */
bool
login_take(struct forward *forward, struct slice lane)
{
	if (forward->has_login)
		return true;
	(void)config_refresh(&forward->smtp);
	if (!find(forward, lane))
		return false;
	str_set_slice(&forward->table, str_slice(&forward->smtp.path));
	forward->table_dev = forward->smtp.file.dev;
	forward->table_ino = forward->smtp.file.ino;
	config_close(&forward->smtp);
	sent_open(forward);
	confine_enter(forward->domain_fd);
	forward->has_login = true;
	return true;
}
