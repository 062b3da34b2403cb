/* test_qmail_envelope - qmail's envelopes, good and bad. */
/* links: cmd/qmail-queue/envelope.c */
#include "cmd/qmail-queue/envelope.h"

#include "tests/unit/unit.h"

#define BYTES(text) {text, sizeof text - 1}

static const struct {
	struct slice bytes;
	enum qmail_result result;
	const char *shown; /* sender, then recipients */
} envelopes[] = {
    {BYTES("Fa@b\0Tc@d\0\0"), QMAIL_FINE, "a@b c@d"},
    {BYTES("Fa@b\0Tc@d\0Te\0\0rest"), QMAIL_FINE, "a@b c@d e"},
    {BYTES("F\0Tc@d\0\0"), QMAIL_FINE, " c@d"},
    {BYTES("F#@[]\0Tc@d\0\0"), QMAIL_FINE, " c@d"},
    {BYTES("Fa@b\0\0"), QMAIL_FINE, "a@b"},
    {BYTES("Fl-@h-@[]\0Tu@d\0\0"), QMAIL_FINE, "l-@h verp u@d"},
    {BYTES("Fa@b\0Tc@d\0"), QMAIL_SHORT, NULL},
    {BYTES("Fa@b\0Tc@d"), QMAIL_SHORT, NULL},
    {BYTES("Fa@b"), QMAIL_SHORT, NULL},
    {BYTES(""), QMAIL_SHORT, NULL},
    {BYTES("Ta@b\0Fc@d\0\0"), QMAIL_BAD, NULL},
    {BYTES("Fa@b\0Xc@d\0\0"), QMAIL_BAD, NULL},
    {BYTES("Fa@b\0Fc@d\0\0"), QMAIL_BAD, NULL},
    {BYTES("\0"), QMAIL_BAD, NULL},
};

START_TEST(is_taken_apart_or_refused)
{
	struct qmail_envelope envelope = {0};
	struct str shown = {0};

	ck_assert_int_eq(qmail_envelope_parse(envelopes[_i].bytes, &envelope),
	    envelopes[_i].result);
	str_add_slice(&shown, str_slice(&envelope.sender));
	if (envelope.is_verp)
		str_puts(&shown, " verp");
	for (size_t i = 0; i < envelope.rcpts.len; i++)
		str_addf(&shown, " %s", str_c(&envelope.rcpts.v[i]));
	if (envelopes[_i].shown)
		ck_assert_str_eq(str_c(&shown), envelopes[_i].shown);
	str_free(&shown);
	qmail_envelope_free(&envelope);
}
END_TEST

START_TEST(an_address_has_a_limit)
{
	struct qmail_envelope envelope = {0};
	struct str bytes = {0};

	str_puts(&bytes, "F");
	for (int i = 0; i < 321; i++)
		str_putc(&bytes, 'x');
	ck_assert_int_eq(qmail_envelope_parse(str_slice(&bytes), &envelope),
	    QMAIL_LONG_ADDRESS);
	str_free(&bytes);
	qmail_envelope_free(&envelope);
}
END_TEST

static const struct {
	const char *sender, *rcpt, *made;
} senders[] = {
    {"list-return-7-@host.test", "user@dom.test",
	"list-return-7-user=dom.test@host.test"},
    {"list-@host.test", "\"a@b\"@dom.test", "list-\"a@b\"=dom.test@host.test"},
    {"list-@host.test", "user", "list-@host.test"},
    {"list-", "user@dom.test", "list-"},
};

START_TEST(a_recipient_has_a_sender_of_its_own)
{
	struct qmail_envelope envelope = {.is_verp = true};
	struct str made = {0};

	str_set(&envelope.sender, senders[_i].sender);
	qmail_verp(&made, &envelope, slice_of(senders[_i].rcpt));
	ck_assert_str_eq(str_c(&made), senders[_i].made);
	str_free(&made);
	qmail_envelope_free(&envelope);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("qmail_envelope");

	tcase_add_loop_test(unit.cases, is_taken_apart_or_refused, 0,
	    sizeof envelopes / sizeof *envelopes);
	tcase_add_test(unit.cases, an_address_has_a_limit);
	tcase_add_loop_test(unit.cases, a_recipient_has_a_sender_of_its_own, 0,
	    sizeof senders / sizeof *senders);
	return unit_run(unit);
}
