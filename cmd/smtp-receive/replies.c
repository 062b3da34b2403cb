/* replies - every reply of smtp-receive with its codes; see replies.h. */
#include "cmd/smtp-receive/replies.h"

enum { REPLY_LINE_MAX = 512 }; /* RFC 5321 4.5.3.1.5, with CRLF */

static const struct reply_text replies[] = {
	[REPLY_QUIT] = {221, "2.0.0", "goodbye"},
	[REPLY_HELP] = {214, "2.0.0", "questions: write to postmaster; "
	    "commands: EHLO HELO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT"},
	[REPLY_OK] = {250, "2.0.0", "ok"},
	[REPLY_SENDER_OK] = {250, "2.1.0", "ok"},
	[REPLY_RCPT_OK] = {250, "2.1.5", "ok"},
	[REPLY_ACCEPTED] = {250, "2.0.0", "ok"},
	[REPLY_VRFY] = {252, "2.0.0", "send some mail, RCPT will tell"},
	[REPLY_LOGGED_IN] = {235, "2.7.0", "welcome"},
	[REPLY_START_TLS] = {220, "2.0.0", "ready for TLS"},
	[REPLY_ASK_RESPONSE] = {334, NULL, ""},
	[REPLY_ASK_NAME] = {334, NULL, "VXNlcm5hbWU6"}, /* "Username:" */
	[REPLY_ASK_PASSWORD] = {334, NULL, "UGFzc3dvcmQ6"}, /* "Password:" */
	[REPLY_GO_AHEAD] = {354, NULL, "go ahead, end with <CRLF>.<CRLF>"},

	[REPLY_SHUTDOWN] = {421, "4.3.2", "going down, try again later"},
	[REPLY_NO_MEMORY] = {421, "4.3.0", "out of memory, try again later"},
	[REPLY_TOO_MANY_SESSIONS] = {421, "4.3.2",
	    "too many connections, try again later"},
	[REPLY_TOO_MANY_FROM_HERE] = {421, "4.7.0",
	    "too many connections from your address"},
	[REPLY_TIMEOUT] = {421, "4.4.2", "you took too long"},
	[REPLY_TOO_MANY_ERRORS] = {421, "4.7.0", "too many errors"},
	[REPLY_TOO_MUCH_TALK] = {421, "4.7.0",
	    "too many commands without a message"},
	[REPLY_LOGIN_TOO_OLD] = {421, "4.7.0",
	    "your login is too old, log in again"},

	[REPLY_LOCAL_ERROR] = {451, "4.3.0",
	    "trouble on this side, try again later"},
	[REPLY_DISK_FULL] = {452, "4.3.1", "no room for mail now"},
	[REPLY_OVER_QUOTA] = {452, "4.2.2", "the mailbox is full"},
	[REPLY_TOO_MANY_RCPTS] = {452, "4.5.3",
	    "enough recipients for this message, send the others again"},
	[REPLY_OVER_RATE] = {450, "4.7.1", "this account has sent all that it "
	    "may in an hour, try again later"},
	[REPLY_NO_ETRN_NOW] = {458, "4.3.0",
	    "no mail can be sent for this name now, try again later"},
	/* the same for what we do not know and for what others have */
	[REPLY_ETRN_NOT_ALLOWED] = {459, "4.7.1",
	    "you may not ask for mail of this name"},
	[REPLY_NO_TLS_NOW] = {454, "4.7.0",
	    "no TLS is possible now, try again later"},
	[REPLY_NO_LOGIN_NOW] = {454, "4.7.0",
	    "no login is possible now, try again later"},

	[REPLY_UNKNOWN_COMMAND] = {500, "5.5.1", "unknown command"},
	[REPLY_LINE_TOO_LONG] = {500, "5.5.2", "line too long"},
	[REPLY_NUL] = {500, "5.5.2", "NUL in a command"},
	[REPLY_BARE_LF_COMMAND] = {500, "5.5.2",
	    "bare LF: lines end with CRLF"},
	[REPLY_BARE_CR_COMMAND] = {500, "5.5.2",
	    "bare CR: lines end with CRLF"},
	[REPLY_FOREIGN] = {500, "5.5.1", "this is SMTP, goodbye"},
	[REPLY_BAD_SYNTAX] = {501, "5.5.4", "syntax error in arguments"},
	[REPLY_BAD_PARAMETER] = {501, "5.5.4", "bad value of a parameter"},
	[REPLY_UNKNOWN_PARAMETER] = {555, "5.5.4", "unknown parameter"},
	[REPLY_BAD_SENDER] = {501, "5.1.7", "malformed sender address"},
	[REPLY_BAD_RCPT] = {501, "5.1.3", "malformed recipient address"},
	[REPLY_SENDER_UTF8] = {553, "5.6.7",
	    "a non-ASCII sender needs SMTPUTF8"},
	[REPLY_RCPT_UTF8] = {553, "5.6.7",
	    "a non-ASCII recipient needs SMTPUTF8"},
	[REPLY_NOT_OFFERED] = {502, "5.5.1", "not offered here"},
	[REPLY_EHLO_FIRST] = {503, "5.5.1", "EHLO first"},
	[REPLY_NESTED_MAIL] = {503, "5.5.1", "one MAIL per message"},
	[REPLY_MAIL_FIRST] = {503, "5.5.1", "MAIL first"},
	[REPLY_RCPT_FIRST] = {503, "5.5.1", "RCPT first"},
	[REPLY_NO_VALID_RCPT] = {554, "5.5.1", "no valid recipients"},
	[REPLY_ETRN_SYNTAX] = {500, "5.5.4",
	    "ETRN and one name: ETRN example.org, @example.org or #queue"},
	[REPLY_ETRN_BAD_NAME] = {501, "5.5.4",
	    "that is no name of a domain or queue"},
	[REPLY_ETRN_IN_MAIL] = {503, "5.5.1",
	    "no ETRN in the middle of a message"},
	[REPLY_DENIED_QUIT] = {503, "5.7.1", "you may only QUIT"},

	[REPLY_AFTER_STARTTLS] = {554, "5.5.1",
	    "nothing may follow STARTTLS before its reply"},
	[REPLY_TLS_ALREADY] = {503, "5.5.1", "this is TLS already"},
	[REPLY_NEEDS_TLS] = {538, "5.7.11",
	    "a login needs TLS: STARTTLS first"},
	[REPLY_NEEDS_LOGIN] = {530, "5.7.0", "log in first (AUTH)"},
	[REPLY_LOGIN_ALREADY] = {503, "5.5.1", "you are logged in already"},
	[REPLY_LOGIN_IN_MAIL] = {503, "5.5.1",
	    "no login in the middle of a message"},
	[REPLY_LOGIN_RUBBISH] = {501, "5.5.2", "this is no answer to AUTH"},
	[REPLY_LOGIN_CANCELLED] = {501, "5.7.0", "cancelled"},
	[REPLY_LOGIN_TOO_LONG] = {500, "5.5.6", "line too long"},
	[REPLY_LOGIN_UNKNOWN] = {504, "5.5.4",
	    "unknown mechanism: PLAIN or LOGIN"},
	[REPLY_LOGIN_WRONG] = {535, "5.7.8", "wrong name or password"},
	[REPLY_SENDER_NOT_OWN] = {553, "5.7.1", "you may write as yourself and "
	    "as your aliases, but not as"},

	[REPLY_DENIED] = {554, "5.7.1",
	    "mail from your address is not accepted here"},
	[REPLY_NO_RELAY] = {554, "5.7.1",
	    "your address may not relay here"},
	[REPLY_TOO_BIG] = {552, "5.3.4", "the message is too big, the limit "
	    "in bytes is"},
	[REPLY_TOO_BIG_OUTSIDE] = {552, "5.3.4", "the message is too big for "
	    "the provider by whom it would leave, whose limit in bytes is"},
	[REPLY_NOT_AT_ISP] = {550, "5.1.1", "no such user here, nor at the "
	    "provider, as it said a while ago"},
	[REPLY_TEXT_LINE_TOO_LONG] = {550, "5.6.0",
	    "a line of the message is longer than 65536 bytes"},
	[REPLY_BARE_CR] = {550, "5.5.2",
	    "bare CR in the message: lines end with CRLF"},
	[REPLY_BARE_LF] = {550, "5.5.2",
	    "bare LF in the message: lines end with CRLF"},
	[REPLY_LOOP] = {554, "5.4.6", "the message is looping: too many "
	    "Received lines"},
	[REPLY_HEADER_TOO_LONG] = {552, "5.3.4",
	    "the message's header is longer than 262144 bytes"},
	[REPLY_FROM_BAD] = {550, "5.6.0", "the From line cannot be understood, "
	    "write From: \"Name\" <address>"},
	[REPLY_FROM_NOT_OWN] = {550, "5.7.1", "the From line may name you and "
	    "your aliases, but not"},
};

const struct reply_text *
reply_text(enum reply reply)
{
	return &replies[reply];
}

static void
add_words(struct str *out, const char *words, size_t end)
{
	for (; *words && out->len < end; words++) {
		unsigned char c = (unsigned char)*words;

		str_putc(out, c < ' ' || c >= 127 ? '?' : *words);
	}
}

void
reply_add_text(struct str *out, const struct reply_text *reply,
    const char *detail)
{
	size_t end = out->len + REPLY_LINE_MAX - 2;

	str_add_u64(out, (uint64_t)reply->code);
	str_putc(out, ' ');
	if (reply->enhanced) {
		str_puts(out, reply->enhanced);
		str_putc(out, ' ');
	}
	add_words(out, reply->text, end);
	if (detail) {
		add_words(out, " ", end);
		add_words(out, detail, end);
	}
	str_puts(out, "\r\n");
}

void
reply_add(struct str *out, enum reply reply, const char *detail)
{
	reply_add_text(out, &replies[reply], detail);
}
