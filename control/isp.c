/* isp - mailboxes at a provider; see isp.h. */
#include "control/isp.h"

#include "control/rows.h"
#include "lib/mail/address.h"

enum { HEADER_NAME_MAX = 128, HEX_MAX = 64, LINES_MAX = UINT32_MAX };

const struct record_field isp_mailbox_fields[] = {
    RECORD_STR(isp_mailbox, 'a', account, ADDRESS_TEXT_MAX),
    RECORD_STR(isp_mailbox, 'i', address, ADDRESS_TEXT_MAX),
    RECORD_STR(isp_mailbox, 'h', host, DOMAIN_MAX),
    RECORD_U64(isp_mailbox, 'l', is_address, 1),
    RECORD_U64(isp_mailbox, 'o', port, UINT16_MAX),
    RECORD_U64(isp_mailbox, 'w', is_wrapped, 1),
    RECORD_U64(isp_mailbox, 't', tls, ISP_TLS_FINGERPRINT),
    RECORD_STR(isp_mailbox, 'f', fingerprint, HEX_MAX),
    RECORD_STR(isp_mailbox, 'u', user, ISP_SECRET_MAX),
    RECORD_STR(isp_mailbox, 'p', password, ISP_SECRET_MAX),
    RECORD_STR(isp_mailbox, 'q', oauth2, HEADER_NAME_MAX),
    RECORD_U64(isp_mailbox, 'e', every_s, UINT64_MAX),
    RECORD_U64(isp_mailbox, 'k', keep_s, UINT64_MAX),
    RECORD_U64(isp_mailbox, 'm', max_size, UINT64_MAX),
    RECORD_STR(isp_mailbox, 'd', map_to, DOMAIN_MAX),
    RECORD_STR(isp_mailbox, 'v', header, HEADER_NAME_MAX),
    RECORD_STR(isp_mailbox, 'c', node, DOMAIN_MAX),
    RECORD_U64(isp_mailbox, 's', skips_sent, 1),
    RECORD_U64(isp_mailbox, 'n', line, LINES_MAX),
    {0},
};

void
isp_names(struct config *config, struct strs *names)
{
	config_names(config, ISP_NAME_MAX, names);
}

bool
isp_pop3(struct config *config, struct slice name, struct isp_mailbox *to)
{
	isp_mailbox_free(to);
	return rows_get(config, 'p', name, isp_mailbox_fields, to);
}

bool
isp_smtp(struct config *config, struct slice address, struct isp_mailbox *to)
{
	isp_mailbox_free(to);
	return rows_get(config, 's', address, isp_mailbox_fields, to);
}

void
isp_mailbox_free(struct isp_mailbox *mailbox)
{
	str_wipe(&mailbox->password);
	record_free(isp_mailbox_fields, mailbox);
}
