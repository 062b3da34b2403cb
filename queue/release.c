/* release - the question for held mail, and its answer; see release.h. */
#include "queue/release.h"

#include "lib/base/question.h"

#include <errno.h>

const char *const release_words[] = {[RELEASE_STARTED] = "started",
    [RELEASE_RUNNING] = "running", [RELEASE_EMPTY] = "empty",
    [RELEASE_DOWN] = "down", [RELEASE_UNKNOWN] = "unknown"};

enum { WORDS = sizeof release_words / sizeof *release_words };

int
release_parse(struct slice text, struct slice *domain, struct slice *client)
{
	struct slice rest = text;

	if (text.len > RELEASE_QUESTION_MAX ||
	    !slice_is(slice_cut(&rest, ' '), "release"))
		return -1;
	*domain = slice_cut(&rest, ' ');
	*client = slice_of("");
	if (!domain->len)
		return -1;
	if (!rest.s)
		return 0;
	if (!slice_is(slice_cut(&rest, ' '), "client") || !rest.len ||
	    slice_find(rest, ' ') < rest.len)
		return -1;
	*client = rest;
	return 0;
}

void
release_write(struct str *to, const struct release_answer *answer)
{
	str_puts(to, release_words[answer->result]);
	switch (answer->result) {
	case RELEASE_STARTED:
	case RELEASE_RUNNING:
		str_putc(to, ' ');
		str_add_u64(to, answer->count);
		break;
	case RELEASE_DOWN:
		str_putc(to, ' ');
		str_add_slice(to, str_slice(&answer->why));
		break;
	case RELEASE_EMPTY:
	case RELEASE_UNKNOWN:
		break;
	}
}

int
release_read(struct slice text, struct release_answer *answer)
{
	struct slice rest = text, word = slice_cut(&rest, ' ');
	unsigned which = 0;

	while (which < WORDS && !slice_is(word, release_words[which]))
		which++;
	if (which == WORDS)
		return -1;
	answer->result = (enum release_result)which;
	answer->count = 0;
	str_clear(&answer->why);
	if (which == RELEASE_STARTED || which == RELEASE_RUNNING)
		return slice_u64(rest, UINT64_MAX, &answer->count) ? 0 : -1;
	str_add_slice(&answer->why, rest);
	return 0;
}

int
release_ask(const char *domain, const char *client, unsigned seconds,
    struct release_answer *answer)
{
	struct str question = {0}, text = {0};
	int result;

	str_addf(&question, client ? "release %s client %s" : "release %s",
	    domain, client);
	result = question_ask(RELEASE_SOCKET, str_slice(&question), seconds,
	    &text);
	if (result == 0 && release_read(str_slice(&text), answer) < 0) {
		errno = EPROTO;
		result = -1;
	}
	str_free(&question);
	str_free(&text);
	return result;
}
