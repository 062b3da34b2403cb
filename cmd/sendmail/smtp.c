/*
 * smtp - SMTP on standard input and output; see smtp.h.
 *
 * For mail readers that speak SMTP to a program.  The other side is the user
 * himself, so that there are no deadlines, and a LF alone ends a line as well.
 * Who may write what is judged at DATA, by local-submit.
 */
#include "cmd/sendmail/smtp.h"

#include "cmd/sendmail/input.h"
#include "lib/base/io.h"
#include "lib/mail/address.h"
#include "lib/mail/smtp_command.h"
#include "lib/mail/smtp_data.h"
#include "lib/mail/submit_wire.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct smtp {
	bool has_helo, is_in_mail, is_over;
	int status;
	struct str line, out;
	struct submit_request request;
	struct submit_client client;
	struct input input; /* the last: its buffer is not cleared */
};

static void
say(struct smtp *smtp, const char *text)
{
	str_puts(&smtp->out, text);
	str_puts(&smtp->out, "\r\n");
}

static void
reset(struct smtp *smtp)
{
	record_free(submit_request_fields, &smtp->request);
	smtp->is_in_mail = false;
}

/* ---- DATA ---- */

/* An answer of local-submit is one of SMTP. */
static void
say_answer(struct smtp *smtp, const struct submit_answer *answer)
{
	if (answer->code == SUBMIT_TAKEN)
		str_addf(&smtp->out, "250 2.0.0 ok %s\r\n",
		    str_c(&answer->text));
	else if (answer->code)
		str_addf(&smtp->out, "%u %s\r\n", (unsigned)answer->code,
		    str_c(&answer->text));
	else
		str_addf(&smtp->out, "451 4.3.0 local-submit: %s; is "
		    "posthouse up?\r\n", strerror(errno));
}

/* The next line, or what there is of it, with CRLF for a LF alone. */
static bool
next_piece(struct smtp *smtp, struct str *piece)
{
	bool has_cr = piece->len && piece->s[piece->len - 1] == '\r';
	struct slice unread;
	size_t lf;

	if (!input_fill(&smtp->input))
		return false;
	unread = input_unread(&smtp->input);
	lf = slice_find(unread, '\n');
	input_skip(&smtp->input, lf < unread.len ? lf + 1 : lf);
	str_set_slice(piece, slice_make(unread.s, lf));
	if (lf == unread.len)
		return true;
	if (lf ? unread.s[lf - 1] != '\r' : !has_cr)
		str_putc(piece, '\r');
	str_putc(piece, '\n');
	return true;
}

/* To the final dot; what is refused by then is read all the same. */
static enum smtp_data_result
send_text(struct smtp *smtp)
{
	enum smtp_data_result result = SMTP_DATA_MORE;
	struct smtp_data data = {0};
	struct str piece = {0}, text = {0};
	bool is_wanted = true;

	while (result == SMTP_DATA_MORE && next_piece(smtp, &piece)) {
		size_t used;

		str_clear(&text);
		str_reserve(&text, piece.len);
		result = smtp_data_decode(&data, str_slice(&piece), &used,
		    text.s, &text.len);
		is_wanted = is_wanted && submit_write(&smtp->client,
		    str_slice(&text)) == 0;
	}
	str_free(&piece);
	str_free(&text);
	return result;
}

static void
conclude(struct smtp *smtp, enum smtp_data_result result)
{
	struct submit_answer answer = {0};

	switch (result) {
	case SMTP_DATA_END:
		submit_finish(&smtp->client, &answer);
		say_answer(smtp, &answer);
		record_free(submit_answer_fields, &answer);
		return;
	case SMTP_DATA_MORE:
		smtp->status = EX_IOERR;
		break;
	case SMTP_DATA_BARE_CR:
	case SMTP_DATA_BARE_LF:
		say(smtp, "550 5.5.2 bare CR in the message");
		smtp->status = EX_DATAERR;
		break;
	}
	submit_close(&smtp->client);
	smtp->is_over = true;
}

static void
flush(struct smtp *smtp)
{
	if (smtp->out.len && write_all(STDOUT_FILENO, smtp->out.s,
		smtp->out.len) < 0) {
		smtp->status = EX_IOERR;
		smtp->is_over = true;
	}
	str_clear(&smtp->out);
}

static void
obey_data(struct smtp *smtp, const struct smtp_command *command)
{
	struct submit_answer answer = {0};

	(void)command;
	if (!smtp->request.rcpts.len) {
		say(smtp, "503 5.5.1 RCPT first");
		return;
	}
	if (submit_begin(&smtp->client, &smtp->request, &answer) == 0) {
		say(smtp, "354 go ahead, end with <CRLF>.<CRLF>");
		flush(smtp);
		conclude(smtp, send_text(smtp));
	} else {
		say_answer(smtp, &answer);
	}
	record_free(submit_answer_fields, &answer);
	reset(smtp);
}

/* ---- the other commands ---- */

static void
obey_helo(struct smtp *smtp, const struct smtp_command *command)
{
	reset(smtp);
	smtp->has_helo = true;
	say(smtp, command->verb == SMTP_HELO ? "250 localhost" :
	    "250-localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
	    "250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES");
}

static void
obey_mail(struct smtp *smtp, const struct smtp_command *command)
{
	if (!smtp->has_helo) {
		say(smtp, "503 5.5.1 EHLO first");
	} else if (smtp->is_in_mail) {
		say(smtp, "503 5.5.1 one MAIL per message");
	} else if (command->ret.len || command->envid.len) {
		say(smtp, "555 5.5.4 unknown parameter");
	} else {
		smtp->is_in_mail = true;
		smtp->request.has_sender = 1;
		str_set_slice(&smtp->request.sender, command->address);
		say(smtp, "250 2.1.0 ok");
	}
}

static void
obey_rcpt(struct smtp *smtp, const struct smtp_command *command)
{
	if (!smtp->is_in_mail) {
		say(smtp, "503 5.5.1 MAIL first");
	} else if (command->notify.len || command->orcpt.len) {
		say(smtp, "555 5.5.4 unknown parameter");
	} else if (smtp->request.rcpts.len == SUBMIT_RCPTS_MAX) {
		say(smtp, "452 4.5.3 enough recipients for this message");
	} else {
		strs_add(&smtp->request.rcpts, command->address);
		say(smtp, "250 2.1.5 ok");
	}
}

static void
obey_small(struct smtp *smtp, const struct smtp_command *command)
{
	switch (command->verb) {
	case SMTP_RSET:
		reset(smtp);
		say(smtp, "250 2.0.0 ok");
		return;
	case SMTP_NOOP:
		say(smtp, "250 2.0.0 ok");
		return;
	case SMTP_VRFY:
		say(smtp, "252 2.0.0 send some mail, DATA will tell");
		return;
	case SMTP_HELP:
		say(smtp, "214 2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY "
		    "HELP QUIT: RFC 5321");
		return;
	case SMTP_QUIT:
		say(smtp, "221 2.0.0 goodbye");
		smtp->is_over = true;
		return;
	default:
		say(smtp, "500 5.5.1 unknown command");
	}
}

/* "RCPT TO:<root>": a user of this host, whom local-submit completes. */
static bool
is_local_name(const struct smtp_command *command)
{
	struct str address = {0};
	bool is_name = slice_find(command->address, '@') ==
	    command->address.len;

	str_add_slice(&address, command->address);
	str_puts(&address, "@localhost");
	is_name = is_name && address_valid(str_slice(&address), true);
	str_free(&address);
	return is_name;
}

static void
obey(struct smtp *smtp, struct slice line)
{
	struct smtp_command command;
	enum smtp_fault fault = smtp_command_parse(line, true, &command);

	if (fault == SMTP_NEEDS_SMTPUTF8 ||
	    (fault == SMTP_BAD_ADDRESS && is_local_name(&command)))
		fault = SMTP_FINE;
	if (fault != SMTP_FINE)
		say(smtp, "501 5.5.4 syntax error in arguments");
	else if (command.verb == SMTP_EHLO || command.verb == SMTP_HELO)
		obey_helo(smtp, &command);
	else if (command.verb == SMTP_MAIL)
		obey_mail(smtp, &command);
	else if (command.verb == SMTP_RCPT)
		obey_rcpt(smtp, &command);
	else if (command.verb == SMTP_DATA)
		obey_data(smtp, &command);
	else
		obey_small(smtp, &command);
}

/* A line without its end; too long a one is cut, and makes no sense. */
static bool
read_line(struct smtp *smtp)
{
	struct slice unread;
	size_t lf;

	str_clear(&smtp->line);
	do {
		if (smtp->input.start == smtp->input.end)
			flush(smtp);
		if (!input_fill(&smtp->input))
			return false;
		unread = input_unread(&smtp->input);
		lf = slice_find(unread, '\n');
		if (smtp->line.len <= SMTP_LINE_MAX)
			str_add(&smtp->line, unread.s, lf);
		input_skip(&smtp->input, lf < unread.len ? lf + 1 : lf);
	} while (lf == unread.len);
	if (smtp->line.len && smtp->line.s[smtp->line.len - 1] == '\r')
		smtp->line.len--;
	return true;
}

int
smtp_serve(void)
{
	struct smtp smtp;

	memset(&smtp, 0, offsetof(struct smtp, client));
	smtp.input.fd = STDIN_FILENO;
	smtp.input.error = 0;
	smtp.input.start = smtp.input.end = 0;
	say(&smtp, "220 localhost ESMTP");
	while (!smtp.is_over && read_line(&smtp)) {
		if (smtp.line.len > SMTP_LINE_MAX)
			say(&smtp, "500 5.5.2 line too long");
		else
			obey(&smtp, str_slice(&smtp.line));
	}
	flush(&smtp);
	reset(&smtp);
	str_free(&smtp.line);
	str_free(&smtp.out);
	return smtp.status;
}
