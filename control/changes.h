/* changes - what new tables ask of the services that run. */
#ifndef CONTROL_CHANGES_H
#define CONTROL_CHANGES_H

#include "control/compile.h"
#include "control/install.h"

/* Compares a finished draft with what is in force: a changed row of listen, or
 * a setting that is read at the start, takes a restart.  Fills
 * report->to_restart; with nothing when nothing was in force.  0, or -1 with
 * errno. */
int changes_find(const struct draft *routing, struct compile_report *report);

/* New tables are noticed by themselves; prints what needs a hand. */
void changes_tell(const struct compile_report *report);

#endif
