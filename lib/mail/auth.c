/* auth - what smtp-receive and auth-check say to each other; see auth.h. */
#include "lib/mail/auth.h"

const struct record_field auth_request_fields[] = {
	RECORD_STR(auth_request, 'n', name, AUTH_NAME_MAX),
	RECORD_STR(auth_request, 'p', password, AUTH_PASSWORD_MAX),
	RECORD_STR(auth_request, 'c', client, 64),
	{0}
};

const struct record_field auth_answer_fields[] = {
	RECORD_STR(auth_answer, 'v', verdict, 1),
	RECORD_STR(auth_answer, 'a', account, AUTH_NAME_MAX),
	RECORD_STR(auth_answer, 'p', passport, 128),
	RECORD_STR(auth_answer, 'w', why, 256),
	RECORD_U64(auth_answer, 'd', delay_ms, 60000),
	{0}
};
