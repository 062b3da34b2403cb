/* test_cdb_file - a constant database, damaged or missing. */
#include "lib/base/cdb_file.h"
#include "lib/base/io.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One with key -> value, empty -> "", and 100 more. */
static void
make(const char *path, const char *value)
{
	int fd = open("new", O_CREAT | O_TRUNC | O_RDWR, 0600);
	struct cdb_make maker;
	char key[16];

	ck_assert_int_eq(cdb_make_start(&maker, fd), 0);
	cdb_make_add(&maker, "key", 3, value, (unsigned)strlen(value));
	cdb_make_add(&maker, "empty", 5, "", 0);
	for (int i = 0; i < 100; i++) {
		snprintf(key, sizeof key, "more%d", i);
		cdb_make_add(&maker, key, (unsigned)strlen(key), key, 4);
	}
	ck_assert_int_eq(cdb_make_finish(&maker), 0);
	close(fd);
	ck_assert_int_eq(rename("new", path), 0);
}

START_TEST(finds_what_is_in_it)
{
	struct cdb_file file;
	struct slice value;

	make("db", "value");
	ck_assert_int_eq(cdb_file_open(&file, "db"), 0);
	ck_assert(cdb_file_get(&file, slice_of("key"), &value));
	ck_assert(slice_is(value, "value"));
	ck_assert(cdb_file_get(&file, slice_of("empty"), &value));
	ck_assert_uint_eq(value.len, 0);
	ck_assert(cdb_file_get(&file, slice_of("more99"), &value));
	ck_assert(!cdb_file_get(&file, slice_of("none"), &value));
	ck_assert(!cdb_file_get(&file, slice_of(""), &value));
	cdb_file_close(&file);
	cdb_file_close(&file);
	ck_assert(!cdb_file_get(&file, slice_of("key"), &value));
}
END_TEST

START_TEST(what_is_no_database_is_refused)
{
	struct cdb_file file;

	ck_assert_int_eq(cdb_file_open(&file, "missing"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(cdb_file_open(&file, "."), -1);
	ck_assert_int_eq(replace_file("db", slice_of(""), 0600), 0);
	ck_assert_int_eq(cdb_file_open(&file, "db"), -1);
	ck_assert_int_eq(errno, EPROTO);
	cdb_file_close(&file);
}
END_TEST

/* Every single byte of it damaged in turn: an answer or none, no more. */
START_TEST(a_damaged_file_is_survived)
{
	struct str good = {0}, bad = {0};
	struct cdb_file file;
	struct slice value;

	make("db", "value");
	ck_assert_int_eq(read_file(AT_FDCWD, "db", &good, 1 << 20), 0);
	for (size_t i = 0; i < good.len; i += i < 64 ? 1 : 37) {
		int fd = open("bad", O_CREAT | O_TRUNC | O_RDWR, 0600);

		str_set_slice(&bad, str_slice(&good));
		bad.s[i] = (char)0xff;
		bad.s[(i + 3) % bad.len] = (char)0xff;
		ck_assert_int_eq(write_all(fd, bad.s, bad.len), 0);
		close(fd);
		if (cdb_file_open(&file, "bad") < 0)
			continue;
		if (cdb_file_get(&file, slice_of("key"), &value))
			ck_assert_uint_le(value.len, good.len);
		cdb_file_close(&file);
	}
	str_free(&good);
	str_free(&bad);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("cdb_file");

	tcase_add_checked_fixture(unit.cases, unit_folder_enter, NULL);
	tcase_add_test(unit.cases, finds_what_is_in_it);
	tcase_add_test(unit.cases, what_is_no_database_is_refused);
	tcase_add_test(unit.cases, a_damaged_file_is_survived);
	return unit_run(unit);
}
