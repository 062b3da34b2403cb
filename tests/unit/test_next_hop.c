/* test_next_hop - the one line that says where a lane leads. */
#include "lib/mail/next_hop.h"

#include "tests/unit/unit.h"

#define DIGITS "00112233445566778899aabbccddeeff" \
	"00112233445566778899aabbccddeeff"

static const struct {
	const char *text, *again; /* NULL: no next hop */
} hops[] = {
    {"mx example.org", "mx example.org"},
    {"mx Example.ORG.", "mx example.org"},
    {"mx m\303\274nchen.example", "mx xn--mnchen-3ya.example"},
    {"mx example.org tls=may", "mx example.org"},
    {"mx example.org tls=none", "mx example.org tls=none"},
    {"backup example.org tls=verify", "backup example.org tls=verify"},
    {"to mail.example.org", "to mail.example.org"},
    {"to mail.example.org:25", "to mail.example.org"},
    {"to mail.example.org:2525 tls=require",
	"to mail.example.org:2525 tls=require"},
    {"etrn Example.org", "etrn example.org"},
    {"etrn example.org tls=none", "etrn example.org tls=none"},
    {"etrn example.org to=a.example,[192.0.2.1]:26",
	"etrn example.org to=a.example,[192.0.2.1]:26"},
    {"etrn example.org to=a tls=verify", "etrn example.org to=a tls=verify"},
    {"etrn example.org to=", NULL},
    {"etrn example.org to=client,", NULL},
    {"etrn example.org tls=none to=a", NULL},
    {"mx example.org to=a", NULL},
    {"etrn", NULL},
    {"to a.example,[192.0.2.1]:587,[2001:DB8:0::1],[2001:db8::2]:26",
	"to a.example,[192.0.2.1]:587,[2001:db8::1],[2001:db8::2]:26"},
    {"to [IPv6:2001:db8::1]", "to [2001:db8::1]"},
    {"to [::ffff:192.0.2.1]", "to [192.0.2.1]"},
    {"to localhost", "to localhost"},
    {"to a1", "to a1"},
    {"to a tls=fingerprint:" DIGITS, "to a tls=fingerprint:" DIGITS},
    {"to a,a,a,a,a,a,a,a,a,a", "to a,a,a,a,a,a,a,a,a,a"},
    {"to a,a,a,a,a,a,a,a,a,a,a", NULL},
    {"", NULL},
    {"mx", NULL},
    {"mx ", NULL},
    {"mx  example.org", NULL},
    {" mx example.org", NULL},
    {"mx example.org ", NULL},
    {"mx example.org tls=", NULL},
    {"mx example.org tls=maybe", NULL},
    {"mx example.org tls=none tls=none", NULL},
    {"mx example.org keep=1", NULL},
    {"mx a..b", NULL},
    {"mx [192.0.2.1]", NULL},
    {"to", NULL},
    {"to ,", NULL},
    {"to a,", NULL},
    {"to ,a", NULL},
    {"to 192.0.2.1", NULL},
    {"to 192.0.2.1:25", NULL},
    {"to 25", NULL},
    {"to 2001:db8::1", NULL},
    {"to [192.0.2.1", NULL},
    {"to [192.0.2.256]", NULL},
    {"to []", NULL},
    {"to [IPv6:]", NULL},
    {"to [a.example]", NULL},
    {"to [192.0.2.1]25", NULL},
    {"to [192.0.2.1]:", NULL},
    {"to a:", NULL},
    {"to a:0", NULL},
    {"to a:65536", NULL},
    {"to a:2x", NULL},
    {"via example.org", NULL},
    {"to a tls=fingerprint:", NULL},
    {"to a tls=fingerprint:" DIGITS "00", NULL},
    {"to a tls=fingerprint:xx112233445566778899aabbccddeeff"
	"00112233445566778899aabbccddeeff", NULL},
};

START_TEST(what_is_read_is_written_in_one_form)
{
	struct next_hop hop = {0};
	struct str text = {0};
	int result = next_hop_parse(slice_of(hops[_i].text), &hop);

	ck_assert_msg((result == 0) == (hops[_i].again != NULL), "%s",
	    hops[_i].text);
	if (result == 0) {
		next_hop_write(&text, &hop);
		ck_assert_str_eq(str_c(&text), hops[_i].again);
	} else {
		ck_assert_uint_eq(hop.host_count, 0);
		ck_assert_ptr_null(hop.domain.s);
	}
	next_hop_free(&hop);
	str_free(&text);
}
END_TEST

START_TEST(parts_are_what_the_text_says)
{
	struct next_hop hop = {0};

	ck_assert_int_eq(next_hop_parse(slice_of(
	    "to Mail.Example:2525,[192.0.2.1] tls=verify"), &hop), 0);
	ck_assert_int_eq(hop.kind, NEXT_HOP_TO);
	ck_assert_int_eq(hop.tls, NEXT_HOP_TLS_VERIFY);
	ck_assert_uint_eq(hop.host_count, 2);
	ck_assert_str_eq(str_c(&hop.hosts[0].name), "mail.example");
	ck_assert(!hop.hosts[0].is_address);
	ck_assert_uint_eq(hop.hosts[0].port, 2525);
	ck_assert_str_eq(str_c(&hop.hosts[1].name), "192.0.2.1");
	ck_assert(hop.hosts[1].is_address);
	ck_assert_uint_eq(hop.hosts[1].port, SMTP_PORT);

	/* the same object for another text */
	ck_assert_int_eq(next_hop_parse(slice_of("backup b.example"), &hop),
	    0);
	ck_assert_int_eq(hop.kind, NEXT_HOP_BACKUP);
	ck_assert_int_eq(hop.tls, NEXT_HOP_TLS_MAY);
	ck_assert_uint_eq(hop.host_count, 0);
	ck_assert_str_eq(str_c(&hop.domain), "b.example");
	next_hop_free(&hop);
}
END_TEST

START_TEST(fingerprints_may_have_colons_and_capitals)
{
	struct next_hop hop = {0};

	ck_assert_int_eq(next_hop_parse_tls(slice_of("fingerprint:"
	    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
	    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"), &hop), 0);
	ck_assert_int_eq(hop.tls, NEXT_HOP_TLS_FINGERPRINT);
	ck_assert_uint_eq(hop.fingerprint[0], 0);
	ck_assert_uint_eq(hop.fingerprint[31], 0xff);
	ck_assert_int_eq(next_hop_parse_tls(slice_of("fingerprint:"
	    "0:011:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
	    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"), &hop), -1);
	ck_assert_int_eq(next_hop_parse_tls(slice_of("fingerprint:" DIGITS
	    ":"), &hop), -1);
	next_hop_free(&hop);
}
END_TEST

START_TEST(a_bad_host_is_named)
{
	struct next_hop hop = {0};
	struct slice fault;

	ck_assert_int_eq(next_hop_parse_hosts(slice_of("a,b b,c"), &hop,
	    &fault), -1);
	ck_assert(slice_is(fault, "b b"));
	ck_assert_int_eq(next_hop_parse_hosts(slice_of("a,b,c"), &hop,
	    &fault), 0);
	ck_assert_uint_eq(hop.host_count, 3);
	next_hop_free(&hop);
}
END_TEST

START_TEST(a_text_longer_than_a_lane_is_none)
{
	struct next_hop hop = {0};
	struct str text = {0};

	str_puts(&text, "to ");
	for (int i = 0; i < 9; i++)
		str_puts(&text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
		    "bbbbbbbbbb.cccccccccc,");
	str_putc(&text, 'a');
	ck_assert_int_eq(next_hop_parse(str_slice(&text), &hop), -1);
	str_free(&text);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("next_hop");

	tcase_add_loop_test(unit.cases, what_is_read_is_written_in_one_form,
	    0, sizeof hops / sizeof *hops);
	tcase_add_test(unit.cases, parts_are_what_the_text_says);
	tcase_add_test(unit.cases, fingerprints_may_have_colons_and_capitals);
	tcase_add_test(unit.cases, a_bad_host_is_named);
	tcase_add_test(unit.cases, a_text_longer_than_a_lane_is_none);
	return unit_run(unit);
}
