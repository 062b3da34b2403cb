/*
 * sort - share-sort's jobs.
 *
 *   sort.c    what is to be done about a letter
 *   house.c   what who.c asks about: tables and ledger
 *   letter.c  as much of a letter as it takes
 */
#ifndef SHARE_SORT_SORT_H
#define SHARE_SORT_SORT_H

#include "cmd/share-sort/ledger.h"
#include "cmd/share-sort/who.h"
#include "control/share.h"
#include "lib/mail/agent.h"

enum {
	HEADER_MAX = 1024 * 1024,  /* bytes of a header that are looked at */
	REPORT_MAX = 256 * 1024    /* bytes of a report's body */
};

struct house {
	struct config config;
	struct ledger ledger;
	struct charsets charsets;
	uint64_t now_s;
	bool is_in_trouble; /* the ledger cannot be read */
	/* of the job at hand */
	struct str domain;
	struct share_row row;
};

/* Opens tables, ledger and charsets, or ends the program: before it locks
 * itself in. */
void house_open(struct house *house);

/* The domain that an account is of, and its row.  False: it is no domain of
 * the kind share. */
bool house_enter(struct house *house, struct slice account);

/* What who.c asks. */
struct who_house house_answers(struct house *house);

/* The work() of the agent frame; context is a struct house. */
void sort_work(struct agent_job *jobs, size_t count, void *context);

/* A letter in memory: as much of it as is looked at. */
struct letter {
	struct str text;
	struct strs rcpts;
	struct who_letter view;
};

/* Reads it.  -1 with errno when it cannot be read; *letter must be {0}. */
int letter_read(struct letter *letter, const struct agent_job *job);
void letter_free(struct letter *letter);

#endif
