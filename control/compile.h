/*
 * compile - from the text in control/ to the CDB in control/cdb/.
 *
 * All faults are found in one run; one is enough to leave the CDB in force as
 * it was.  Works below the working directory.
 */
#ifndef CONTROL_COMPILE_H
#define CONTROL_COMPILE_H

#include "control/faults.h"

enum compile_result {
	COMPILE_DONE,   /* the new tables are in force */
	COMPILE_FAULTS, /* report.faults says why the old ones stay */
	COMPILE_ERROR   /* errno; report.doing says at what */
};

/* {0} is a valid empty one. */
struct compile_report {
	struct faults faults;
	struct faults warnings;  /* nothing is refused for these */
	struct str doing;        /* "write control/cdb/routing/routing.cdb" */
	bool is_halfway;         /* some of the new tables are in force */
	bool is_up_needed;       /* services are to be started or stopped */
};

/* Keeps others from compiling or editing until the descriptor is closed.
 * -1 with errno.  Makes control/cdb. */
int compile_lock(void);

void compile_lock_or_die(void);

/* Call with the lock held. */
enum compile_result compile(struct compile_report *report);

/* Says at what it failed, and what is in force. */
_Noreturn void compile_die(const struct compile_report *report);

void compile_report_free(struct compile_report *report);

#endif
