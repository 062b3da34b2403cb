/* test_mx - which hosts are tried for a next hop, and which never. */
#include "lib/mail/mx.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

/* A DNS of rows "NAME MX 10 HOST", "NAME A 192.0.2.1" (IPv6 too), "NAME
 * CNAME TARGET" beside its A, "NAME nothing" (the name is there), "NAME MX later", "NAME A later". */
struct zone {
	const char *const *rows;
	unsigned asked; /* addresses */
};

/* The next row of name and type; its value. */
static bool
next_row(struct zone *zone, size_t *at, const char *name, const char *type,
    struct slice *value)
{
	while (zone->rows[*at]) {
		struct slice row = slice_of(zone->rows[(*at)++]);

		if (slice_is(slice_cut(&row, ' '), name) &&
		    slice_is(slice_cut(&row, ' '), type)) {
			*value = row;
			return true;
		}
	}
	return false;
}

static enum dns_result
nothing(struct zone *zone, const char *name)
{
	for (size_t i = 0; zone->rows[i]; i++)
		if (strncmp(zone->rows[i], name, strlen(name)) == 0 &&
		    zone->rows[i][strlen(name)] == ' ')
			return DNS_NO_DATA;
	return DNS_NO_NAME;
}

static enum dns_result
fake_mx(void *context, const char *name, struct dns_mx_list *to)
{
	struct slice value;
	size_t at = 0;

	*to = (struct dns_mx_list){.is_secure = true};
	while (next_row(context, &at, name, "MX", &value)) {
		struct dns_mx *mx = &to->v[to->len++];
		uint64_t preference;

		if (slice_is(value, "later"))
			return DNS_LATER;
		ck_assert(slice_u64(slice_cut(&value, ' '), 65535,
		    &preference));
		mx->preference = (unsigned)preference;
		memcpy(mx->host.s, value.s, value.len);
		mx->host.s[value.len] = '\0';
	}
	return to->len ? DNS_OK : nothing(context, name);
}

static enum dns_result
fake_addresses(void *context, const char *name, struct dns_addresses *to)
{
	struct zone *zone = context;
	struct slice value;
	size_t at = 0;

	zone->asked++;
	*to = (struct dns_addresses){.is_secure = true};
	if (next_row(zone, &at, name, "CNAME", &value))
		memcpy(to->canonical.s, value.s, value.len);
	at = 0;
	while (next_row(zone, &at, name, "A", &value)) {
		if (slice_is(value, "later"))
			return DNS_LATER;
		ck_assert_int_eq(dns_address_parse(value,
		    &to->v[to->len++]), 0);
	}
	return to->len ? DNS_OK : nothing(zone, name);
}

static const char *
fake_why(void *context)
{
	(void)context;
	return "the resolver sleeps";
}

/* We are mx.us.test, listening on 192.0.2.25:25, [2001:db8::25]:25 and
 * 127.0.0.5:2525. */
static void
be_us(struct self *self)
{
	*self = (struct self){0};
	self_add_name(self, slice_of("mx.us.test"));
	self_add_name(self, slice_of("helo.us.test"));
	ck_assert_int_eq(self_add_listener(self,
	    slice_of("192.0.2.25:25")), 0);
	ck_assert_int_eq(self_add_listener(self,
	    slice_of("[2001:db8::25]:25")), 0);
	ck_assert_int_eq(self_add_listener(self,
	    slice_of("127.0.0.5:2525")), 0);
}

/* "host host:port", or "code enhanced", with "alarm" behind it. */
static void
describe(struct str *to, const struct mx_plan *plan)
{
	for (size_t i = 0; i < plan->host_count; i++) {
		const struct mx_host *host = &plan->hosts[i];

		str_addf(to, "%s%s", i ? " " : "", host->name.s);
		if (host->port != SMTP_PORT)
			str_addf(to, ":%u", host->port);
		ck_assert_uint_gt(host->addresses.len, 0);
	}
	if (plan->verdict != MX_TRY)
		str_addf(to, "%d %s", plan->code, plan->enhanced);
	if (plan->is_alarm)
		str_puts(to, " alarm");
	ck_assert(plan->verdict == MX_TRY ? plan->host_count > 0 :
	    plan->host_count == 0 && plan->text.len > 0);
	ck_assert(plan->verdict == MX_TRY ||
	    (plan->verdict == MX_FAIL) == (plan->code / 100 == 5));
	ck_assert(plan->code == 0 || plan->code / 100 ==
	    plan->enhanced[0] - '0');
}

static void
plan_with(struct zone *zone, const char *text, uint64_t seed, struct str *to)
{
	struct mx_resolver resolver = {fake_mx, fake_addresses, fake_why, zone};
	struct mx_plan *plan = mem_alloc(sizeof *plan);
	struct next_hop hop = {0};
	struct self self;

	be_us(&self);
	ck_assert_int_eq(next_hop_parse(slice_of(text), &hop), 0);
	mx_plan(plan, &hop, &self, &resolver, seed);
	describe(to, plan);
	mx_plan_free(plan);
	next_hop_free(&hop);
	self_free(&self);
	free(plan);
}

static const struct {
	const char *claim, *hop, *expected;
	const char *rows[12];
} cases[] = {
	{"by preference", "mx a.test", "x.test y.test", {
	    "a.test MX 20 y.test", "a.test MX 10 x.test",
	    "x.test A 192.0.2.1", "y.test A 192.0.2.2"}},
	{"IPv6 is an address", "mx a.test", "x.test", {
	    "a.test MX 20 x.test", "x.test A 2001:db8::1"}},
	{"no MX: the domain itself", "mx a.test", "a.test", {
	    "a.test A 192.0.2.1"}},
	{"neither MX nor address", "mx a.test", "550 5.4.4", {
	    "a.test nothing"}},
	{"no such domain", "mx a.test", "550 5.1.2", {NULL}},
	{"no such domain, backup", "backup a.test", "550 5.1.2", {NULL}},
	{"no such domain, held mail: later", "etrn a.test", "451 4.4.4 alarm",
	    {NULL}},
	{"no MX, held mail: the domain itself", "etrn a.test", "a.test", {
	    "a.test A 192.0.2.1"}},
	{"held mail, to=", "etrn a.test to=[192.0.2.7]", "192.0.2.7", {
	    "a.test MX 10 x.test", "x.test A 192.0.2.1"}},
	{"null MX, held mail: later", "etrn a.test", "451 4.4.4 alarm", {
	    "a.test MX 0 ."}},
	{"nobody knows the MX", "mx a.test", "451 4.4.3", {
	    "a.test MX later", "a.test A 192.0.2.1"}},
	{"nobody knows the MX, backup", "backup a.test", "451 4.4.3", {
	    "a.test MX later"}},
	{"no MX, and nobody knows the address", "mx a.test", "451 4.4.3", {
	    "a.test A later"}},
	{"null MX", "mx a.test", "556 5.1.10", {
	    "a.test MX 0 .", "a.test A 192.0.2.1"}},
	{"null MX, whatever its preference, twice", "mx a.test", "556 5.1.10", {
	    "a.test MX 10 .", "a.test MX 20 .", "a.test A 192.0.2.1"}},
	{"null MX, backup", "backup a.test", "556 5.1.10", {
	    "a.test MX 0 ."}},
	{". beside others is ignored", "mx a.test", "x.test", {
	    "a.test MX 0 .", "a.test MX 10 x.test", "x.test A 192.0.2.1"}},
	{"MX without address is skipped", "mx a.test", "y.test", {
	    "a.test MX 10 x.test", "a.test MX 20 y.test", "x.test nothing",
	    "y.test A 192.0.2.1"}},
	{"MX that is not there is skipped", "mx a.test", "y.test", {
	    "a.test MX 10 x.test", "a.test MX 20 y.test",
	    "y.test A 192.0.2.1"}},
	{"MX that nobody knows is skipped", "mx a.test", "y.test", {
	    "a.test MX 10 x.test", "a.test MX 20 y.test", "x.test A later",
	    "y.test A 192.0.2.1"}},
	{"all MX without address: later", "mx a.test", "450 4.4.4", {
	    "a.test MX 10 x.test", "a.test MX 20 y.test", "x.test nothing",
	    "a.test A 192.0.2.1"}},
	{"all MX unknown: later", "mx a.test", "451 4.4.3", {
	    "a.test MX 10 x.test", "a.test MX 20 y.test", "y.test A later"}},
	{"a host that is no name is skipped", "mx a.test", "x.test", {
	    "a.test MX 10 x?.test", "a.test MX 20 x.test",
	    "x.test A 192.0.2.1"}},
	{"only hosts that are no names: later", "mx a.test", "450 4.4.4", {
	    "a.test MX 10 x?.test", "a.test A 192.0.2.1"}},
	{"a host twice is tried once", "mx a.test", "x.test y.test", {
	    "a.test MX 30 x.test", "a.test MX 20 y.test",
	    "a.test MX 10 x.test", "x.test A 192.0.2.1",
	    "y.test A 192.0.2.2"}},

	{"self by name: worse and equal are dropped", "mx a.test", "x.test", {
	    "a.test MX 10 x.test", "a.test MX 20 mx.us.test",
	    "a.test MX 20 y.test", "a.test MX 30 z.test",
	    "x.test A 192.0.2.1", "y.test A 192.0.2.2",
	    "z.test A 192.0.2.3", "mx.us.test A 198.51.100.1"}},
	{"self by name, backup", "backup a.test", "x.test", {
	    "a.test MX 10 x.test", "a.test MX 20 mx.us.test",
	    "a.test MX 20 y.test", "a.test MX 30 z.test",
	    "x.test A 192.0.2.1", "y.test A 192.0.2.2",
	    "z.test A 192.0.2.3"}},
	{"self by helohost", "backup a.test", "x.test", {
	    "a.test MX 10 x.test", "a.test MX 20 helo.us.test",
	    "a.test MX 30 z.test", "x.test A 192.0.2.1",
	    "z.test A 192.0.2.3"}},
	{"self by address", "backup a.test", "x.test", {
	    "a.test MX 10 x.test", "a.test MX 20 other.test",
	    "a.test MX 30 z.test", "x.test A 192.0.2.1",
	    "other.test A 192.0.2.25", "z.test A 192.0.2.3"}},
	{"self by one of several addresses, IPv6", "mx a.test", "x.test", {
	    "a.test MX 10 x.test", "a.test MX 20 other.test",
	    "a.test MX 30 z.test", "x.test A 192.0.2.1",
	    "other.test A 192.0.2.7", "other.test A 2001:db8::25",
	    "z.test A 192.0.2.3"}},
	{"self by an address in disguise", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 20 other.test", "other.test A ::ffff:192.0.2.25"}},
	{"self by an alias of our name", "backup a.test", "x.test", {
	    "a.test MX 10 x.test", "a.test MX 20 alias.test",
	    "a.test MX 30 z.test", "x.test A 192.0.2.1",
	    "alias.test CNAME mx.us.test", "alias.test A 198.51.100.1",
	    "z.test A 192.0.2.3"}},
	{"self best: keep", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 mx.us.test", "a.test MX 20 x.test",
	    "x.test A 192.0.2.1"}},
	{"self best by address, backup: keep", "backup a.test",
	    "451 4.4.6 alarm", {
	    "a.test MX 10 o.test", "a.test MX 20 x.test",
	    "o.test A 192.0.2.25", "x.test A 192.0.2.1"}},
	{"self alone: keep", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 mx.us.test"}},
	{"self alone, backup: keep", "backup a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 mx.us.test"}},
	{"self among the best: keep", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 mx.us.test", "a.test MX 10 x.test",
	    "x.test A 192.0.2.1"}},
	{"better than self, but not there: later", "backup a.test",
	    "450 4.4.4", {
	    "a.test MX 10 x.test", "a.test MX 20 mx.us.test",
	    "a.test MX 30 y.test", "y.test A 192.0.2.1"}},
	{"better than self, but unknown: later", "backup a.test",
	    "451 4.4.3", {
	    "a.test MX 10 x.test", "a.test MX 20 mx.us.test",
	    "x.test A later"}},
	{"self is not among them: all", "backup a.test", "x.test y.test", {
	    "a.test MX 10 x.test", "a.test MX 20 y.test",
	    "x.test A 192.0.2.1", "y.test A 192.0.2.2"}},
	{"no MX, backup: never the domain itself", "backup a.test",
	    "451 4.4.4 alarm", {"a.test A 192.0.2.1"}},
	{"no MX, the domain is us by name", "mx mx.us.test",
	    "451 4.4.6 alarm", {"mx.us.test A 198.51.100.1"}},
	{"no MX, the domain is us by address", "mx a.test",
	    "451 4.4.6 alarm", {"a.test A 192.0.2.25"}},
	{"MX is localhost by name", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 localhost", "localhost A 192.0.2.99"}},
	{"MX is localhost by address", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 x.test", "x.test A 127.0.0.1"}},
	{"MX is localhost by IPv6 address", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 x.test", "x.test A ::1"}},
	{"MX is 0.0.0.0", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 x.test", "x.test A 0.0.0.0"}},
	{"MX is ::", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 x.test", "x.test A ::"}},
	{"other loopback addresses are others", "mx a.test", "x.test", {
	    "a.test MX 10 x.test", "x.test A 127.0.0.2"}},
	{"but not one that we listen on", "mx a.test", "451 4.4.6 alarm", {
	    "a.test MX 10 x.test", "x.test A 127.0.0.5"}},

	{"a route's order stands", "to y.test:2525,x.test",
	    "y.test:2525 x.test", {
	    "x.test A 192.0.2.1", "y.test A 192.0.2.2"}},
	{"a route asks for no MX", "to x.test", "x.test", {
	    "x.test MX 10 y.test", "x.test A 192.0.2.1",
	    "y.test A 192.0.2.2"}},
	{"a route to addresses", "to [192.0.2.9]:26,[2001:db8::1]",
	    "192.0.2.9:26 2001:db8::1", {NULL}},
	{"a host that is not there is skipped", "to y.test,x.test", "x.test", {
	    "x.test A 192.0.2.1"}},
	{"no host is there: later", "to y.test,x.test", "450 4.4.4", {NULL}},
	{"nobody knows: later", "to y.test,x.test", "451 4.4.3", {
	    "y.test A later"}},
	{"a route to our listener: keep", "to [192.0.2.25]",
	    "451 4.4.6 alarm", {NULL}},
	{"by name", "to mx.us.test", "451 4.4.6 alarm", {
	    "mx.us.test A 198.51.100.1"}},
	{"by another name's address", "to x.test", "451 4.4.6 alarm", {
	    "x.test A 2001:db8::25"}},
	{"on its port", "to [127.0.0.5]:2525", "451 4.4.6 alarm", {NULL}},
	{"by 0.0.0.0", "to [0.0.0.0]:2525", "451 4.4.6 alarm", {NULL}},
	{"another port of this host is another", "to [192.0.2.25]:10025",
	    "192.0.2.25:10025", {NULL}},
	{"localhost is, where we do not listen", "to localhost:10025",
	    "localhost:10025", {"localhost A 127.0.0.1"}},
	{"one of them is us: the other, and an alarm",
	    "to [192.0.2.25],x.test", "x.test alarm", {
	    "x.test A 192.0.2.1"}},
};

START_TEST(hosts_are_these)
{
	struct zone zone = {.rows = cases[_i].rows};
	struct str got = {0};

	plan_with(&zone, cases[_i].hop, (uint64_t)_i, &got);
	ck_assert_msg(slice_is(str_slice(&got), cases[_i].expected),
	    "%s: expected %s, got %s", cases[_i].claim, cases[_i].expected,
	    str_c(&got));
	str_free(&got);
}
END_TEST

START_TEST(equals_take_turns)
{
	const char *rows[] = {
		"a.test MX 10 x.test", "a.test MX 10 y.test",
		"a.test MX 10 z.test", "a.test MX 20 last.test",
		"x.test A 192.0.2.1", "y.test A 192.0.2.2",
		"z.test A 192.0.2.3", "last.test A 192.0.2.4", NULL};
	unsigned first[3] = {0};

	for (uint64_t seed = 0; seed < 3000; seed++) {
		struct zone zone = {.rows = rows};
		struct str got = {0}, again = {0};

		plan_with(&zone, "mx a.test", seed, &got);
		plan_with(&zone, "mx a.test", seed, &again);
		ck_assert_str_eq(str_c(&got), str_c(&again));
		ck_assert_str_eq(str_c(&got) + got.len - 9, "last.test");
		first[got.s[0] - 'x']++;
		str_free(&got);
		str_free(&again);
	}
	for (int i = 0; i < 3; i++)
		ck_assert_uint_gt(first[i], 900);
}
END_TEST

START_TEST(hosts_worse_than_self_are_not_looked_up)
{
	const char *rows[] = {
		"a.test MX 10 x.test", "a.test MX 20 mx.us.test",
		"a.test MX 30 z.test", "x.test A 192.0.2.1", NULL};
	struct zone zone = {.rows = rows};
	struct str got = {0};

	plan_with(&zone, "backup a.test", 1, &got);
	ck_assert_str_eq(str_c(&got), "x.test");
	ck_assert_uint_eq(zone.asked, 1);
	str_free(&got);
}
END_TEST

START_TEST(thirty_hosts_are_ten)
{
	char text[30][40];
	const char *rows[DNS_MX_MAX * 2] = {0};
	struct zone zone = {.rows = rows};
	struct str got = {0};
	size_t spaces = 0;

	for (int i = 0; i < 30; i++) {
		snprintf(text[i], sizeof text[i], "a.test MX %d x.test%c", i,
		    'a' + i % 26);
		rows[i] = text[i];
	}
	for (int i = 0; i < 26; i++) {
		static char address[26][40];

		snprintf(address[i], sizeof address[i], "x.test%c A 192.0.2.1",
		    'a' + i);
		rows[30 + i] = address[i];
	}
	plan_with(&zone, "mx a.test", 1, &got);
	for (size_t i = 0; i < got.len; i++)
		spaces += got.s[i] == ' ';
	ck_assert_uint_eq(spaces, MX_HOSTS_MAX - 1);
	str_free(&got);
}
END_TEST

START_TEST(all_interfaces_are_own_when_bound_to_all)
{
	struct self self = {0};
	struct dns_address loopback, other;

	ck_assert_int_eq(dns_address_parse(slice_of("127.0.0.1"),
	    &loopback), 0);
	ck_assert_int_eq(dns_address_parse(slice_of("192.0.2.77"),
	    &other), 0);
	ck_assert_int_eq(self_add_listener(&self, slice_of("0.0.0.0:25")), 0);
	ck_assert(!self_is_address(&self, &other));
	self.interfaces[self.interface_count++] = other;
	ck_assert(self_is_address(&self, &other));
	ck_assert(self_is_listener(&self, &other, 25));
	ck_assert(!self_is_listener(&self, &other, 26));
	ck_assert_int_eq(self_read_interfaces(&self), 0);
	ck_assert_uint_gt(self.interface_count, 0);
	ck_assert(self_is_listener(&self, &loopback, 25));
	self_free(&self);
}
END_TEST

static const char *const no_listeners[] = {"", ":", "25", "x:25",
	"192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:2x", "[]:25",
	"[::1:25", "192.0.2.1.5:25"};

START_TEST(what_is_no_listener_is_refused)
{
	struct self self = {0};

	ck_assert_int_eq(self_add_listener(&self,
	    slice_of(no_listeners[_i])), -1);
	ck_assert_uint_eq(self.listener_count, 0);
	self_free(&self);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("mx");

	tcase_add_loop_test(unit.cases, hosts_are_these, 0,
	    (int)(sizeof cases / sizeof *cases));
	tcase_add_test(unit.cases, equals_take_turns);
	tcase_add_test(unit.cases, hosts_worse_than_self_are_not_looked_up);
	tcase_add_test(unit.cases, thirty_hosts_are_ten);
	tcase_add_test(unit.cases, all_interfaces_are_own_when_bound_to_all);
	tcase_add_loop_test(unit.cases, what_is_no_listener_is_refused, 0,
	    (int)(sizeof no_listeners / sizeof *no_listeners));
	return unit_run(unit);
}
