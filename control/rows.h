/* rows - the values in the CDB, as records; see FORMAT.md. */
#ifndef CONTROL_ROWS_H
#define CONTROL_ROWS_H

#include "control/share.h"
#include "lib/base/record.h"

/* "=format" in every CDB; another one is not read.  A new number when a record
 * here, or of isp.h, call.h, etrn.h or share.h, gets another form. */
#define ROWS_FORMAT "posthouse 5"

enum {
	ALIAS_TARGETS_MAX = 10000,  /* of one row */
	ALIAS_DEPTH_MAX = 50,       /* aliases that lead to aliases */
	ACCOUNT_NAME_MAX = 1024,    /* bytes of name= */
	ACCOUNT_RATE_MAX = 1000000, /* messages an hour */
	RECIPIENTS_FILE_MAX = 255   /* bytes of recipients= */
};

/* Instead of a next hop: by no smart host. */
#define SMARTHOST_NONE "none"

/* line is that of the table, for posthouse-explain. */
struct domain_row {
	struct str kind;
	struct str via;        /* route, backup and etrn: the next hop */
	struct str recipients; /* and the file that lists whom it has; empty:
	                        * everybody */
	uint64_t keep_s;       /* as struct route's */
	struct str smarthost;  /* as struct account's, of senders there */
	uint64_t is_via_isp;   /* map: mail to an ISP address of ours goes
	                        * round by the provider */
	uint64_t has_more_at_isp; /* map: who is not here may be there */
	uint64_t may_leak;     /* map: who is unknown outside is named there */
	struct str monitor;    /* account that gets a copy of all its mail */
	uint64_t line;
};
struct route_row {
	struct str via; /* the next hop; empty: the destination's MX hosts */
	struct str tls; /* what next_hop_parse_tls reads, for these */
	uint64_t line;
};
/* Through which mailbox at a provider an account, or @domain, sends. */
struct binding_row {
	struct str address;
	uint64_t line;
};
/* Whose a mailbox at a provider is. */
struct home_row {
	struct str account;
	uint64_t line;
};
/* Somebody in a list of recipients; the file is the domain's. */
struct recipient_row {
	uint64_t line;
};
struct alias_row {
	uint64_t line;
	struct strs targets; /* normalized, as in the row */
};
/* All of struct share_row's staff. */
struct staff_row {
	struct strs staff;
};
struct client_row {
	struct str rule;
	uint64_t line;
};
struct list_row {
	struct strs items;
};

extern const struct record_field domain_row_fields[];
extern const struct record_field account_fields[];
extern const struct record_field alias_row_fields[];
extern const struct record_field client_row_fields[];
extern const struct record_field route_row_fields[];
extern const struct record_field recipient_row_fields[];
extern const struct record_field binding_row_fields[];
extern const struct record_field home_row_fields[];
extern const struct record_field list_row_fields[];
extern const struct record_field share_row_fields[]; /* without staff */
extern const struct record_field staff_row_fields[];
extern const struct record_field share_name_row_fields[];

/* Finds the record under letter and name.  False: none, or one that is
 * damaged: that is logged as an alarm, and config->is_damaged is then set. */
bool rows_get(struct config *config, char letter, struct slice name,
    const struct record_field *fields, void *row);

/* An address with its prefix length, host bits cleared: the text that clients
 * are stored under, "192.0.2.0/24" or "2001:db8::/32". */
void rows_prefix(struct str *to, int family, const unsigned char *address,
    unsigned bits);

#endif
