/*
 * table - the grammar of the control tables.
 *
 * A table is UTF-8 text.  A row is a line of words separated by blanks or
 * tabs; a word that begins with "#" starts a comment; an empty line is none.
 * A word, or what follows the "=" of a word, may stand in double quotes and
 * then hold blanks; in quotes \" is a quote and \\ a backslash.
 */
#ifndef CONTROL_TABLE_H
#define CONTROL_TABLE_H

#include "lib/base/str.h"

enum { TABLE_LINE_MAX = 64 * 1024 }; /* bytes, the newline not counted */

/* Where a reading of a table stands; begin with {.rest = text}. */
struct table {
	struct slice rest;
	size_t line; /* of the row last read; the first is 1 */
};

enum table_result {
	TABLE_ROW,
	TABLE_FAULT, /* this line is no row; the next may be read */
	TABLE_MARKED, /* a fault, too, but what the line says is known: an
	               * editor of another system wrote it */
	TABLE_END
};

/* Reads the next row: its words, without quotes and comments.  With a fault
 * *fault says what is wrong and what to do (a constant). */
enum table_result table_next(struct table *table, struct strs *words,
    const char **fault);

/* What is wrong with the bytes of a line (its length, NULs, controls, UTF-8),
 * or NULL. */
const char *table_line_fault(struct slice line);

/* Splits "key=value"; key is letters a-z, digits and hyphens.  False if it is
 * not of that form. */
bool table_option(struct slice word, struct slice *key, struct slice *value);

/* Appends a word to a row, after a blank if there are some already: in quotes
 * where it would be read differently without. */
void table_add_word(struct str *row, struct slice word);

#endif
