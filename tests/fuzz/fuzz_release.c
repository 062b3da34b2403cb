/* fuzz_release - any bytes as a question for held mail, and as its answer. */
#include "queue/release.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct release_question question;
	struct release_answer answer = {0}, again = {0};
	struct str written = {0};

	if (release_parse(text, &question) == 0 &&
	    (!question.domain.len ||
		!question.client.len != !question.passport.len ||
		question.domain.len + question.client.len +
		    question.account.len + question.passport.len >= size))
		abort();
	if (release_read(text, &answer) == 0) {
		release_write(&written, &answer);
		if (release_read(str_slice(&written), &again) < 0 ||
		    again.result != answer.result ||
		    again.count != answer.count)
			abort();
	}
	str_free(&answer.why);
	str_free(&again.why);
	str_free(&written);
	return 0;
}
