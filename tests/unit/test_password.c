/* test_password - hashes as others make them, compiled and then measured. */
/* links: cmd/auth-check/password.c */
#include "cmd/auth-check/password.h"
#include "tests/unit/control_dir.h"
#include "tests/unit/unit.h"

/* All of "secret"; by doveadm pw and mkpasswd. */
static const char *const hashes[] = {
	"{CRYPT}$y$j9T$piMYFKXjJy8aFWXcHIR1v0$7JmTX0rsz9pgLlfs0DkTXKhcZr7P2P8GZ"
	    "Gie/AU9sX3",
	"{CRYPT}$6$0BjK2jq6MYw2ssxD$hibMFPHW7z0mgz9MsFu2LpS7xTjmOiDol3SKk5H97xa"
	    "tBCxs2W9siryUGu4OnaPOaAMfYLcLiyjVWiSw09/PT.",
	"{CRYPT}$2y$05$GLCkcUhT7cWqWyhqr1hbs.kzCF1hNvDBMTKwOiofCZBpMgia465vG",
	"{SSHA512}3Vcf0HpDHK9DTdAWOwkiyalxGEk41y6fjJ6fMw5IX+w2NexTWImfOVanu9fFZ"
	    "p8d4UOgq5jOm055V8ueVTRkRg0MnG8=",
#ifdef HAVE_SODIUM
	"{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$eSstuty9Tj+cDMZzxPozLA$i0FvDQ"
	    "3Eh/CMRH51uX2wEXH4p8ZXTA0To07dPS/LZo4",
#endif
};

/* Compiles one, and gives what auth-check would read. */
static void
compile_hash(const char *hash, struct str *stored)
{
	struct str row = {0};
	struct config config;
	struct slice found;

	str_addf(&row, "postmaster@local.test:%s\n", hash);
	control_write("secrets/passwd", str_c(&row));
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "passwd"), 0);
	ck_assert(config_password(&config, slice_of("postmaster@local.test"),
	    &found));
	str_set_slice(stored, found);
	config_close(&config);
	str_free(&row);
}

START_TEST(the_right_password_fits_and_no_other)
{
	struct str stored = {0};

	compile_hash(hashes[_i], &stored);
	ck_assert(password_fits(str_slice(&stored), slice_of("secret")));
	ck_assert(!password_fits(str_slice(&stored), slice_of("Secret")));
	ck_assert(!password_fits(str_slice(&stored), slice_of("secret ")));
	ck_assert(!password_fits(str_slice(&stored), slice_of("")));
	ck_assert(!password_fits(str_slice(&stored),
	    slice_make("secret\0x", 8)));
	str_free(&stored);
}
END_TEST

START_TEST(a_hash_changed_in_any_place_fits_nothing)
{
	struct str stored = {0};

	compile_hash(hashes[3], &stored);
	for (size_t i = 9; i < stored.len - 8; i++) {
		stored.s[i] ^= 1;
		ck_assert(!password_fits(str_slice(&stored),
		    slice_of("secret")));
		stored.s[i] ^= 1;
	}
	ck_assert(password_fits(str_slice(&stored), slice_of("secret")));
	str_free(&stored);
}
END_TEST

START_TEST(rubbish_fits_nothing)
{
	static const char *const rubbish[] = {"", "*", "!", "x", "$y$", "{",
		"{SSHA512}", "{SSHA512}=", "{SSHA512}====", "{SSHA512}A===",
		"{ARGON2ID}", "{ARGON2ID}$argon2id$", "{PLAIN}secret",
		"secret"};

	for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++) {
		ck_assert(!password_fits(slice_of(rubbish[i]), slice_of("")));
		ck_assert(!password_fits(slice_of(rubbish[i]),
		    slice_of("secret")));
	}
}
END_TEST

START_TEST(nothing_fits_the_dummy)
{
	struct str dummy = {0};

	ck_assert(password_dummy(&dummy));
	ck_assert(!password_fits(str_slice(&dummy),
	    slice_of("no password at all")));
	str_free(&dummy);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("password");

	tcase_add_checked_fixture(unit.cases, control_begin, NULL);
	tcase_set_timeout(unit.cases, 60);
	tcase_add_loop_test(unit.cases, the_right_password_fits_and_no_other,
	    0, sizeof hashes / sizeof *hashes);
	tcase_add_test(unit.cases, a_hash_changed_in_any_place_fits_nothing);
	tcase_add_test(unit.cases, rubbish_fits_nothing);
	tcase_add_test(unit.cases, nothing_fits_the_dummy);
	return unit_run(unit);
}
