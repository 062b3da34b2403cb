/* die - the ways a program ends; see die.h. */
#include "lib/base/die.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *die_name = "posthouse";
void (*die_last_words)(void);

__attribute__((format(printf, 1, 0))) static void
say(const char *format, va_list args, const char *why)
{
	char line[1024];
	int at = snprintf(line, sizeof line, "%s: ", die_name);
	int room = (int)sizeof line - at;
	int n = vsnprintf(line + at, (size_t)room, format, args);

	at += n < room ? n : room - 1;
	room = (int)sizeof line - at;
	n = snprintf(line + at, (size_t)room, "%s%s\n", why ? ": " : "",
	    why ? why : "");
	at += n < room ? n : room - 1;
	line[at - 1] = '\n';
	if (write(STDERR_FILENO, line, (size_t)at) < 0)
		return; /* nobody listens; the exit code still speaks */
}

void
die_usage(const char *synopsis)
{
	fprintf(stderr, "usage: %s\n", synopsis);
	exit(EXIT_PERM);
}

void
die_help(const char *synopsis)
{
	printf("usage: %s\n", synopsis);
	exit(EXIT_DONE);
}

void
die_of_arguments(int argc, char *const argv[], const char *synopsis)
{
	if (argc == 2 && !strcmp(argv[1], "--help"))
		die_help(synopsis);
	if (argc != 1)
		die_usage(synopsis);
}

void
die_perm(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, NULL);
	va_end(args);
	exit(EXIT_PERM);
}

void
die_temp(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	say(format, args, strerror(error));
	va_end(args);
	exit(EXIT_TEMP);
}

void
die_bug(const char *message)
{
	fprintf(stderr, "%s: bug: %s\n", die_name, message);
	_exit(EXIT_BUG);
}

void
die_nomem(void)
{
	static const char words[] = ": out of memory\n";

	if (write(STDERR_FILENO, die_name, strlen(die_name)) < 0 ||
	    write(STDERR_FILENO, words, sizeof words - 1) < 0)
		_exit(EXIT_TEMP);
	if (die_last_words)
		die_last_words();
	_exit(EXIT_TEMP);
}
