/* say - a line for each step; see detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "lib/base/clock.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_MAX_BYTES = 2048 };

__attribute__((format(printf, 1, 0))) static void
print(const char *format, va_list arguments)
{
	char text[LINE_MAX_BYTES];

	vsnprintf(text, sizeof text, format, arguments);
	/* a server's words must not steer a terminal */
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	puts(text);
}

void
say_server(struct probe *probe)
{
	struct str url = {0};

	isp_url_write(&url, probe->protocol, probe->server);
	if (!probe->is_silent)
		puts(str_c(&url));
	str_free(&url);
	probe->at_ms = clock_mono_ms();
}

/* The time since the step before. */
static void
begin(struct probe *probe, const char *word, const char *step)
{
	uint64_t now_ms = clock_mono_ms();

	printf("  %-6s %-13s %5u ms  ", word, step,
	    (unsigned)(now_ms - probe->at_ms));
	probe->at_ms = now_ms;
}

void
say_ok(struct probe *probe, const char *step, const char *format, ...)
{
	va_list arguments;

	if (probe->is_silent)
		return;
	begin(probe, "ok", step);
	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
}

void
say_fault(struct probe *probe, const char *step, const char *format, ...)
{
	va_list arguments;

	if (probe->is_silent)
		return;
	begin(probe, "fault", step);
	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
}

void
say_note(const char *format, ...)
{
	va_list arguments;

	printf("  note   ");
	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
}

void
say_try(const char *format, ...)
{
	va_list arguments;

	printf("  try    ");
	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
}
