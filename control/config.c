/* config - what programs read of the control tables; see config.h. */
#include "control/config.h"

#include "control/plus.h"
#include "control/rows.h"
#include "lib/base/die.h"
#include "lib/base/log.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum {
	PREFIXES_MAX = 33 + 129,     /* lengths, IPv4 and IPv6 */
	MINFREE_BYTES = 100000000,   /* the least that "5%" alone means */
	MINFREE_PERCENT_MAX = 100
};

static bool
is_ours(struct cdb_file *file)
{
	struct slice format;

	return cdb_file_get(file, slice_of("=format"), &format) &&
	    slice_is(format, ROWS_FORMAT);
}

/* Opens path as a CDB of ours.  0, or -1 with errno; *file is then closed. */
static int
open_ours(struct cdb_file *file, const char *path)
{
	if (cdb_file_open(file, path) < 0)
		return -1;
	if (is_ours(file))
		return 0;
	cdb_file_close(file);
	errno = EPROTO;
	return -1;
}

int
config_open_file(struct config *config, const char *path)
{
	*config = (struct config){.file = {.fd = -1}, .generation = 1};
	str_puts(&config->path, path);
	return open_ours(&config->file, path);
}

int
config_open(struct config *config, const char *reader)
{
	struct str path = {0};
	int result;

	str_addf(&path, "control/cdb/%s/%s.cdb", reader, reader);
	result = config_open_file(config, str_c(&path));
	str_free(&path);
	return result;
}

void
config_open_or_die(struct config *config, const char *reader)
{
	if (config_open(config, reader) == 0)
		return;
	if (errno == ENOENT)
		die_perm("%s is missing: run posthouse compile",
		    str_c(&config->path));
	if (errno == EPROTO)
		die_perm("%s is damaged or from another version: "
		    "run posthouse compile", str_c(&config->path));
	if (errno == EACCES) /* a person, or a user who lacks a group */
		die_temp("only root and the programs that need it may read %s "
		    "(posthouse init mends its group and theirs)",
		    str_c(&config->path));
	die_temp("cannot open %s", str_c(&config->path));
}

static void
complain(struct config *config)
{
	if (config->complained)
		return;
	config->complained = true;
	log_event("alarm", "path", str_c(&config->path), "why",
	    errno == EPROTO ? "damaged or from another version, the old one "
	    "stays in force: run posthouse compile" : strerror(errno), NULL);
}

bool
config_refresh_keeping(struct config *config, struct cdb_file *old)
{
	const char *path = str_c(&config->path);
	struct cdb_file fresh;
	struct stat st;

	if (stat(path, &st) < 0) {
		complain(config);
		return false;
	}
	if (config->file.fd >= 0 && st.st_dev == config->file.dev &&
	    st.st_ino == config->file.ino)
		return false;
	if (open_ours(&fresh, path) < 0) {
		complain(config);
		return false;
	}
	cdb_file_close(old);
	*old = config->file;
	config->file = fresh;
	config->generation++;
	config->complained = false;
	config->is_damaged = false;
	return true;
}

bool
config_refresh(struct config *config)
{
	struct cdb_file old = {.fd = -1};
	bool is_new = config_refresh_keeping(config, &old);

	cdb_file_close(&old);
	return is_new;
}

void
config_close(struct config *config)
{
	cdb_file_close(&config->file);
	str_free(&config->path);
}

bool
config_is_whole(struct config *config)
{
	return is_ours(&config->file);
}

bool
config_is_same(struct config *config, struct cdb_file *old, struct slice key)
{
	struct slice before, now;

	return old->fd >= 0 && cdb_file_get(old, key, &before) &&
	    cdb_file_get(&config->file, key, &now) && slice_eq(before, now);
}

void
config_names(struct config *config, size_t max, struct strs *names)
{
	struct slice list;

	strs_clear(names);
	if (!cdb_file_get(&config->file, slice_of("=names"), &list))
		return;
	while (list.len) {
		struct slice name = slice_cut(&list, '\n');

		if (name.len && name.len <= max)
			strs_add(names, name);
	}
}

bool
config_password(struct config *config, struct slice account,
    struct slice *stored)
{
	struct str key = {0};
	bool is_there;

	str_putc(&key, 'p');
	str_add_slice(&key, account);
	is_there = cdb_file_get(&config->file, str_slice(&key), stored);
	str_free(&key);
	return is_there;
}

static bool
get_setting(struct config *config, const char *name, struct slice *value)
{
	struct str key = {0};
	bool is_there;

	str_addf(&key, "=%s", name);
	is_there = cdb_file_get(&config->file, str_slice(&key), value);
	str_free(&key);
	return is_there;
}

/* The name of the first that is not there, or NULL. */
static const char *
take_settings(struct config *config, const struct setting *table, void *object)
{
	for (; table->name; table++) {
		void *member = (char *)object + table->offset;
		struct slice value;

		if (!get_setting(config, table->name, &value))
			return table->name;
		if (table->kind == SETTING_TEXT)
			str_set_slice(member, value);
		else if (!slice_u64(value, UINT64_MAX, member))
			return table->name;
	}
	return NULL;
}

int
config_settings(struct config *config, const struct setting *table,
    void *object)
{
	return take_settings(config, table, object) ? -1 : 0;
}

void
config_settings_or_die(struct config *config, const struct setting *table,
    void *object)
{
	const char *lacking = take_settings(config, table, object);

	if (lacking)
		die_perm("%s lacks %s: run posthouse compile",
		    str_c(&config->path), lacking);
}

void
config_minfree(struct config *config, uint64_t *bytes, unsigned *percent)
{
	struct slice value = {0};
	uint64_t number = 0;

	*bytes = MINFREE_BYTES;
	*percent = 0;
	if (!get_setting(config, "minfree", &value))
		return;
	if (slice_u64(value, UINT64_MAX, &number)) {
		*bytes = number;
	} else if (value.len && slice_u64(slice_make(value.s, value.len - 1),
	    MINFREE_PERCENT_MAX, &number)) {
		*percent = (unsigned)number;
	}
}

const char *const listen_services[LISTEN_SERVICES + 1] = {
    "smtp", "submission", "submissions", "relay", NULL};

void
config_listen(struct config *config, const char *service,
    struct strs *addresses)
{
	struct list_row row = {0};

	strs_clear(addresses);
	rows_get(config, ':', slice_of(service), list_row_fields, &row);
	for (size_t i = 0; i < row.items.len; i++)
		strs_add(addresses, str_slice(&row.items.v[i]));
	record_free(list_row_fields, &row);
}

/* The compiler writes these three. */
static enum client_rule
client_rule_of(const struct str *word)
{
	if (slice_is(str_slice(word), "deny"))
		return CLIENT_DENY;
	return slice_is(str_slice(word), "relay") ? CLIENT_RELAY : CLIENT_ALLOW;
}

/* What the tables say of this prefix.  False when they do not know it. */
static bool
prefix_rule(struct config *config, int family, const unsigned char *address,
    unsigned bits, enum client_rule *rule)
{
	struct client_row row = {0};
	struct str prefix = {0};
	bool is_known;

	rows_prefix(&prefix, family, address, bits);
	is_known = rows_get(config, 'c', str_slice(&prefix),
	    client_row_fields, &row);
	if (is_known)
		*rule = client_rule_of(&row.rule);
	record_free(client_row_fields, &row);
	str_free(&prefix);
	return is_known;
}

/* "c4" and "c6" list the prefix lengths in use, the longest first. */
static enum client_rule
longest_prefix(struct config *config, int family, const unsigned char *address)
{
	struct list_row lengths = {0};
	enum client_rule rule = CLIENT_ALLOW;
	uint64_t bits, most = family == AF_INET ? 32 : 128;

	rows_get(config, 'c', slice_of(family == AF_INET ? "4" : "6"),
	    list_row_fields, &lengths);
	for (size_t i = 0; i < lengths.items.len; i++)
		if (slice_u64(str_slice(&lengths.items.v[i]), most, &bits) &&
		    prefix_rule(config, family, address, (unsigned)bits, &rule))
			break;
	record_free(list_row_fields, &lengths);
	return rule;
}

enum client_rule
config_client(struct config *config, const struct sockaddr *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	const unsigned char *bytes = in6.sin6_addr.s6_addr;

	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof in);
		return longest_prefix(config, AF_INET,
		    (const unsigned char *)&in.sin_addr);
	}
	if (address->sa_family != AF_INET6)
		return CLIENT_ALLOW;
	memcpy(&in6, address, sizeof in6);
	/* an IPv4 client of an IPv6 listener is ruled by the IPv4 rows */
	return IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr) ?
	    longest_prefix(config, AF_INET, bytes + 12) :
	    longest_prefix(config, AF_INET6, bytes);
}

bool
config_account(struct config *config, struct slice address,
    struct account *account)
{
	struct plus_walk walk = {0};
	struct slice name;
	bool is_found = false;

	account_free(account);
	if (plus_begin(&walk, config, address) == 0)
		while (!is_found && plus_next(&walk, &name))
			is_found = rows_get(config, 'a', name, account_fields,
			    account);
	plus_end(&walk);
	return is_found;
}
