/* call - hosts that are asked for our mail; see call.h. */
#include "control/call.h"

#include "control/rows.h"
#include "lib/mail/address.h"
#include "lib/mail/etrn_wire.h"
#include "lib/mail/next_hop.h"

enum { HEX_MAX = 64, LINES_MAX = UINT32_MAX };

const struct record_field call_fields[] = {
    RECORD_STR(call, 'a', argument, ETRN_ARGUMENT_MAX),
    RECORD_STR(call, 'h', host, DOMAIN_MAX),
    RECORD_U64(call, 'l', is_address, 1),
    RECORD_U64(call, 'o', port, UINT16_MAX),
    RECORD_U64(call, 'e', every_s, UINT64_MAX),
    RECORD_U64(call, 't', tls, NEXT_HOP_TLS_FINGERPRINT),
    RECORD_STR(call, 'f', fingerprint, HEX_MAX),
    RECORD_STR(call, 'u', user, CALL_SECRET_MAX),
    RECORD_STR(call, 'p', password, CALL_SECRET_MAX),
    RECORD_U64(call, 'n', line, LINES_MAX),
    {0},
};

void
call_names(struct config *config, struct strs *names)
{
	config_names(config, CALL_NAME_MAX, names);
}

bool
call_find(struct config *config, struct slice name, struct call *to)
{
	call_free(to);
	return rows_get(config, 'c', name, call_fields, to);
}

void
call_free(struct call *call)
{
	str_wipe(&call->password);
	record_free(call_fields, call);
}
