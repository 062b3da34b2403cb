/*
 * check - what posthouse-check holds while it looks at the world, and how it
 * says what it finds.
 */
#ifndef POSTHOUSE_CHECK_CHECK_H
#define POSTHOUSE_CHECK_CHECK_H

#include "control/survey.h"
#include "lib/mail/mx_dns.h"

struct check_settings {
	struct str me, helohost, resolver;
};

struct check {
	struct config config;
	struct check_settings settings;
	struct survey survey;
	struct self self;
	struct dns *dns;
	struct mx_dns mx_dns;
	struct mx_resolver resolver;
	struct mx_plan plan;
	unsigned faults, unknown; /* what was said so far */
};

/* One line each, "ok  WHAT: ...".  A fault says what to do; unknown is what
 * DNS did not tell this time; a note is for a person to judge. */
void say_ok(struct check *check, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void say_fault(struct check *check, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void say_unknown(struct check *check, const char *what, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
void say_note(struct check *check, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The resolver, then our own names: do they lead here, and back? */
void check_names(struct check *check);

/* A domain whose mail should come here. */
void check_home(struct check *check, const struct survey_item *item);
void check_share(struct check *check, const struct survey_item *item);
void check_backup(struct check *check, const struct survey_item *item);
void check_held(struct check *check, const struct survey_item *item);

/* Where mail is sent to. */
void check_hosts(struct check *check, const struct survey_item *item);

/* Where mail for a domain would go to now.  -1: that is no domain. */
int check_destination(struct check *check, struct slice domain);

/* What remote-send would do now at a next hop: a line for each host. */
void say_plan(struct check *check, const char *what, struct slice via);

/* Is one of the addresses ours? */
bool leads_here(const struct check *check,
    const struct dns_addresses *addresses);

#endif
