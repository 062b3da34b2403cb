/* smtp_outcome - what became of recipients, for smtp_client's own files. */
#ifndef MAIL_SMTP_OUTCOME_H
#define MAIL_SMTP_OUTCOME_H

#include "lib/mail/smtp_client.h"

struct smtp_content;

/* The server's word: 4xx later, 5xx failed, 2xx done (or passed). */
void smtp_outcome_theirs(struct smtp_outcome *outcome,
    const struct smtp_reply *reply, bool has_dsn);

/* Our own. */
void smtp_outcome_ours(struct smtp_outcome *outcome,
    enum job_verdict verdict, int code, const char *enhanced,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Fails those recipients (perhaps all) that this server cannot be sent this
 * letter for: its size, 8-bit bytes, addresses that are not ASCII. */
void smtp_outcome_impossible(const struct smtp_client *client,
    struct smtp_letter *letter, const struct smtp_content *content);

/* Does the letter as it goes to this server need SMTPUTF8? */
bool smtp_needs_utf8(const struct smtp_letter *letter,
    const struct smtp_content *content);

/* Appends an address as it goes out: a domain that is not ASCII as A-labels
 * where that alone makes the address ASCII. */
void smtp_put_address(struct str *to, struct slice address);

#endif
