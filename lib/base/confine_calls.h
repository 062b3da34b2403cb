/* confine_calls - the system-call half of confine; only confine.c calls it. */
#ifndef BASE_CONFINE_CALLS_H
#define BASE_CONFINE_CALLS_H

/* Loads the filter for these promises (enum confine_promise) into this
 * process and its future children.  0, or -1 with errno. */
int confine_calls(unsigned promises);

#endif
