/*
 * tcp-listen - bind the sockets that need root, then be somebody else.
 *
 * Started by s6 as root: tcp-listen SERVICE s6-setuidgid USER PROGRAM ...
 * Reads which addresses SERVICE listens on and nothing else, leaves them at
 * descriptors 4, 5 ... with LISTEN_FDS in the environment, and executes the
 * rest of its arguments.
 */
#include "cmd/tcp-listen/bind.h"
#include "lib/base/die.h"
#include "lib/base/home.h"

#include <unistd.h>

int
main(int argc, char *argv[])
{
	struct strs addresses = {0};

	die_name = "tcp-listen";
	if (argc < 3)
		die_usage("tcp-listen SERVICE PROGRAM [ARGUMENT ...]");
	home_enter();
	bind_addresses(argv[1], &addresses);
	bind_all(&addresses);
	strs_free(&addresses);
	execvp(argv[2], argv + 2);
	die_temp("cannot execute %s", argv[2]);
}
