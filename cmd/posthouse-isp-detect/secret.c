/* secret - the password; see detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "control/table.h"
#include "lib/base/die.h"
#include "lib/base/io.h"
#include "lib/mail/address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SECRETS_BYTES_MAX = 16 * 1024 * 1024 };

static const char secrets_file[] = "control/secrets/isp";
static const char oauth2[] = "oauth2=";

/* The file that a helper keeps fresh holds the token in its first line. */
static void
read_token(struct detect *detect, const char *name)
{
	if (!*name || strchr(name, '/') || *name == '.')
		die_perm("%s: oauth2= names no file in state/oauth",
		    secrets_file);
	str_set(&detect->login.oauth2, name);
	if (isp_token(&detect->login, &detect->token) < 0)
		die_temp("cannot read the token in state/oauth/%s", name);
}

static void
take(struct detect *detect, const struct str *secret)
{
	if (slice_starts(str_slice(secret), oauth2))
		read_token(detect, str_c(secret) + sizeof oauth2 - 1);
	else
		str_set_slice(&detect->login.password, str_slice(secret));
}

static bool
is_of(const struct detect *detect, const struct strs *words)
{
	struct str normal = {0};
	bool is_it = words->len == 2 &&
	    address_normalize(&normal, str_slice(&words->v[0]), true) == 0 &&
	    slice_eq(str_slice(&normal),
		str_slice(&detect->login.address));

	str_free(&normal);
	return is_it;
}

static void
wipe(struct strs *words)
{
	for (size_t i = 0; i < words->len; i++)
		str_wipe(&words->v[i]);
	strs_free(words);
}

static bool
from_table(struct detect *detect)
{
	struct str text = {0};
	struct table table;
	struct strs words = {0};
	const char *fault;
	enum table_result result = TABLE_ROW;
	bool is_found = false;

	if (read_file(AT_FDCWD, secrets_file, &text, SECRETS_BYTES_MAX) < 0) {
		if (errno != ENOENT)
			die_temp("cannot read %s", secrets_file);
		return false;
	}
	table = (struct table){.rest = str_slice(&text)};
	while (!is_found && result != TABLE_END) {
		result = table_next(&table, &words, &fault);
		is_found = result == TABLE_ROW && is_of(detect, &words);
	}
	if (is_found)
		take(detect, &words.v[1]);
	wipe(&words);
	str_wipe(&text);
	return is_found;
}

static void
from_terminal(struct detect *detect)
{
	struct str prompt = {0};
	char *password;

	str_addf(&prompt, "password of %s: ", str_c(&detect->login.address));
	password = getpass(str_c(&prompt));
	str_free(&prompt);
	if (!password)
		return;
	str_set(&detect->login.password, password);
	explicit_bzero(password, strlen(password));
}

/* Unbuffered: no copy of it stays. */
static void
from_input(struct detect *detect)
{
	static char line[ISP_SECRET_MAX + 2];

	setvbuf(stdin, NULL, _IONBF, 0);
	if (!fgets(line, sizeof line, stdin))
		return;
	line[strcspn(line, "\n")] = '\0';
	str_set(&detect->login.password, line);
	explicit_bzero(line, sizeof line);
}

/* A line end in it would be another command. */
static bool
is_one_line(const struct str *text)
{
	for (size_t i = 0; i < text->len; i++)
		if ((unsigned char)text->s[i] < ' ')
			return false;
	return text->len <= ISP_SECRET_MAX;
}

void
secret_find(struct detect *detect)
{
	struct str *password = &detect->login.password;

	if (!from_table(detect)) {
		detect->is_secret_new = true;
		if (isatty(STDIN_FILENO))
			from_terminal(detect);
		else
			from_input(detect);
	}
	detect->has_secret = password->len || detect->token.len;
	if (!is_one_line(password))
		die_perm("the password is longer than %d bytes or holds a "
		    "control character", (int)ISP_SECRET_MAX);
}
