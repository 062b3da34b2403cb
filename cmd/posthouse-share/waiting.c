/*
 * waiting - which letters wait for an approval, by queue-manager's word: a
 * copy in Approve may be of one whose time was over.
 */
#include "cmd/posthouse-share/desk.h"

#include "lib/base/local_socket.h"
#include "queue/admin.h"
#include "queue/id.h"

#include <string.h>
#include <unistd.h>

enum { PATIENCE_S = 60, ANSWER_MAX = 256 * 1024 * 1024 };

/* All that it lists, in *text.  False: it does not answer. */
static bool
list_queue(struct str *text)
{
	static char packet[PACKET_MAX];
	struct admin_request request = {0};
	struct str question = {0};
	int fd = local_connect("run/admin/s");
	ssize_t n = -1;

	if (fd < 0)
		return false;
	local_patience(fd, PATIENCE_S);
	str_set(&request.verb, "list");
	record_encode(&question, admin_request_fields, &request);
	if (packet_send(fd, str_slice(&question), -1) == 0)
		while ((n = packet_receive(fd, packet, sizeof packet, 0,
		    NULL)) > 0 && packet[0] != 'x' && text->len < ANSWER_MAX)
			if (packet[0] == 'o')
				str_add(text, packet + 1, (size_t)n - 1);
	close(fd);
	record_free(admin_request_fields, &request);
	str_free(&question);
	return n > 0 && packet[0] == 'x';
}

static bool
says_approval(struct slice line)
{
	static const char words[] = "waits for approval";

	return line.len && (slice_starts(line, "approval ") ||
	    memmem(line.s, line.len, words, strlen(words)));
}

void
waiting_load(struct desk *desk)
{
	struct str text = {0};
	struct slice rest, line, id;

	desk->knows_waiting = list_queue(&text);
	rest = str_slice(&text);
	while (rest.s) {
		line = slice_cut(&rest, '\n');
		id = slice_cut(&line, ' ');
		if (queue_id_valid(id) && says_approval(line))
			strs_add(&desk->waiting, id);
	}
	str_free(&text);
}

bool
waiting_has(const struct desk *desk, struct slice id)
{
	return !desk->knows_waiting || strs_has(&desk->waiting, id);
}
