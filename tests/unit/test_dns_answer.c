/* test_dns_answer - what a DNS response says, and that it cannot lie. */
#include "lib/base/dns_answer.h"
#include "tests/unit/unit.h"

#include <string.h>
#include <sys/socket.h>

/* The name at offset 12, the question's. */
#define ASKED "\xc0\x0c"

enum { FLAGS_OK = 0x8180, FLAG_AD = 0x20, NXDOMAIN = 3 };

static void
add_u16(struct str *to, unsigned number)
{
	str_putc(to, (char)(number >> 8));
	str_putc(to, (char)(number & 0xff));
}

static void
add_name(struct str *to, const char *name)
{
	struct slice rest = slice_of(name);

	while (rest.len) {
		struct slice label = slice_cut(&rest, '.');

		str_putc(to, (char)label.len);
		str_add_slice(to, label);
	}
	str_putc(to, '\0');
}

static void
begin(struct str *to, unsigned flags, const char *name, unsigned type,
    unsigned answers)
{
	str_clear(to);
	add_u16(to, 0x1234);
	add_u16(to, flags);
	add_u16(to, 1);
	add_u16(to, answers);
	add_u16(to, 0);
	add_u16(to, 0);
	add_name(to, name);
	add_u16(to, type);
	add_u16(to, 1);
}

/* owner: wire bytes, or a name when it begins with a letter. */
static void
add_record(struct str *to, const char *owner, unsigned type, const void *data,
    size_t len)
{
	if ((unsigned char)owner[0] >= 0xc0)
		str_add(to, owner, 2);
	else
		add_name(to, owner);
	add_u16(to, type);
	add_u16(to, 1);
	add_u16(to, 0);
	add_u16(to, 60);
	add_u16(to, (unsigned)len);
	str_add(to, data, len);
}

static void
add_cname(struct str *to, const char *owner, const char *target)
{
	struct str data = {0};

	add_name(&data, target);
	add_record(to, owner, DNS_TYPE_CNAME, data.s, data.len);
	str_free(&data);
}

static void
add_mx(struct str *to, const char *owner, unsigned preference,
    const char *host)
{
	struct str data = {0};

	add_u16(&data, preference);
	add_name(&data, host);
	add_record(to, owner, DNS_TYPE_MX, data.s, data.len);
	str_free(&data);
}

static enum dns_result
read_answer(struct dns_answer *answer, const struct str *message,
    const char *name, enum dns_type type)
{
	return dns_answer_read(answer, str_slice(message), slice_of(name),
	    type);
}

START_TEST(mx_are_read)
{
	struct str message = {0};
	struct dns_answer answer;
	struct dns_mx_list list = {0};

	begin(&message, FLAGS_OK, "A.Test", DNS_TYPE_MX, 3);
	add_mx(&message, ASKED, 10, "MX1.a.test");
	add_record(&message, "a.tEST", DNS_TYPE_MX, "\0\x14\3mx2\xc0\x0c", 8);
	add_mx(&message, ASKED, 65535, "");
	ck_assert_int_eq(read_answer(&answer, &message, "a.test", DNS_TYPE_MX),
	    DNS_OK);
	ck_assert(!answer.is_authentic);
	ck_assert(dns_answer_mx(&answer, &list));
	ck_assert_uint_eq(list.len, 3);
	ck_assert_uint_eq(list.v[0].preference, 10);
	ck_assert_str_eq(list.v[0].host.s, "mx1.a.test");
	ck_assert_str_eq(list.v[1].host.s, "mx2.a.test");
	ck_assert_str_eq(list.v[2].host.s, ".");
	str_free(&message);
}
END_TEST

START_TEST(addresses_come_behind_cnames)
{
	struct str message = {0};
	struct dns_answer answer;
	struct dns_addresses list = {0};

	begin(&message, FLAGS_OK | FLAG_AD, "www.a.test", DNS_TYPE_A, 4);
	add_record(&message, "c.test", DNS_TYPE_A, "\xc0\0\2\1", 4);
	add_record(&message, "alien.test", DNS_TYPE_A, "\xc0\0\2\2", 4);
	add_cname(&message, "b.test", "c.test");
	add_cname(&message, ASKED, "b.test");
	ck_assert_int_eq(read_answer(&answer, &message, "www.a.test",
	    DNS_TYPE_A), DNS_OK);
	ck_assert(answer.is_authentic);
	ck_assert_str_eq(answer.canonical.s, "c.test");
	ck_assert(dns_answer_addresses(&answer, &list));
	ck_assert_uint_eq(list.len, 1);
	ck_assert_int_eq(list.v[0].family, AF_INET);
	ck_assert_mem_eq(list.v[0].bytes, "\xc0\0\2\1", 4);
	ck_assert_str_eq(list.canonical.s, "c.test");
	str_free(&message);
}
END_TEST

START_TEST(tlsa_are_read)
{
	struct str message = {0};
	struct dns_answer answer;
	struct dns_tlsa_list list = {0};

	begin(&message, FLAGS_OK, "_25._tcp.a.test", DNS_TYPE_TLSA, 2);
	add_record(&message, ASKED, DNS_TYPE_TLSA, "\3\1\1abcd", 7);
	add_record(&message, ASKED, DNS_TYPE_TLSA, "\2\0\2e", 4);
	ck_assert_int_eq(read_answer(&answer, &message, "_25._tcp.a.test",
	    DNS_TYPE_TLSA), DNS_OK);
	ck_assert(dns_answer_tlsa(&answer, &list));
	ck_assert_uint_eq(list.len, 2);
	ck_assert_uint_eq(list.v[0].usage, 3);
	ck_assert_uint_eq(list.v[0].selector, 1);
	ck_assert_uint_eq(list.v[0].matching, 1);
	ck_assert(slice_is(str_slice(&list.v[0].data), "abcd"));
	dns_tlsa_free(&list);
	dns_tlsa_free(&list);
	str_free(&message);
}
END_TEST

START_TEST(names_are_read)
{
	struct str message = {0};
	struct dns_answer answer;
	struct dns_names list = {0};

	begin(&message, FLAGS_OK, "1.2.0.192.in-addr.arpa", DNS_TYPE_PTR, 1);
	add_record(&message, ASKED, DNS_TYPE_PTR, "\2mx\4test\0", 9);
	ck_assert_int_eq(read_answer(&answer, &message,
	    "1.2.0.192.in-addr.arpa", DNS_TYPE_PTR), DNS_OK);
	ck_assert(dns_answer_names(&answer, &list));
	ck_assert_uint_eq(list.len, 1);
	ck_assert_str_eq(list.v[0].s, "mx.test");
	str_free(&message);
}
END_TEST

/* With a CNAME or without, and what the codes then mean. */
static const struct {
	unsigned flags;
	bool has_cname;
	enum dns_result result;
} codes[] = {
	{FLAGS_OK, false, DNS_NO_DATA},
	{FLAGS_OK, true, DNS_NO_DATA},
	{FLAGS_OK | NXDOMAIN, false, DNS_NO_NAME},
	{FLAGS_OK | NXDOMAIN, true, DNS_NO_NAME},
	{FLAGS_OK | 1, false, DNS_LATER},          /* FORMERR */
	{FLAGS_OK | 2, false, DNS_LATER},          /* SERVFAIL */
	{FLAGS_OK | 2, true, DNS_LATER},
	{FLAGS_OK | 5, false, DNS_LATER},          /* REFUSED */
	{FLAGS_OK | 0x0200, false, DNS_LATER},     /* cut off */
	{FLAGS_OK & ~0x8000, false, DNS_LATER},    /* a question */
	{FLAGS_OK | 0x0800, false, DNS_LATER},     /* another opcode */
};

START_TEST(codes_mean)
{
	struct str message = {0};
	struct dns_answer answer;

	begin(&message, codes[_i].flags, "a.test", DNS_TYPE_MX,
	    codes[_i].has_cname);
	if (codes[_i].has_cname)
		add_cname(&message, ASKED, "b.test");
	ck_assert_int_eq(read_answer(&answer, &message, "a.test",
	    DNS_TYPE_MX), codes[_i].result);
	str_free(&message);
}
END_TEST

START_TEST(another_question_is_no_answer)
{
	struct str message = {0};
	struct dns_answer answer;

	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_A, 1);
	add_record(&message, ASKED, DNS_TYPE_A, "\xc0\0\2\1", 4);
	ck_assert_int_eq(read_answer(&answer, &message, "b.test", DNS_TYPE_A),
	    DNS_LATER);
	ck_assert_int_eq(read_answer(&answer, &message, "a.test",
	    DNS_TYPE_AAAA), DNS_LATER);
	ck_assert_int_eq(read_answer(&answer, &message, "a.test", DNS_TYPE_A),
	    DNS_OK);
	message.s[5] = 0; /* no question */
	ck_assert_int_eq(read_answer(&answer, &message, "a.test", DNS_TYPE_A),
	    DNS_LATER);
	str_free(&message);
}
END_TEST

START_TEST(another_class_is_not_ours)
{
	struct str message = {0};
	struct dns_answer answer;

	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_A, 1);
	add_record(&message, ASKED, DNS_TYPE_A, "\xc0\0\2\1", 4);
	message.s[message.len - 11] = 3; /* CHAOS */
	ck_assert_int_eq(read_answer(&answer, &message, "a.test", DNS_TYPE_A),
	    DNS_NO_DATA);
	str_free(&message);
}
END_TEST

START_TEST(cname_chains_end)
{
	struct str message = {0};
	struct dns_answer answer;
	char owner[8] = "a.test", target[8] = "b.test";

	for (unsigned length = 1; length <= 20; length++) {
		begin(&message, FLAGS_OK, "a.test", DNS_TYPE_A, length + 1);
		for (unsigned i = 0; i < length; i++) {
			owner[0] = (char)('a' + i);
			target[0] = (char)('a' + i + 1);
			add_cname(&message, owner, target);
		}
		add_record(&message, target, DNS_TYPE_A, "\x7f\0\0\2", 4);
		ck_assert_int_eq(read_answer(&answer, &message, "a.test",
		    DNS_TYPE_A), length <= DNS_CNAMES_MAX ? DNS_OK :
		    DNS_LATER);
	}
	str_free(&message);
}
END_TEST

START_TEST(cname_loops_are_refused)
{
	struct str message = {0};
	struct dns_answer answer;

	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_A, 2);
	add_cname(&message, ASKED, "b.test");
	add_cname(&message, "b.test", "a.test");
	ck_assert_int_eq(read_answer(&answer, &message, "a.test", DNS_TYPE_A),
	    DNS_LATER);
	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_A, 1);
	add_cname(&message, ASKED, "a.test");
	ck_assert_int_eq(read_answer(&answer, &message, "a.test", DNS_TYPE_A),
	    DNS_LATER);
	str_free(&message);
}
END_TEST

/* Every cut of a good message is malformed, or has an empty answer at most;
 * nothing is read behind its end (run with sanitizers). */
START_TEST(cut_messages_are_malformed)
{
	struct str message = {0};

	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_MX, 2);
	add_cname(&message, ASKED, "b.test");
	add_mx(&message, "b.test", 10, "mx.b.test");
	for (size_t len = 0; len < message.len; len++) {
		struct dns_answer answer;
		char *exact = malloc(len ? len : 1);

		memcpy(exact, message.s, len);
		ck_assert_int_eq(dns_answer_read(&answer,
		    slice_make(exact, len), slice_of("a.test"), DNS_TYPE_MX),
		    DNS_LATER);
		free(exact);
	}
	str_free(&message);
}
END_TEST

/* Data of a wrong length, by type. */
static const struct {
	enum dns_type type;
	const char *data;
	size_t len;
} bad_data[] = {
	{DNS_TYPE_A, "abc", 3}, {DNS_TYPE_A, "abcde", 5}, {DNS_TYPE_A, "", 0},
	{DNS_TYPE_AAAA, "abcd", 4}, {DNS_TYPE_MX, "", 0},
	{DNS_TYPE_MX, "\0\1", 2}, {DNS_TYPE_MX, "\0\1\1a\0x", 6},
	{DNS_TYPE_MX, "\0\1\2a\0", 5}, {DNS_TYPE_MX, "\0\1\x41\0", 4},
	{DNS_TYPE_PTR, "", 0}, {DNS_TYPE_PTR, "\1a", 2},
	{DNS_TYPE_TLSA, "\3\1\1", 3}, {DNS_TYPE_TLSA, "", 0},
};

START_TEST(data_of_a_wrong_length_are_refused)
{
	struct str message = {0};
	struct dns_answer answer;
	struct dns_mx_list mx = {0};
	struct dns_addresses addresses = {0};
	struct dns_tlsa_list tlsa = {0};
	struct dns_names names = {0};

	begin(&message, FLAGS_OK, "a.test", bad_data[_i].type, 1);
	add_record(&message, ASKED, bad_data[_i].type, bad_data[_i].data,
	    bad_data[_i].len);
	ck_assert_int_eq(read_answer(&answer, &message, "a.test",
	    bad_data[_i].type), DNS_OK);
	switch (bad_data[_i].type) {
	case DNS_TYPE_MX:
		ck_assert(!dns_answer_mx(&answer, &mx));
		break;
	case DNS_TYPE_TLSA:
		ck_assert(!dns_answer_tlsa(&answer, &tlsa));
		break;
	case DNS_TYPE_PTR:
		ck_assert(!dns_answer_names(&answer, &names));
		break;
	default:
		ck_assert(!dns_answer_addresses(&answer, &addresses));
	}
	ck_assert_uint_eq(mx.len + addresses.len + tlsa.len + names.len, 0);
	str_free(&message);
}
END_TEST

START_TEST(pointers_lead_back_or_nowhere)
{
	static const char *const pointers[] = {
		"\xc0\x18", /* itself: the record's owner is at 24 */
		"\xc0\x19", "\xc0\x30", "\xff\xff"};
	struct str message = {0};
	struct dns_answer answer;

	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
		begin(&message, FLAGS_OK, "a.test", DNS_TYPE_A, 1);
		ck_assert_uint_eq(message.len, 24);
		add_record(&message, pointers[i], DNS_TYPE_A, "abcd", 4);
		ck_assert_int_eq(read_answer(&answer, &message, "a.test",
		    DNS_TYPE_A), DNS_LATER);
	}
	str_free(&message);
}
END_TEST

START_TEST(names_have_255_octets)
{
	struct str message = {0}, name = {0};
	struct dns_answer answer;
	struct dns_mx_list list = {0};

	/* 3 * 64 + 62 + 1 = 255 octets, 253 as text */
	for (int i = 0; i < 3; i++)
		str_addf(&name, "%063d.", 0);
	str_addf(&name, "%061d", 0);
	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_MX, 1);
	add_mx(&message, ASKED, 1, str_c(&name));
	ck_assert_int_eq(read_answer(&answer, &message, "a.test",
	    DNS_TYPE_MX), DNS_OK);
	ck_assert(dns_answer_mx(&answer, &list));
	ck_assert_str_eq(list.v[0].host.s, str_c(&name));
	str_putc(&name, '0');
	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_MX, 1);
	add_mx(&message, ASKED, 1, str_c(&name));
	ck_assert_int_eq(read_answer(&answer, &message, "a.test",
	    DNS_TYPE_MX), DNS_OK);
	ck_assert(!dns_answer_mx(&answer, &list));
	str_free(&message);
	str_free(&name);
}
END_TEST

START_TEST(odd_bytes_make_no_host_name)
{
	struct str message = {0};
	struct dns_answer answer;
	struct dns_mx_list list = {0};

	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_MX, 1);
	add_record(&message, ASKED, DNS_TYPE_MX, "\0\1\6a.b\0\n\x80\1c\0", 12);
	ck_assert_int_eq(read_answer(&answer, &message, "a.test",
	    DNS_TYPE_MX), DNS_OK);
	ck_assert(dns_answer_mx(&answer, &list));
	ck_assert_str_eq(list.v[0].host.s, "a?b???.c");
	str_free(&message);
}
END_TEST

START_TEST(of_many_mx_the_best_are_kept)
{
	struct str message = {0};
	struct dns_answer answer;
	struct dns_mx_list list = {0};
	bool is_there[DNS_MX_MAX] = {0};

	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_MX, 2000);
	for (unsigned i = 2000; i-- > 0;)
		add_mx(&message, ASKED, i * 7 % 2000, "x");
	ck_assert_int_eq(read_answer(&answer, &message, "a.test",
	    DNS_TYPE_MX), DNS_OK);
	ck_assert(dns_answer_mx(&answer, &list));
	ck_assert_uint_eq(list.len, DNS_MX_MAX);
	for (size_t i = 0; i < list.len; i++) {
		ck_assert_uint_lt(list.v[i].preference, DNS_MX_MAX);
		ck_assert(!is_there[list.v[i].preference]);
		is_there[list.v[i].preference] = true;
	}
	str_free(&message);
}
END_TEST

START_TEST(each_family_has_half_the_places)
{
	struct str message = {0};
	struct dns_answer answer;
	struct dns_addresses list = {0};

	begin(&message, FLAGS_OK, "a.test", DNS_TYPE_AAAA, 100);
	for (int i = 0; i < 100; i++)
		add_record(&message, ASKED, DNS_TYPE_AAAA,
		    "0123456789abcdef", 16);
	ck_assert_int_eq(read_answer(&answer, &message, "a.test",
	    DNS_TYPE_AAAA), DNS_OK);
	ck_assert(dns_answer_addresses(&answer, &list));
	ck_assert_uint_eq(list.len, DNS_ADDRESSES_MAX / 2);
	ck_assert(dns_answer_addresses(&answer, &list));
	ck_assert(dns_answer_addresses(&answer, &list));
	ck_assert_uint_eq(list.len, DNS_ADDRESSES_MAX);
	str_free(&message);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("dns_answer");

	tcase_add_test(unit.cases, mx_are_read);
	tcase_add_test(unit.cases, addresses_come_behind_cnames);
	tcase_add_test(unit.cases, tlsa_are_read);
	tcase_add_test(unit.cases, names_are_read);
	tcase_add_loop_test(unit.cases, codes_mean, 0,
	    (int)(sizeof codes / sizeof *codes));
	tcase_add_test(unit.cases, another_question_is_no_answer);
	tcase_add_test(unit.cases, another_class_is_not_ours);
	tcase_add_test(unit.cases, cname_chains_end);
	tcase_add_test(unit.cases, cname_loops_are_refused);
	tcase_add_test(unit.cases, cut_messages_are_malformed);
	tcase_add_loop_test(unit.cases, data_of_a_wrong_length_are_refused, 0,
	    (int)(sizeof bad_data / sizeof *bad_data));
	tcase_add_test(unit.cases, pointers_lead_back_or_nowhere);
	tcase_add_test(unit.cases, names_have_255_octets);
	tcase_add_test(unit.cases, odd_bytes_make_no_host_name);
	tcase_add_test(unit.cases, of_many_mx_the_best_are_kept);
	tcase_add_test(unit.cases, each_family_has_half_the_places);
	return unit_run(unit);
}
