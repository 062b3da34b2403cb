/* order - a command, and what is answered; see order.h. */
#include "lib/base/order.h"

#include "lib/base/die.h"
#include "lib/base/local_socket.h"
#include "lib/base/visible.h"

#include <unistd.h>

enum { PATIENCE_S = 60 };

/* True with the last packet, the exit status. */
static bool
take_packet(char kind, struct slice text, int *status)
{
	uint64_t number;

	if (kind == 'o' || kind == 'e') {
		put_visible(kind == 'o' ? stdout : stderr, text);
		return false;
	}
	if (fflush(stdout) == EOF)
		die_temp("cannot write");
	*status = slice_u64(text, 255, &number) ? (int)number : EXIT_BUG;
	return true;
}

int
order_give(const char *path, const char *who, const char *nobody,
    struct slice order)
{
	static char packet[PACKET_MAX];
	int fd = local_connect_or_die(path, PATIENCE_S, nobody), status;
	ssize_t n;

	if (packet_send(fd, order, -1) < 0)
		die_temp("cannot ask %s", who);
	do {
		n = packet_receive(fd, packet, sizeof packet, 0, NULL);
		if (n <= 0)
			die_temp("%s went away in the middle", who);
	} while (!take_packet(packet[0], slice_make(packet + 1, (size_t)n - 1),
	    &status));
	close(fd);
	return status;
}
