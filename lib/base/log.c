/* log - one line per event; see log.h. */
#include "lib/base/log.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CROWD_EVERY_MS = 1000 };

static uint64_t lost_lines;

/* Whole lines, not yet written. */
static struct str pending;
static uint64_t pending_lines;
static bool is_gathering;

void
log_open(void)
{
	int flags = fcntl(STDERR_FILENO, F_GETFL);

	if (flags >= 0)
		(void)fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK);
}

static bool
is_plain(struct slice value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.s[i];

		if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c >= 127)
			return false;
	}
	return value.len > 0;
}

static void
add_plain(struct str *to, struct slice value, size_t max)
{
	str_add(to, value.s, value.len < max ? value.len : max);
	if (value.len > max)
		str_puts(to, "...");
}

/* Of at most max bytes, or a few more. */
static void
escape(struct str *to, struct slice value, size_t max)
{
	size_t before = to->len;

	if (is_plain(value)) {
		add_plain(to, value, max);
		return;
	}
	str_putc(to, '"');
	while (value.len && to->len - before < max) {
		unsigned char c = (unsigned char)value.s[0];
		size_t len = utf8_length(value);

		if (c == '"' || c == '\\')
			str_putc(to, '\\');
		if (!len || utf8_is_control(value)) {
			str_addf(to, "\\x%02x", c);
			len = 1;
		} else {
			str_add(to, value.s, len);
		}
		value = slice_after(value, len);
	}
	str_puts(to, value.len ? "...\"" : "\"");
}

void
log_escape(struct str *to, struct slice value)
{
	escape(to, value, SIZE_MAX);
}

static void
end_line(struct str *line)
{
	if (line->len >= LOG_LINE_MAX) {
		line->len = LOG_LINE_MAX - 4;
		while (((unsigned char)line->s[line->len] & 0xc0) == 0x80)
			line->len--; /* never in the middle of a character */
		str_puts(line, "...");
	}
	str_putc(line, '\n');
}

static bool
put(const struct str *lines)
{
	return write(STDERR_FILENO, lines->s, lines->len) ==
	    (ssize_t)lines->len;
}

static void
tell_lost(void)
{
	struct str line = {0};

	str_addf(&line, "log_lost count=%llu\n",
	    (unsigned long long)lost_lines);
	if (put(&line))
		lost_lines = 0;
	str_free(&line);
}

void
log_flush(void)
{
	int error = errno;

	if (!pending_lines)
		return;
	if (lost_lines)
		tell_lost();
	if (!put(&pending))
		lost_lines += pending_lines;
	str_clear(&pending);
	pending_lines = 0;
	errno = error;
}

void
log_gather(void)
{
	is_gathering = true;
	atexit(log_flush);
}

static void
add_line(const struct str *line)
{
	if (pending.len + line->len > LOG_LINE_MAX)
		log_flush();
	str_add_slice(&pending, str_slice(line));
	pending_lines++;
	if (!is_gathering)
		log_flush();
}

void
log_event(const char *event, ...)
{
	int error = errno;
	struct str line = {0};
	const char *key, *value;
	va_list args;

	str_puts(&line, event);
	va_start(args, event);
	while ((key = va_arg(args, const char *))) {
		value = va_arg(args, const char *);
		if (!value)
			continue;
		str_putc(&line, ' ');
		str_puts(&line, key);
		str_putc(&line, '=');
		escape(&line, slice_of(value), LOG_VALUE_MAX);
	}
	va_end(args);
	end_line(&line);
	add_line(&line);
	str_free(&line);
	errno = error;
}

struct log_number
log_number(uint64_t n)
{
	struct log_number number;
	struct str digits = {0};

	str_add_u64(&digits, n);
	memcpy(number.s, str_c(&digits), digits.len + 1);
	str_free(&digits);
	return number;
}

struct log_number
log_delay(uint64_t since_us)
{
	struct log_number delay;
	uint64_t now_us = clock_wall_us();
	uint64_t ms = now_us > since_us ? (now_us - since_us) / 1000 : 0;

	snprintf(delay.s, sizeof delay.s, "%llu.%03llu",
	    (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000));
	return delay;
}

uint64_t
log_crowd(struct log_crowd *crowd, uint64_t now_ms)
{
	uint64_t count = ++crowd->count;

	if (crowd->logged_ms && now_ms - crowd->logged_ms < CROWD_EVERY_MS)
		return 0;
	crowd->count = 0;
	crowd->logged_ms = now_ms;
	return count;
}
