/*
 * test_share_names - hundreds of address headers, and whom they name.
 *
 * tests/scenario/share-names/corpus.txt is read by an independent parser, too,
 * in tests/scenario/share-names/run.
 */
/* links: cmd/share-sort/who.c cmd/share-sort/named.c cmd/share-sort/thread.c cmd/share-sort/subject.c */
#include "cmd/share-sort/who.h"

#include "lib/base/hex.h"
#include "lib/base/io.h"
#include "lib/mail/address.h"
#include "lib/mail/name_fold.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static struct corpus {
	struct strs shared;
	struct strs keys, accounts; /* one of each for every name */
	struct strs lines;
} corpus;
static struct charsets charsets;

static bool
is_shared(void *context, struct slice address)
{
	struct str plain = {0};
	bool is_found = false;

	(void)context;
	if (address_normalize(&plain, address, true) == 0)
		for (size_t i = 0; i < corpus.shared.len; i++)
			if (!strcmp(str_c(&plain), str_c(&corpus.shared.v[i])))
				is_found = true;
	str_free(&plain);
	return is_found;
}

static bool
by_tag(void *context, struct slice address, struct str *account)
{
	(void)context, (void)address, (void)account;
	return false;
}

static bool
by_name(void *context, struct slice folded, struct str *account)
{
	(void)context;
	for (size_t i = 0; i < corpus.keys.len; i++)
		if (slice_eq(folded, str_slice(&corpus.keys.v[i]))) {
			str_set(account, str_c(&corpus.accounts.v[i]));
			return true;
		}
	return false;
}

static bool
by_id(void *context, struct slice id, bool is_assigned,
    struct who_trace *trace)
{
	(void)context, (void)id, (void)is_assigned, (void)trace;
	return false;
}

static void
add_staff(struct slice line)
{
	struct slice account = slice_cut(&line, ' ');
	struct str key = {0};

	while (line.s) {
		(void)name_fold(&key, slice_cut(&line, '|'));
		strs_add(&corpus.keys, str_slice(&key));
		strs_add(&corpus.accounts, account);
	}
	str_free(&key);
}

static void
read_corpus(void)
{
	struct str text = {0};
	struct slice rest;

	if (read_file(AT_FDCWD, "tests/scenario/share-names/corpus.txt",
	    &text, 1 << 20) < 0) {
		perror("tests/scenario/share-names/corpus.txt");
		exit(EXIT_FAILURE);
	}
	rest = str_slice(&text);
	while (rest.len) {
		struct slice line = slice_cut(&rest, '\n');

		if (slice_starts(line, "shared "))
			strs_add(&corpus.shared, slice_make(line.s + 7,
			    line.len - 7));
		else if (slice_starts(line, "staff "))
			add_staff(slice_make(line.s + 6, line.len - 6));
		else if (!slice_starts(line, "#"))
			strs_add(&corpus.lines, line);
	}
	str_free(&text);
}

static void
unescape(struct str *to, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.s[i];

		if (c != '\\') {
			str_putc(to, c);
			continue;
		}
		c = text.s[++i];
		if (c == 'x') {
			ck_assert(hex_decode(to,
			    slice_make(text.s + i + 1, 2)));
			i += 2;
		} else {
			str_putc(to, c == 'n' ? '\n' : c == 't' ? '\t' : c);
		}
	}
}

static int
compare(const void *a, const void *b)
{
	return strcmp(str_c(a), str_c(b));
}

/* As in the corpus. */
static void
add_accounts(struct str *to, struct who *who)
{
	if (!who->accounts.len)
		str_putc(to, '-');
	else
		qsort(who->accounts.v, who->accounts.len,
		    sizeof *who->accounts.v, compare);
	for (size_t i = 0; i < who->accounts.len; i++)
		str_addf(to, "%s%s", i ? "," : "",
		    str_c(&who->accounts.v[i]));
}

START_TEST(names_whom_it_should)
{
	struct slice field = str_slice(&corpus.lines.v[_i]);
	struct slice wanted = slice_cut(&field, '\t');
	struct who_house house = {NULL, &charsets, is_shared, by_tag, by_name,
		by_id};
	struct who_letter letter = {0};
	struct str header = {0}, found = {0};
	struct who who = {0};

	unescape(&header, field);
	str_puts(&header, "\n\n");
	letter.header = str_slice(&header);
	who_decide(&house, &letter, &who);
	add_accounts(&found, &who);
	ck_assert_msg(slice_eq(str_slice(&found), wanted), "%s, not %s",
	    str_c(&found), str_c(&corpus.lines.v[_i]));
	ck_assert(who.by == (who.accounts.len ? WHO_NAME : WHO_UNNAMED));
	who_free(&who);
	str_free(&header);
	str_free(&found);
}
END_TEST

START_TEST(is_a_corpus_of_300_at_least)
{
	ck_assert_uint_ge(corpus.lines.len, 300);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("share_names");

	read_corpus();
	if (charsets_open(&charsets) < 0)
		return EXIT_FAILURE;
	tcase_set_timeout(unit.cases, 60);
	tcase_add_test(unit.cases, is_a_corpus_of_300_at_least);
	tcase_add_loop_test(unit.cases, names_whom_it_should, 0,
	    (int)corpus.lines.len);
	return unit_run(unit);
}
