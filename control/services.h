/* services - those that have work, by the tables. */
#ifndef CONTROL_SERVICES_H
#define CONTROL_SERVICES_H

#include "control/compiler.h"

/* Appends the names of the services that the tables ask for, one a line.  Not
 * those that every instance has. */
void services_wanted(const struct compiler *compiler, struct str *to);

/* Does the list in force have it? */
bool services_list(const char *name);

/* Does the list differ from the one in force?  Not when none is. */
bool services_differ(struct slice wanted);

/* Puts it in force, in control/cdb/services, for posthouse up and the other
 * scripts.  0, or -1 with errno. */
int services_install(struct slice wanted);

#endif
