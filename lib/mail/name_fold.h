/*
 * name_fold - what two spellings of a person's name have in common.
 *
 * Compatibility form and case folding (NFKC: width, ligatures, "ﬁ" = "fi",
 * full-width letters, half-width katakana); all blanks, quotes and characters
 * that are not seen go, and punctuation at the ends; "Last, First" is
 * "First Last".
 */
#ifndef MAIL_NAME_FOLD_H
#define MAIL_NAME_FOLD_H

#include "lib/base/str.h"

/* A longer name, in bytes, is nobody's. */
enum { NAME_FOLD_MAX = 512 };

/* Replaces *key by the canonical key of a name in UTF-8: equal keys, equal
 * names.  The key is UTF-8 without blanks and control characters, so it may
 * stand in a line.  False, and an empty key, where the name is no UTF-8, too
 * long, or nothing is left of it: such a name is nobody's. */
bool name_fold(struct str *key, struct slice name);

/* Replaces *key by text without case, width and blanks, for comparing.  What
 * is no UTF-8 gives an empty key. */
void text_fold(struct str *key, struct slice text);

#endif
