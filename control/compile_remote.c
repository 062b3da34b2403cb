/*
 * compile_remote - cdb/remote; see compiler.h.
 *
 * remote-send talks to strangers: it may know how to reach them and who we
 * are, and nothing of accounts, aliases and routes.
 */
#include "control/compiler.h"

#include <string.h>

static const char *const keys[] = {"=format", "=me", "=helohost", "=resolver",
    "=timeoutconnect", "=timeoutremote", "=cafile", "=concurrencyremote",
    NULL};

/* What is missing has been said as a fault already. */
static int
copy(struct config *routing, struct cdb_make *remote, const char *key)
{
	struct slice value;

	if (!cdb_file_get(&routing->file, slice_of(key), &value))
		return 0;
	return cdb_make_add(remote, key, (unsigned)strlen(key), value.s,
	    (unsigned)value.len);
}

int
compile_remote(struct config *routing, struct cdb_make *remote)
{
	for (size_t i = 0; keys[i]; i++)
		if (copy(routing, remote, keys[i]) < 0)
			return -1;
	for (size_t i = 0; i < LISTEN_SERVICES; i++) {
		struct str key = {0};
		int result;

		str_addf(&key, ":%s", listen_services[i]);
		result = copy(routing, remote, str_c(&key));
		str_free(&key);
		if (result < 0)
			return -1;
	}
	return 0;
}
