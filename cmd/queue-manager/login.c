/*
 * login - is the account in an envelope the one that logged in?
 *
 * A captured submission session may write anything into an envelope, but it
 * cannot mint a passport.  How old the message is the kernel says, not the
 * envelope.
 */
#include "cmd/queue-manager/login.h"

#include "cmd/queue-manager/manager.h"
#include "lib/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

int
login_open(struct manager *manager)
{
	manager->passport_fd = open("state/passport",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return manager->passport_fd < 0 ? -1 : 0;
}

/* When the file was made; on a filesystem without that, last written. */
static uint64_t
born_us(int fd)
{
	const struct statx_timestamp *born;
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_MTIME, &st) < 0)
		return UINT64_MAX;
	born = st.stx_mask & STATX_BTIME ? &st.stx_btime : &st.stx_mtime;
	return (uint64_t)born->tv_sec * 1000000 + born->tv_nsec / 1000;
}

enum login_verdict
login_holds(struct manager *manager, struct slice account,
    struct slice passport, uint64_t at_us)
{
	if (manager->has_passport_keys &&
	    passport_holds(&manager->passport_keys, passport, account, at_us))
		return LOGIN_HOLDS;
	/* The key may be a new one. */
	if (passport_keys_read(manager->passport_fd,
		&manager->passport_keys) < 0) {
		log_event("alarm", "why", "cannot read state/passport",
		    "error", strerror(errno), NULL);
		return LOGIN_UNKNOWN;
	}
	manager->has_passport_keys = true;
	return passport_holds(&manager->passport_keys, passport, account,
	    at_us) ? LOGIN_HOLDS : LOGIN_FALSE;
}

enum login_verdict
login_check(struct manager *manager, const struct spool_letter *letter)
{
	const struct envelope *envelope = &letter->envelope;

	/* Its box may send anywhere, because whoever comes there logs in. */
	if (!envelope->login.len)
		return slice_is(str_slice(&envelope->box), "submission") ?
		    LOGIN_FALSE : LOGIN_HOLDS;
	return login_holds(manager, str_slice(&envelope->login),
	    str_slice(&envelope->passport), born_us(letter->fd));
}
