/* ask - a conversation with queue-manager; see queue_cmd.h. */
#include "cmd/posthouse-queue/queue_cmd.h"

#include "lib/base/die.h"
#include "lib/base/local_socket.h"

enum { PATIENCE_S = 60 };

int
ask_manager(const struct admin_request *request)
{
	static char packet[PACKET_MAX];
	struct str bytes = {0};
	int fd = local_connect_or_die("run/admin/s", PATIENCE_S,
	    "queue-manager does not answer; see 'posthouse status'");

	record_encode(&bytes, admin_request_fields, request);
	if (packet_send(fd, str_slice(&bytes), -1) < 0)
		die_temp("cannot ask queue-manager");
	str_free(&bytes);
	for (;;) {
		ssize_t n = packet_receive(fd, packet, sizeof packet, 0, NULL);
		struct slice text = slice_make(packet + 1,
		    n > 0 ? (size_t)n - 1 : 0);
		uint64_t status;

		if (n <= 0)
			die_temp("queue-manager went away in the middle");
		if (packet[0] == 'o')
			put_visible(stdout, text);
		else if (packet[0] == 'e')
			put_visible(stderr, text);
		else if (fflush(stdout) == EOF)
			die_temp("cannot write");
		else
			return slice_u64(text, 255, &status) ? (int)status :
							       EXIT_BUG;
	}
}
