/* smtp_reply - what a server answers; see smtp_reply.h. */
#include "lib/mail/smtp_reply.h"

#include "lib/base/utf8.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct slice
without_end(struct slice line)
{
	if (line.len && line.s[line.len - 1] == '\n')
		line.len--;
	while (line.len && line.s[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* "250-", "250 ", "250": the code, or -1.  Codes of 1xx are not SMTP's. */
static int
code_of(struct slice line)
{
	if (line.len < 3 || line.s[0] < '2' || line.s[0] > '5' ||
	    !is_digit(line.s[1]) || !is_digit(line.s[2]))
		return -1;
	if (line.len > 3 && line.s[3] != ' ' && line.s[3] != '-')
		return -1;
	return (line.s[0] - '0') * 100 + (line.s[1] - '0') * 10 +
	    (line.s[2] - '0');
}

/* How long the number at the start is: 1 to 3 digits; else 0. */
static size_t
number_length(struct slice text)
{
	size_t len = 0;

	while (len < text.len && is_digit(text.s[len]))
		len++;
	return len <= 3 ? len : 0;
}

/* The length of "5.1.1" at the start of text, if its class is that of the
 * code (RFC 2034 4) and a blank or nothing follows; else 0. */
static size_t
enhanced_length(struct slice text, int code)
{
	size_t len = 1;

	if (!text.len || text.s[0] - '0' != code / 100)
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t digits;

		if (len >= text.len || text.s[len] != '.')
			return 0;
		len++;
		digits = number_length(slice_after(text, len));
		if (!digits)
			return 0;
		len += digits;
	}
	return len == text.len || text.s[len] == ' ' ? len : 0;
}

/* RFC 2034: each line has the enhanced code; people want it once. */
static struct slice
take_enhanced(struct smtp_reply *reply, struct slice text, int code)
{
	size_t len = enhanced_length(text, code);

	if (!len || len >= sizeof reply->enhanced)
		return text;
	memcpy(reply->enhanced, text.s, len);
	reply->enhanced[len] = '\0';
	return slice_trim(slice_after(text, len));
}

/* For logs and reports: no control bytes, and only UTF-8. */
static void
add_clean(struct str *to, struct slice text)
{
	while (text.len && to->len < SMTP_REPLY_TEXT_MAX) {
		size_t len = utf8_length(text);

		if (!len)
			str_putc(to, '?');
		else if (ascii_is_control(text.s[0]))
			str_putc(to, ' ');
		else
			str_add(to, text.s, len);
		len += !len;
		text = slice_after(text, len);
	}
}

enum smtp_reply_result
smtp_reply_line(struct smtp_reply *reply, struct slice line)
{
	int code;
	bool is_last;

	line = without_end(line);
	code = code_of(line);
	if (code < 0 || reply->lines == SMTP_REPLY_LINES_MAX)
		return SMTP_REPLY_BAD;
	is_last = line.len < 4 || line.s[3] != '-';
	line = line.len < 4 ? slice_of("") : slice_after(line, 4);
	/* a class that changes on the way: what the last line says fits */
	if (reply->enhanced[0] && reply->enhanced[0] - '0' != code / 100)
		reply->enhanced[0] = '\0';
	line = take_enhanced(reply, line, code);
	if (reply->lines && reply->text.len < SMTP_REPLY_TEXT_MAX)
		str_putc(&reply->text, '\n');
	add_clean(&reply->text, line);
	reply->code = code;
	reply->lines++;
	return is_last ? SMTP_REPLY_WHOLE : SMTP_REPLY_MORE;
}

void
smtp_reply_clear(struct smtp_reply *reply)
{
	reply->code = 0;
	reply->enhanced[0] = '\0';
	reply->lines = 0;
	str_clear(&reply->text);
}

void
smtp_reply_free(struct smtp_reply *reply)
{
	str_free(&reply->text);
	smtp_reply_clear(reply);
}

void
smtp_reply_words(struct str *to, const struct smtp_reply *reply)
{
	for (size_t i = 0; i < reply->text.len; i++) {
		char c = reply->text.s[i];

		str_putc(to, c == '\n' ? ' ' : c);
	}
}

/* ---- what a server can do ---- */

static struct slice
next_word(struct slice *rest)
{
	struct slice word = {0};

	while (rest->len && !word.len)
		word = slice_cut(rest, ' ');
	return word;
}

static void
take_size(struct slice rest, struct smtp_capabilities *can)
{
	uint64_t size = 0;

	can->has_size = true;
	if (slice_u64(next_word(&rest), UINT64_MAX, &size))
		can->size_max = size;
}

static const struct {
	const char *name;
	unsigned bit;
} mechanisms[] = {
	{"PLAIN", SMTP_AUTH_PLAIN},
	{"LOGIN", SMTP_AUTH_LOGIN},
	{"CRAM-MD5", SMTP_AUTH_CRAM_MD5},
	{"SCRAM-SHA-1", SMTP_AUTH_SCRAM_SHA_1},
	{"SCRAM-SHA-256", SMTP_AUTH_SCRAM_SHA_256},
	{"XOAUTH2", SMTP_AUTH_XOAUTH2},
	{"OAUTHBEARER", SMTP_AUTH_OAUTHBEARER},
};
enum { MECHANISMS = sizeof mechanisms / sizeof *mechanisms };

void
smtp_auth_names(struct str *to, unsigned auth)
{
	for (size_t i = 0; i < MECHANISMS; i++)
		if (auth & mechanisms[i].bit)
			str_addf(to, "%s%s", to->len ? " " : "",
			    mechanisms[i].name);
}

static void
take_auth(struct slice rest, struct smtp_capabilities *can)
{
	while (rest.len) {
		struct slice word = next_word(&rest);

		for (size_t i = 0; i < MECHANISMS; i++)
			if (slice_ieq(word, slice_of(mechanisms[i].name)))
				can->auth |= mechanisms[i].bit;
	}
}

/* RFC 9422: "LIMITS RCPTMAX=20 MAILMAX=5". */
static void
take_limits(struct slice rest, struct smtp_capabilities *can)
{
	while (rest.len) {
		struct slice word = next_word(&rest);
		struct slice name = slice_cut(&word, '=');
		uint64_t limit = 0;

		if (!slice_u64(word, 999999, &limit))
			continue;
		if (slice_ieq(name, slice_of("RCPTMAX")))
			can->rcpt_max = limit;
		if (slice_ieq(name, slice_of("MAILMAX")))
			can->mail_max = limit;
	}
}

static void
take_capability(struct slice line, struct smtp_capabilities *can)
{
	struct slice keyword = next_word(&line);
	const struct {
		const char *name;
		bool *has;
	} plain[] = {
		{"PIPELINING", &can->has_pipelining},
		{"8BITMIME", &can->has_8bitmime},
		{"SMTPUTF8", &can->has_smtputf8},
		{"DSN", &can->has_dsn},
		{"STARTTLS", &can->has_starttls},
	};

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (slice_ieq(keyword, slice_of(plain[i].name)))
			*plain[i].has = true;
	if (slice_ieq(keyword, slice_of("SIZE")))
		take_size(line, can);
	else if (slice_ieq(keyword, slice_of("AUTH")))
		take_auth(line, can);
	else if (slice_istarts(keyword, "AUTH=")) { /* before RFC 2554 */
		take_auth(slice_after(keyword, strlen("AUTH=")), can);
		take_auth(line, can);
	} else if (slice_ieq(keyword, slice_of("LIMITS")))
		take_limits(line, can);
}

void
smtp_capabilities_parse(struct slice text,
    struct smtp_capabilities *capabilities)
{
	*capabilities = (struct smtp_capabilities){0};
	(void)slice_cut(&text, '\n');
	while (text.len)
		take_capability(slice_cut(&text, '\n'), capabilities);
}
