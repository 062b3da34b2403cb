/* compiler - what the parts of the compiler share; for control/ alone. */
#ifndef CONTROL_COMPILER_H
#define CONTROL_COMPILER_H

#include "control/call.h"
#include "control/compile.h"
#include "control/compile_isp.h"
#include "control/compile_share.h"
#include "control/name_map.h"
#include "control/rows.h"
#include "control/table.h"
#include "lib/mail/next_hop.h"

/* A name of ours, kept for the checks that need all tables. */
struct named_line {
	struct str name;
	size_t line;
};
struct named_lines {
	struct named_line *v;
	size_t len, cap;
};

/* recipients=FILE of a domain. */
struct recipients {
	struct str file, domain;
	size_t line; /* in domains */
	size_t next; /* domain with the same file; 0: no more */
};
struct recipients_list {
	struct recipients *v;
	size_t len, cap;
	struct name_map files; /* -> the first domain that has it */
};

/* What leads to domains of the kind etrn: '@' and a name above it, '#' and
 * its queue, 'f' and who may ask. */
struct etrn_entry {
	struct str key, domain;
	size_t line; /* of the domain's row */
};
struct etrn_index {
	struct etrn_entry *v;
	size_t len, cap;
};

/* A row of calls, by its name. */
struct named_call {
	struct str name;
	struct call call;
};
struct call_list {
	struct named_call *v;
	size_t len, cap;
};

struct compiler {
	struct compile_report *report;
	struct cdb_make *routing;  /* being written */
	int error;                 /* errno of a failed write into it, or 0 */
	struct name_map seen;      /* key in the CDB -> line of its row */
	struct faults unread;      /* of what cannot be read at all */
	/* settings that others depend on */
	struct str me, helohost, doublebounceto, users, cafile;
	struct named_lines domains, aliases;
	struct str home;           /* the first domain with mailboxes here */
	struct recipients_list recipients;
	struct isp_list isp;
	struct share_list shares;
	struct etrn_index etrn;
	struct call_list calls;
	struct list_row listen[LISTEN_SERVICES];
	bool has_certificate;      /* with its key */
	struct str dovecot;        /* its passwd-file */
	struct str services;       /* those that have work */
	bool prefix4[33], prefix6[129]; /* prefix lengths in use */
};

/* One row of a table; the words are the row's own. */
struct row {
	struct compiler *compiler;
	const char *file; /* below control/ */
	size_t line;
	struct strs words;
};

struct table_rule {
	const char *file;
	const char *form; /* "ADDRESS ROLE [OPTION=VALUE ...]" */
	size_t least_words;
	void (*row)(struct row *row);
};

/* An option of a row: set takes its value, or says what is wrong with it; NULL
 * for what is not built yet. */
struct option_rule {
	const char *name;
	void (*set)(struct row *row, struct slice value, void *object);
};

/* The tables, in the order in which they depend on each other. */
extern const struct table_rule table_rules[];

void row_fault(const struct row *row, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct slice row_word(const struct row *row, size_t at);

/* Does the row have this option? */
bool row_has(const struct row *row, const char *option);

/* "192.0.2.0/24", "2001:db8::/32", or an address alone: replaces *to by the
 * text that rows_prefix writes, and *parts, if given, by what it says.  False
 * after a fault. */
struct prefix {
	int family;
	unsigned bits;
};
bool row_prefix(const struct row *row, struct slice text,
    struct prefix *parts, struct str *to);

/* The line of the row that has marked this name under this letter, which need
 * not be one of the CDB's; NULL: no earlier one, it is marked now. */
const size_t *row_seen(struct row *row, char letter, struct slice name);

/* Claims a key of the CDB for this row.  False when an earlier row has it:
 * that is said as a fault, what naming the thing. */
bool row_claim(struct row *row, char letter, struct slice name,
    const char *what);

/* Has an earlier row, of any table, claimed this key? */
bool compiler_knows(const struct compiler *compiler, char letter,
    struct slice name);

/* Replaces *to by the normalized address.  False when it is none, or not in a
 * domain of ours that has its mailboxes here: that is said as a fault. */
bool row_our_address(struct row *row, struct slice word, struct str *to);

/* Reads the words behind the first two as options of these rules (ended by
 * {0}) into object.  Faults are said. */
void row_options(struct row *row, const struct option_rule *rules,
    void *object);

/* "OPTION= cannot be VALUE, " and the advice. */
void row_cannot_be(const struct row *row, const char *option,
    struct slice value, const char *advice);

/* "unknown WHAT, did you mean X?" or "..., write one of A, B, C". */
void row_unknown(const struct row *row, const char *what, struct slice word,
    const char *const *words);

/* For an option of two values: *to is 1 for yes, 0 for no, and anything else
 * is said as a fault. */
void row_yes_if(const struct row *row, const char *option, struct slice value,
    const char *yes, const char *no, uint64_t *to);

/* Writes a value into a CDB, under a letter and a name.  An error is kept in
 * compiler->error. */
void compiler_add(struct compiler *compiler, struct cdb_make *cdb, char letter,
    struct slice name, struct slice value);

/* The same with what cdb/routing, `from`, has under these keys (NULL ends
 * them).  What is missing there has been said as a fault already. */
void compiler_copy(struct compiler *compiler, struct cdb_make *cdb,
    struct config *from, const char *const *keys);

/* Has control/listen a row for this service? */
bool compiler_listens(const struct compiler *compiler, const char *service);

/* Writes a record into cdb/routing. */
void compiler_put(struct compiler *compiler, char letter, struct slice name,
    const struct record_field *fields, const void *object);

/* Appends a file of control/.  False when it is missing, or cannot be read:
 * that is said as a fault. */
bool compiler_read(struct compiler *compiler, const char *file, size_t limit,
    struct str *text);

/* What editors and make leave behind: hidden files and #name# and name~. */
bool compiler_is_backup(const char *name);

/* Is there a file of this name in control/?  A link that leads nowhere is
 * there, and said as a fault. */
bool compiler_is_there(struct compiler *compiler, const char *file);

/* Reads one table of control/ (a missing one is empty). */
void compile_table(struct compiler *compiler, const struct table_rule *rule);

/* The same for a file of secrets, of `limit` bytes at most: nobody else may
 * read it, which is said as a fault, and nothing of it stays in memory. */
void compile_secrets(struct compiler *compiler, const struct table_rule *rule,
    size_t limit);

/* The parts of the work: each says its faults in compiler->report. */
void compile_names(struct compiler *compiler);     /* what is in control/ */
void compile_settings(struct compiler *compiler);  /* single values */
void compile_check(struct compiler *compiler, struct config *draft);
int compile_passwd(struct compiler *compiler, struct cdb_make *passwd);
int compile_tls(struct compiler *compiler, struct cdb_make *cert,
    struct cdb_make *key);

/* secrets/isp, and what goes to the programs that log in at a provider. */
void isp_secrets(struct compiler *compiler);
int compile_isp_pop3(struct compiler *compiler, struct config *routing,
    struct cdb_make *pop3);
int compile_isp_smtp(struct compiler *compiler, struct config *routing,
    struct cdb_make *smtp);
int compile_isp_map(struct compiler *compiler, struct config *routing,
    struct cdb_make *map);
void isp_list_free(struct isp_list *list);

/* secrets/calls, and what goes to etrn-call. */
int compile_calls(struct compiler *compiler, struct config *routing,
    struct cdb_make *cdb);
void call_list_free(struct call_list *list);

/* Domains of the kind share: a row of domains (head holds what its options
 * say), one of accounts, then what is written once all tables are known. */
void compile_share_domain(struct row *row, struct slice name,
    const struct share_row *head);
void compile_share_account(struct row *row, const struct account *account);
void share_finish(struct compiler *compiler);
struct share *share_find(struct compiler *compiler, struct slice domain);
bool compiler_is_former(const struct compiler *compiler,
    struct slice account);
void share_list_free(struct share_list *list);

/* May this account (normalized) have a mailbox at a provider?  Staff has
 * none: that is said as a fault. */
bool share_may_bind(struct row *row, struct slice account);

void compile_dovecot(struct config *routing, struct str *to);
int dovecot_install(struct slice text);

/* Hosts to send to, in rows of several tables: each reads its value into a
 * next hop, or says what is wrong with it.  None of them may be ourselves. */
bool row_hosts(struct row *row, struct slice value, struct next_hop *hop);
bool row_host(const struct row *row, const struct next_hop_host *host);
void row_tls(struct row *row, const char *option, struct slice value,
    struct next_hop *hop);

/* Replaces *to by the text of the next hop.  False when that is too long: a
 * fault. */
bool row_hop_text(struct row *row, const struct next_hop *hop,
    struct str *to);

/* The options smarthost= and smarthost-tls= of a row, and what they make
 * together: the text for struct account and domain_row. */
struct smarthost {
	struct next_hop hop;
	bool is_none; /* smarthost=none */
};
void smarthost_set(struct row *row, struct slice value,
    struct smarthost *smarthost);
void smarthost_finish(struct row *row, const struct smarthost *smarthost,
    struct str *to);

/* Rows of the tables. */
void read_listen(struct row *row);
void read_domain(struct row *row);
void read_account(struct row *row);
void read_alias(struct row *row);
void read_client(struct row *row);
void read_route(struct row *row);
void read_isp(struct row *row);
void read_call(struct row *row);

/* What is written once all rows of a table are known. */
void listen_finish(struct compiler *compiler);
void clients_finish(struct compiler *compiler);
void recipients_finish(struct compiler *compiler);
void isp_finish(struct compiler *compiler);
void etrn_index_finish(struct compiler *compiler);
void etrn_index_free(struct etrn_index *index);

/* Takes the value of recipients= for a domain (normalized). */
void recipients_add(struct row *row, struct slice domain, struct slice file);
void recipients_free(struct recipients_list *list);

/* The settings and listeners that remote-send reads, out of the routing
 * tables. */
void compile_remote(struct compiler *compiler, struct config *routing,
    struct cdb_make *remote);

void named_lines_add(struct named_lines *list, struct slice name, size_t line);
void named_lines_free(struct named_lines *list);

#endif
