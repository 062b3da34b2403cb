/* test_passport - only who has the key makes one, for one account, for one
 * hour. */
#include "lib/mail/passport.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
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
	memset(&keys, 7, sizeof keys);
	memset(keys.previous, 9, sizeof keys.previous);
	keys.has_previous = false;
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

START_TEST(the_previous_key_counts_for_a_while)
{
	struct passport_keys next = keys;

	memcpy(next.previous, keys.current, PASSPORT_KEY_LEN);
	memset(next.current, 1, PASSPORT_KEY_LEN);
	ck_assert(!passport_holds(&next, str_slice(&passport), alice,
	    NOW_US));
	next.has_previous = true;
	ck_assert(passport_holds(&next, str_slice(&passport), alice, NOW_US));
	memset(next.previous, 2, PASSPORT_KEY_LEN);
	ck_assert(!passport_holds(&next, str_slice(&passport), alice,
	    NOW_US));
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

START_TEST(keys_are_renewed_on_disk)
{
	char path[] = "/tmp/passport.XXXXXX";
	struct passport_keys first, second;
	struct stat st;
	int dir_fd;

	ck_assert_ptr_nonnull(mkdtemp(path));
	dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	umask(027);
	ck_assert_int_eq(passport_keys_read(dir_fd, &first), -1);
	ck_assert_int_eq(passport_keys_renew(dir_fd), 0);
	ck_assert_int_eq(passport_keys_read(dir_fd, &first), 0);
	ck_assert(!first.has_previous);
	ck_assert_int_eq(passport_keys_renew(dir_fd), 0);
	ck_assert_int_eq(passport_keys_read(dir_fd, &second), 0);
	ck_assert(second.has_previous);
	ck_assert_int_eq(memcmp(second.previous, first.current,
	    PASSPORT_KEY_LEN), 0);
	ck_assert_int_ne(memcmp(second.current, first.current,
	    PASSPORT_KEY_LEN), 0);
	ck_assert_int_eq(fstatat(dir_fd, "current", &st, 0), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	/* a torn one is no key */
	ck_assert_int_eq(ftruncate(openat(dir_fd, "current", O_WRONLY), 31),
	    0);
	ck_assert_int_eq(passport_keys_read(dir_fd, &second), -1);
	unlinkat(dir_fd, "current", 0);
	unlinkat(dir_fd, "previous", 0);
	rmdir(path);
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
	tcase_add_test(unit.cases, the_previous_key_counts_for_a_while);
	tcase_add_test(unit.cases, two_of_one_moment_differ);
	tcase_add_test(unit.cases, keys_are_renewed_on_disk);
	return unit_run(unit);
}
