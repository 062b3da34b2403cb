/*
 * smtp_parameter - what follows the path of MAIL and RCPT: SIZE (RFC 1870),
 * BODY (6152), SMTPUTF8 (6531), RET ENVID NOTIFY ORCPT (3461), AUTH (4954).
 */
#ifndef MAIL_SMTP_PARAMETER_H
#define MAIL_SMTP_PARAMETER_H

#include "lib/mail/smtp_command.h"

/* Checks one KEY=VALUE (value.s is NULL when there is no "=") and keeps it in
 * its place in *command. */
enum smtp_fault smtp_mail_parameter(struct smtp_command *command,
    struct slice key, struct slice value);
enum smtp_fault smtp_rcpt_parameter(struct smtp_command *command,
    struct slice key, struct slice value, bool allow_utf8);

#endif
