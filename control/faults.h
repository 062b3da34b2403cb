/* faults - everything that is wrong in control/, collected and printed. */
#ifndef CONTROL_FAULTS_H
#define CONTROL_FAULTS_H

#include "lib/base/str.h"

struct fault {
	struct str file; /* below control/ */
	size_t line;
	size_t order;    /* in which it was found */
	struct str text; /* what, what to do */
};

/* {0} is a valid empty one. */
struct faults {
	struct fault *v;
	size_t len, cap;
};

/* Format and arguments: "WHAT, WHAT TO DO".  line 0 stands for the first. */
void fault_add(struct faults *faults, const char *file, size_t line,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Appends "control/FILE:LINE: TEXT" lines, by file and line; before the text
 * of warnings, "warning: ". */
void faults_print(struct faults *faults, struct str *to);
void warnings_print(struct faults *warnings, struct str *to);
void faults_free(struct faults *faults);

/* Of the words (ended by NULL) the one that word was probably meant to be, or
 * NULL. */
const char *hint_word(struct slice word, const char *const *words);

/* Ends the program of who asked for "KIND NAME": there is none, did you mean
 * ...?  lister names all that there are. */
_Noreturn void die_unknown(const char *kind, const char *name,
    const char *const *names, const char *lister);

/* At most 60 bytes of a word, for a message. */
struct slice brief(struct slice word);

#endif
