/* changes - what new tables ask of the services that run. */
#ifndef CONTROL_CHANGES_H
#define CONTROL_CHANGES_H

#include "control/compile.h"

/* New tables are noticed by themselves, but for what some services read only
 * at their start.  Appends a line for people for each of those that is
 * supervised and began with something else than what is in force now.
 *
 * Each keeps the table that it began with: its run script links it to
 * run/service/NAME/began-with.cdb, before it is read.  So there is no line
 * when an edit was undone, and one when nobody knows. */
void changes_restarts(struct strs *to);
void changes_print_restarts(void);

/* Prints what a finished compilation leaves to a hand. */
void changes_tell(const struct compile_report *report);

#endif
