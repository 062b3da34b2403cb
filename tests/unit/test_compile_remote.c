/* test_compile_remote - the tables that say where mail for others goes: their
 * faults, and what remote-send may read of them. */
#include "control/compile.h"

#include "lib/base/clock.h"
#include "tests/unit/control_dir.h"
#include "tests/unit/unit.h"

#define LISTEN "192.0.2.1:25 smtp\n0.0.0.0:2525 smtp\n[2001:db8::1]:25 smtp\n" \
	"[::]:2525 smtp\n127.0.0.1:587 submission\n"
#define HOSTS10 "a,a,a,a,a,a,a,a,a,a"

/* What is said often, behind whom it is said of. */
#define NO_HOST " is no host, write HOST, HOST:PORT, [192.0.2.1] or " \
	"[2001:db8::1]:PORT, with commas between several\n"
#define OURSELVES " is this house itself (control/me, helohost), name the " \
	"host that the mail is for; another server on this machine by its " \
	"address, [127.0.0.1]:PORT\n"
#define LISTENER "), name the host that the mail is for\n"
#define NO_KEEP "\", write how long mail waits, from 1h to 3650d, as in " \
	"30d, or forever\n"
#define TWICE " already, remove one of the two\n"

/* Behind "local.test local" in domains, as routes, as recipients/list; all
 * that is said. */
static const struct {
	const char *domains, *routes, *list, *says;
} faulty[] = {
    {.domains = "x.test route\n",
	.says = "control/domains:2: a route leads to a host, add to=HOST or "
	    "to=HOST:PORT\n"},
    {.domains = "x.test route to=\n",
	.says = "control/domains:2: a host is missing, write HOST or HOST:PORT, "
	"several with commas and no blanks between them\n"},
    {.domains = "x.test route to=a,,b\n",
	.says = "control/domains:2: a host is missing, write HOST or HOST:PORT, "
	"several with commas and no blanks between them\n"},
    {.domains = "x.test route to=192.0.2.7\n",
	.says = "control/domains:2: \"192.0.2.7\"" NO_HOST},
    {.domains = "x.test route to=2001:db8::7\n",
	.says = "control/domains:2: \"2001:db8::7\"" NO_HOST},
    {.domains = "x.test route to=a:99999\n",
	.says = "control/domains:2: \"a:99999\"" NO_HOST},
    {.domains = "x.test route to=smtp://user@isp.test\n",
	.says = "control/domains:2: \"smtp://user@isp.test\": a host with a "
	    "login or a URL is not built yet, write HOST or HOST:PORT\n"},
    {.domains = "x.test route to=" HOSTS10 ",a\n",
	.says = "control/domains:2: more than 10 hosts, name fewer\n"},
    {.domains = "x.test route to=a tls=yes\n",
	.says = "control/domains:2: tls= cannot be \"yes\", write may, "
	    "require, verify, none or fingerprint:HEX (SHA-256 of the "
	    "certificate, 64 digits)\n"},
    {.domains = "x.test route to=a keep=5d\n",
	.says = "control/domains:2: keep= is for the kind backup or etrn, "
	    "remove it\n"},
    {.domains = "x.test route to=a keep=5d to=b\n",
	.says = "control/domains:2: to= is given twice, remove one\n"
	    "control/domains:2: keep= is for the kind backup or etrn, "
	    "remove it\n"},
    {.domains = "x.test backup to=a smarthost=b\n",
	.says = "control/domains:2: to= is for the kind route or etrn, "
	    "remove it\n"
	    "control/domains:2: smarthost= is for the kind local or route, "
	    "remove it\n"},
    {.domains = "x.test backup keep=0\n",
	.says = "control/domains:2: keep= cannot be \"0" NO_KEEP},
    {.domains = "x.test backup keep=9999d\n",
	.says = "control/domains:2: keep= cannot be \"9999d" NO_KEEP},
    {.domains = "x.test backup keep=30\n",
	.says = "control/domains:2: keep= cannot be \"30" NO_KEEP},
    {.domains = "local.test route to=a\n",
	.says = "control/domains:2: the domain local.test stands in line 1"
	    TWICE},
    {.domains = "x.test share\n",
	.says = "control/domains:2: postmaster@x.test is nobody, add an account "
	    "or alias of this name\n"},
    {.domains = "x.test etrn to=a allow=b\n",
	.says = "control/domains:2: \"b\" is no address or prefix, write one "
	    "like 192.0.2.0/24 or 2001:db8::/32\n"},
    {.domains = "x.test etrn to=a allow=::1,192.0.2.1/24\n",
	.says = "control/domains:2: the address has bits behind its prefix, "
	    "write 192.0.2.0/24\n"},
    {.domains = "x.test etrn login=a allow=::1\n",
	.says = "control/domains:2: login= cannot be \"a\", name accounts, "
	    "as in user@example.org, with commas between several\n"},
    {.domains = "x.test etrn queue=a,b allow=::1\n",
	.says = "control/domains:2: queue= cannot be \"a,b\", write a name "
	    "of letters, digits, - _ and .\n"},
    {.domains = "x.test etrn to=client allow=::1\n",
	.says = "control/domains:2: to=client sends the mail to whoever asks "
	    "after a login, add login=ACCOUNT\n"},
    {.domains = "x.test etrn allow=::1 smarthost=a\n",
	.says = "control/domains:2: smarthost= is for the kind local or "
	    "route, remove it\n"},
    {.domains = "x.test route to=client queue=a\n",
	.says = "control/domains:2: queue= is for the kind etrn, remove it\n"
	    "control/domains:2: to=client is for the kind etrn, name a "
	    "host\n"},
    {.domains = "x.test etrn allow=::1\nX.TEST. backup\n",
	.says = "control/domains:3: the domain x.test stands in line 2" TWICE},
    {.domains = "m\303\274nchen.test etrn allow=::1\n"
	"XN--MNCHEN-3YA.test. etrn allow=::1\n",
	.says = "control/domains:3: the domain xn--mnchen-3ya.test stands in "
	    "line 2" TWICE},
    {.domains = "x.test etrn to=mail.local.test allow=::1\n",
	.says = "control/domains:2: mail.local.test" OURSELVES},
    {.domains = "x.test backup smarthost-tls=verify\n",
	.says = "control/domains:2: smarthost-tls= is for a smart host, add "
	    "smarthost=HOST or remove it\n"},
    {.domains = "x.test route to=a smarthost=none smarthost-tls=verify\n",
	.says = "control/domains:2: smarthost-tls= is for a smart host, add "
	    "smarthost=HOST or remove it\n"},
    /* ourselves */
    {.domains = "x.test route to=Mail.Local.TEST.\n",
	.says = "control/domains:2: mail.local.test" OURSELVES},
    {.domains = "x.test route to=other.test,mail.local.test:26\n",
	.says = "control/domains:2: mail.local.test" OURSELVES},
    {.domains = "x.test route to=out.local.test\n",
	.says = "control/domains:2: out.local.test" OURSELVES},
    {.domains = "x.test route to=[192.0.2.1]\n",
	.says = "control/domains:2: 192.0.2.1 port 25 is this house itself "
	    "(control/listen line 1" LISTENER},
    {.domains = "x.test route to=[::ffff:192.0.2.1]\n",
	.says = "control/domains:2: 192.0.2.1 port 25 is this house itself "
	    "(control/listen line 1" LISTENER},
    {.domains = "x.test route to=[127.9.9.9]:2525\n",
	.says = "control/domains:2: 127.9.9.9 port 2525 is this house itself "
	    "(control/listen line 2" LISTENER},
    {.domains = "x.test route to=[2001:DB8:0::1]\n",
	.says = "control/domains:2: 2001:db8::1 port 25 is this house itself "
	    "(control/listen line 3" LISTENER},
    {.domains = "x.test route to=[::1]:2525\n",
	.says = "control/domains:2: ::1 port 2525 is this house itself "
	    "(control/listen line 4" LISTENER},
    {.domains = "x.test route to=localhost:587\n",
	.says = "control/domains:2: localhost port 587 is this house itself "
	    "(control/listen line 5" LISTENER},
    {.domains = "x.test route to=a smarthost=[192.0.2.1]\n",
	.says = "control/domains:2: 192.0.2.1 port 25 is this house itself "
	    "(control/listen line 1" LISTENER},
    {.domains = "x.test route to=[0.0.0.0]:26,[::]\n",
	.says = "control/domains:2: 0.0.0.0 is no host's address, write that "
	    "of the host that the mail is for\n"
	    "control/domains:2: :: is no host's address, write that "
	    "of the host that the mail is for\n"},
    {.routes = "* mail.local.test\n",
	.says = "control/routes:1: mail.local.test" OURSELVES},
    /* routes */
    {.routes = "*\n",
	.says = "control/routes:1: something is missing in this row, write "
	    "DESTINATION HOST[:PORT][,HOST...] [OPTION=VALUE ...]\n"},
    {.routes = "*.x.test a\n",
	.says = "control/routes:1: \"*.x.test\" is no destination, write a "
	    "domain, .domain for those below it, or *\n"},
    {.routes = "\"\" a\n. a\nx@y.test a\n",
	.says = "control/routes:1: \"\" is no destination, write a domain, "
	    ".domain for those below it, or *\n"
	    "control/routes:2: \".\" is no destination, write a domain, "
	    ".domain for those below it, or *\n"
	    "control/routes:3: \"x@y.test\" is no destination, write a "
	    "domain, .domain for those below it, or *\n"},
    {.routes = "x.test a\n# x\nX.test. b\n.x.test c\n.X.test d\n* e\n* f\n",
	.says = "control/routes:3: the destination x.test stands in line 1"
	    TWICE
	    "control/routes:5: the destination .x.test stands in line 4"
	    TWICE
	    "control/routes:7: the destination * stands in line 6" TWICE},
    {.routes = "Local.test a\n",
	.says = "control/routes:1: local.test is a domain of ours, remove "
	    "this row, or give the domain the kind route in "
	    "control/domains\n"},
    {.domains = "x.test backup\n", .routes = "x.test a\n",
	.says = "control/routes:1: x.test is a domain of ours, remove this "
	    "row, or give the domain the kind route in control/domains\n"},
    {.routes = "x.test a tls=maybe\ny.test b keep=5d\nz.test none tls=x\n",
	.says = "control/routes:1: tls= cannot be \"maybe\", write may, "
	    "require, verify, none or fingerprint:HEX (SHA-256 of the "
	    "certificate, 64 digits)\n"
	    "control/routes:2: unknown option \"keep\", write tls\n"
	    "control/routes:3: tls= cannot be \"x\", write may, "
	    "require, verify, none or fingerprint:HEX (SHA-256 of the "
	    "certificate, 64 digits)\n"},
    {.routes = "x.test a b\n",
	.says = "control/routes:1: \"b\" is no option, write NAME=VALUE or "
	    "remove it\n"},
    /* recipients */
    {.domains = "x.test backup recipients=recipients/none\n",
	.says = "control/domains:2: there is no control/recipients/none, "
	    "write the list or remove recipients=\n"},
    {.domains = "x.test backup recipients=/etc/passwd\n",
	.says = "control/domains:2: \"/etc/passwd\" is no file below control, "
	    "write one like recipients/example.org\n"},
    {.domains = "x.test backup recipients=recipients/../me\n",
	.says = "control/domains:2: \"recipients/../me\" holds a part that is "
	    "empty or begins with a dot, write a file like "
	    "recipients/example.org\n"},
    {.domains = "x.test backup recipients=\n",
	.says = "control/domains:2: \"\" is no file below control, "
	    "write one like recipients/example.org\n"},
    {.domains = "x.test backup recipients=secrets/passwd\n",
	.says = "control/domains:2: \"secrets/passwd\" has another meaning, "
	    "write a file like recipients/example.org\n"},
    {.domains = "x.test backup recipients=accounts\n",
	.says = "control/domains:2: \"accounts\" is a table, write a file "
	    "like recipients/example.org\n"},
    {.domains = "x.test backup recipients=recipients\n",
	.says = "control/recipients:1: this is no regular file, remove it or "
	    "write one\n"},
    {.domains = "x.test backup recipients=recipients/list\n",
	.list = "# nobody\n\n",
	.says = "control/recipients/list:1: the list is empty, so that all "
	    "mail would be refused, write addresses, or take recipients= out "
	    "of control/domains\n"},
    {.domains = "x.test backup recipients=recipients/list\n",
	.list = "anna\nanna ben\n<eva@x.test>\nb@y.test\nb@local.test\n\xff\n",
	.says = "control/recipients/list:2: \"anna ben\" is no address and no "
	    "local part, write one a line\n"
	    "control/recipients/list:3: \"<eva@x.test>\" is no address and no "
	    "local part, write one a line\n"
	    "control/recipients/list:4: no domain of control/domains with "
	    "recipients=recipients/list is called y.test, remove the line or "
	    "add it there\n"
	    "control/recipients/list:5: no domain of control/domains with "
	    "recipients=recipients/list is called local.test, remove the "
	    "line or add it there\n"
	    "control/recipients/list:6: the line is not UTF-8, save the file "
	    "as UTF-8\n"},
    {.domains = "x.test local recipients=recipients/list\n", .list = "a\n",
	.says = "control/domains:2: recipients= is for the kind backup, "
	    "route or etrn, remove it\n"
	    "control/domains:2: postmaster@x.test is nobody, add an account "
	    "or alias of this name\n"
	    },
    {.domains = "x.test local tls=verify\n",
	.says = "control/domains:2: tls= is for the kinds route, backup and etrn, "
	    "write smarthost-tls= for a smart host, or remove it\n"
	    "control/domains:2: postmaster@x.test is nobody, add an account "
	    "or alias of this name\n"},
};

static void
write_tables(const char *domains, const char *routes, const char *list)
{
	struct str text = {0};

	str_addf(&text, "local.test local\n%s", domains ? domains : "");
	control_write("domains", str_c(&text));
	control_write("routes", routes ? routes : "");
	control_write("recipients/list", list ? list : "");
	str_free(&text);
}

static void
begin(void)
{
	control_begin();
	control_write("listen", LISTEN);
	control_write("helohost", "out.local.test\n");
	ck_assert_int_eq(mkdir("control/recipients", 0700), 0);
}

START_TEST(each_fault_is_said_once_with_file_and_line)
{
	write_tables(faulty[_i].domains, faulty[_i].routes, faulty[_i].list);
	control_compile_badly(faulty[_i].says);
}
END_TEST

static const struct {
	const char *file, *text, *says;
} rows[] = {
    {"accounts", "postmaster@local.test user\nanna@x.test user\n",
	"control/accounts:2: the mailboxes of x.test are on another host "
	"(control/domains), remove this row or make the domain local\n"},
    {"accounts", "postmaster@local.test user smarthost=none "
	"smarthost-tls=may\n",
	"control/accounts:1: smarthost-tls= is for a smart host, add "
	"smarthost=HOST or remove it\n"},
    {"accounts", "postmaster@local.test user smarthost=mail.local.test\n",
	"control/accounts:1: mail.local.test" OURSELVES},
    {"accounts", "postmaster@local.test user smarthost=u:p@isp.test\n",
	"control/accounts:1: \"u:p@isp.test\": a host with a login or a URL "
	"is not built yet, write HOST or HOST:PORT\n"},
    {"aliases", "info@x.test postmaster@local.test\n",
	"control/aliases:1: the mailboxes of x.test are on another host "
	"(control/domains), remove this row or make the domain local\n"},
    {"aliases", "info@local.test ben@x.test, anna@x.test\n",
	"control/aliases:1: the target ben@x.test does not exist, add the "
	"account or take it out\n"},
    {"doublebounceto", "ben@x.test\n",
	"control/doublebounceto:1: ben@x.test does not exist, add the "
	"account or name another\n"},
};

START_TEST(what_others_have_is_known_to_all_tables)
{
	write_tables("x.test backup recipients=recipients/list\n", NULL,
	    "anna\n");
	control_write(rows[_i].file, rows[_i].text);
	control_compile_badly(rows[_i].says);
}
END_TEST

static const struct {
	const char *domains, *routes, *list;
} good[] = {
    {"x.test route to=" HOSTS10 " tls=verify\n", NULL, NULL},
    {"x.test route to=[127.0.0.1]:26 tls=none\n", NULL, NULL},
    {"x.test route to=[192.0.2.1]:26\n", NULL, NULL},
    {"x.test route to=localhost:26\n", NULL, NULL},
    {"x.test backup keep=1h tls=require\ny.test backup keep=forever\n", NULL,
	NULL},
    {"x.test route to=a recipients=recipients/list smarthost=b,c "
	"smarthost-tls=may\n", NULL, "anna@X.test.\nAnna\n\n  ben  \n"},
    {NULL, ".local.test a\nx.test none\n.x.test none tls=verify\n"
	"* [2001:db8::2]:587,b tls=require\n", NULL},
    {NULL, "m\303\274nchen.test a\n", NULL},
};

START_TEST(what_is_right_compiles)
{
	write_tables(good[_i].domains, good[_i].routes, good[_i].list);
	control_compile_well();
}
END_TEST

START_TEST(who_has_a_provider_has_no_smart_host)
{
	write_tables("map.test map\n", NULL, NULL);
	control_write("accounts", "postmaster@local.test user\n"
	    "postmaster@map.test user smarthost=a\n");
	control_compile_fault("control/accounts:2: mail "
	    "from postmaster@map.test leaves by control/isp");
}
END_TEST

START_TEST(lists_may_have_any_name)
{
	write_tables("x.test backup recipients=xs-people\n", NULL, NULL);
	control_write("xs-people", "anna\n");
	control_compile_well();
}
END_TEST

static void
house_postmaster(const char *wanted, size_t warnings)
{
	struct compile_report report = {0};
	int lock_fd = compile_lock();
	struct config config;
	struct slice value;

	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	ck_assert_uint_eq(report.warnings.len, warnings);
	close(lock_fd);
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert(cdb_file_get(&config.file, slice_of("=postmaster"), &value));
	ck_assert_msg(slice_is(value, wanted), "%.*s", (int)value.len,
	    value.s);
	config_close(&config);
	compile_report_free(&report);
}

START_TEST(a_house_without_mailboxes_has_a_postmaster)
{
	control_write("listen", "");
	control_write("accounts", "");
	control_write("domains", "x.test backup\ny.test route to=a\n");
	house_postmaster("postmaster@x.test", 1);
	control_write("doublebounceto", "boss@isp.test\n");
	house_postmaster("boss@isp.test", 0);
	control_write("domains", "x.test backup\nlocal.test local\n");
	control_write("accounts", "postmaster@local.test user\n");
	house_postmaster("postmaster@local.test", 0);
}
END_TEST

START_TEST(remote_send_reads_its_settings_and_nobodys_address)
{
	struct remote {
		struct str me, helohost, resolver, cafile;
		uint64_t connect_s, remote_s, workers;
	} settings = {0};
	static const struct setting schema[] = {
		SETTING(remote, me, SETTING_TEXT, "me"),
		SETTING(remote, helohost, SETTING_TEXT, "helohost"),
		SETTING(remote, resolver, SETTING_TEXT, "resolver"),
		SETTING(remote, cafile, SETTING_TEXT, "cafile"),
		SETTING(remote, connect_s, SETTING_SECONDS, "timeoutconnect"),
		SETTING(remote, remote_s, SETTING_SECONDS, "timeoutremote"),
		SETTING(remote, workers, SETTING_NUMBER, "concurrencyremote"),
		{0}
	};
	struct strs listen = {0};
	struct config config;
	struct account account = {0};
	struct slice value;

	write_tables("x.test route to=a\n", "* b\n", NULL);
	control_write("resolver", "127.0.0.1@5353\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "remote"), 0);
	ck_assert_int_eq(config_settings(&config, schema, &settings), 0);
	ck_assert_str_eq(str_c(&settings.me), "mail.local.test");
	ck_assert_str_eq(str_c(&settings.helohost), "out.local.test");
	ck_assert_str_eq(str_c(&settings.resolver), "127.0.0.1@5353");
	ck_assert_uint_eq(settings.cafile.len, 0);
	ck_assert_uint_eq(settings.connect_s, 60);
	ck_assert_uint_eq(settings.remote_s, 1200);
	ck_assert_uint_eq(settings.workers, 20);
	config_listen(&config, "smtp", &listen);
	ck_assert_uint_eq(listen.len, 4);
	ck_assert_str_eq(str_c(&listen.v[0]), "192.0.2.1:25");
	config_listen(&config, "submission", &listen);
	ck_assert_uint_eq(listen.len, 1);
	ck_assert(!config_account(&config, slice_of("postmaster@local.test"),
	    &account));
	ck_assert(!cdb_file_get(&config.file, slice_of("dx.test"), &value));
	ck_assert(!cdb_file_get(&config.file, slice_of("r*"), &value));
	strs_free(&listen);
	str_free(&settings.me);
	str_free(&settings.helohost);
	str_free(&settings.resolver);
	str_free(&settings.cafile);
	config_close(&config);
}
END_TEST

START_TEST(hundred_thousand_recipients_for_a_hundred_domains)
{
	struct str domains = {0}, list = {0};
	uint64_t begun_ms = clock_mono_ms();

	for (int i = 0; i < 100; i++)
		str_addf(&domains, "d%d.test backup "
		    "recipients=recipients/list\n", i);
	for (int i = 0; i < 100000; i++)
		str_addf(&list, "user%d@d%d.test\n", i, i % 100);
	write_tables(str_c(&domains), NULL, str_c(&list));
	control_compile_well();
	ck_assert_uint_lt(clock_mono_ms() - begun_ms, 10000);

	/* and local parts for each of them, one file for all */
	str_clear(&list);
	for (int i = 0; i < 1000; i++)
		str_addf(&list, "user%d\n", i);
	write_tables(str_c(&domains), NULL, str_c(&list));
	control_compile_well();
	ck_assert_uint_lt(clock_mono_ms() - begun_ms, 20000);
	str_free(&domains);
	str_free(&list);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("compile_remote");

	tcase_set_timeout(unit.cases, 30);
	tcase_add_checked_fixture(unit.cases, begin, NULL);
	unit_loop(unit.cases, each_fault_is_said_once_with_file_and_line,
	    faulty);
	unit_loop(unit.cases, what_others_have_is_known_to_all_tables, rows);
	unit_loop(unit.cases, what_is_right_compiles, good);
	tcase_add_test(unit.cases, who_has_a_provider_has_no_smart_host);
	tcase_add_test(unit.cases, lists_may_have_any_name);
	tcase_add_test(unit.cases, a_house_without_mailboxes_has_a_postmaster);
	tcase_add_test(unit.cases,
	    remote_send_reads_its_settings_and_nobodys_address);
	tcase_add_test(unit.cases,
	    hundred_thousand_recipients_for_a_hundred_domains);
	return unit_run(unit);
}
