/* login - the one login that a worker has; see forward.h. */
#include "cmd/isp-forward/forward.h"
#include "lib/base/confine.h"
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* The file that a helper keeps fresh holds the token in its first line. */
static bool
read_token(struct forward *forward)
{
	struct str path = {0}, text = {0};
	struct slice rest, token;
	bool is_read;

	str_addf(&path, "state/oauth/%s", str_c(&forward->login.oauth2));
	is_read = read_file(AT_FDCWD, str_c(&path), &text, TOKEN_MAX) == 0;
	if (!is_read)
		smtp_failure_ours(&forward->failure, 454, "4.7.0", "the token "
		    "file %s cannot be read: %s", str_c(&path),
		    strerror(errno));
	rest = str_slice(&text);
	token = slice_trim(slice_cut(&rest, '\n'));
	str_set_slice(&forward->token, token);
	if (is_read && !token.len) {
		smtp_failure_ours(&forward->failure, 454, "4.7.0", "the token "
		    "file %s is empty", str_c(&path));
		is_read = false;
	}
	str_wipe(&text);
	str_free(&path);
	return is_read;
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
	confine_enter(forward->domain_fd);
	forward->has_login = true;
	return true;
}
