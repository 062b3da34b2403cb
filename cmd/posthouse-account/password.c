/* password - ask for one and hash it; see password.h. */
#include "cmd/posthouse-account/password.h"

#include "lib/base/die.h"

#include <crypt.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { PASSWORD_MAX = 500 }; /* crypt(3) takes 511 */

/* The carriage return of a file from elsewhere, or a key that a terminal made
 * nothing of, such as ^C: nobody could log in with it. */
static void
check_characters(const char *password)
{
	for (; *password; password++)
		if ((unsigned char)*password < ' ' || *password == 0x7f)
			die_perm("the password has a control character (%s), "
			    "nothing is changed", *password == '\r' ?
			    "a carriage return" : "perhaps a key like ^C");
}

/* A line into password, without its end.  False at the end of input. */
static bool
read_line(char password[PASSWORD_MAX + 2])
{
	size_t len;

	if (!fgets(password, PASSWORD_MAX + 2, stdin))
		return false;
	len = strlen(password);
	if (len > 0 && password[len - 1] == '\n')
		password[--len] = '\0';
	else if (len <= PASSWORD_MAX && !feof(stdin))
		die_perm("the password has a NUL byte, nothing is changed");
	if (len > PASSWORD_MAX)
		die_perm("the password is longer than %d bytes",
		    (int)PASSWORD_MAX);
	check_characters(password);
	return true;
}

/* Without echo, and without signals that would leave the terminal so. */
static bool
read_hidden(const char *prompt, char password[PASSWORD_MAX + 2])
{
	struct termios before, quiet;
	bool is_read;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		die_temp("cannot read from the terminal");
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) < 0)
		die_temp("cannot hide what is typed");
	fputs(prompt, stderr);
	is_read = read_line(password);
	if (tcsetattr(STDIN_FILENO, TCSANOW, &before) < 0)
		die_temp("cannot mend the terminal (stty sane does)");
	fputc('\n', stderr);
	return is_read;
}

static void
ask_twice(const char *address, char password[PASSWORD_MAX + 2])
{
	char again[PASSWORD_MAX + 2];
	struct str prompt = {0};
	bool is_same;

	str_addf(&prompt, "password of %s: ", address);
	if (!read_hidden(str_c(&prompt), password) ||
	    !read_hidden("once more: ", again))
		die_perm("no password was given");
	str_free(&prompt);
	is_same = !strcmp(password, again);
	explicit_bzero(again, sizeof again);
	if (!is_same)
		die_perm("the two passwords differ, nothing is changed");
}

void
password_ask(const char *address, struct str *hash)
{
	char password[PASSWORD_MAX + 2] = "";
	const char *setting, *result;

	if (isatty(STDIN_FILENO))
		ask_twice(address, password);
	else if (!read_line(password))
		die_perm("no password was given: standard input is empty");
	if (!password[0])
		die_perm("an empty password protects nothing, choose another");
	setting = crypt_gensalt("$y$", 0, NULL, 0);
	if (!setting)
		die_temp("cannot make a salt");
	result = crypt(password, setting);
	explicit_bzero(password, sizeof password);
	if (!result || result[0] == '*')
		die_temp("cannot hash the password");
	str_set(hash, "{CRYPT}");
	str_puts(hash, result);
}
