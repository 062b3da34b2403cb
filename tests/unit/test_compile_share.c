/* test_compile_share - the tables of share mode: their faults, and what the
 * programs read of them. */
#include "control/share.h"
#include "lib/mail/name_fold.h"
#include "tests/unit/route_ask.h"
#include "tests/unit/share_house.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>

#define ACCOUNTS(line) "control/accounts:" #line ": "
#define APART "so that nobody could tell the two apart, change one of the two\n"

/* Behind "local.test local, x.test share" in domains, its postmaster and
 * "m@x.test manager" in accounts (lines 1 to 3); all that is said. */
static const struct {
	const char *domains, *accounts, *aliases, *isp, *says;
} faulty[] = {
    /* domains */
    {.domains = "x.test share\n",
	.says = "control/domains:3: the domain x.test stands in line 2 "
	    "already, remove one of the two\n"},
    {.domains = "y.test share unnamed=all\n",
	.accounts = "postmaster@y.test user\n",
	.says = "control/domains:3: unknown unnamed \"all\", write staff or "
	    "manager\n"},
    {.domains = "y.test share audit=yes smarthost=isp.test tls=may keep=5d\n",
	.accounts = "postmaster@y.test user\n",
	.says = "control/domains:3: unknown audit \"yes\", write hold or "
	    "copy\n"
	    "control/domains:3: tls= is for the kind backup, route or etrn, "
	    "remove it\n"
	    "control/domains:3: keep= is for the kind backup or etrn, remove "
	    "it\n"
	    "control/domains:3: smarthost= is for the kind local or route, "
	    "remove it\n"},
    {.domains = "y.test local unnamed=staff audit=hold via-isp=yes\n",
	.accounts = "postmaster@y.test user\n",
	.says = "control/domains:3: via-isp= is for the kind map or share, "
	    "remove it\n"
	    "control/domains:3: unnamed= is for the kind share, remove it\n"
	    "control/domains:3: audit= is for the kind share, remove it\n"},
    {.domains = "y.test route to=a monitor=m@x.test\n",
	.says = "control/domains:3: monitor= is for the kind local, map or "
	    "share, remove it\n"},
    {.domains = "y.test local monitor=\n",
	.accounts = "postmaster@y.test user\n",
	.says = "control/domains:3: monitor= cannot be \"\", write the "
	    "address of an account of ours\n"},
    {.domains = "y.test local monitor=x@out.test\n",
	.accounts = "postmaster@y.test user\n",
	.says = "control/domains:3: monitor=x@out.test is no account that is "
	    "in use, name one in control/accounts\n"},
    {.domains = "y.test local monitor=a@x.test\n",
	.accounts = "postmaster@y.test user\na@x.test staff name=A "
	    "former=yes\n",
	.says = "control/domains:3: monitor=a@x.test is no account that is "
	    "in use, name one in control/accounts\n"},
    /* whose address is it */
    {.domains = "y.test share\n", .accounts = "postmaster@y.test staff "
	"name=Post\n",
	.says = "control/domains:3: y.test has staff (accounts line 4) but no "
	    "manager, who holds the address that they share, give one account "
	    "the role manager\n"},
    {.accounts = "n@x.test manager\n",
	.says = ACCOUNTS(4) "x.test has a manager already, m@x.test in line "
	    "3, give one of the two another role\n"},
    {.accounts = "a@x.test user audit=hold\nm2@local.test staff former=yes\n"
	"b@x.test admin successor=m@x.test\n",
	.says = ACCOUNTS(4) "audit= is for staff in a domain of the kind "
	    "share, remove it\n"
	    ACCOUNTS(5) "former= is for staff in a domain of the kind share, "
	    "remove it\n"
	    ACCOUNTS(6) "successor= is for staff in a domain of the kind "
	    "share, remove it\n"},
    {.accounts = "a@x.test staff name=A audit=no former=maybe successor=x "
	"smarthost=h\n",
	.says = ACCOUNTS(4) "unknown audit \"no\", write copy or hold\n"
	    ACCOUNTS(4) "unknown former \"maybe\", write yes or no\n"
	    ACCOUNTS(4) "successor= cannot be \"x\", write the address of a "
	    "colleague\n"
	    ACCOUNTS(4) "mail from a@x.test leaves by control/isp, which the "
	    "kind of its domain says, remove smarthost=\n"},
    /* names */
    {.accounts = "a@x.test staff\n",
	.says = ACCOUNTS(4) "customers know staff by name, add name=\"FIRST "
	    "LAST\"\n"},
    {.accounts = "a@x.test staff name=\"A||B\"\nb@x.test staff name=\" \"\n",
	.says = ACCOUNTS(4) "name= has an empty name between |, remove one "
	    "|\n"
	    ACCOUNTS(5) "name= has an empty name between |, remove one |\n"},
    {.accounts = "a@x.test staff name=\"...\"\n",
	.says = ACCOUNTS(4) "the name \"...\" has nothing to know a person "
	    "by, write letters\n"},
    {.accounts = "a@x.test staff name=\"Zhang San\"\n"
	"b@x.test staff name=\"Li Si|SAN, ZHANG\"\n",
	.says = ACCOUNTS(5) "the name \"SAN, ZHANG\" means the same as one in "
	    "line 4, " APART},
    {.accounts = "a@x.test staff name=\"\345\274\240\344\270\211\" "
	"former=yes\nb@x.test staff name=\"\345\274\240 \344\270\211\"\n",
	.says = ACCOUNTS(5) "the name \"\345\274\240 \344\270\211\" means the "
	    "same as one in line 4, " APART},
    {.accounts = "a@x.test staff name=\"J. R\"\n"
	"b@x.test staff name=\"J_ R\"\n",
	.says = ACCOUNTS(5) "the name \"J_ R\" makes the same folder below "
	    "Assign as one in line 4, " APART},
    {.accounts = "a@x.test staff name=\"a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|"
	"t|u|v|w|x|y|z|aa|bb|cc|dd|ee|ff|gg|hh\"\n",
	.says = ACCOUNTS(4) "name= has more than 32 names, remove some\n"},
    /* who has left */
    {.accounts = "a@x.test staff name=A successor=m@x.test\n",
	.says = ACCOUNTS(4) "successor= is for who has left, add former=yes "
	    "or remove it\n"},
    {.accounts = "a@x.test staff name=A former=yes successor=b@x.test\n",
	.says = ACCOUNTS(4) "the successor b@x.test is no account of x.test, "
	    "name one of them\n"},
    {.accounts = "a@x.test staff name=A former=yes "
	"successor=postmaster@local.test\n",
	.says = ACCOUNTS(4) "the successor postmaster@local.test is no "
	    "account of x.test, name one of them\n"},
    {.accounts = "a@x.test staff name=A former=yes successor=b@x.test\n"
	"b@x.test staff name=B former=yes\n"
	"c@x.test staff name=C former=yes successor=c@x.test\n",
	.says = ACCOUNTS(4) "the successor b@x.test has left as well, name "
	    "one who is there\n"
	    ACCOUNTS(6) "the successor c@x.test has left as well, name one "
	    "who is there\n"},
    {.domains = "y.test local\n", .accounts = "a@x.test staff name=A "
	"former=yes\n", .aliases = "postmaster@y.test a@x.test\n"
	"i@y.test m@x.test,A@x.test\n",
	.says = "control/aliases:1: the target a@x.test has left (accounts "
	    "line 4), take it out or name a colleague\n"
	    "control/aliases:2: the target A@x.test has left (accounts line "
	    "4), take it out or name a colleague\n"},
    {.domains = "y.test share\n", .accounts = "b@y.test manager\n"
	"postmaster@y.test staff name=Post former=yes\n",
	.says = "control/domains:3: postmaster@y.test has left (accounts line "
	    "5), let an alias of this name lead to a colleague\n"},
    /* mailboxes at a provider */
    {.accounts = "a@x.test staff name=A\n",
	.isp = "a@x.test a@isp.test smtp=smtp://isp.test\n",
	.says = "control/isp:1: a@x.test is staff, whose letters go by the "
	    "mailbox of the manager, bind that one or remove this row\n"},
    {.isp = "m@x.test a@isp.test pop3=pop3://isp.test map-to=@x.test\n",
	.says = "control/isp:1: map-to= cannot be \"@x.test\", write @DOMAIN, "
	    "a domain of the kind map in control/domains\n"},
};

static void
begin(void)
{
	control_begin();
	control_write("secrets/isp", "a@isp.test geheim\n");
}

static void
write_table(const char *name, const char *head, const char *tail)
{
	struct str text = {0};

	str_addf(&text, "%s%s", head, tail ? tail : "");
	control_write(name, str_c(&text));
	str_free(&text);
}

START_TEST(each_fault_is_said_once_with_file_and_line)
{
	write_table("domains", "local.test local\nx.test share\n",
	    faulty[_i].domains);
	write_table("accounts", "postmaster@local.test user\n"
	    "postmaster@x.test user\nm@x.test manager\n",
	    faulty[_i].accounts);
	write_table("aliases", "", faulty[_i].aliases);
	write_table("isp", "", faulty[_i].isp);
	control_compile_badly(faulty[_i].says);
}
END_TEST

START_TEST(a_name_too_long_for_a_folder_is_a_fault)
{
	struct str accounts = {0};

	str_puts(&accounts, "postmaster@local.test user\n"
	    "postmaster@x.test manager\na@x.test staff name=");
	for (int i = 0; i <= SHARE_NAME_BYTES; i++)
		str_putc(&accounts, 'x');
	control_write("domains", "local.test local\nx.test share\n");
	control_write("accounts", str_c(&accounts));
	control_compile_fault("is longer than 180 bytes, shorten it");
	str_free(&accounts);
}
END_TEST

/* ---- what the programs read ---- */

static void
house_begin(void)
{
	share_house_begin();
	control_write("secrets/passwd",
	    "lisi@my.test:{CRYPT}$y$j9T$a$b\nwangwu@my.test:{CRYPT}$y$j9T$a$b\n");
	control_compile_well();
}

static void
open_routing(struct config *config)
{
	ck_assert_int_eq(config_open(config, "routing"), 0);
}

START_TEST(a_share_knows_manager_addresses_and_staff)
{
	struct config config;
	struct share_row row = {0};

	open_routing(&config);
	ck_assert(share_load(&config, slice_of("my.test"), &row));
	ck_assert_str_eq(str_c(&row.manager), "sales@my.test");
	ck_assert_uint_eq(row.shared.len, 3);
	ck_assert_str_eq(str_c(&row.shared.v[0]), "sales@my.test");
	ck_assert_str_eq(str_c(&row.shared.v[1]), "first@isp.test");
	ck_assert_str_eq(str_c(&row.shared.v[2]), "sales@isp.test");
	ck_assert_uint_eq(row.staff.len, 3); /* those who are there */
	ck_assert_str_eq(str_c(&row.staff.v[0]), "zhangsan@my.test");
	ck_assert_str_eq(str_c(&row.staff.v[2]), "shut@my.test");
	ck_assert_uint_eq(row.line, 4);
	ck_assert(!row.unnamed_to_staff && !row.audit_hold);
	ck_assert(share_load_head(&config, slice_of("shop.test"), &row));
	ck_assert(row.unnamed_to_staff && row.audit_hold);
	ck_assert_uint_eq(row.staff.len, 0);
	ck_assert(!share_load(&config, slice_of("local.test"), &row));
	ck_assert_uint_eq(row.manager.len, 0);
	share_free(&row);
	config_close(&config);
}
END_TEST

static const struct {
	const char *domain, *name, *account, *goes_to;
} names[] = {
    {"my.test", "Zhang San", "zhangsan@my.test", "zhangsan@my.test"},
    {"my.test", "san, ZHANG", "zhangsan@my.test", "zhangsan@my.test"},
    {"my.test", "\345\274\240 \344\270\211", "zhangsan@my.test",
	"zhangsan@my.test"},
    {"my.test", "\xe7\x8e\x8b\xe4\xba\x94", "wangwu@my.test",
	"sales@my.test"},
    {"my.test", "Wang Wu", "wangwu@my.test", "sales@my.test"},
    {"my.test", "Liu Zhao", "zhaoliu@my.test", "lisi@my.test"},
    {"shop.test", "eva", "eva@shop.test", "eva@shop.test"},
    {"my.test", "eva", NULL, NULL},
    {"shop.test", "Zhang San", NULL, NULL},
    {"my.test", "Sales", NULL, NULL}, /* the manager is no staff */
    {"local.test", "eva", NULL, NULL},
    {"my.test", "", NULL, NULL},
};

START_TEST(a_name_leads_to_whoever_bears_it)
{
	struct config config;
	struct share_name_row row = {0};
	struct str key = {0};
	bool is_found;

	open_routing(&config);
	name_fold(&key, slice_of(names[_i].name));
	is_found = share_by_name(&config, slice_of(names[_i].domain),
	    str_slice(&key), &row);
	ck_assert(is_found == (names[_i].account != NULL));
	if (is_found) {
		ck_assert_str_eq(str_c(&row.account), names[_i].account);
		ck_assert_str_eq(str_c(&row.goes_to), names[_i].goes_to);
	}
	share_name_free(&row);
	str_free(&key);
	config_close(&config);
}
END_TEST

static const struct {
	const char *address;
	bool is_shared;
} addresses[] = {
    {"sales@my.test", true}, {"Sales+Tag@MY.test.", true},
    {"Sales@ISP.test", true}, {"first@isp.test", true},
    {"Sales+zhang@ISP.test.", true}, {"sales-x@isp.test", false},
    {"info@my.test", true}, {"hello@local.test", true},
    {"anything@my.test", true}, {"postmaster@my.test", true},
    {"both@my.test", false}, {"zhangsan@my.test", false},
    {"own@isp.test", false}, {"own@my.test", false},
    {"x@out.test", false}, {"sales@shop.test", false},
    {"till@shop.test", false}, {"out@my.test", false}, {"", false},
    {"sales", false}, {"sales@my.test,x@y.test", false},
};

START_TEST(an_address_is_shared_if_it_leads_to_the_manager_alone)
{
	struct config config;
	struct share_row row = {0};

	open_routing(&config);
	ck_assert(share_load_head(&config, slice_of("my.test"), &row));
	ck_assert(share_is_address(&config, &row,
	    slice_of(addresses[_i].address)) == addresses[_i].is_shared);
	share_free(&row);
	config_close(&config);
}
END_TEST

START_TEST(what_is_for_a_former_one_goes_to_the_successor)
{
	struct config config;
	struct str to = {0};

	open_routing(&config);
	ck_assert(share_goes_to(&config, slice_of("lisi+x@my.test"), &to));
	ck_assert_str_eq(str_c(&to), "lisi@my.test");
	ck_assert(share_goes_to(&config, slice_of("zhaoliu@my.test"), &to));
	ck_assert_str_eq(str_c(&to), "lisi@my.test");
	ck_assert(share_goes_to(&config, slice_of("wangwu@my.test"), &to));
	ck_assert_str_eq(str_c(&to), "sales@my.test");
	ck_assert(!share_goes_to(&config, slice_of("nobody@out.test"), &to));
	str_free(&to);
	config_close(&config);
}
END_TEST

START_TEST(a_former_one_has_no_password)
{
	struct config config;
	struct slice stored;
	struct str dovecot = {0};

	ck_assert_int_eq(config_open(&config, "passwd"), 0);
	ck_assert(config_password(&config, slice_of("lisi@my.test"), &stored));
	ck_assert(!config_password(&config, slice_of("wangwu@my.test"),
	    &stored));
	config_close(&config);
	ck_assert_int_eq(read_file(AT_FDCWD, "control/cdb/dovecot/passwd",
	    &dovecot, 65536), 0);
	ck_assert_ptr_nonnull(strstr(str_c(&dovecot), "lisi@my.test:"));
	ck_assert_ptr_null(strstr(str_c(&dovecot), "wangwu@my.test:"));
	str_free(&dovecot);
}
END_TEST

static const struct {
	const char *key, *value;
} outside[] = {
    {"asales@my.test", "sales@isp.test"},
    {"nsales@my.test", NULL},
    {"azhangsan@my.test", "sales@isp.test"},
    {"nzhangsan@my.test", "Zhang San"},
    {"nwangwu@my.test", "Wang Wu"},
    {"nzhaoliu@my.test", "Zhao, Liu"},
    {"aown@my.test", "own@isp.test"},
    {"abare@my.test", NULL},
    {"aeva@shop.test", "shop@isp.test"},
    {"a@shop.test", "rest@isp.test"},
    {"amia@mute.test", "mute@isp.test"},
    {"dmy.test", "drop"},
    {"dlocal.test", NULL},
};

START_TEST(the_outside_knows_staff_by_the_shared_address_and_a_name)
{
	struct config config;
	struct slice value;
	bool is_found;

	ck_assert_int_eq(config_open(&config, "isp-map"), 0);
	is_found = cdb_file_get(&config.file, slice_of(outside[_i].key),
	    &value);
	ck_assert(is_found == (outside[_i].value != NULL));
	if (is_found)
		ck_assert(slice_is(value, outside[_i].value));
	config_close(&config);
}
END_TEST

START_TEST(an_alias_may_have_the_name_of_who_has_left)
{
	control_write("domains", "local.test share\n");
	control_write("accounts", "postmaster@local.test manager\n"
	    "old@local.test staff name=Old former=yes\n"
	    "new@local.test staff name=New\n");
	control_write("aliases", "old@local.test new@local.test\n");
	control_compile_well();
	route_ask_check(&(struct question){"submission", "new@local.test",
	    "new@local.test", "old@local.test", "local new@local.test"});
	control_write("aliases", "new@local.test postmaster@local.test\n");
	control_compile_fault("control/aliases:1: this alias hides");
}
END_TEST

START_TEST(the_first_share_domain_and_the_last_ask_for_up)
{
	static const char *const domains[] = {"local.test local\n",
	    "local.test share\n", "local.test share audit=hold\n",
	    "local.test map\n"};
	static const bool asks[] = {false, true, false, true};
	struct compile_report report = {0};

	ck_assert_int_ge(compile_lock(), 0);
	for (size_t i = 0; i < 4; i++) {
		control_write("domains", domains[i]);
		ck_assert_int_eq(compile(&report), COMPILE_DONE);
		ck_assert(report.is_up_needed == asks[i]);
	}
	compile_report_free(&report);
}
END_TEST

START_TEST(folders_have_neither_dots_nor_slashes)
{
	struct str to = {0};

	share_folder(&to, slice_of("Dr. A/B \345\274\240"));
	ck_assert_str_eq(str_c(&to), "Dr_ A_B \345\274\240");
	str_free(&to);
}
END_TEST

START_TEST(many_staff_in_one_domain)
{
	struct str accounts = {0};
	struct share_row row = {0};
	struct config config;

	str_puts(&accounts, "postmaster@local.test user\n"
	    "boss@local.test user\nanna@local.test user\n"
	    "postmaster@my.test manager\n");
	for (int i = 0; i < 20000; i++)
		str_addf(&accounts, "s%d@my.test staff name=\"Number %d\"\n",
		    i, i);
	control_write("domains", "my.test share unnamed=staff\n"
	    "local.test local\n");
	control_write("accounts", str_c(&accounts));
	control_write("aliases", "");
	control_write("isp", "");
	control_write("secrets/passwd", "");
	control_compile_well();
	open_routing(&config);
	ck_assert(share_load(&config, slice_of("my.test"), &row));
	ck_assert_uint_eq(row.staff.len, 20000);
	share_free(&row);
	config_close(&config);
	str_free(&accounts);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("compile_share");
	TCase *house = tcase_create("house");

	tcase_add_checked_fixture(unit.cases, begin, NULL);
	unit_loop(unit.cases, each_fault_is_said_once_with_file_and_line,
	    faulty);
	tcase_add_test(unit.cases, a_name_too_long_for_a_folder_is_a_fault);
	tcase_add_test(unit.cases,
	    an_alias_may_have_the_name_of_who_has_left);
	tcase_add_test(unit.cases,
	    the_first_share_domain_and_the_last_ask_for_up);
	tcase_add_test(unit.cases, folders_have_neither_dots_nor_slashes);
	tcase_add_checked_fixture(house, house_begin, NULL);
	tcase_add_test(house, a_share_knows_manager_addresses_and_staff);
	unit_loop(house, a_name_leads_to_whoever_bears_it, names);
	unit_loop(house, an_address_is_shared_if_it_leads_to_the_manager_alone,
	    addresses);
	tcase_add_test(house, what_is_for_a_former_one_goes_to_the_successor);
	tcase_add_test(house, a_former_one_has_no_password);
	unit_loop(house,
	    the_outside_knows_staff_by_the_shared_address_and_a_name, outside);
	tcase_add_test(house, many_staff_in_one_domain);
	suite_add_tcase(unit.suite, house);
	return unit_run(unit);
}
