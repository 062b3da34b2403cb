/* policy - may this be accepted?  The tables decide, not the conversation. */
#ifndef SMTP_RECEIVE_POLICY_H
#define SMTP_RECEIVE_POLICY_H

#include "cmd/smtp-receive/session.h"

/* Is there room on the disk?  Asks the kernel once a second at most. */
bool policy_has_room(struct session *session);

/* May the mail transaction have this recipient?  Answers (and logs) when it
 * may not. */
bool policy_recipient(struct session *session, struct slice recipient);

#endif
