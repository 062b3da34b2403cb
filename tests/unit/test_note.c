/* test_note - a note says what differs from "just arrived", or nothing. */
#include "queue/note.h"
#include "tests/unit/unit.h"

static void
fill(struct note *note)
{
	static const char states[] = "PKRDBL";

	note->is_delayed = true;
	note->deaths = 2;
	for (size_t i = 0; i < 6; i++) {
		struct note_row *row = note_add(note);

		row->state = (enum rcpt_state)states[i];
		row->is_shared = i == 0;
		row->attempts = i ? i * 1000 : ATTEMPTS_MAX;
		row->next_us = i ? 1793397600123456 : UINT64_C(9999999999999999);
		row->stage = i + 1;
		row->origin = i * 7;
		str_addf(&row->address, "\"two words %zu\"@local.test", i);
		if (i % 2)
			str_puts(&row->words, "451 4.3.0 - not\xc3\xa4 now");
		if (i > 2)
			str_puts(&row->copy, "folder=Sent by=sent");
		row->is_sorted = i % 3 == 2;
	}
}

START_TEST(all_of_it_comes_back)
{
	struct note note = {0}, back = {0};
	struct str text = {0}, again = {0};

	fill(&note);
	note_encode(&text, &note);
	ck_assert_int_eq(note_decode(str_slice(&text), &back), 0);
	ck_assert(back.is_delayed && !back.is_held);
	ck_assert_uint_eq(back.len, 6);
	ck_assert(back.rows[0].is_shared && !back.rows[1].is_shared);
	ck_assert(back.rows[2].is_sorted && !back.rows[3].is_sorted);
	ck_assert_str_eq(str_c(&back.rows[2].copy), "");
	ck_assert_str_eq(str_c(&back.rows[5].copy), "folder=Sent by=sent");
	ck_assert_str_eq(str_c(&back.rows[5].words), "451 4.3.0 - not\xc3\xa4 now");
	ck_assert_str_eq(str_c(&back.rows[4].address),
	    "\"two words 4\"@local.test");
	ck_assert_uint_eq(back.rows[0].attempts, ATTEMPTS_MAX);
	note_encode(&again, &back);
	ck_assert_str_eq(str_c(&text), str_c(&again));
	note_free(&note);
	note_free(&back);
	str_free(&text);
	str_free(&again);
}
END_TEST

START_TEST(torn_at_any_byte_it_is_none)
{
	struct note note = {0}, back = {0};
	struct str text = {0};

	fill(&note);
	note_encode(&text, &note);
	for (size_t len = 0; len < text.len; len++) {
		ck_assert_int_eq(note_decode(slice_make(text.s, len), &back),
		    -1);
		ck_assert_uint_eq(back.len, 0);
	}
	note_free(&note);
	str_free(&text);
}
END_TEST

START_TEST(zeroed_from_any_byte_on_it_is_none)
{
	struct note note = {0}, back = {0};
	struct str text = {0};

	fill(&note);
	note_encode(&text, &note);
	for (size_t at = text.len; at-- > 0;) {
		text.s[at] = '\0';
		ck_assert_int_eq(note_decode(str_slice(&text), &back), -1);
	}
	note_free(&note);
	str_free(&text);
}
END_TEST

/* What an encoded note and a change say together. */
START_TEST(a_change_changes_one_row)
{
	struct note note = {0}, back = {0};
	struct str text = {0}, changed = {0}, again = {0};

	fill(&note);
	note_encode(&text, &note);
	for (size_t i = 0; i < note.len; i++) {
		struct note_row *row = &note.rows[i];

		row->state = i % 2 ? RCPT_DONE : RCPT_PENDING;
		row->is_shared = i == 2;
		row->attempts++;
		if (!i)
			row->attempts = 0;
		row->next_us = i;
		str_set(&row->words, i % 2 ? "" : "452 - - full");
		note_encode_change(&text, i, row);
		ck_assert_int_eq(note_decode(str_slice(&text), &back), 0);
		str_clear(&changed);
		str_clear(&again);
		note_encode(&changed, &note);
		note_encode(&again, &back);
		ck_assert_str_eq(str_c(&changed), str_c(&again));
	}
	note_free(&note);
	note_free(&back);
	str_free(&text);
	str_free(&changed);
	str_free(&again);
}
END_TEST

static const struct {
	const char *changes;
	enum rcpt_state state;
	unsigned attempts;
} changed[] = {
    {"", RCPT_PENDING, 1},
    {"K 2 0 0\t\n", RCPT_DONE, 2},
    {"P 2 0 0\t\nK 3 0 0\t\n", RCPT_DONE, 3},
    {"P 2 0 0\t\nK 3 0 0\t", RCPT_PENDING, 2},
    {"P 2 0 0\t\nK 3 0", RCPT_PENDING, 2},
    {"P 2 0 0\t\n\nK 3 0 0\t\n", RCPT_PENDING, 2},
    {"K 2 0 1\t\n", RCPT_PENDING, 1},
    {"K 2 0 0\n", RCPT_PENDING, 1},
    {"X 2 0 0\t\n", RCPT_PENDING, 1},
    {"K 2 0 18446744073709551616\t\n", RCPT_PENDING, 1},
    {"K 100000 0 0\t\n", RCPT_PENDING, 1},
    {"end 1\n", RCPT_PENDING, 1},
};

#define ROW "P 00001 0000000000000000 1 0 a@b\t\n"

static const struct {
	const char *text;
	int result;
} notes[] = {
    {"posthouse-note 2 0 0 0\nend 0\n", -1},
    {"posthouse-note 1 0 0 0\n" ROW "end 1\n", 0},
    {"posthouse-note 0 0 0 0\n" ROW "end 1\n", -1},
    {"posthouse-note 2 0 1 4294967295\n" ROW "end 1\n", 0},
    {"posthouse-note 2 0 0 0\n" ROW ROW "end 1\n", -1},
    {"posthouse-note 2 0 0 0\n" ROW "end 2\n", -1},
    {"posthouse-note 2 0 0 0\n" ROW "end 1\nend 1\n", 0},
    {"posthouse-note 2 0 0 0\n" ROW "end 1", -1},
    {"posthouse-note 3 0 0 0\n" ROW "end 1\n", 0},
    {"posthouse-note 4 0 0 0\n" ROW "end 1\n", -1},
    {"posthouse-note 3 0 5 0\n" ROW "end 1\n", 0},
    {"posthouse-note 3 0 6 0\n" ROW "end 1\n", -1},
    {"posthouse-note 3 0 0 0\nP 1 0 1 0 a@b\tw\tseen=yes\nend 1\n", 0},
    {"posthouse-note 3 0 0 0\nP 1 0 1 0 a@b\tw\t\tsorted\nend 1\n", 0},
    {"posthouse-note 3 0 0 0\nP 1 0 1 0 a@b\tw\t\nend 1\n", -1},
    {"posthouse-note 3 0 0 0\nP 1 0 1 0 a@b\tw\tseen\nend 1\n", -1},
    {"posthouse-note 3 0 0 0\nP 1 0 1 0 a@b\tw\t\tsort\nend 1\n", -1},
    {"posthouse-note 2 0 0 4294967296\n" ROW "end 1\n", -1},
    {"posthouse-note 2 0 0\n" ROW "end 1\n", -1},
    {"posthouse 1 0 0 0\n" ROW "end 1\n", -1},
    {"posthouse-note 2 0 0 0\nX 00001 0 1 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 2 0 0 0\nPP 00001 0 1 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 2 0 0 0\nP 100000 0 1 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 2 0 0 0\nP 1 0 0 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 2 0 0 0\nP 1 0 10 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 2 0 0 0\nP 1 0 1 4294967296 a@b\t\nend 1\n", -1},
    {"posthouse-note 2 0 0 0\nP 1 0 1 0 a@b\nend 1\n", -1},
    {"posthouse-note 2 0 0 0\nP 1 0 1 0 \t\nend 1\n", -1},
    {"posthouse-note 2 0 0 0\nP 1 -1 1 0 a@b\t\nend 1\n", -1},
};

START_TEST(is_told_apart)
{
	struct note note = {0};

	ck_assert_int_eq(note_decode(slice_of(notes[_i].text), &note),
	    notes[_i].result);
	note_free(&note);
}
END_TEST

START_TEST(changes_count_up_to_a_torn_one)
{
	struct note note = {0};
	struct str text = {0};

	str_puts(&text, "posthouse-note 2 0 0 0\n" ROW "end 1\n");
	str_puts(&text, changed[_i].changes);
	ck_assert_int_eq(note_decode(str_slice(&text), &note), 0);
	ck_assert_int_eq(note.rows[0].state, changed[_i].state);
	ck_assert_uint_eq(note.rows[0].attempts, changed[_i].attempts);
	note_free(&note);
	str_free(&text);
}
END_TEST

START_TEST(an_approval_is_apart_from_a_hold)
{
	struct note note = {.is_held = _i / 3,
	    .approval = (enum note_approval)(_i % 3)}, back = {0};
	struct str text = {0};

	fill(&note);
	note_encode(&text, &note);
	ck_assert_int_eq(note_decode(str_slice(&text), &back), 0);
	ck_assert_int_eq(back.is_held, note.is_held);
	ck_assert_int_eq(back.approval, note.approval);
	note_free(&note);
	note_free(&back);
	str_free(&text);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("note");

	tcase_add_test(unit.cases, all_of_it_comes_back);
	tcase_add_test(unit.cases, torn_at_any_byte_it_is_none);
	tcase_add_test(unit.cases, zeroed_from_any_byte_on_it_is_none);
	tcase_add_test(unit.cases, a_change_changes_one_row);
	tcase_add_loop_test(unit.cases, changes_count_up_to_a_torn_one, 0,
	    sizeof changed / sizeof *changed);
	tcase_add_loop_test(unit.cases, an_approval_is_apart_from_a_hold, 0, 6);
	tcase_add_loop_test(unit.cases, is_told_apart, 0,
	    sizeof notes / sizeof *notes);
	return unit_run(unit);
}
