/* say - what was found, a line each; see check.h. */
#include "cmd/posthouse-check/check.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 3, 0)))
static void
say(const char *word, const char *what, const char *format, va_list arguments)
{
	printf("%-8s %s: ", word, what);
	vprintf(format, arguments);
	putchar('\n');
}

void
say_ok(struct check *check, const char *what, const char *format, ...)
{
	va_list arguments;

	(void)check;
	va_start(arguments, format);
	say("ok", what, format, arguments);
	va_end(arguments);
}

void
say_fault(struct check *check, const char *what, const char *format, ...)
{
	va_list arguments;

	check->faults++;
	va_start(arguments, format);
	say("fault", what, format, arguments);
	va_end(arguments);
}

void
say_unknown(struct check *check, const char *what, const char *format, ...)
{
	va_list arguments;

	check->unknown++;
	va_start(arguments, format);
	say("unknown", what, format, arguments);
	va_end(arguments);
}

void
say_note(struct check *check, const char *what, const char *format, ...)
{
	va_list arguments;

	(void)check;
	va_start(arguments, format);
	say("note", what, format, arguments);
	va_end(arguments);
}

bool
leads_here(const struct check *check, const struct dns_addresses *addresses)
{
	for (size_t i = 0; i < addresses->len; i++)
		if (self_is_address(&check->self, &addresses->v[i]))
			return true;
	return false;
}
