/* test_smtp_replies - each reply is one line that a client can read. */
/* links: cmd/smtp-receive/replies.c */
#include "cmd/smtp-receive/replies.h"
#include "tests/unit/unit.h"

#include <string.h>

START_TEST(every_reply_is_whole)
{
	const struct reply_text *text = reply_text((enum reply)_i);
	struct str out = {0};

	ck_assert(text->code >= 214 && text->code <= 555);
	reply_add(&out, (enum reply)_i, NULL);
	ck_assert_uint_le(out.len, 512);
	ck_assert_str_eq(str_c(&out) + out.len - 2, "\r\n");
	ck_assert_uint_eq(slice_find(str_slice(&out), '\r'), out.len - 2);
	/* RFC 2034: the class of the enhanced code is the code's */
	if (text->enhanced)
		ck_assert_int_eq(text->enhanced[0], str_c(&out)[0]);
	str_free(&out);
}
END_TEST

START_TEST(detail_follows_the_text)
{
	struct str out = {0};

	reply_add(&out, REPLY_ACCEPTED, "6qw5c1zj3k00abc");
	ck_assert_str_eq(str_c(&out), "250 2.0.0 ok 6qw5c1zj3k00abc\r\n");
	str_free(&out);
}
END_TEST

START_TEST(words_from_elsewhere_stay_in_one_short_line)
{
	char words[2000];
	struct reply_text text = {550, "5.1.1", words};
	struct str out = {0};

	memset(words, 'x', sizeof words - 1);
	words[sizeof words - 1] = '\0';
	memcpy(words, "a\r\n250 b\xc3\xa4", 10);
	reply_add_text(&out, &text, words);
	ck_assert_uint_le(out.len, 512);
	ck_assert_int_eq(strncmp(str_c(&out), "550 5.1.1 a??250 b??x", 21), 0);
	ck_assert_str_eq(str_c(&out) + out.len - 2, "\r\n");
	str_free(&out);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_replies");

	tcase_add_loop_test(unit.cases, every_reply_is_whole, REPLY_QUIT,
	    REPLY_LOOP + 1);
	tcase_add_test(unit.cases, detail_follows_the_text);
	tcase_add_test(unit.cases, words_from_elsewhere_stay_in_one_short_line);
	return unit_run(unit);
}
