/*
 * encoded_words - "=?charset?B?...?=" in a header, as text: RFC 2047, 2231.
 *
 * Hostile text, and broken mail programs: words stand inside of quotes and
 * without blanks between them, a character is split over two words, the
 * charset is not the one that is named.
 */
#ifndef MAIL_ENCODED_WORDS_H
#define MAIL_ENCODED_WORDS_H

#include "lib/mail/charset.h"

/* Appends text as UTF-8: encoded words decoded, those of one charset that
 * follow each other as one; other bytes as CHARSET_RAW says.  What is no
 * encoded word stays as it stands. */
void encoded_words_add(struct charsets *charsets, struct str *to,
    struct slice text);

/* Appends what encoded words say in ASCII, which most charsets share.  False:
 * text is not such words alone. */
bool encoded_words_ascii(struct str *to, struct slice text);

/* Appends a phrase (RFC 5322 3.2.5: words, quoted strings) or the inside of a
 * comment as UTF-8: without the quotes, backslashes and comments in it, then
 * as encoded_words_add. */
void phrase_add(struct charsets *charsets, struct str *to,
    struct slice phrase);
void comment_add(struct charsets *charsets, struct str *to,
    struct slice comment);

#endif
