/* sign - what smtp-receive and tls-key say to each other; see sign.h. */
#include "lib/mail/sign.h"

const struct record_field sign_request_fields[] = {
	RECORD_STR(sign_request, 'k', key, 64),
	RECORD_STR(sign_request, 'm', kind, 8),
	RECORD_STR(sign_request, 'b', bytes, SIGN_HEX_MAX),
	{0}
};

const struct record_field sign_answer_fields[] = {
	RECORD_STR(sign_answer, 's', signature, SIGN_HEX_MAX),
	RECORD_STR(sign_answer, 'w', why, 256),
	{0}
};
