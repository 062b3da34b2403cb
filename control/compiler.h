/* compiler - what the parts of the compiler share; for control/ alone. */
#ifndef CONTROL_COMPILER_H
#define CONTROL_COMPILER_H

#include "control/compile.h"
#include "control/name_map.h"
#include "control/rows.h"
#include "control/table.h"

/* A name of ours, kept for the checks that need all tables. */
struct named_line {
	struct str name;
	size_t line;
};
struct named_lines {
	struct named_line *v;
	size_t len, cap;
};

struct compiler {
	struct compile_report *report;
	struct cdb_make *routing;  /* being written */
	int error;                 /* errno of a failed write into it, or 0 */
	struct name_map seen;      /* key in the CDB -> line of its row */
	struct str me, users;      /* settings that others depend on */
	struct named_lines domains, aliases;
	struct list_row listen[LISTEN_SERVICES];
	struct str dovecot;        /* its passwd-file */
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
	void (*row)(struct row *row); /* NULL: not built yet */
};

/* An option of a row: set is NULL for what is not built yet. */
struct option_rule {
	const char *name;
	bool (*set)(struct row *row, struct slice value, void *object);
};

/* The tables, in the order in which they depend on each other. */
extern const struct table_rule table_rules[];

void row_fault(const struct row *row, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct slice row_word(const struct row *row, size_t at);

/* Claims a key of the CDB for this row.  False when an earlier row has it:
 * that is said as a fault, what naming the thing. */
bool row_claim(struct row *row, char letter, struct slice name,
    const char *what);

/* Has an earlier row, of any table, claimed this key? */
bool compiler_knows(const struct compiler *compiler, char letter,
    struct slice name);

/* Replaces *to by the normalized address.  False when it is none, or not in a
 * domain of ours: that is said as a fault. */
bool row_our_address(struct row *row, struct slice word, struct str *to);

/* Reads words[at ...] as options of these rules (ended by {0}) into object.
 * Faults are said. */
void row_options(struct row *row, size_t at, const struct option_rule *rules,
    void *object);

/* "unknown WHAT, did you mean X?" or "..., write one of A, B, C". */
void row_unknown(const struct row *row, const char *what, struct slice word,
    const char *const *words);

/* Writes a record into cdb/routing. */
void compiler_put(struct compiler *compiler, char letter, struct slice name,
    const struct record_field *fields, const void *object);
void compiler_put_text(struct compiler *compiler, const char *key,
    struct slice value);

/* Appends a file of control/.  False when it is missing, or cannot be read:
 * that is said as a fault. */
bool compiler_read(struct compiler *compiler, const char *file, size_t limit,
    struct str *text);

/* Reads one table of control/ (a missing one is empty). */
void compile_table(struct compiler *compiler, const struct table_rule *rule);

/* The parts of the work: each says its faults in compiler->report. */
void compile_names(struct compiler *compiler);     /* what is in control/ */
void compile_settings(struct compiler *compiler);  /* single values */
void compile_check(struct compiler *compiler, struct config *draft);
int compile_passwd(struct compiler *compiler, struct cdb_make *passwd);
int compile_tls(struct compiler *compiler, struct cdb_make *cert,
    struct cdb_make *key);

void compile_dovecot(struct config *routing, struct str *to);
int dovecot_install(struct slice text);

/* Rows of the tables. */
void read_listen(struct row *row);
void read_domain(struct row *row);
void read_account(struct row *row);
void read_alias(struct row *row);
void read_client(struct row *row);

/* What is written once all rows of a table are known. */
void listen_finish(struct compiler *compiler);
void clients_finish(struct compiler *compiler);

void named_lines_add(struct named_lines *list, struct slice name, size_t line);
void named_lines_free(struct named_lines *list);

#endif
