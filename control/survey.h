/*
 * survey - what the tables claim about the world: domains whose mail should
 * come here, and hosts that mail is sent to.  For posthouse check.
 */
#ifndef CONTROL_SURVEY_H
#define CONTROL_SURVEY_H

#include "control/config.h"
#include "lib/mail/self.h"

enum survey_kind {
	SURVEY_HOME,   /* domain: its mailboxes are here */
	SURVEY_BACKUP, /* domain: kept for hosts that are better MX; via */
	SURVEY_HELD,   /* domain: held until it is asked for; via, or none
	                * when it goes to whoever asks */
	SURVEY_ROUTE,  /* domain: its mailboxes are behind via */
	SURVEY_HOST    /* domain: a destination or whoever writes; via */
};

struct survey_item {
	enum survey_kind kind;
	struct str domain;
	struct str via;   /* a next hop (next_hop.h) */
	struct str where; /* "domains:12" */
};

struct survey {
	struct survey_item *v;
	size_t len, cap;
};

/* All of cdb/routing, in the order of the tables.  Of several rows with one
 * host of kind SURVEY_HOST the first is there. */
void survey_take(struct config *config, struct survey *survey);
void survey_free(struct survey *survey);

/* Adds to *self the names and listeners of this host, from a CDB that has
 * them. */
void survey_self(struct config *config, struct self *self);

#endif
