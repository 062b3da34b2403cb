/*
 * charset - text of the charsets that mail is written in, as UTF-8.
 *
 * A fixed list, read wider than its names say where mail programs do so:
 * "gb2312" and "gbk" are GB18030, "shift_jis" is Windows' (CP932), "euc-kr"
 * is UHC, "iso-8859-1" is windows-1252.  Everything is opened at once, before
 * the program confines itself: the C library reads a file for each.
 */
#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H

#include "lib/base/str.h"

#include <iconv.h>

enum { CHARSETS = 31 };

/* Open until the program ends. */
struct charsets {
	iconv_t v[CHARSETS];
};

/* How a charset's bytes are read. */
enum { CHARSET_RAW = -1 };

/* 0, or -1 with errno: the C library lacks one. */
int charsets_open(struct charsets *charsets);

/* The number of a charset, by its name or one of its other names in any case.
 * CHARSET_RAW for UTF-8, US-ASCII and what is unknown. */
int charset_find(struct slice name);

/* Appends bytes as UTF-8.  What is none in this charset becomes U+FFFD.
 * CHARSET_RAW: ISO-2022-JP where it has that one's escapes (s-nail calls it
 * US-ASCII), else as it is where it is valid UTF-8, else GB18030. */
void charset_add(struct charsets *charsets, struct str *to, int charset,
    struct slice bytes);

#endif
