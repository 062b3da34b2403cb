/*
 * call - hosts that are asked for our mail, with their logins: cdb/call.
 *
 * etrn-call's parent reads them all, and hands each child the one that it
 * needs; see FORMAT.md.
 */
#ifndef CONTROL_CALL_H
#define CONTROL_CALL_H

#include "control/config.h"
#include "lib/base/record.h"

enum {
	CALL_SECRET_MAX = 4096, /* bytes of a password */
	CALL_NAME_MAX = 640     /* of a call's name */
};

struct call {
	struct str argument;    /* of ETRN: "example.org", "@example.org",
	                         * "#office" */
	struct str host;        /* a name, or an address without brackets */
	uint64_t is_address;
	uint64_t port;
	uint64_t every_s;
	uint64_t tls;           /* enum next_hop_tls */
	struct str fingerprint; /* 64 hex digits */
	struct str user;        /* empty: nobody logs in */
	struct str password;
	uint64_t line;          /* in control/calls */
};

extern const struct record_field call_fields[];

/* The names of all calls, "ARGUMENT HOST" each, HOST as the row has it. */
void call_names(struct config *config, struct strs *names);

/* Finds a call by its name.  *to must be {0} or from an earlier one.  False:
 * there is none. */
bool call_find(struct config *config, struct slice name, struct call *to);

/* No byte of the password stays. */
void call_free(struct call *call);

#endif
