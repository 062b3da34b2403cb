/* commands - add, passwd, list, remove; see commands.h. */
#include "cmd/posthouse-account/commands.h"

#include "cmd/posthouse-account/password.h"
#include "control/edit.h"
#include "control/name_map.h"
#include "control/table.h"
#include "lib/base/die.h"
#include "lib/mail/address.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static const char accounts_file[] = "control/accounts";
static const char passwd_file[] = "control/secrets/passwd";

static void
normal_address(struct str *to, const char *text)
{
	if (address_normalize(to, slice_of(text), true) < 0)
		die_perm("\"%s\" is no address, write one like "
		    "user@example.org", text);
}

/* Both tables, as they are. */
static void
open_tables(struct edit *accounts, struct edit *passwd)
{
	edit_open(accounts, accounts_file, 0644);
	edit_open(passwd, passwd_file, 0600);
}

/* Puts the changed tables in force, or back: all or nothing. */
static int
put_in_force(struct edit *accounts, struct edit *passwd)
{
	struct edit *const edits[] = {accounts, passwd};
	int status = edit_put_in_force(edits, 2);

	edit_free(accounts);
	edit_free(passwd);
	return status;
}

/* A word of the command line as a word of a table. */
static void
add_word(struct str *row, const char *word)
{
	struct slice rest = slice_of(word), key, value;
	bool is_plain = rest.len && slice_find(rest, ' ') == rest.len &&
	    slice_find(rest, '\t') == rest.len &&
	    slice_find(rest, '"') == rest.len;

	if (row->len)
		str_putc(row, ' ');
	if (!is_plain && table_option(rest, &key, &value)) {
		str_add_slice(row, key);
		str_putc(row, '=');
		rest = value;
	}
	if (is_plain)
		str_add_slice(row, rest);
	else
		str_add_quoted(row, rest);
}

/* "--name VALUE" and "--name=VALUE" are as good as "name=VALUE". */
static void
take_word(struct str *option, int argc, char *argv[], int *at)
{
	const char *word = argv[(*at)++];
	bool is_long = slice_starts(slice_of(word), "--");

	str_set(option, is_long ? word + 2 : word);
	if (!is_long || slice_find(str_slice(option), '=') < option->len)
		return;
	if (*at == argc)
		die_perm("%s has no value, write %s VALUE", word, word);
	str_addf(option, "=%s", argv[(*at)++]);
}

static void
make_row(struct str *row, const struct str *address, int argc, char *argv[])
{
	struct str role = {0}, options = {0}, word = {0};
	struct slice key, value;
	int at = 1;

	str_set(&role, "user");
	if (argc > 1 && argv[1][0] != '-' &&
	    !table_option(slice_of(argv[1]), &key, &value))
		str_set(&role, argv[at++]);
	while (at < argc) {
		take_word(&word, argc, argv, &at);
		if (table_option(str_slice(&word), &key, &value) &&
		    slice_is(key, "role"))
			str_set_slice(&role, value);
		else
			add_word(&options, str_c(&word));
	}
	add_word(row, str_c(address));
	add_word(row, str_c(&role));
	if (options.len)
		str_addf(row, " %s", str_c(&options));
	str_free(&role);
	str_free(&options);
	str_free(&word);
	if (table_line_fault(str_slice(row)))
		die_perm("%s", table_line_fault(str_slice(row)));
}

int
account_add(int argc, char *argv[])
{
	struct edit accounts = {0}, passwd = {0};
	struct str address = {0}, row = {0};
	size_t line;
	int status;

	normal_address(&address, argv[0]);
	open_tables(&accounts, &passwd);
	line = edit_find(&accounts, str_slice(&address), ' ');
	if (line)
		die_perm("%s is in %s already, line %zu", str_c(&address),
		    accounts_file, line);
	make_row(&row, &address, argc, argv);
	edit_put(&accounts, 0, str_slice(&row));
	status = put_in_force(&accounts, &passwd);
	if (status == EXIT_DONE)
		printf("added %s; it has no password yet: "
		    "posthouse account passwd %s\n", str_c(&address),
		    str_c(&address));
	str_free(&address);
	str_free(&row);
	return status;
}

int
account_passwd(int argc, char *argv[])
{
	struct edit accounts = {0}, passwd = {0};
	struct str address = {0}, hash = {0}, line = {0};
	int status;

	(void)argc;
	normal_address(&address, argv[0]);
	open_tables(&accounts, &passwd);
	if (!edit_find(&accounts, str_slice(&address), ' '))
		die_perm("%s is not in %s: posthouse account add %s",
		    str_c(&address), accounts_file, str_c(&address));
	password_ask(str_c(&address), &hash);
	if (mkdir("control/secrets", 0700) < 0 && errno != EEXIST)
		die_temp("cannot make control/secrets");
	str_addf(&line, "%s:%s", str_c(&address), str_c(&hash));
	edit_put(&passwd, edit_find(&passwd, str_slice(&address), ':'),
	    str_slice(&line));
	status = put_in_force(&accounts, &passwd);
	str_free(&address);
	str_free(&hash);
	str_free(&line);
	return status;
}

int
account_remove(int argc, char *argv[])
{
	struct edit accounts = {0}, passwd = {0};
	struct str address = {0};
	size_t line;
	int status;

	(void)argc;
	normal_address(&address, argv[0]);
	open_tables(&accounts, &passwd);
	line = edit_find(&accounts, str_slice(&address), ' ');
	if (!line)
		die_perm("%s is not in %s", str_c(&address), accounts_file);
	edit_cut(&accounts, line);
	line = edit_find(&passwd, str_slice(&address), ':');
	if (line)
		edit_cut(&passwd, line);
	status = put_in_force(&accounts, &passwd);
	if (status == EXIT_DONE)
		printf("removed %s; its mail stays below mail/\n",
		    str_c(&address));
	str_free(&address);
	return status;
}

/* The addresses that have a password. */
static void
names_of(const struct edit *passwd, struct name_map *names)
{
	struct slice rest = str_slice(&passwd->text);
	struct str address = {0};

	while (rest.s && rest.len) {
		struct slice line = slice_cut(&rest, '\n');

		if (address_normalize(&address, slice_cut(&line, ':'),
		    true) == 0)
			name_map_add(names, str_slice(&address), 0);
	}
	str_free(&address);
}

static void
print_account(const struct strs *words, const struct name_map *passwords)
{
	struct str row = {0}, address = {0};

	for (size_t i = 0; i < words->len; i++)
		add_word(&row, str_c(&words->v[i]));
	address_normalize(&address, str_slice(&words->v[0]), true);
	printf("%s (%s)\n", str_c(&row),
	    name_map_find(passwords, str_slice(&address)) ? "password" :
	    "no password");
	str_free(&row);
	str_free(&address);
}

int
account_list(int argc, char *argv[])
{
	struct edit accounts = {0}, passwd = {0};
	struct name_map passwords = {0};
	struct strs words = {0};
	struct table table;
	const char *fault;
	enum table_result result;

	(void)argc;
	(void)argv;
	open_tables(&accounts, &passwd);
	names_of(&passwd, &passwords);
	table = (struct table){.rest = str_slice(&accounts.text)};
	while ((result = table_next(&table, &words, &fault)) != TABLE_END)
		if (result == TABLE_ROW)
			print_account(&words, &passwords);
	strs_free(&words);
	name_map_free(&passwords);
	edit_free(&accounts);
	edit_free(&passwd);
	return EXIT_DONE;
}
