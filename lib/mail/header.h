/* header - the fields of a message header: RFC 5322 2.2, LF line ends. */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include "lib/base/str.h"

/* One field; views. */
struct field {
	struct slice all;   /* with its continuation lines and last LF */
	struct slice name;  /* before the colon, without blanks */
	struct slice value; /* after the colon; folds and last LF included */
};

/* Takes the next field off *rest.  False at the empty line, at the end, and
 * at a line that is no field: *rest then begins with it. */
bool header_next(struct slice *rest, struct field *field);

/* How long the header at the start of text is, its empty line included.
 * False when the end is not among these bytes.  A line that is no field ends
 * it too: it is the body's first line, and not counted.  *len is 0 at first;
 * when more was added to the text, what the last call left in it: the lines
 * before need no second look. */
bool header_length(struct slice text, size_t *len);

bool field_is(const struct field *field, const char *name);

/* The value of the header's first field of this name.  False: it has none,
 * and *value is as it was. */
bool header_value(struct slice header, const char *name,
    struct slice *value);

#endif
