/* test_passport - only who has the key makes one, for one account, for one
 * hour. */
#include "lib/mail/passport.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOUR_US 3600000000ULL
#define MINUTE_US 60000000ULL
#define NOW_US 1795300000000000ULL

static struct passport_keys keys;
static struct str passport;
static const struct slice alice = {"alice@local.test", 16};

static void
mint(void)
{
	keys = (struct passport_keys){.len = 1};
	memset(keys.v[0].bytes, 7, PASSPORT_KEY_LEN);
	keys.v[0].until_s = UINT64_MAX;
	str_clear(&passport);
	passport_mint(&passport, &keys, alice, NOW_US);
}

static void
forget(void)
{
	str_free(&passport);
}

static bool
holds_at(uint64_t born_us)
{
	return passport_holds(&keys, str_slice(&passport), alice, born_us);
}

START_TEST(holds_for_its_account_alone)
{
	ck_assert_uint_eq(passport.len, PASSPORT_LEN);
	ck_assert(holds_at(NOW_US));
	ck_assert(!passport_holds(&keys, str_slice(&passport),
	    slice_of("alicf@local.test"), NOW_US));
	ck_assert(!passport_holds(&keys, str_slice(&passport),
	    slice_of("Alice@local.test"), NOW_US));
	ck_assert(!passport_holds(&keys, str_slice(&passport),
	    slice_of("alice@local.tes"), NOW_US));
	ck_assert(!passport_holds(&keys, str_slice(&passport), slice_of(""),
	    NOW_US));
}
END_TEST

START_TEST(holds_for_an_hour)
{
	ck_assert(holds_at(NOW_US + HOUR_US));
	ck_assert(!holds_at(NOW_US + HOUR_US + 1));
	ck_assert(!holds_at(UINT64_MAX));
	ck_assert(holds_at(NOW_US - MINUTE_US));
	ck_assert(!holds_at(NOW_US - MINUTE_US - 1));
	ck_assert(!holds_at(0));
}
END_TEST

START_TEST(any_other_character_breaks_it)
{
	for (size_t i = 0; i < passport.len; i++) {
		char was = passport.s[i];

		for (int c = 0; c < 256; c++) {
			passport.s[i] = (char)c;
			ck_assert_int_eq(holds_at(NOW_US), (char)c == was);
		}
		passport.s[i] = was;
	}
	for (size_t len = 0; len < passport.len; len++)
		ck_assert(!passport_holds(&keys, slice_make(passport.s, len),
		    alice, NOW_US));
	str_putc(&passport, '0');
	ck_assert(!holds_at(NOW_US));
}
END_TEST

/* Under a new key, with the old one kept until then. */
static bool
holds_with_old(uint64_t until_s)
{
	struct passport_keys next = {.len = 2};

	memset(next.v[0].bytes, 1, PASSPORT_KEY_LEN);
	next.v[0].until_s = UINT64_MAX;
	next.v[1] = keys.v[0];
	next.v[1].until_s = until_s;
	return passport_holds(&next, str_slice(&passport), alice, NOW_US);
}

START_TEST(an_old_key_holds_for_its_time)
{
	const uint64_t now_s = NOW_US / 1000000, slack_s = 600;

	ck_assert(holds_with_old(now_s));
	ck_assert(holds_with_old(now_s + 1));
	ck_assert(holds_with_old(now_s - slack_s));
	ck_assert(!holds_with_old(now_s - slack_s - 1));
	ck_assert(!holds_with_old(0));
}
END_TEST

START_TEST(without_its_key_nothing_holds)
{
	memset(keys.v[0].bytes, 2, PASSPORT_KEY_LEN);
	ck_assert(!holds_at(NOW_US));
	keys.len = 0;
	ck_assert(!holds_at(NOW_US));
}
END_TEST

START_TEST(two_of_one_moment_differ)
{
	struct str other = {0};

	passport_mint(&other, &keys, alice, NOW_US);
	ck_assert(!slice_eq(str_slice(&other), str_slice(&passport)));
	str_free(&other);
}
END_TEST

static int
truncate_at(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_WRONLY);
	int result = ftruncate(fd, PASSPORT_KEY_LEN - 1);

	close(fd);
	return result;
}

static int
fresh_folder(void)
{
	umask(027);
	return open(unit_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

START_TEST(keys_are_renewed_on_disk)
{
	struct passport_keys first, second;
	struct stat st;
	int dir_fd = fresh_folder();

	ck_assert_int_eq(passport_keys_read(dir_fd, &first), -1);
	ck_assert_int_eq(passport_keys_renew(dir_fd), 0);
	ck_assert_int_eq(passport_keys_read(dir_fd, &first), 0);
	ck_assert_uint_eq(first.len, 1);
	ck_assert_int_eq(passport_keys_renew(dir_fd), 0);
	ck_assert_int_eq(passport_keys_read(dir_fd, &second), 0);
	ck_assert_uint_eq(second.len, 2);
	ck_assert_mem_eq(second.v[1].bytes, first.v[0].bytes,
	    PASSPORT_KEY_LEN);
	ck_assert_uint_le(second.v[1].until_s, second.current_s + 1);
	ck_assert_uint_ge(second.v[1].until_s, first.current_s);
	ck_assert_mem_ne(second.v[0].bytes, first.v[0].bytes,
	    PASSPORT_KEY_LEN);
	ck_assert_int_eq(fstatat(dir_fd, "current", &st, 0), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	/* a torn one is no key */
	ck_assert_int_eq(truncate_at(dir_fd, "current"), 0);
	ck_assert_int_eq(passport_keys_read(dir_fd, &second), -1);
	close(dir_fd);
}
END_TEST

START_TEST(of_very_many_keys_the_newest_count)
{
	char name[32];
	unsigned char key[PASSPORT_KEY_LEN] = {0};
	struct passport_keys read;
	int dir_fd = fresh_folder(), fd;

	ck_assert_int_eq(passport_keys_renew(dir_fd), 0);
	for (int i = 1; i <= 2 * PASSPORT_KEYS_MAX; i++) {
		snprintf(name, sizeof name, "until.%d", i);
		fd = openat(dir_fd, name, O_WRONLY | O_CREAT, 0600);
		ck_assert_int_eq(write(fd, key, sizeof key), sizeof key);
		close(fd);
	}
	close(openat(dir_fd, "until.9999", O_WRONLY | O_CREAT, 0600));
	close(openat(dir_fd, "until.x", O_WRONLY | O_CREAT, 0600));
	ck_assert_int_eq(passport_keys_read(dir_fd, &read), 0);
	ck_assert_uint_eq(read.len, PASSPORT_KEYS_MAX);
	for (size_t i = 1; i < read.len; i++)
		ck_assert_uint_gt(read.v[i].until_s, PASSPORT_KEYS_MAX + 1);
	close(dir_fd);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("passport");

	tcase_add_checked_fixture(unit.cases, mint, forget);
	tcase_set_timeout(unit.cases, 60);
	tcase_add_test(unit.cases, holds_for_its_account_alone);
	tcase_add_test(unit.cases, holds_for_an_hour);
	tcase_add_test(unit.cases, any_other_character_breaks_it);
	tcase_add_test(unit.cases, an_old_key_holds_for_its_time);
	tcase_add_test(unit.cases, without_its_key_nothing_holds);
	tcase_add_test(unit.cases, two_of_one_moment_differ);
	tcase_add_test(unit.cases, keys_are_renewed_on_disk);
	tcase_add_test(unit.cases, of_very_many_keys_the_newest_count);
	return unit_run(unit);
}
