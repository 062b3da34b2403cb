/* display_name - a person's name before an address: RFC 5322 3.4, 2047. */
#ifndef MAIL_DISPLAY_NAME_H
#define MAIL_DISPLAY_NAME_H

#include "lib/base/str.h"

/* Appends "Name <address>": the name quoted where it needs quotes, in encoded
 * words where it is UTF-8, left out where it is neither ASCII nor UTF-8.
 * Control characters in it become blanks. */
void display_name_add(struct str *to, struct slice name,
    struct slice address);

#endif
