/* test_record - what was encoded comes back; what was not is refused. */
#include "lib/base/record.h"
#include "tests/unit/unit.h"

#include <string.h>

struct thing {
	struct str name;
	uint64_t number;
	struct strs list;
	struct str last;
};

static const struct record_field fields[] = {
    RECORD_STR(thing, 'n', name, 5),
    RECORD_U64(thing, 'u', number, 1000),
    RECORD_STRS(thing, 'l', list, 3, 2),
    RECORD_STR(thing, 'z', last, 5),
    {0},
};

START_TEST(comes_back)
{
	struct thing thing = {0}, back = {0};
	struct str wire = {0};
	struct slice from;

	str_puts(&thing.name, "abc");
	thing.number = 1000;
	strs_add(&thing.list, slice_of("d"));
	strs_add(&thing.list, slice_of(""));
	record_encode(&wire, fields, &thing);
	ck_assert_uint_eq(wire.len, 22);
	ck_assert_mem_eq(wire.s, "18:nabc\0u1000\0ld\0l\0z\0,", wire.len);
	record_encode(&wire, fields, &thing);
	from = str_slice(&wire);
	ck_assert_int_eq(record_decode(&from, fields, &back), 0);
	ck_assert_int_eq(record_decode(&from, fields, &back), 0);
	ck_assert_uint_eq(from.len, 0);
	ck_assert_str_eq(str_c(&back.name), "abc");
	ck_assert_uint_eq(back.number, 1000);
	ck_assert_uint_eq(back.list.len, 2);
	ck_assert_str_eq(str_c(&back.list.v[0]), "d");
	ck_assert_str_eq(str_c(&back.list.v[1]), "");
	ck_assert_str_eq(str_c(&back.last), "");
	record_free(fields, &thing);
	record_free(fields, &back);
	str_free(&wire);
}
END_TEST

START_TEST(string_is_cut_at_a_nul)
{
	struct thing thing = {0}, back = {0};
	struct str wire = {0};
	struct slice from;

	str_add(&thing.name, "a\0u9", 4);
	record_encode(&wire, fields, &thing);
	from = str_slice(&wire);
	ck_assert_int_eq(record_decode(&from, fields, &back), 0);
	ck_assert_str_eq(str_c(&back.name), "a");
	ck_assert_uint_eq(back.number, 0);
	record_free(fields, &thing);
	record_free(fields, &back);
	str_free(&wire);
}
END_TEST

#define BYTES(text) {text, sizeof text - 1}
static const struct slice bad[] = {
    BYTES(""),
    BYTES("5"),
    BYTES(":"),
    BYTES("0:,"),                              /* nothing in it */
    BYTES("8:na\0u1\0z\0"),                    /* no comma */
    BYTES("8:na\0u1\0z\0;"),                   /* another end */
    BYTES("9:na\0u1\0z\0,"),                   /* longer than it is */
    BYTES("7:na\0u1\0z\0,"),                   /* shorter */
    BYTES("-8:na\0u1\0z\0,"),
    BYTES("+8:na\0u1\0z\0,"),
    BYTES(" 8:na\0u1\0z\0,"),
    BYTES("99999999999999999999:na\0u1\0z\0,"),
    BYTES("18446744073709551615:na\0u1\0z\0,"),
    BYTES("18446744073709551614:na\0u1\0z\0,"),
    BYTES("999999999:na\0u1\0z\0,"),
    BYTES("5:na\0z\0,"),                       /* the number is missing */
    BYTES("6:na\0u1\0,"),                      /* the last is missing */
    BYTES("8:u1\0na\0z\0,"),                   /* another order */
    BYTES("11:na\0na\0u1\0z\0,"),              /* twice */
    BYTES("11:na\0u1\0z\0xy\0,"),              /* left over */
    BYTES("9:na\0u1\0z\0\0,"),
    BYTES("7:na\0u1\0z,"),                     /* the last is not ended */
    BYTES("7:na\0u\0z\0,"),                    /* an empty number */
    BYTES("9:na\0u-1\0z\0,"),
    BYTES("9:na\0u1x\0z\0,"),
    BYTES("11:na\0u1001\0z\0,"),               /* over its limit */
    BYTES("30:na\0u99999999999999999999999\0z\0,"),
    BYTES("13:nabcdef\0u1\0z\0,"),             /* too long a string */
    BYTES("13:na\0u1\0labcd\0z\0,"),           /* too long in the list */
    BYTES("14:na\0u1\0l\0l\0l\0z\0,"),         /* too many in the list */
};

START_TEST(other_bytes_are_refused)
{
	struct thing thing = {0};
	/* exactly this much memory, so that reading on shows under ASan */
	char *copy = mem_alloc(bad[_i].len + 1);
	struct slice from;

	memcpy(copy + 1, bad[_i].s, bad[_i].len);
	from = slice_make(copy + 1, bad[_i].len);
	str_puts(&thing.name, "old");
	thing.number = 7;
	strs_add(&thing.list, slice_of("old"));
	ck_assert_msg(record_decode(&from, fields, &thing) == -1, "row %d",
	    _i);
	ck_assert_ptr_eq(from.s, copy + 1);
	ck_assert_uint_eq(from.len, bad[_i].len);
	ck_assert_ptr_null(thing.name.s);
	ck_assert_uint_eq(thing.number, 0);
	ck_assert_ptr_null(thing.list.v);
	free(copy);
}
END_TEST

START_TEST(what_follows_is_left)
{
	static const char wire[] = "8:na\0u1\0z\0,rest";
	struct slice from = slice_make(wire, sizeof wire - 1);
	struct thing thing = {0};

	ck_assert_int_eq(record_decode(&from, fields, &thing), 0);
	ck_assert(slice_is(from, "rest"));
	record_free(fields, &thing);
	record_free(fields, &thing);
}
END_TEST

START_TEST(every_cut_is_refused)
{
	static const char wire[] = "18:nabc\0u1000\0ld\0l\0z\0,";

	for (size_t len = 0; len < sizeof wire - 1; len++) {
		struct slice from = slice_make(wire, len);
		struct thing thing = {0};

		ck_assert_int_eq(record_decode(&from, fields, &thing), -1);
	}
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("record");

	tcase_add_test(unit.cases, comes_back);
	tcase_add_test(unit.cases, string_is_cut_at_a_nul);
	tcase_add_loop_test(unit.cases, other_bytes_are_refused, 0,
	    sizeof bad / sizeof *bad);
	tcase_add_test(unit.cases, what_follows_is_left);
	tcase_add_test(unit.cases, every_cut_is_refused);
	return unit_run(unit);
}
