/*
 * text - the text of one letter while it comes: hashed, its header kept, small
 * ones in memory, large ones in a file without a name.
 */
#ifndef POP3_FETCH_TEXT_H
#define POP3_FETCH_TEXT_H

#include "cmd/pop3-fetch/ledger.h"
#include "lib/base/str.h"

#include <openssl/evp.h>

enum {
	TEXT_HEADER_MAX = 256 * 1024, /* more of a header is not looked at */
	TEXT_MEMORY_MAX = 1024 * 1024
};

struct text {
	EVP_MD_CTX *all, *top;   /* of everything, of the header alone */
	struct str header;       /* its lines, the empty one left out */
	struct str memory;       /* what is not in the file yet */
	int file;                /* scratch; of nobody else */
	uint64_t in_file, length;
	bool is_body;            /* the header is over */
	bool is_line_start;
	bool is_8bit;
	bool is_broken;          /* the file could not be written: errno */
};

/* file: an open scratch file.  text_free ends it. */
void text_init(struct text *text, int file);
void text_begin(struct text *text);
void text_add(struct text *text, struct slice bytes);
/* Both hashes, in hex: of everything, and of the header as TOP gives it. */
void text_hashes(struct text *text, char all[LEDGER_HASH_LEN + 1],
    char top[LEDGER_HASH_LEN + 1]);
/* Gives all bytes to put().  0, or -1 with errno. */
int text_copy(struct text *text, void (*put)(void *context,
    struct slice bytes), void *context);
void text_free(struct text *text);

#endif
