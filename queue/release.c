/* release - the question for held mail, and its answer; see release.h. */
#include "queue/release.h"

#include "lib/base/question.h"

#include <errno.h>

const char *const release_words[] = {[RELEASE_STARTED] = "started",
    [RELEASE_RUNNING] = "running", [RELEASE_EMPTY] = "empty",
    [RELEASE_DOWN] = "down", [RELEASE_UNKNOWN] = "unknown"};

enum { WORDS = sizeof release_words / sizeof *release_words };

int
release_parse(struct slice text, struct release_question *question)
{
	struct slice rest = text;

	*question = (struct release_question){0};
	if (text.len > RELEASE_QUESTION_MAX ||
	    !slice_is(slice_cut(&rest, ' '), "release"))
		return -1;
	question->domain = slice_cut(&rest, ' ');
	if (!question->domain.len)
		return -1;
	if (!rest.s)
		return 0;
	if (!slice_is(slice_cut(&rest, ' '), "client"))
		return -1;
	question->client = slice_cut(&rest, ' ');
	question->account = slice_cut(&rest, ' ');
	question->passport = slice_cut(&rest, ' ');
	return question->client.len && question->account.len &&
	    question->passport.len && !rest.s ? 0 : -1;
}

static void
put_question(struct str *to, const struct release_question *question)
{
	str_puts(to, "release ");
	str_add_slice(to, question->domain);
	if (!question->client.len)
		return;
	str_puts(to, " client ");
	str_add_slice(to, question->client);
	str_putc(to, ' ');
	str_add_slice(to, question->account);
	str_putc(to, ' ');
	str_add_slice(to, question->passport);
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
release_ask(const struct release_question *question, unsigned seconds,
    struct release_answer *answer)
{
	struct str words = {0}, text = {0};
	int result;

	put_question(&words, question);
	result = question_ask(RELEASE_SOCKET, str_slice(&words), seconds,
	    &text);
	if (result == 0 && release_read(str_slice(&text), answer) < 0) {
		errno = EPROTO;
		result = -1;
	}
	str_free(&words);
	str_free(&text);
	return result;
}
