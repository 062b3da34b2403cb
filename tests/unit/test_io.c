/* test_io - whole reads and writes, and files replaced as one. */
#include "lib/base/io.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>


START_TEST(all_of_it_goes_through_a_pipe)
{
	enum { MUCH = 300000 };
	char *bytes = mem_alloc(MUCH), *back = mem_alloc(MUCH);
	int ends[2], status;
	pid_t pid;

	memset(bytes, 'x', MUCH);
	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		_exit(write_all(ends[1], bytes, MUCH) == 0 ? 0 : 1);
	}
	close(ends[1]);
	ck_assert_int_eq(read_all(ends[0], back, MUCH), MUCH);
	ck_assert_int_eq(memcmp(bytes, back, MUCH), 0);
	ck_assert_int_eq(read_all(ends[0], back, MUCH), 0);
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	free(bytes);
	free(back);
}
END_TEST

START_TEST(read_all_stops_at_the_end)
{
	char bytes[8];
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write_all(ends[1], "abc", 3), 0);
	close(ends[1]);
	ck_assert_int_eq(read_all(ends[0], bytes, sizeof bytes), 3);
}
END_TEST

START_TEST(parts_are_added_from_their_place)
{
	struct str text = {0};
	int fd;

	ck_assert_int_eq(replace_file("file", slice_of("abcdef"), 0600), 0);
	fd = open("file", O_RDONLY);
	str_puts(&text, "=");
	ck_assert_int_eq(read_at(fd, &text, 2, 3), 2);
	ck_assert_int_eq(read_at(fd, &text, 9, 5), 1);
	ck_assert_int_eq(read_at(fd, &text, 9, 6), 0);
	ck_assert_int_eq(read_at(-1, &text, 9, 0), -1);
	ck_assert_str_eq(str_c(&text), "=def");
	close(fd);
	str_free(&text);
}
END_TEST

START_TEST(errors_are_told)
{
	char bytes[1];

	ck_assert_int_eq(write_all(-1, "a", 1), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(read_all(-1, bytes, 1), -1);
	ck_assert_int_eq(pwrite_all(-1, "a", 1, 0), -1);
	ck_assert_int_eq(sync_dir(AT_FDCWD, "missing"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(write_all(-1, NULL, 0), 0);
}
END_TEST

START_TEST(a_quiet_close_leaves_errno_alone)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY);

	errno = EFBIG;
	close_quietly(fd);
	ck_assert_int_eq(errno, EFBIG);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	errno = EFBIG;
	close_quietly(fd);
	close_quietly(-1);
	ck_assert_int_eq(errno, EFBIG);
}
END_TEST

START_TEST(nothing_but_a_directory_is_synced)
{
	ck_assert_int_eq(replace_file("file", slice_of("a"), 0600), 0);
	ck_assert_int_eq(sync_dir(AT_FDCWD, "."), 0);
	ck_assert_int_eq(sync_dir(AT_FDCWD, "file"), -1);
	ck_assert_int_eq(errno, ENOTDIR);
}
END_TEST

START_TEST(pwrite_writes_at_its_place)
{
	struct str text = {0};
	int fd = open("file", O_CREAT | O_RDWR, 0600);

	ck_assert_int_eq(write_all(fd, "abcdef", 6), 0);
	ck_assert_int_eq(pwrite_all(fd, "XY", 2, 2), 0);
	ck_assert_int_eq(write_all(fd, "g", 1), 0);
	close(fd);
	ck_assert_int_eq(read_file(AT_FDCWD, "file", &text, 100), 0);
	ck_assert_str_eq(str_c(&text), "abXYefg");
	str_free(&text);
}
END_TEST

START_TEST(read_file_has_a_limit)
{
	struct str text = {0};
	struct slice ten = slice_of("0123456789");

	ck_assert_int_eq(replace_file("file", ten, 0600), 0);
	str_puts(&text, ">");
	ck_assert_int_eq(read_file(AT_FDCWD, "file", &text, 10), 0);
	ck_assert_str_eq(str_c(&text), ">0123456789");
	ck_assert_int_eq(read_file(AT_FDCWD, "file", &text, 9), -1);
	ck_assert_int_eq(errno, EFBIG);
	ck_assert_int_eq(read_file(AT_FDCWD, "missing", &text, 9), -1);
	ck_assert_int_eq(errno, ENOENT);
	str_free(&text);
}
END_TEST

START_TEST(read_file_of_whole_blocks)
{
	struct str much = {0}, text = {0};

	for (int i = 0; i < 8192 * 2; i++)
		str_putc(&much, 'x');
	ck_assert_int_eq(replace_file("file", str_slice(&much), 0600), 0);
	ck_assert_int_eq(read_file(AT_FDCWD, "file", &text, 8192 * 2), 0);
	ck_assert(slice_eq(str_slice(&much), str_slice(&text)));
	str_free(&much);
	str_free(&text);
}
END_TEST

START_TEST(replace_has_content_and_mode)
{
	struct str text = {0};
	struct stat st;

	umask(077);
	ck_assert_int_eq(mkdir("dir", 0700), 0);
	ck_assert_int_eq(replace_file("dir/file", slice_of("old"), 0600), 0);
	ck_assert_int_eq(replace_file("dir/file", slice_of("new"), 0640), 0);
	ck_assert_int_eq(stat("dir/file", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(read_file(AT_FDCWD, "dir/file", &text, 100), 0);
	ck_assert_str_eq(str_c(&text), "new");
	ck_assert_int_lt(access("dir/file.new", F_OK), 0);
	str_free(&text);
}
END_TEST

START_TEST(failed_replace_leaves_nothing)
{
	ck_assert_int_eq(mkdir("dir", 0700), 0);
	ck_assert_int_eq(replace_file("dir", slice_of("x"), 0600), -1);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_int_lt(access("dir.new", F_OK), 0);
	ck_assert_int_eq(replace_file("none/file", slice_of("x"), 0600), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("io");

	tcase_add_checked_fixture(unit.cases, unit_folder_enter, NULL);
	tcase_add_test(unit.cases, all_of_it_goes_through_a_pipe);
	tcase_add_test(unit.cases, read_all_stops_at_the_end);
	tcase_add_test(unit.cases, parts_are_added_from_their_place);
	tcase_add_test(unit.cases, errors_are_told);
	tcase_add_test(unit.cases, a_quiet_close_leaves_errno_alone);
	tcase_add_test(unit.cases, nothing_but_a_directory_is_synced);
	tcase_add_test(unit.cases, pwrite_writes_at_its_place);
	tcase_add_test(unit.cases, read_file_has_a_limit);
	tcase_add_test(unit.cases, read_file_of_whole_blocks);
	tcase_add_test(unit.cases, replace_has_content_and_mode);
	tcase_add_test(unit.cases, failed_replace_leaves_nothing);
	return unit_run(unit);
}
