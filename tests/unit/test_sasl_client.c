/* test_sasl_client - what is said to a server that wants a login; with the
 * RFCs' own examples. */
#include "lib/mail/sasl_client.h"
#include "tests/unit/unit.h"

static const struct sasl_login tim = {.service = "imap",
    .host = "postoffice.test", .port = 143, .user = "tim",
    .password = "tanstaaftanstaaf"};
static const struct sasl_login bearer = {.service = "smtp",
    .host = "server.example.com", .port = 143, .user = "user@example.com",
    .token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="};

static void
steps(struct sasl_client *client, const char *challenge, const char *answer)
{
	struct str response = {0};

	ck_assert_int_eq(sasl_client_step(client, slice_of(challenge),
	    &response), SASL_CLIENT_SAYS);
	ck_assert_str_eq(str_c(&response), answer);
	str_wipe(&response);
}

static const struct {
	const char *offered;
	bool has_token, is_private;
	const char *chosen;
} choices[] = {
	{"PLAIN LOGIN", false, true, "PLAIN"},
	{"LOGIN PLAIN CRAM-MD5", false, true, "CRAM-MD5"},
	{"LOGIN scram-sha-256", false, true, "SCRAM-SHA-256"},
	{"PLAIN LOGIN", false, false, NULL},
	{"PLAIN CRAM-MD5", false, false, "CRAM-MD5"},
	{"PLAIN XOAUTH2 OAUTHBEARER", true, true, "OAUTHBEARER"},
	{"PLAIN XOAUTH2", true, true, "XOAUTH2"},
	{"PLAIN XOAUTH2", true, false, NULL},
	{"PLAIN", true, true, NULL},
	{"XOAUTH2", false, true, NULL},
	{"GSSAPI NTLM", false, true, NULL},
	{"", false, true, NULL},
};

START_TEST(takes_the_best_that_fits)
{
	const char *chosen = sasl_client_choose(
	    slice_of(choices[_i].offered), choices[_i].has_token ? &bearer :
	    &tim, choices[_i].is_private);

	if (choices[_i].chosen)
		ck_assert_str_eq(chosen, choices[_i].chosen);
	else
		ck_assert_ptr_null(chosen);
}
END_TEST

START_TEST(plain_says_all_at_once) /* RFC 4616 4 */
{
	struct sasl_client *client = sasl_client_begin("PLAIN", &tim);

	ck_assert(sasl_client_is_first(client));
	steps(client, "", "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
	ck_assert(sasl_client_is_complete(client));
	sasl_client_free(client);
}
END_TEST

START_TEST(login_is_asked_twice)
{
	struct sasl_client *client = sasl_client_begin("LOGIN", &tim);

	ck_assert(!sasl_client_is_first(client));
	steps(client, "VXNlcm5hbWU6", "dGlt");
	ck_assert(!sasl_client_is_complete(client));
	steps(client, "UGFzc3dvcmQ6", "dGFuc3RhYWZ0YW5zdGFhZg==");
	ck_assert(sasl_client_is_complete(client));
	sasl_client_free(client);
}
END_TEST

START_TEST(cram_shows_no_password) /* RFC 2195 2 */
{
	struct sasl_client *client = sasl_client_begin("CRAM-MD5", &tim);

	ck_assert(!sasl_client_is_first(client));
	steps(client, "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5u"
	    "ZXQ+", "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");
	ck_assert(sasl_client_is_complete(client));
	sasl_client_free(client);
}
END_TEST

START_TEST(scram_wants_the_server_to_prove_itself)
{
	struct sasl_client *client = sasl_client_begin("SCRAM-SHA-256", &tim);
	struct str response = {0};

	ck_assert_int_eq(sasl_client_step(client, slice_of(""), &response),
	    SASL_CLIENT_SAYS);
	ck_assert(response.len > 0);
	ck_assert(!sasl_client_is_complete(client));
	/* a server first message that does not continue our nonce */
	ck_assert_int_eq(sasl_client_step(client,
	    slice_of("cj1mb3JnZWQscz1zYWx0LGk9NDA5Ng=="), &response),
	    SASL_CLIENT_FAILED);
	ck_assert(!sasl_client_is_complete(client));
	str_wipe(&response);
	sasl_client_free(client);
}
END_TEST

START_TEST(bearer_is_rfc_7628s) /* 4.1, of which this has no trailing text */
{
	struct sasl_client *client = sasl_client_begin("OAUTHBEARER", &bearer);

	ck_assert(sasl_client_is_first(client));
	steps(client, "", "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW"
	    "1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSb"
	    "GNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
	ck_assert(sasl_client_is_complete(client));
	/* the refusal is answered, and it is not complete after all */
	steps(client, "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=", "AQ==");
	ck_assert(!sasl_client_is_complete(client));
	sasl_client_free(client);
}
END_TEST

START_TEST(xoauth2_answers_a_refusal_with_nothing)
{
	struct sasl_client *client = sasl_client_begin("XOAUTH2", &bearer);

	steps(client, "", "dXNlcj11c2VyQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIHZGOW"
	    "RmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
	steps(client, "eyJzdGF0dXMiOiI0MDEifQ==", "");
	sasl_client_free(client);
}
END_TEST

START_TEST(rubbish_fails)
{
	struct sasl_client *client = sasl_client_begin("CRAM-MD5", &tim);
	struct str response = {0};

	ck_assert_int_eq(sasl_client_step(client, slice_of("not base64!"),
	    &response), SASL_CLIENT_FAILED);
	ck_assert_ptr_null(sasl_client_begin("NTLM", &tim));
	str_free(&response);
	sasl_client_free(client);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("sasl_client");

	tcase_add_loop_test(unit.cases, takes_the_best_that_fits, 0,
	    sizeof choices / sizeof *choices);
	tcase_add_test(unit.cases, plain_says_all_at_once);
	tcase_add_test(unit.cases, login_is_asked_twice);
	tcase_add_test(unit.cases, cram_shows_no_password);
	tcase_add_test(unit.cases, scram_wants_the_server_to_prove_itself);
	tcase_add_test(unit.cases, bearer_is_rfc_7628s);
	tcase_add_test(unit.cases, xoauth2_answers_a_refusal_with_nothing);
	tcase_add_test(unit.cases, rubbish_fails);
	return unit_run(unit);
}
