/* hand_in - a spooled message to local-submit, for every recipient. */
#ifndef QMAIL_QUEUE_HAND_IN_H
#define QMAIL_QUEUE_HAND_IN_H

#include "cmd/qmail-queue/codes.h"
#include "cmd/qmail-queue/envelope.h"

/* Hands the message in file fd in: at once, or in parts where there are very
 * many recipients or each has a sender of its own. */
enum qmail_exit hand_in(int fd, const struct qmail_envelope *envelope);

#endif
