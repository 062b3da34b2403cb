/*
 * caller - who is at the other end?  See caller.h.
 *
 * /etc/passwd is read as it is: the name service would load libraries, which
 * a confined program cannot.  Users from elsewhere go by their number.
 */
#include "cmd/local-submit/caller.h"

#include "lib/base/local_socket.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

int
caller_learn(int fd, struct caller *caller)
{
	FILE *file;
	const struct passwd *row;

	if (peer_uid(fd, &caller->uid) < 0)
		return -1;
	file = fopen("/etc/passwd", "re");
	while (file && (row = fgetpwent(file))) {
		if (row->pw_uid != caller->uid)
			continue;
		str_set(&caller->name, row->pw_name);
		break;
	}
	if (file)
		fclose(file);
	if (!caller->name.len)
		str_addf(&caller->name, "uid%u", (unsigned)caller->uid);
	return 0;
}

bool
caller_is_ours(const struct caller *caller, const char *prefix)
{
	static const char *const users[] = {"smtp", "subm", "relay", "submit",
		"auth", "key", "queue", "mail", "log", "remote", "isp", "pop",
		"share", "etrn", "call"};
	size_t len = prefix ? strlen(prefix) : 0;
	struct slice name = str_slice(&caller->name);

	if (!prefix || !slice_starts(name, prefix))
		return false;
	for (size_t i = 0; i < sizeof users / sizeof *users; i++)
		if (slice_is(slice_make(name.s + len, name.len - len),
			users[i]))
			return true;
	return false;
}

void
caller_free(struct caller *caller)
{
	str_free(&caller->name);
}
