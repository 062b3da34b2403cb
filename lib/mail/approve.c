/* approve - a manager's word on a letter; see approve.h. */
#include "lib/mail/approve.h"

#include "lib/base/question.h"

enum { PATIENCE_S = 10 };

/* One line, whatever was in it. */
static void
put_why(struct str *to, struct slice why)
{
	if (why.len > APPROVE_WHY_MAX)
		why.len = APPROVE_WHY_MAX;
	str_add_line(to, why, ' ');
}

static enum approve_answer
understand(struct slice answer)
{
	static const char *const words[] = {
		[APPROVE_OK] = "ok",
		[APPROVE_ALREADY] = "already",
		[APPROVE_UNKNOWN] = "unknown",
		[APPROVE_REFUSED] = "refused",
	};

	while (answer.len && answer.s[answer.len - 1] == '\n')
		answer.len--;
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(answer, words[i]))
			return (enum approve_answer)i;
	return APPROVE_NOBODY;
}

enum approve_answer
approve_ask(bool is_approval, struct slice id, struct slice seal,
    struct slice why)
{
	struct str question = {0}, text = {0};
	enum approve_answer answer = APPROVE_NOBODY;

	str_puts(&question, is_approval ? "approve " : "reject ");
	str_add_slice(&question, id);
	str_putc(&question, ' ');
	str_add_slice(&question, seal);
	if (!is_approval) {
		str_putc(&question, ' ');
		put_why(&question, why);
	}
	if (question_ask("run/approve/s", str_slice(&question), PATIENCE_S,
	    &text) == 0)
		answer = understand(str_slice(&text));
	str_free(&question);
	str_free(&text);
	return answer;
}
