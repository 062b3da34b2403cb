/* test_maildir_letter - letters in a folder, which others change meanwhile. */
#include "lib/mail/maildir_folder.h"
#include "lib/mail/maildir_letter.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int box_fd, from_fd, to_fd;

static int
folder(const char *name)
{
	struct str dir = {0};
	int fd;

	ck_assert_int_ge(maildir_folder_make(box_fd, name), 0);
	str_addf(&dir, ".%s", name);
	fd = openat(box_fd, str_c(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	str_free(&dir);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void
setup(void)
{
	box_fd = open(unit_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	from_fd = folder("From");
	to_fd = folder("To");
}

static void
put(const char *path)
{
	int fd = openat(from_fd, path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
}

static const struct {
	const char *name, *base, *flags, *mark;
} names[] = {
    {"1.x.host", "1.x.host", "", ""},
    {"1.x.host:2,RS", "1.x.host", "RS", ""},
    {"1.x.host,S=71,W=75:2,", "1.x.host", "", ""},
    {"1.x.host,S=71,H=approved:2,FSab", "1.x.host", "FSab", "approved"},
    {"1.x.host:2,S,H=approved", "1.x.host", "S,H=approved", ""},
    {"", "", "", ""},
};

START_TEST(a_name_is_taken_apart)
{
	const char *name = names[_i].name;

	ck_assert(slice_is(maildir_name_base(name), names[_i].base));
	ck_assert(slice_is(maildir_name_flags(name), names[_i].flags));
	ck_assert(slice_is(maildir_name_mark(name), names[_i].mark));
}
END_TEST

static bool
count(void *context, const struct maildir_letter *letter)
{
	uint64_t bytes;
	int fd = maildir_letter_open(letter, &bytes);

	if (fd >= 0) {
		++*(int *)context;
		ck_assert_uint_eq(bytes, 1);
		close(fd);
	}
	return true;
}

START_TEST(what_is_no_file_is_no_letter)
{
	int found = 0;

	put("new/1.a.host");
	put("cur/1.b.host:2,S");
	put("tmp/1.c.host");
	put("cur/.hidden");
	ck_assert_int_eq(mkdirat(from_fd, "cur/1.d.host", 0700), 0);
	ck_assert_int_eq(mkfifoat(from_fd, "new/1.e.host", 0600), 0);
	ck_assert_int_eq(symlinkat("1.a.host", from_fd, "new/1.f.host"), 0);
	ck_assert_int_eq(maildir_each_letter(from_fd, count, &found), 0);
	ck_assert_int_eq(found, 2);
}
END_TEST

/* Opens it although a listing would have left it out. */
START_TEST(a_link_is_not_followed)
{
	struct maildir_letter letter = {from_fd, "new", -1, "1.f.host"};
	uint64_t bytes;

	put("new/1.a.host");
	ck_assert_int_eq(symlinkat("1.a.host", from_fd, "new/1.f.host"), 0);
	ck_assert_int_eq(mkfifoat(from_fd, "new/1.e.host", 0600), 0);
	letter.dir_fd = openat(from_fd, "new", O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(maildir_letter_open(&letter, &bytes), -1);
	ck_assert_int_eq(errno, ELOOP);
	letter.name = "1.e.host";
	ck_assert_int_eq(maildir_letter_open(&letter, &bytes), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

/* The only name in To/cur/. */
static void
moved_name(struct str *name)
{
	int fd = openat(to_fd, "cur", O_RDONLY | O_DIRECTORY);
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	str_clear(name);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.') {
			ck_assert_uint_eq(name->len, 0);
			str_puts(name, entry->d_name);
		}
	closedir(dir);
}

static const struct {
	const char *dir, *name;
	char add, drop;
	const char *mark, *tail;
} moves[] = {
    {"new", "1.a.host,S=1", 'S', 0, NULL, ",S=1:2,S"},
    {"cur", "1.a.host,S=1,W=2:2,FRab", 'S', 0, NULL, ",S=1,W=2:2,FRS"},
    {"cur", "1.a.host:2,FS", 0, 'S', NULL, ":2,F"},
    {"cur", "1.a.host,S=1:2,S", 0, 0, "approved", ",S=1,H=approved:2,S"},
    {"cur", "1.a.host,H=rejected,S=1:2,S", 0, 0, NULL, ",S=1:2,S"},
};

START_TEST(a_letter_moves_with_its_flags)
{
	struct maildir_letter letter = {from_fd, moves[_i].dir, -1,
		moves[_i].name};
	struct maildir_move move = {.to_fd = to_fd, .add = moves[_i].add,
		.drop = moves[_i].drop, .mark = moves[_i].mark,
		.host = slice_of("a host")};
	struct str path = {0}, name = {0};

	str_addf(&path, "%s/%s", moves[_i].dir, moves[_i].name);
	put(str_c(&path));
	ck_assert_int_eq(maildir_letter_move(&letter, &move), 0);
	moved_name(&name);
	ck_assert_msg(name.len > strlen(moves[_i].tail), "%s", str_c(&name));
	ck_assert_str_eq(name.s + name.len - strlen(moves[_i].tail),
	    moves[_i].tail);
	ck_assert(slice_starts(slice_of(strstr(str_c(&name), "a_host")),
	    "a_host"));
	str_free(&path);
	str_free(&name);
}
END_TEST

/* Read meanwhile, by the mail server. */
START_TEST(who_is_renamed_meanwhile_is_found)
{
	struct maildir_letter letter = {from_fd, "new", -1, "1.a.host,S=1"};
	struct maildir_move move = {.to_fd = to_fd, .host = slice_of("h")};
	struct str name = {0};

	put("cur/1.a.host,S=1:2,RS");
	put("cur/1.ab.host,S=1:2,T");
	ck_assert_int_eq(maildir_letter_move(&letter, &move), 0);
	moved_name(&name);
	ck_assert_ptr_nonnull(strstr(str_c(&name), ":2,RS"));
	ck_assert_int_eq(maildir_letter_move(&letter, &move), -1);
	ck_assert_int_eq(errno, ENOENT);
	str_free(&name);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("maildir_letter");

	tcase_add_checked_fixture(unit.cases, setup, NULL);
	tcase_add_loop_test(unit.cases, a_name_is_taken_apart, 0,
	    sizeof names / sizeof *names);
	tcase_add_test(unit.cases, what_is_no_file_is_no_letter);
	tcase_add_test(unit.cases, a_link_is_not_followed);
	tcase_add_loop_test(unit.cases, a_letter_moves_with_its_flags, 0,
	    sizeof moves / sizeof *moves);
	tcase_add_test(unit.cases, who_is_renamed_meanwhile_is_found);
	return unit_run(unit);
}
