/* commands - what posthouse account can do. */
#ifndef POSTHOUSE_ACCOUNT_COMMANDS_H
#define POSTHOUSE_ACCOUNT_COMMANDS_H

/* Each takes the words after its own name, with the instance as working
 * directory, and returns the exit status or ends the program. */
int account_add(int argc, char *argv[]);
int account_passwd(int argc, char *argv[]);
int account_list(int argc, char *argv[]);
int account_remove(int argc, char *argv[]);

#endif
