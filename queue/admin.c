/* admin - the request's form; see admin.h. */
#include "queue/admin.h"

enum { WORD_MAX = 320, IDS_MAX = 2000 };

const struct record_field admin_request_fields[] = {
    RECORD_STR(admin_request, 'v', verb, 16),
    RECORD_STRS(admin_request, 'i', ids, 32, IDS_MAX),
    RECORD_STR(admin_request, 'd', domain, WORD_MAX),
    RECORD_STR(admin_request, 'l', lane, WORD_MAX),
    RECORD_STR(admin_request, 's', sender, WORD_MAX),
    RECORD_STR(admin_request, 't', to, WORD_MAX),
    RECORD_U64(admin_request, 'o', older_s, UINT32_MAX),
    RECORD_STR(admin_request, 'b', by, 16),
    {0}};
