/* home - which instance a program works for, and telling s6 it is ready. */
#ifndef BASE_HOME_H
#define BASE_HOME_H

#include <stdbool.h>
#include <sys/types.h>

/* The readiness descriptor of every service (the notification-fd file). */
enum { READY_FD = 3 };

/* The instance's folder: $POSTHOUSE_HOME, or /var/posthouse. */
const char *home_path(void);

/* Makes the instance's folder the working directory (all paths in posthouse
 * are relative to it) or ends the program. */
void home_enter(void);

/* The group that a folder of the instance is there for, or ends the
 * program. */
gid_t home_group(const char *path);

/* The user who has this role ("smtp"): its name is the role behind prefix, or
 * it is the caller where prefix is NULL.  0, or -1 with errno. */
int home_user(const char *prefix, const char *role, uid_t *uid);

/* Is this the name of a user who has a role?  Nobody is without a prefix. */
bool home_is_user(const char *prefix, const char *name);

/* Tells the supervisor that the service is ready; silent without one. */
void ready(void);

#endif
