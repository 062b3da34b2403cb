/*
 * config - what programs read of the control tables: control/cdb/READER/.
 *
 * Only posthouse-compile reads control/ text; everyone else opens one CDB
 * through here.  A changed CDB is noticed by config_refresh, which programs
 * call between sessions or jobs.  Keys and values: control/FORMAT.md.
 */
#ifndef CONTROL_CONFIG_H
#define CONTROL_CONFIG_H

#include "lib/base/cdb_file.h"

struct config {
	struct cdb_file file;
	struct str path;
	uint64_t generation; /* grows whenever another CDB is read */
	bool complained;     /* a new one is broken or missing, and that was
	                      * logged */
	bool is_damaged;     /* a lookup met what no compiler wrote: "none"
	                      * means "nobody knows", so answer 4xx */
};

/* Opens control/cdb/READER/READER.cdb ("routing") below the working
 * directory.  0, or -1 with errno; EPROTO: not ours, or of another version.
 * The refusal to print: config_open_or_die. */
int config_open(struct config *config, const char *reader);
void config_open_or_die(struct config *config, const char *reader);

/* As config_open, for a CDB of any name. */
int config_open_file(struct config *config, const char *path);

/* True when a new CDB took the place of the old; a broken or missing one
 * leaves the old in force, and is logged (once until a good one comes). */
bool config_refresh(struct config *config);

/* As config_refresh; the old one goes to *old, and what was there is closed.
 * For those who are asked about the old one for a while. */
bool config_refresh_keeping(struct config *config, struct cdb_file *old);

/* Does the open CDB still hold what each of ours does?  Not when its blocks
 * were lost, or were written over in place: then nothing is found. */
bool config_is_whole(struct config *config);

/* Is what stands under the key the same as in *old, which may be closed?
 * False, too, where it is missing. */
bool config_is_same(struct config *config, struct cdb_file *old,
    struct slice key);

/* The lines of "=names", but those longer than max; replaces *names. */
void config_names(struct config *config, size_t max, struct strs *names);

void config_close(struct config *config);

/* Settings, declared as a table of member, kind, name.  Defaults stand in
 * control/settings.c for all programs, and are in the CDB: a setting always
 * has a value. */
enum setting_kind {
	SETTING_TEXT,     /* struct str */
	SETTING_NUMBER,   /* uint64_t */
	SETTING_SECONDS,  /* uint64_t, seconds */
	SETTING_BYTES     /* uint64_t, bytes */
};
struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;
};
#define SETTING(type, member, kind, name) \
	{name, kind, offsetof(struct type, member)}

/* Fills object from the table (ended by {0}).  0, or -1 when the CDB lacks
 * one: posthouse-compile of another version wrote it.  The refusal to print:
 * config_settings_or_die. */
int config_settings(struct config *config, const struct setting *table,
    void *object);
void config_settings_or_die(struct config *config, const struct setting *table,
    void *object);

/* minfree: "5%" or bytes, taken apart.  The larger of both counts:
 * "5%" alone also means at least 100 MB. */
void config_minfree(struct config *config, uint64_t *bytes, unsigned *percent);

/* The services that listen may name; NULL ends them. */
enum { LISTEN_SERVICES = 4 };
extern const char *const listen_services[LISTEN_SERVICES + 1];

/* The rows of listen for one service ("smtp"): "address:port" each. */
void config_listen(struct config *config, const char *service,
    struct strs *addresses);

/* What clients says of an address: the longest prefix decides. */
enum client_rule { CLIENT_ALLOW, CLIENT_RELAY, CLIENT_DENY };
struct sockaddr;
enum client_rule config_client(struct config *config,
    const struct sockaddr *address);

/* An account of ours. */
struct account {
	struct str address; /* normalized, without plus tag: its name */
	struct str domain;  /* mailbox: mail/DOMAIN/LOCAL */
	struct str local;
	struct str role, name; /* name: several, with "|" between, for staff */
	uint64_t quota_bytes, quota_messages; /* 0: none */
	uint64_t receive_internal, send_internal; /* 1: not from/to outside */
	uint64_t rate;      /* messages an hour by login; 0: no limit */
	struct str smarthost; /* next hop of what it writes to outside;
	                       * "none": by no smart host; empty: its
	                       * domain's */
	uint64_t audit;     /* enum account_audit, of staff */
	uint64_t is_former; /* staff that has left */
	struct str successor; /* of a former one; empty: the manager */
	uint64_t line;      /* in control/accounts */
};
enum account_audit { AUDIT_BY_DOMAIN, AUDIT_COPY, AUDIT_HOLD };

/* The stored hash of an account (normalized), from cdb/passwd; valid until
 * refresh or close.  False when it has none. */
bool config_password(struct config *config, struct slice account,
    struct slice *stored);

/* Finds the account that an address (normalized or not, with or without plus
 * tag) belongs to; aliases are not followed.  False when there is none. */
bool config_account(struct config *config, struct slice address,
    struct account *account);
void account_free(struct account *account);

#endif
