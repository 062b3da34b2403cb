/*
 * compile_remote - cdb/remote; see compiler.h.
 *
 * remote-send talks to strangers: it may know how to reach them and who we
 * are, and nothing of accounts, aliases and routes.
 */
#include "control/compiler.h"

static const char *const keys[] = {"=format", "=me", "=helohost", "=resolver",
    "=timeoutconnect", "=timeoutremote", "=cafile", "=concurrencyremote",
    NULL};

void
compile_remote(struct compiler *compiler, struct config *routing,
    struct cdb_make *remote)
{
	compiler_copy(compiler, remote, routing, keys);
	for (size_t i = 0; i < LISTEN_SERVICES; i++) {
		struct str key = {0};

		str_addf(&key, ":%s", listen_services[i]);
		compiler_copy(compiler, remote, routing,
		    (const char *const[]){str_c(&key), NULL});
		str_free(&key);
	}
}
