/*
 * die - the ways a program ends, and their exit codes.
 *
 * Only mains and the code next to them may end a program; libraries return
 * errors.  Running out of memory is the one exception (die_nomem).
 */
#ifndef BASE_DIE_H
#define BASE_DIE_H

enum exit_status {
	EXIT_DONE = 0,   /* all is well */
	EXIT_PERM = 100, /* trying again cannot help: usage, setting, refusal */
	EXIT_BUG = 101,  /* a state we believed impossible */
	EXIT_TEMP = 111  /* trying again may help: system, memory, network */
};

/* The program's name, set first thing in main; every message starts with it. */
extern const char *die_name;

/* Called by die_nomem before it ends the program; NULL for none.
 * smtp-receive uses it to say 421 to its client. */
extern void (*die_last_words)(void);

/* "usage: SYNOPSIS" on stderr, exit 100. */
_Noreturn void die_usage(const char *synopsis);

/* The same on stdout, exit 0: what --help does. */
_Noreturn void die_help(const char *synopsis);

/* For who takes no arguments: ends when there are some, --help among them. */
void die_of_arguments(int argc, char *const argv[], const char *synopsis);

/* "NAME: MESSAGE" on stderr, exit 100: what is wrong, and what to do. */
_Noreturn void die_perm(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* "NAME: MESSAGE: strerror(errno)" on stderr, exit 111. */
_Noreturn void die_temp(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* "NAME: bug: MESSAGE" on stderr, exit 101. */
_Noreturn void die_bug(const char *message);

_Noreturn void die_nomem(void);

#endif
