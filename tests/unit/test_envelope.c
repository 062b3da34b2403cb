/* test_envelope - what was written is read; what was not is told apart. */
#include "queue/message.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ID "6qw5c1zj3k00abc"
#define BLANK "              "

static enum envelope_result
decode(const char *text, struct envelope *envelope)
{
	size_t head_len = 0;
	enum envelope_result result =
	    envelope_decode(slice_of(text), envelope, &head_len);

	if (result == ENVELOPE_OK)
		ck_assert_uint_eq(head_len, strlen(text));
	return result;
}

/* Everything that an envelope can say. */
static void
fill(struct envelope *envelope)
{
	struct envelope_rcpt *rcpt;

	str_puts(&envelope->id, ID);
	envelope->arrived_us = 1793397600123456;
	str_puts(&envelope->box, "smtp");
	str_puts(&envelope->client, "[192.0.2.1]:4711");
	str_puts(&envelope->helo, "mail.example.org");
	str_puts(&envelope->tls, "TLSv1.3 TLS_AES_256_GCM_SHA384");
	str_puts(&envelope->login, "alice@local.test");
	str_puts(&envelope->passport, "0123456789abcdef");
	envelope->is_8bit = envelope->is_smtputf8 = true;
	str_puts(&envelope->sender, "someone@example.org");
	str_puts(&envelope->ret, "HDRS");
	str_puts(&envelope->envid, "QQ314159+20x");
	rcpt = envelope_add_rcpt(envelope);
	str_puts(&rcpt->address, "u@local.test");
	rcpt = envelope_add_rcpt(envelope);
	str_puts(&rcpt->address, "v@local.test");
	str_puts(&rcpt->notify, "SUCCESS,DELAY");
	str_puts(&rcpt->orcpt, "rfc822;V@local.test");
}

START_TEST(all_of_it_comes_back)
{
	struct envelope envelope = {0}, back = {0};
	struct str text = {0}, again = {0};
	size_t head_len;

	fill(&envelope);
	envelope_encode(&text, &envelope);
	str_puts(&text, "Subject: x\n\nx\n");
	ck_assert_int_eq(envelope_decode(str_slice(&text), &back, &head_len),
	    ENVELOPE_OK);
	ck_assert_str_eq(str_c(&text) + head_len, "Subject: x\n\nx\n");
	ck_assert_uint_eq(back.length, 0);
	ck_assert_str_eq(str_c(&back.passport), "0123456789abcdef");
	ck_assert_uint_eq(back.rcpt_count, 2);
	ck_assert_str_eq(str_c(&back.rcpts[1].orcpt), "rfc822;V@local.test");
	envelope_encode(&again, &back);
	text.len = head_len;
	ck_assert(slice_eq(str_slice(&text), str_slice(&again)));
	envelope_free(&envelope);
	envelope_free(&back);
	str_free(&text);
	str_free(&again);
}
END_TEST

START_TEST(the_length_stands_where_it_is_written)
{
	struct envelope envelope = {0}, back = {0};
	struct str text = {0};

	fill(&envelope);
	envelope_encode(&text, &envelope);
	memcpy(text.s + LENGTH_AT, "00000000004711", LENGTH_DIGITS);
	ck_assert_int_eq(decode(str_c(&text), &back), ENVELOPE_OK);
	ck_assert_uint_eq(back.length, 4711);
	envelope_free(&envelope);
	envelope_free(&back);
	str_free(&text);
}
END_TEST

START_TEST(cut_at_any_byte_it_is_unfinished)
{
	struct envelope envelope = {0}, back = {0};
	struct str text = {0};
	size_t head_len;

	fill(&envelope);
	envelope_encode(&text, &envelope);
	for (size_t len = 0; len < text.len; len++)
		ck_assert_int_eq(envelope_decode(slice_make(text.s, len),
				     &back, &head_len), ENVELOPE_MORE);
	envelope_free(&envelope);
	envelope_free(&back);
	str_free(&text);
}
END_TEST

START_TEST(zeroed_blocks_are_unfinished)
{
	char zeros[4096] = {0};
	struct envelope back = {0};
	size_t head_len;

	ck_assert_int_eq(envelope_decode(slice_make(zeros, sizeof zeros),
			     &back, &head_len), ENVELOPE_MORE);
}
END_TEST

#define HEAD "posthouse 1\nlength " BLANK "\nid " ID "\n"
#define REST "time 1\nbox smtp\nsender a@b.test\n"

static const char *const addresses[] = {
    "u@local.test",
    "\"two words\"@local.test",
    "\"a notify=never\"@local.test",
    "\"a orcpt=rfc822;x\"@local.test",
    "\"a\\\" notify=never\"@local.test",
    "\"a\\\\\"@local.test",
    "\"  \"@local.test",
    "用户@例子.test",
    "postmaster",
};

START_TEST(any_address_comes_back)
{
	struct envelope envelope = {0}, back = {0};
	struct envelope_rcpt *rcpt;
	struct str text = {0};

	fill(&envelope);
	str_set(&envelope.rcpts[0].address, addresses[_i]);
	rcpt = envelope_add_rcpt(&envelope);
	str_puts(&rcpt->address, addresses[_i]);
	str_puts(&rcpt->orcpt, "rfc822;a+2Bb\"@c");
	str_puts(&rcpt->notify, "NEVER");
	str_set(&envelope.sender, addresses[_i]);
	envelope_encode(&text, &envelope);
	ck_assert_int_eq(decode(str_c(&text), &back), ENVELOPE_OK);
	ck_assert_str_eq(str_c(&back.sender), addresses[_i]);
	ck_assert_str_eq(str_c(&back.rcpts[0].address), addresses[_i]);
	ck_assert_str_eq(str_c(&back.rcpts[0].notify), "");
	ck_assert_str_eq(str_c(&back.rcpts[2].address), addresses[_i]);
	ck_assert_str_eq(str_c(&back.rcpts[2].orcpt), "rfc822;a+2Bb\"@c");
	ck_assert_str_eq(str_c(&back.rcpts[2].notify), "NEVER");
	envelope_free(&envelope);
	envelope_free(&back);
	str_free(&text);
}
END_TEST

static const struct {
	const char *text;
	enum envelope_result result;
} letters[] = {
    {HEAD REST "rcpt a@b\n\n", ENVELOPE_OK},
    {HEAD "time 1\nbox smtp\nsender\nrcpt a@b\n\n", ENVELOPE_OK},
    {HEAD REST "ret full\nrcpt a@b\n\n", ENVELOPE_OK},
    /* of another time */
    {"posthouse 2\nlength " BLANK "\nid " ID "\n" REST "rcpt a@b\n\n",
	ENVELOPE_UNKNOWN},
    {"posthouse 11\n\n", ENVELOPE_UNKNOWN},
    {HEAD "time 1\nbox smtp\nsender a@b\nfuture x\nrcpt a@b\n\n",
	ENVELOPE_UNKNOWN},
    {HEAD REST "rcpt a@b\nfuture x\n\n", ENVELOPE_UNKNOWN},
    {HEAD REST "rcpt a@b future=x\n\n", ENVELOPE_UNKNOWN},
    /* not ours, or by a producer that was captured */
    {"Return-Path: <>\n\nhello\n", ENVELOPE_BAD},
    {"posthouse\n\n", ENVELOPE_BAD},
    {"\n\n", ENVELOPE_BAD},
    {HEAD REST "\n", ENVELOPE_BAD},
    {HEAD "time 1\nbox smtp\nrcpt a@b\n\n", ENVELOPE_BAD},
    {HEAD "box smtp\nsender a@b\nrcpt a@b\n\n", ENVELOPE_BAD},
    {HEAD "time 1\nsender a@b\nrcpt a@b\n\n", ENVELOPE_BAD},
    {HEAD "time x\nbox smtp\nsender a@b\nrcpt a@b\n\n", ENVELOPE_BAD},
    {HEAD "time 9223372036854775808\nbox smtp\nsender a@b\nrcpt a@b\n\n",
	ENVELOPE_BAD},
    {HEAD REST "rcpt \n\n", ENVELOPE_BAD},
    {HEAD REST "rcpt\n\n", ENVELOPE_BAD},
    {HEAD REST "rcpt a@b\tc\n\n", ENVELOPE_BAD},
    {HEAD REST "rcpt a@b\r\n\n", ENVELOPE_BAD},
    {HEAD REST "ret everything\nrcpt a@b\n\n", ENVELOPE_BAD},
    {HEAD "time 1\nbox smtp\nbody 9bit\nsender a@b\nrcpt a@b\n\n",
	ENVELOPE_BAD},
    {HEAD "time 1\nbox smtp\nlogin alice\nsender a@b\nrcpt a@b\n\n",
	ENVELOPE_BAD},
    {"posthouse 1\nlength 4711\nid " ID "\n" REST "rcpt a@b\n\n",
	ENVELOPE_BAD},
    {"posthouse 1\nlength 0000000000000x\nid " ID "\n" REST "rcpt a@b\n\n",
	ENVELOPE_BAD},
    {"posthouse 1\nlength 00000000000001\nid " ID "\n" REST "rcpt a@b\n\n",
	ENVELOPE_BAD},
    {"posthouse 1\nlength " BLANK "\nid ../../../../etc\n" REST
     "rcpt a@b\n\n", ENVELOPE_BAD},
    {"posthouse 1\nid " ID "\nlength " BLANK "\n" REST "rcpt a@b\n\n",
	ENVELOPE_BAD},
};

START_TEST(is_told_apart)
{
	struct envelope envelope = {0};

	ck_assert_int_eq(decode(letters[_i].text, &envelope),
	    letters[_i].result);
	envelope_free(&envelope);
}
END_TEST

/* What no job could carry. */
START_TEST(oversized_values_are_bad)
{
	static const char *const keys[] = {"sender ", "envid ", "rcpt "};
	static const size_t most[] = {320, 512, 320};

	for (size_t i = 0; i < 3; i++) {
		for (size_t more = 0; more < 2; more++) {
			struct envelope envelope = {0};
			struct str text = {0};

			str_puts(&text, HEAD "time 1\nbox smtp\n");
			if (i)
				str_puts(&text, "sender\n");
			str_puts(&text, keys[i]);
			for (size_t n = 0; n < most[i] + more; n++)
				str_putc(&text, 'a');
			str_puts(&text, "\nrcpt a@b\n\n");
			ck_assert_int_eq(decode(str_c(&text), &envelope),
			    more ? ENVELOPE_BAD : ENVELOPE_OK);
			envelope_free(&envelope);
			str_free(&text);
		}
	}
}
END_TEST

START_TEST(an_endless_envelope_is_bad)
{
	struct envelope envelope = {0};
	struct str text = {0};
	size_t head_len;

	str_puts(&text, HEAD REST);
	while (text.len < ENVELOPE_MAX)
		str_puts(&text, "rcpt someone@example.org\n");
	ck_assert_int_eq(envelope_decode(str_slice(&text), &envelope,
			     &head_len), ENVELOPE_BAD);
	envelope_free(&envelope);
	str_free(&text);
}
END_TEST

START_TEST(a_hundred_thousand_recipients_are_read)
{
	char name[] = "/tmp/posthouse-unit.XXXXXX";
	struct envelope envelope = {0}, back = {0};
	struct str text = {0};
	size_t head_len;
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	unlink(name);
	fill(&envelope);
	for (int i = 2; i < 100000; i++)
		str_addf(&envelope_add_rcpt(&envelope)->address,
		    "user%d@example.org", i);
	envelope_encode(&text, &envelope);
	ck_assert_int_eq(write(fd, text.s, text.len), (ssize_t)text.len);
	ck_assert_int_eq(envelope_read(fd, &back, &head_len), ENVELOPE_OK);
	ck_assert_uint_eq(head_len, text.len);
	ck_assert_uint_eq(back.rcpt_count, 100000);
	str_addf(&envelope_add_rcpt(&envelope)->address, "one@too.many");
	str_clear(&text);
	envelope_encode(&text, &envelope);
	ck_assert_int_eq(decode(str_c(&text), &back), ENVELOPE_BAD);
	envelope_free(&envelope);
	envelope_free(&back);
	str_free(&text);
	close(fd);
}
END_TEST

START_TEST(an_unreadable_file_says_why)
{
	struct envelope envelope = {0};
	size_t head_len;
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY);

	errno = 0;
	ck_assert_int_eq(envelope_read(fd, &envelope, &head_len),
	    ENVELOPE_BAD);
	ck_assert_int_eq(errno, EISDIR);
	close(fd);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("envelope");

	tcase_add_test(unit.cases, all_of_it_comes_back);
	tcase_add_test(unit.cases, the_length_stands_where_it_is_written);
	tcase_add_test(unit.cases, cut_at_any_byte_it_is_unfinished);
	tcase_add_test(unit.cases, zeroed_blocks_are_unfinished);
	tcase_add_loop_test(unit.cases, any_address_comes_back, 0,
	    sizeof addresses / sizeof *addresses);
	tcase_add_loop_test(unit.cases, is_told_apart, 0,
	    sizeof letters / sizeof *letters);
	tcase_add_test(unit.cases, oversized_values_are_bad);
	tcase_add_test(unit.cases, an_endless_envelope_is_bad);
	tcase_add_test(unit.cases, a_hundred_thousand_recipients_are_read);
	tcase_add_test(unit.cases, an_unreadable_file_says_why);
	return unit_run(unit);
}
