/* test_note - a note says what differs from "just arrived", or nothing. */
#include "queue/note.h"
#include "tests/unit/unit.h"

#include <string.h>

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

START_TEST(a_mark_changes_one_state)
{
	struct note note = {0}, back = {0};
	struct str text = {0}, marked = {0};

	fill(&note);
	note_encode(&text, &note);
	for (size_t i = 0; i < note.len; i++) {
		enum rcpt_state before = note.rows[i].state;
		char letter = text.s[note_state_offset(&note, i)];

		text.s[note_state_offset(&note, i)] = RCPT_DONE;
		note.rows[i].state = RCPT_DONE;
		str_clear(&marked);
		note_encode(&marked, &note);
		ck_assert_str_eq(str_c(&text), str_c(&marked));
		ck_assert_int_eq(note_decode(str_slice(&text), &back), 0);
		text.s[note_state_offset(&note, i)] = letter;
		note.rows[i].state = before;
	}
	note_free(&note);
	note_free(&back);
	str_free(&text);
	str_free(&marked);
}
END_TEST

#define ROW "P 00001 0000000000000000 1 0 a@b\t\n"

static const struct {
	const char *text;
	int result;
} notes[] = {
    {"posthouse-note 1 0 0 0\nend 0\n", 0},
    {"posthouse-note 1 0 1 4294967295\n" ROW "end 1\n", 0},
    {"posthouse-note 1 0 0 0\n" ROW ROW "end 1\n", -1},
    {"posthouse-note 1 0 0 0\n" ROW "end 2\n", -1},
    {"posthouse-note 1 0 0 0\n" ROW "end 1\nend 1\n", -1},
    {"posthouse-note 1 0 0 0\n" ROW "end 1", -1},
    {"posthouse-note 2 0 0 0\n" ROW "end 1\n", -1},
    {"posthouse-note 1 0 2 0\n" ROW "end 1\n", -1},
    {"posthouse-note 1 0 0 4294967296\n" ROW "end 1\n", -1},
    {"posthouse-note 1 0 0\n" ROW "end 1\n", -1},
    {"posthouse 1 0 0 0\n" ROW "end 1\n", -1},
    {"posthouse-note 1 0 0 0\nX 00001 0 1 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 1 0 0 0\nPP 00001 0 1 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 1 0 0 0\nP 100000 0 1 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 1 0 0 0\nP 1 0 0 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 1 0 0 0\nP 1 0 10 0 a@b\t\nend 1\n", -1},
    {"posthouse-note 1 0 0 0\nP 1 0 1 4294967296 a@b\t\nend 1\n", -1},
    {"posthouse-note 1 0 0 0\nP 1 0 1 0 a@b\nend 1\n", -1},
    {"posthouse-note 1 0 0 0\nP 1 0 1 0 \t\nend 1\n", -1},
    {"posthouse-note 1 0 0 0\nP 1 -1 1 0 a@b\t\nend 1\n", -1},
};

START_TEST(is_told_apart)
{
	struct note note = {0};

	ck_assert_int_eq(note_decode(slice_of(notes[_i].text), &note),
	    notes[_i].result);
	note_free(&note);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("note");

	tcase_add_test(unit.cases, all_of_it_comes_back);
	tcase_add_test(unit.cases, torn_at_any_byte_it_is_none);
	tcase_add_test(unit.cases, zeroed_from_any_byte_on_it_is_none);
	tcase_add_test(unit.cases, a_mark_changes_one_state);
	tcase_add_loop_test(unit.cases, is_told_apart, 0,
	    sizeof notes / sizeof *notes);
	return unit_run(unit);
}
