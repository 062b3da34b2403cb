/* test_isp_url - servers of a provider, by their URLs. */
#include "control/isp_url.h"

#include "tests/unit/unit.h"

static const struct {
	enum isp_protocol protocol;
	const char *url, *host;
	unsigned port;
	bool is_wrapped, is_address;
	const char *written; /* NULL: the same */
} servers[] = {
    {ISP_SMTP, "smtp://a.test", "a.test", 587, false, false, NULL},
    {ISP_SMTP, "smtps://a.test", "a.test", 465, true, false, NULL},
    {ISP_POP3, "pop3://a.test", "a.test", 110, false, false, NULL},
    {ISP_POP3, "pop3s://a.test", "a.test", 995, true, false, NULL},
    {ISP_SMTP, "smtp://a.test:25", "a.test", 25, false, false, NULL},
    {ISP_POP3, "pop3s://A.test:995", "a.test", 995, true, false,
	"pop3s://a.test"},
    {ISP_SMTP, "smtp://[192.0.2.1]", "192.0.2.1", 587, false, true, NULL},
    {ISP_POP3, "pop3://[2001:db8::1]:99", "2001:db8::1", 99, false, true,
	NULL},
};

START_TEST(a_url_is_read_and_written)
{
	struct isp_mailbox server = {0};
	struct str url = {0};

	ck_assert_int_eq(isp_url_parse(servers[_i].protocol,
	    slice_of(servers[_i].url), &server), 0);
	ck_assert_str_eq(str_c(&server.host), servers[_i].host);
	ck_assert_uint_eq(server.port, servers[_i].port);
	ck_assert_uint_eq(server.is_wrapped, servers[_i].is_wrapped);
	ck_assert_uint_eq(server.is_address, servers[_i].is_address);
	isp_url_write(&url, servers[_i].protocol, &server);
	ck_assert_str_eq(str_c(&url), servers[_i].written ?
	    servers[_i].written : servers[_i].url);
	str_free(&url);
	isp_mailbox_free(&server);
}
END_TEST

static const struct {
	enum isp_protocol protocol;
	const char *url;
} strange[] = {
    {ISP_SMTP, ""}, {ISP_SMTP, "a.test"}, {ISP_SMTP, "pop3://a.test"},
    {ISP_POP3, "smtp://a.test"}, {ISP_SMTP, "smtp://"},
    {ISP_SMTP, "smtp://a.test:0"}, {ISP_SMTP, "smtp://a.test:65536"},
    {ISP_SMTP, "smtp://u:p@a.test"}, {ISP_SMTP, "smtp://a.test/x"},
    {ISP_SMTP, "smtp://[192.0.2.1"}, {ISP_SMTP, "smtp://a b"},
};

START_TEST(what_is_no_url_is_refused)
{
	struct isp_mailbox server = {0};

	ck_assert_int_eq(isp_url_parse(strange[_i].protocol,
	    slice_of(strange[_i].url), &server), -1);
	isp_mailbox_free(&server);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("isp_url");

	tcase_add_loop_test(unit.cases, a_url_is_read_and_written, 0,
	    sizeof servers / sizeof *servers);
	tcase_add_loop_test(unit.cases, what_is_no_url_is_refused, 0,
	    sizeof strange / sizeof *strange);
	return unit_run(unit);
}
