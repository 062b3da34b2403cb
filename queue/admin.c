/* admin - the request's form; see admin.h. */
#include "queue/admin.h"

const struct record_field admin_request_fields[] = {
    RECORD_STR(admin_request, 'v', verb, 16),
    RECORD_STRS(admin_request, 'i', ids, 32, ADMIN_IDS_MAX),
    RECORD_STR(admin_request, 'd', domain, ADMIN_WORD_MAX),
    RECORD_STR(admin_request, 'l', lane, ADMIN_LANE_MAX),
    RECORD_STR(admin_request, 's', sender, ADMIN_WORD_MAX),
    RECORD_STR(admin_request, 't', to, ADMIN_WORD_MAX),
    RECORD_U64(admin_request, 'o', older_s, UINT32_MAX),
    RECORD_STR(admin_request, 'b', by, 16),
    {0}};
