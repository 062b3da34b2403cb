/* rcpts - recipients from the header, and from arguments. */
#ifndef SENDMAIL_RCPTS_H
#define SENDMAIL_RCPTS_H

#include "lib/base/str.h"

/* Adds the addresses of To, Cc and Bcc; of the Resent- ones instead, when
 * there are any. */
void rcpts_of_header(struct strs *to, struct slice header);

/* Adds the addresses of a list as it would stand in To. */
void rcpts_of_list(struct strs *to, struct slice list);

#endif
