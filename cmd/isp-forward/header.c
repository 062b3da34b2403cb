/* header - a letter's header as the outside may see it; see forward.h. */
#include "cmd/isp-forward/forward.h"
#include "control/plus.h"
#include "lib/base/io.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"
#include "lib/mail/header.h"

#include <string.h>

enum {
	PIECE = 16 * 1024,
	TOLD_MAX = 20 /* addresses of one letter, in the log */
};

struct mapping {
	struct forward *forward;
	const char *id;
	unsigned told;
};

static bool
look_up(struct config *map, char letter, struct slice name,
    struct slice *value)
{
	char key[ADDRESS_TEXT_MAX + 2];

	if (name.len > ADDRESS_TEXT_MAX + 1)
		return false;
	key[0] = letter;
	memcpy(key + 1, name.s, name.len);
	return cdb_file_get(&map->file, slice_make(key, name.len + 1), value);
}

/* By the name without tags, as far as that takes; then by "@domain", if that
 * is to be asked. */
static bool
find(struct config *map, char letter, struct slice address, bool by_domain,
    struct slice *value)
{
	struct plus_walk walk;
	struct slice name, local, domain;
	bool is_found = false;

	if (plus_begin(&walk, map, address) == 0)
		while (!is_found && plus_next(&walk, &name))
			is_found = look_up(map, letter, name, value);
	if (!is_found && by_domain &&
	    address_split(str_slice(&walk.address), &local, &domain))
		is_found = look_up(map, letter, slice_make(domain.s - 1,
		    domain.len + 1), value);
	plus_end(&walk);
	return is_found;
}

static bool
is_internal(struct config *map, struct slice address, bool *may_leak)
{
	struct slice local, domain, leak;
	struct str name = {0};
	bool is_ours;

	is_ours = address_split(address, &local, &domain) &&
	    domain_normalize(&name, domain) == 0 &&
	    look_up(map, 'd', str_slice(&name), &leak);
	*may_leak = is_ours && slice_is(leak, "keep");
	str_free(&name);
	return is_ours;
}

static enum rewrite_verdict
map_address(void *context, struct slice address, struct str *to)
{
	const struct mapping *mapping = context;
	struct config *map = &mapping->forward->map;
	struct slice mailbox;
	bool may_leak;

	if (!is_internal(map, address, &may_leak))
		return REWRITE_KEEP;
	if (find(map, 'a', address, true, &mailbox)) {
		str_add_slice(to, mailbox);
		return REWRITE_REPLACE;
	}
	return may_leak ? REWRITE_KEEP : REWRITE_DROP;
}

/* Of those who share a mailbox. */
static bool
name_address(void *context, struct slice address, struct str *to)
{
	const struct mapping *mapping = context;
	struct slice name;

	if (!find(&mapping->forward->map, 'n', address, false, &name))
		return false;
	str_add_slice(to, name);
	return true;
}

static void
tell(void *context, enum rewrite_event event, struct slice field,
    struct slice address)
{
	struct mapping *mapping = context;
	struct str where = {0}, what = {0};

	if (++mapping->told > TOLD_MAX)
		return;
	str_add_slice(&where, field);
	str_add_slice(&what, address);
	log_event("header", "id", mapping->id, "by", str_c(&where), "to",
	    str_c(&what), "why", event == REWRITE_DROPPED ?
	    "an address without a mailbox outside is left out" :
	    "cannot be understood, and stays as it is", NULL);
	str_free(&where);
	str_free(&what);
}

/* ---- out of the file ---- */

static bool
read_more(const struct agent_job *job, struct str *text)
{
	uint64_t at = job->job.head_len + text->len;
	uint64_t left = job->job.length - at;

	return read_at(job->fd, text, left < PIECE ? left : PIECE, at) > 0;
}

/* The header is what comes before the first line that is none; a text without
 * an end of it is all header. */
static bool
read_header(struct forward *forward, const struct agent_job *job,
    struct str *text, size_t *len)
{
	uint64_t size = job->job.length - job->job.head_len;

	*len = 0;
	while (!header_length(str_slice(text), len)) {
		if (text->len == size) {
			*len = text->len;
			break;
		}
		if (text->len > HEADER_MAX) {
			smtp_failure_ours(&forward->failure, 554, "5.6.0",
			    "the header is too long to be rewritten");
			return false;
		}
		if (!read_more(job, text)) {
			smtp_failure_ours(&forward->failure, 451, "4.3.0",
			    "the queue file cannot be read");
			return false;
		}
	}
	return true;
}

bool
header_rewrite(struct forward *forward, const struct agent_job *job,
    struct str *to, uint64_t *start)
{
	struct mapping mapping = {.forward = forward,
		.id = str_c(&job->job.id)};
	struct rewrite_rules rules = {.map = map_address,
		.name = name_address, .tell = tell, .context = &mapping,
		.self = str_slice(&forward->login.address)};
	struct str text = {0}, writer = {0};
	size_t len;
	bool is_read = read_header(forward, job, &text, &len);

	str_clear(to);
	(void)name_address(&mapping, str_slice(job->job.login.len ?
	    &job->job.login : &job->job.sender), &writer);
	rules.self_name = str_slice(&writer);
	if (is_read)
		rewrite_header(to, slice_make(text.s, len), &rules);
	if (mapping.told > TOLD_MAX)
		log_event("header", "id", mapping.id, "count",
		    log_number(mapping.told - TOLD_MAX).s, "why",
		    "more such addresses are in it", NULL);
	*start = job->job.head_len + len;
	str_free(&text);
	str_free(&writer);
	return is_read;
}
