/*
 * answer - posthouse etrn call asks; see house.h.
 *
 * Only root gets to the socket.  The question is a packet, "call NAME", NAME
 * being what is asked for, a host, or all.  The answer is packets of one line
 * each, behind an o (the host said 2xx), an e (it did not), both from the
 * children, or a p (there is no such row); it is over when the connection is.
 */
#include "cmd/etrn-call/house.h"

#include "lib/base/local_socket.h"
#include "lib/base/question.h"
#include "lib/mail/etrn_wire.h"

#include <fcntl.h>
#include <unistd.h>

void
answer_line(int fd, char kind, const struct str *name, const struct str *text)
{
	struct str packet = {0};

	str_addf(&packet, "%c%s: %s\n", kind, str_c(name), str_c(text));
	(void)packet_send(fd, str_slice(&packet), -1);
	str_free(&packet);
}

/* "ARGUMENT HOST", the argument alone in any spelling, or all. */
static bool
is_meant(const struct caller *caller, struct slice name)
{
	struct slice rest = str_slice(&caller->name);
	struct slice own = slice_cut(&rest, ' ');
	struct etrn_argument argument = {0};
	struct str wanted = {0};
	bool is_same;

	if (etrn_parse(name, &argument) == 0)
		etrn_write(&wanted, &argument);
	is_same = slice_eq(str_slice(&wanted), own) || slice_is(name, "all") ||
	    slice_eq(name, str_slice(&caller->name));
	etrn_argument_free(&argument);
	str_free(&wanted);
	return is_same;
}

/* Each that is meant is called now; one that is being called, once more. */
static void
call_now(struct house *house, int fd, struct slice name)
{
	struct str none = {0}, shown = {0};
	size_t count = 0;

	for (size_t i = 0; i < house->len; i++) {
		struct caller *caller = &house->v[i];

		if (!caller->is_listed || !is_meant(caller, name))
			continue;
		count++;
		caller->next_ms = 0;
		if (caller->asker_fd < 0)
			caller->asker_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	}
	str_add_slice(&shown, slice_make(name.s,
	    name.len < 200 ? name.len : 200));
	str_puts(&none, "control/calls has no such row");
	if (!count)
		answer_line(fd, 'p', &shown, &none);
	str_free(&none);
	str_free(&shown);
}

void
answer_caller(struct house *house)
{
	static char packet[PACKET_MAX];
	struct slice name, verb;
	int fd = question_take(house->listen_fd, packet, &name);

	if (fd < 0)
		return;
	verb = slice_cut(&name, ' ');
	if (slice_is(verb, "call"))
		call_now(house, fd, name);
	close(fd);
}
