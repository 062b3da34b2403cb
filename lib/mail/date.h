/* date - the date-time of RFC 5322 3.3. */
#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include "lib/base/str.h"

/* "Sat, 21 Nov 2026 22:18:00 +0000" for microseconds since 1970; always UTC,
 * so that no time zone file is read inside a confinement. */
void date_add(struct str *to, uint64_t wall_us);

#endif
