/* rows - the values in the CDB; see rows.h. */
#include "control/rows.h"

#include "lib/base/log.h"
#include "lib/mail/address.h"
#include "lib/mail/next_hop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

enum {
	WORD_MAX = 64,
	LINES_MAX = UINT32_MAX,
	SHARED_MAX = 1000, /* addresses of a manager */
	KEY_MAX = 2048
};

const struct record_field domain_row_fields[] = {
    RECORD_STR(domain_row, 'k', kind, WORD_MAX),
    RECORD_STR(domain_row, 'v', via, NEXT_HOP_TEXT_MAX),
    RECORD_STR(domain_row, 'u', recipients, RECIPIENTS_FILE_MAX),
    RECORD_U64(domain_row, 'w', keep_s, UINT64_MAX),
    RECORD_STR(domain_row, 's', smarthost, NEXT_HOP_TEXT_MAX),
    RECORD_U64(domain_row, 'x', is_via_isp, 1),
    RECORD_U64(domain_row, 'y', has_more_at_isp, 1),
    RECORD_U64(domain_row, 'z', may_leak, 1),
    RECORD_STR(domain_row, 'm', monitor, ADDRESS_TEXT_MAX),
    RECORD_U64(domain_row, 'n', line, LINES_MAX),
    {0},
};

const struct record_field route_row_fields[] = {
    RECORD_STR(route_row, 'v', via, NEXT_HOP_TEXT_MAX),
    RECORD_STR(route_row, 't', tls, WORD_MAX * 2),
    RECORD_U64(route_row, 'n', line, LINES_MAX),
    {0},
};

const struct record_field binding_row_fields[] = {
    RECORD_STR(binding_row, 'i', address, ADDRESS_TEXT_MAX),
    RECORD_U64(binding_row, 'n', line, LINES_MAX),
    {0},
};

const struct record_field home_row_fields[] = {
    RECORD_STR(home_row, 'a', account, ADDRESS_TEXT_MAX),
    RECORD_U64(home_row, 'n', line, LINES_MAX),
    {0},
};

const struct record_field recipient_row_fields[] = {
    RECORD_U64(recipient_row, 'n', line, LINES_MAX),
    {0},
};

const struct record_field account_fields[] = {
    RECORD_STR(account, 'a', address, ADDRESS_TEXT_MAX),
    RECORD_STR(account, 'd', domain, DOMAIN_MAX),
    RECORD_STR(account, 'l', local, LOCAL_PART_MAX),
    RECORD_STR(account, 'r', role, WORD_MAX),
    RECORD_STR(account, 'm', name, ACCOUNT_NAME_MAX),
    RECORD_U64(account, 'q', quota_bytes, UINT64_MAX),
    RECORD_U64(account, 'c', quota_messages, UINT64_MAX),
    RECORD_U64(account, 'i', receive_internal, 1),
    RECORD_U64(account, 'o', send_internal, 1),
    RECORD_U64(account, 'h', rate, ACCOUNT_RATE_MAX),
    RECORD_STR(account, 's', smarthost, NEXT_HOP_TEXT_MAX),
    RECORD_U64(account, 'u', audit, AUDIT_HOLD),
    RECORD_U64(account, 'f', is_former, 1),
    RECORD_STR(account, 'g', successor, ADDRESS_TEXT_MAX),
    RECORD_U64(account, 'n', line, LINES_MAX),
    {0},
};

const struct record_field alias_row_fields[] = {
    RECORD_U64(alias_row, 'n', line, LINES_MAX),
    RECORD_STRS(alias_row, 't', targets, ADDRESS_TEXT_MAX, ALIAS_TARGETS_MAX),
    {0},
};

const struct record_field client_row_fields[] = {
    RECORD_STR(client_row, 'r', rule, WORD_MAX),
    RECORD_U64(client_row, 'n', line, LINES_MAX),
    {0},
};

const struct record_field list_row_fields[] = {
    RECORD_STRS(list_row, 'i', items, ACCOUNT_NAME_MAX, ALIAS_TARGETS_MAX),
    {0},
};

const struct record_field share_row_fields[] = {
    RECORD_STR(share_row, 'a', manager, ADDRESS_TEXT_MAX),
    RECORD_STRS(share_row, 'i', shared, ADDRESS_TEXT_MAX, SHARED_MAX),
    RECORD_U64(share_row, 'u', unnamed_to_staff, 1),
    RECORD_U64(share_row, 'h', audit_hold, 1),
    RECORD_U64(share_row, 'n', line, LINES_MAX),
    {0},
};

const struct record_field staff_row_fields[] = {
    RECORD_STRS(staff_row, 't', staff, ADDRESS_TEXT_MAX, SHARE_STAFF_MAX),
    {0},
};

const struct record_field share_name_row_fields[] = {
    RECORD_STR(share_name_row, 'a', account, ADDRESS_TEXT_MAX),
    RECORD_STR(share_name_row, 'g', goes_to, ADDRESS_TEXT_MAX),
    RECORD_U64(share_name_row, 'n', line, LINES_MAX),
    {0},
};

/* Says so once, and returns false. */
static bool
damaged(struct config *config)
{
	if (!config->is_damaged)
		log_event("alarm", "path", str_c(&config->path), "why",
		    "damaged: run posthouse compile", NULL);
	config->is_damaged = true;
	return false;
}

bool
rows_get(struct config *config, char letter, struct slice name,
    const struct record_field *fields, void *row)
{
	char key[KEY_MAX];
	struct slice value;

	if (name.len >= sizeof key)
		return false;
	key[0] = letter;
	if (name.len)
		memcpy(key + 1, name.s, name.len);
	errno = 0; /* a CDB whose offsets lead outside sets it */
	if (!cdb_file_get(&config->file, slice_make(key, name.len + 1), &value))
		return errno || !config_is_whole(config) ? damaged(config) :
		    false;
	return record_decode(&value, fields, row) == 0 || damaged(config);
}

void
rows_prefix(struct str *to, int family, const unsigned char *address,
    unsigned bits)
{
	unsigned char masked[sizeof(struct in6_addr)] = {0};
	char text[INET6_ADDRSTRLEN] = "";

	memcpy(masked, address, (bits + 7) / 8);
	if (bits % 8)
		masked[bits / 8] &= (unsigned char)(0xff00 >> bits % 8);
	inet_ntop(family, masked, text, sizeof text);
	str_addf(to, "%s/%u", text, bits);
}

void
account_free(struct account *account)
{
	record_free(account_fields, account);
}
