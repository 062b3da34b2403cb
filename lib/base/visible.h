/* visible - bytes of strangers on a terminal. */
#ifndef BASE_VISIBLE_H
#define BASE_VISIBLE_H

#include "lib/base/str.h"

#include <stdio.h>

/* Prints them: what could steer a terminal becomes \xNN, but for the ends of
 * lines and tabs. */
void put_visible(FILE *to, struct slice text);

#endif
