/* changes - what new tables ask of the services that run. */
#ifndef CONTROL_CHANGES_H
#define CONTROL_CHANGES_H

#include "control/compile.h"
#include "control/install.h"

/* Compares finished drafts with what is in force: a changed row of listen, or
 * a setting that is read at the start, takes a restart; what comes into being
 * or goes with a first or last row (of listen, certificate, mailbox to fetch
 * from, host to call, who may ask for mail) starts or stops services.  named:
 * those whose =names says whether there is any, ended by NULL.  Fills
 * report->to_restart and is_up_needed; asks nothing when nothing was in
 * force.  0, or -1 with errno. */
int changes_find(const struct draft *routing, const struct draft *const *named,
    struct compile_report *report);

#endif
