/* become - a command that root runs works as one of the suite's users. */
#ifndef BASE_BECOME_H
#define BASE_BECOME_H

/* Gives up being root, for good: becomes the user PREFIX + role ("mail"),
 * where prefix is the setting users; in an instance of one user ("one") its
 * owner, the instance being the working directory.  Who is not root stays who
 * he is.  Ends the program when that fails. */
void become_user(const char *prefix, const char *role);

#endif
