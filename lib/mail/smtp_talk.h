/* smtp_talk - commands and replies, for smtp_client's own files. */
#ifndef MAIL_SMTP_TALK_H
#define MAIL_SMTP_TALK_H

#include "lib/mail/smtp_client.h"

/* RFC 5321 4.5.3.2, in milliseconds. */
enum {
	SMTP_WAIT_COMMAND = 5 * 60 * 1000, /* greeting, EHLO, MAIL, RCPT */
	SMTP_WAIT_DATA = 2 * 60 * 1000,
	SMTP_WAIT_BLOCK = 3 * 60 * 1000,
	SMTP_WAIT_END = 10 * 60 * 1000
};

/* All that follows within ms, or timeout_ms if that is less. */
void smtp_talk_deadline(struct smtp_client *client, uint64_t ms);

/* Takes a whole reply into client->reply; a 421 sets is_over.  False when
 * the connection is lost: why says so, naming what ("MAIL"). */
bool smtp_talk_hear(struct smtp_client *client, const char *what);

/* Sends what is in the stream's buffer.  False: lost. */
bool smtp_talk_flush(struct smtp_client *client, const char *what);

/* From now on the connection is lost, for that reason. */
void smtp_talk_lost(struct smtp_client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
