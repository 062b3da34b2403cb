/* pop3_talk - commands and answers, for pop3_client's own files. */
#ifndef MAIL_POP3_TALK_H
#define MAIL_POP3_TALK_H

#include "lib/mail/pop3_client.h"

/* Sends what is in the stream's buffer and hears the status line; with
 * challenge also "+", OK with *challenge.s set then, NULL otherwise. */
enum pop3_client_result pop3_talk_hear(struct pop3_client *client,
    struct slice *challenge);

/* From now on the connection is lost, for that reason. */
enum pop3_client_result pop3_talk_lost(struct pop3_client *client,
    const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
