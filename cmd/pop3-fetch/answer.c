/*
 * answer - posthouse isp asks; see house.h.
 *
 * Only root gets to the socket.  A question is a packet, "list", or "fetch
 * NAME" or "resume NAME", where NAME is an account, an ISP address or all; the
 * answer is packets of text, each behind an o or an e, and s and the exit
 * status.
 */
#include "cmd/pop3-fetch/house.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/base/question.h"

#include <time.h>
#include <unistd.h>

enum { PART_BYTES = 60 * 1024 };

static void
say(int fd, char kind, const struct str *text)
{
	struct str packet = {0};

	str_putc(&packet, kind);
	str_add_slice(&packet, str_slice(text));
	(void)packet_send(fd, str_slice(&packet), -1);
	str_free(&packet);
}

static void
add_time(struct str *to, uint64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[32];

	if (seconds && gmtime_r(&t, &tm) &&
	    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
		str_puts(to, text);
	else
		str_puts(to, "never");
}

static const char *
state_of(const struct binding *binding)
{
	if (binding->is_elsewhere && binding->state == BINDING_WAITS)
		return "elsewhere";
	switch (binding->state) {
	case BINDING_RUNS:
		return "running";
	case BINDING_BROKEN:
		return "broken";
	case BINDING_WAITS:
		break;
	}
	return binding->paused_s ? "paused" :
	    binding->failures || binding->refusals ? "failing" : "waiting";
}

static void
add_line(struct str *to, const struct binding *binding)
{
	uint64_t now_ms = clock_mono_ms(), due_ms = binding_due_ms(binding);

	str_addf(to, "%s %s last=", str_c(&binding->name), state_of(binding));
	add_time(to, binding->last_s);
	str_addf(to, " messages=%llu next=%llus",
	    (unsigned long long)binding->fetched,
	    (unsigned long long)(due_ms > now_ms ?
		(due_ms - now_ms + 999) / 1000 : 0));
	if (binding->paused_s) {
		str_puts(to, " since=");
		add_time(to, binding->paused_s);
	}
	if (binding->why.len) {
		str_puts(to, " why=");
		log_escape(to, str_slice(&binding->why));
	}
	str_putc(to, '\n');
}

static int
list(const struct house *house, int fd)
{
	struct str text = {0};

	for (size_t i = 0; i < house->len; i++) {
		add_line(&text, &house->bindings[i]);
		if (text.len < PART_BYTES && i + 1 < house->len)
			continue;
		say(fd, 'o', &text);
		str_clear(&text);
	}
	str_free(&text);
	return EXIT_DONE;
}

static bool
is_meant(const struct binding *binding, struct slice name)
{
	struct slice rest = str_slice(&binding->name);
	struct slice account = slice_cut(&rest, ' ');

	return slice_is(name, "all") || slice_ieq(name, account) ||
	    slice_ieq(name, rest);
}

static void
say_when(struct str *to, const struct binding *binding)
{
	uint64_t now_ms = clock_mono_ms();

	str_addf(to, "%s: ", str_c(&binding->name));
	if (binding->state == BINDING_BROKEN)
		str_puts(to, str_c(&binding->why));
	else if (binding->is_elsewhere)
		str_puts(to, "another node fetches it, see node= in "
		    "control/isp");
	else if (binding->earliest_ms > now_ms)
		str_addf(to, "will be fetched in %llus: so long its server "
		    "lets nobody log in again (LOGIN-DELAY)",
		    (unsigned long long)(binding->earliest_ms - now_ms +
		    999) / 1000);
	else
		str_puts(to, "will be fetched now");
	str_putc(to, '\n');
}

/* Both make a visit of it, now; a pause ends by itself when the login works. */
static int
visit_now(struct house *house, int fd, struct slice name)
{
	struct str text = {0};
	size_t count = 0;

	for (size_t i = 0; i < house->len; i++) {
		struct binding *binding = &house->bindings[i];

		if (!is_meant(binding, name))
			continue;
		count++;
		binding->failures = binding->refusals = 0;
		binding->next_ms = 0;
		say_when(&text, binding);
		if (text.len >= PART_BYTES) {
			say(fd, 'o', &text);
			str_clear(&text);
		}
	}
	if (!count)
		str_addf(&text, "no row in control/isp with pop3= is about "
		    "%.*s: see posthouse isp list\n",
		    (int)(name.len < 200 ? name.len : 200), name.s);
	say(fd, count ? 'o' : 'e', &text);
	str_free(&text);
	return count ? EXIT_DONE : EXIT_PERM;
}

static int
answer(struct house *house, int fd, struct slice question)
{
	struct slice name = question, verb = slice_cut(&name, ' ');
	struct str text = {0};

	if (slice_is(question, "list"))
		return list(house, fd);
	if (slice_is(verb, "fetch") || slice_is(verb, "resume"))
		return visit_now(house, fd, name);
	str_puts(&text, "pop3-fetch does not know this question: it is of "
	    "another version, run posthouse restart pop3-fetch\n");
	say(fd, 'e', &text);
	str_free(&text);
	return EXIT_PERM;
}

void
answer_caller(struct house *house)
{
	static char packet[PACKET_MAX];
	struct str status = {0};
	struct slice question;
	int fd = question_take(house->listen_fd, packet, &question);

	if (fd < 0)
		return;
	if (question.len) {
		str_addf(&status, "%d", answer(house, fd, question));
		say(fd, 's', &status);
	}
	str_free(&status);
	close(fd);
}
