/* source - the text files of control/, read with care. */
#ifndef CONTROL_SOURCE_H
#define CONTROL_SOURCE_H

#include "lib/base/str.h"

enum source_result { SOURCE_READ, SOURCE_MISSING, SOURCE_FAULTY };

/* Appends control/FILE, at most limit bytes.  SOURCE_FAULTY: *fault says why
 * it cannot be read, and what to do. */
enum source_result source_read(const char *file, size_t limit,
    struct str *text, struct str *fault);

#endif
