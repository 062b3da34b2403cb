/*
 * spare - forked children go without the libraries that only parents use.
 *
 * Each mapping costs a child twice, at its fork and at its end; OpenSSL and
 * libseccomp make up a third of what a session has.
 */
#ifndef BASE_SPARE_H
#define BASE_SPARE_H

/* Children forked from now on have no shared library whose path contains
 * name.  They must not call it, and end by _exit: exit would call it, too. */
void spare_children(const char *name);

#endif
