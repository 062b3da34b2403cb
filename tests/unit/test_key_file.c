/* test_key_file - a key is whole, or it is none. */
#include "lib/base/key_file.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int dir_fd;

static void
enter_folder(void)
{
	umask(027);
	dir_fd = open(unit_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

START_TEST(what_is_made_is_read)
{
	unsigned char first[KEY_FILE_LEN], second[KEY_FILE_LEN];
	uint64_t made_s = 0;
	struct stat st;

	ck_assert_int_eq(key_file_make(dir_fd, "a", 0640), 0);
	ck_assert_int_eq(key_file_make(dir_fd, "b", 0600), 0);
	ck_assert_int_eq(key_file_read(dir_fd, "a", first, &made_s), 0);
	ck_assert_int_eq(key_file_read(dir_fd, "b", second, NULL), 0);
	ck_assert_mem_ne(first, second, KEY_FILE_LEN);
	ck_assert_int_eq(fstatat(dir_fd, "a", &st, 0), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq(made_s, (uint64_t)st.st_mtime);
}
END_TEST

START_TEST(a_new_one_takes_the_place_of_the_old)
{
	unsigned char first[KEY_FILE_LEN], second[KEY_FILE_LEN];

	ck_assert_int_eq(key_file_make(dir_fd, "a", 0600), 0);
	ck_assert_int_eq(key_file_read(dir_fd, "a", first, NULL), 0);
	ck_assert_int_eq(key_file_make(dir_fd, "a", 0600), 0);
	ck_assert_int_eq(key_file_read(dir_fd, "a", second, NULL), 0);
	ck_assert_mem_ne(first, second, KEY_FILE_LEN);
}
END_TEST

START_TEST(a_part_of_a_key_is_none)
{
	unsigned char key[KEY_FILE_LEN];
	int fd;

	ck_assert_int_eq(key_file_make(dir_fd, "a", 0600), 0);
	fd = openat(dir_fd, "a", O_WRONLY);
	ck_assert_int_eq(ftruncate(fd, KEY_FILE_LEN - 1), 0);
	close(fd);
	ck_assert_int_eq(key_file_read(dir_fd, "a", key, NULL), -1);
	ck_assert_int_eq(errno, EPROTO);
}
END_TEST

START_TEST(no_link_leads_to_a_key)
{
	unsigned char key[KEY_FILE_LEN];

	ck_assert_int_eq(key_file_read(dir_fd, "a", key, NULL), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(key_file_make(dir_fd, "a", 0600), 0);
	ck_assert_int_eq(symlinkat("a", dir_fd, "link"), 0);
	ck_assert_int_eq(key_file_read(dir_fd, "link", key, NULL), -1);
	ck_assert_int_eq(errno, ELOOP);
	ck_assert_int_eq(key_file_make(dir_fd, "link", 0600), -1);
	ck_assert_int_eq(errno, ELOOP);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("key_file");

	tcase_add_checked_fixture(unit.cases, enter_folder, NULL);
	tcase_add_test(unit.cases, what_is_made_is_read);
	tcase_add_test(unit.cases, a_new_one_takes_the_place_of_the_old);
	tcase_add_test(unit.cases, a_part_of_a_key_is_none);
	tcase_add_test(unit.cases, no_link_leads_to_a_key);
	return unit_run(unit);
}
