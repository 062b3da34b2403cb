/* test_compile - faults of the tables; what a good compile puts in force. */
#include "control/compile.h"

#include "control/changes.h"
#include "control/isp.h"
#include "control/pending.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "tests/unit/control_dir.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define TWO_DOMAINS "local.test local\nother.test local\n"

/* One table replaced; what the compiler says must begin with says. */
static const struct {
	const char *file, *text, *says;
} faulty[] = {
    {"me", "", "control/me:1: the first line is empty"},
    {"me", "a b\n", "control/me:1: \"a b\" is no host name"},
    {"me", "mail\r\n", "control/me:1: the line ends in a carriage return"},
    {"cafile", "/nowhere/ca.pem\n",
	"control/cafile:1: /nowhere/ca.pem cannot be read (No such file"},
    {"cafile", "/dev/null\n",
	"control/cafile:1: /dev/null holds no certificates, write"},
    {"cafile", "/etc/passwd\n",
	"control/cafile:1: /etc/passwd holds no certificates, write"},
    {"accnts", "", "control/accnts:1: no table or setting has this name, "
	"did you mean accounts?"},
    {"xyz", "", "control/xyz:1: no table or setting has this name, remove"},
    {"sessions", "many\n", "control/sessions:1: \"many\" is no number"},
    {"listen", "[::ffff:1.2.3.4]:25 smtp\n",
	"control/listen:1: this is an IPv4 address written as IPv6, write 1."},
    {"clients", "::ffff:1.2.3.4 relay\n",
	"control/clients:1: this is an IPv4 address written as IPv6, write 1."},
    {"listen", "0.0.0.0:25 smtp Milter=x\n",
	"control/listen:1: unknown option \"Milter\", did you mean milter?"},
    {"routes", "x.test a.test,none\n",
	"control/routes:1: none is no host, write it alone where it may"},
    {"routes", "x.test a.test,\n",
	"control/routes:1: a host is missing, write HOST or HOST:PORT, "},
    {"domains", "local.test local\n192.0.2.1 local\n",
	"control/domains:2: \"192.0.2.1\" is an address, write the name of"},
    {"aliases", "*@local.test x@y.test\n",
	"control/aliases:1: a star stands for nothing, write @DOMAIN"},
    {"aliases", "i@local.test x\n", "control/aliases:1: the target \"x\" is "
	"no address, write addresses like user@example.org with"},
    {"aliases", "i@local.test x\xe2\x80\x8b@y.test\n",
	"control/aliases:1: the line holds an invisible character"},
    {"aliases", "i@local.test x\xc2\xad@y.test\n",
	"control/aliases:1: the line holds an invisible character"},
    {"listen", "0.0.0.0 smtp\n", "control/listen:1: \"0.0.0.0\" is no addr"},
    {"listen", "::25 smtp\n", "control/listen:1: \"::25\" is no address"},
    {"listen", "[127.0.0.1]:25 smtp\n", "control/listen:1: \"[127.0.0.1]:2"},
    {"listen", "0.0.0.0:0 smtp\n", "control/listen:1: \"0.0.0.0:0\" is no"},
    {"listen", "0.0.0.0:65536 smtp\n", "control/listen:1: \"0.0.0.0:65536"},
    {"listen", "0.0.0.0:25\n", "control/listen:1: something is missing"},
    {"listen", "0.0.0.0:25 smpt\n",
	"control/listen:1: unknown service \"smpt\", did you mean smtp?"},
    {"listen", "0.0.0.0:465 smtps\n",
	"control/listen:1: unknown service \"smtps\", write submissions"},
    {"listen", "1.2.3.4:25 smtp\n1.2.3.4:25 smtp\n",
	"control/listen:2: the address 1.2.3.4:25 stands in line 1"},
    {"listen", "0.0.0.0:25 smtp\n1.2.3.4:25 smtp\n",
	"control/listen:2: line 1 has all addresses of this port already"},
    {"listen", "1.2.3.4:25 smtp\n\n0.0.0.0:25 smtp\n",
	"control/listen:3: line 1 has one address of this port already"},
    {"listen", "0.0.0.0:25 smtp milter=x\n",
	"control/listen:1: milter= is not built yet"},
    {"domains", "local.test\n",
	"control/domains:1: the kind is missing, write local, map"},
    {"domains", "local.test locl\n",
	"control/domains:1: unknown kind \"locl\", did you mean local?"},
    {"domains", "local.test local\nx.test etrn to=client allow=::1\n",
	"control/domains:2: to=client sends the mail to whoever asks"},
    {"domains", "local.test local\nlocal..test local\n",
	"control/domains:2: \"local..test\" is no domain name"},
    {"domains", "local.test local\n# x\nLOCAL.test. local\n",
	"control/domains:3: the domain local.test stands in line 1 already"},
    {"domains", "local.test local\nm\303\274.test local\nxn--m-eha.test local",
	"control/domains:2: postmaster@xn--m-eha.test is nobody"},
    {"domains", "m\303\274.test local\nxn--m-eha.test local\n",
	"control/accounts:1: the domain local.test is not"},
    {"domains", TWO_DOMAINS,
	"control/domains:2: postmaster@other.test is nobody"},
    {"domains", "local.test local monitr=x\n",
	"control/domains:1: unknown option \"monitr\", did you mean monitor?"},
    {"domains", "# nothing\n", "control/accounts:1: the domain local.test is "
	"not in control/domains, add \"local.test local\""},
    {"accounts", "# nothing\n",
	"control/domains:1: postmaster@local.test is nobody"},
    {"accounts", "postmaster@local.test\n",
	"control/accounts:1: the role is missing, write user, admin"},
    {"accounts", "postmaster@local.test usr\n",
	"control/accounts:1: unknown role \"usr\", did you mean user?"},
    {"accounts", "postmaster@local.test user\nPostMaster@local.test user\n",
	"control/accounts:2: the account postmaster@local.test stands in lin"},
    {"accounts", "postmaster@local.test user qota=1G\n",
	"control/accounts:1: unknown option \"qota\", did you mean quota?"},
    {"accounts", "postmaster@local.test user quota=1X\n",
	"control/accounts:1: \"1X\" is no quota"},
    {"accounts", "postmaster@local.test user quota=1G,x\n",
	"control/accounts:1: \"1G,x\" is no quota"},
    {"accounts", "postmaster@local.test user quota=1G quota=2G\n",
	"control/accounts:1: quota= is given twice"},
    {"accounts", "postmaster@local.test user send=nowhere\n",
	"control/accounts:1: unknown send \"nowhere\""},
    {"accounts", "postmaster@local.test user rate=5/h\n",
	"control/accounts:1: \"5/h\" is no rate, write how many messages"},
    {"accounts", "postmaster@local.test user rate=-1\n",
	"control/accounts:1: \"-1\" is no rate"},
    {"accounts", "postmaster@local.test user rate=1000001\n",
	"control/accounts:1: \"1000001\" is no rate"},
    {"accounts", "postmaster@local.test user audit=hold\n",
	"control/accounts:1: audit= is for staff in a domain of the kind "
	"share"},
    {"accounts", "postmaster@local.test user big\n",
	"control/accounts:1: \"big\" is no option"},
    {"accounts", "postmaster@local.test user\na/b@local.test user\n",
	"control/accounts:2: the local part \"a/b\" can be no folder's name"},
    {"accounts", "postmaster@local.test user\n.a@local.test user\n",
	"control/accounts:2: \".a@local.test\" is no address"},
    {"accounts", "postmaster@local.test user\n..@local.test user\n",
	"control/accounts:2: \"..@local.test\" is no address"},
    {"accounts", "postmaster@local.test user\n\"\\\".a\\\"@local.test\" user",
	"control/accounts:2: the local part \"\".a\"\" needs quotes"},
    {"accounts", "postmaster@local.test user\na@elsewhere.test user\n",
	"control/accounts:2: the domain elsewhere.test is not in control/dom"},
    {"accounts", "postmaster@local.test user\nabc user\n",
	"control/accounts:2: \"abc\" is no address"},
    {"aliases", "info@local.test\n", "control/aliases:1: something is miss"},
    {"aliases", "info@local.test nobody@local.test\n",
	"control/aliases:1: the target nobody@local.test does not exist"},
    {"aliases", "info@local.test a b\n",
	"control/aliases:1: the target \"a b\" is no address"},
    {"aliases", "info@local.test x@y.test,\n",
	"control/aliases:1: the target \"\" is no address"},
    {"aliases", "info@elsewhere.test x@y.test\n",
	"control/aliases:1: the domain elsewhere.test is not in control/dom"},
    {"aliases", "i@local.test x@y.test\nI@local.test z@y.test\n",
	"control/aliases:2: the alias i@local.test stands in line 1 already"},
    {"aliases", "@local.test x@y.test\n@LOCAL.test z@y.test\n",
	"control/aliases:2: the alias @local.test stands in line 1 already"},
    {"aliases", "a@local.test b@local.test\nb@local.test a@local.test\n",
	"control/aliases:2: the alias leads back to a@local.test (line 1)"},
    {"aliases", "a@local.test b@local.test\n@local.test a@local.test\n",
	"control/aliases:2: the alias leads back to a@local.test (line 1)"},
    {"aliases", "a@local.test a@local.test\n",
	"control/aliases:1: the target a@local.test does not exist"},
    {"aliases", "a@local.test a+x@local.test\n",
	"control/aliases:1: the target a+x@local.test does not exist"},
    {"aliases", "postmaster@local.test x@y.test\n",
	"control/aliases:1: this alias hides the account in control/accounts"},
    {"clients", "10.0.0.0/8\n", "control/clients:1: something is missing"},
    {"clients", "10.0.0.0/8 alow\n",
	"control/clients:1: unknown rule \"alow\", did you mean allow?"},
    {"clients", "10.0.0.0/33 deny\n", "control/clients:1: \"10.0.0.0/33\" is"},
    {"clients", "10.0.0.0/ deny\n", "control/clients:1: \"10.0.0.0/\" is no"},
    {"clients", "example.org deny\n", "control/clients:1: \"example.org\" is"},
    {"clients", "10.0.0.1/8 deny\n", "control/clients:1: the address has bits "
	"behind its prefix, write 10.0.0.0/8"},
    {"clients", "2001:db8::1/32 deny\n", "control/clients:1: the address has "
	"bits behind its prefix, write 2001:db8::/32"},
    {"clients", "10.0.0.0/8 deny\n10.0.0.0/8 allow\n",
	"control/clients:2: the prefix 10.0.0.0/8 stands in line 1 already"},
    {"clients", "10.0.0.1 deny x=y\n",
	"control/clients:1: clients has no options, remove x="},
    {"isp", "postmaster@local.test x@isp.test smtp=smtp://isp.test\n",
	"control/isp:1: ISP mailboxes are for domains of the kinds map "
	"and share"},
    {"routes", "relay.test\n", "control/routes:1: something is missing"},
    {"domains", "local.test local\nx.test etrn login=nobody@local.test\n",
	"control/domains:2: login= names nobody@local.test, which is not in "
	"control/accounts"},
    {"calls", "x.test isp.test\n", "control/calls:1: the domain x.test is "
	"not in control/domains, so that its mail would be refused here"},
    {"calls", "local.test\n", "control/calls:1: something is missing"},
    {"calls", "a..b isp.test\n", "control/calls:1: \"a..b\" cannot be "
	"asked for, write a domain, @domain or \"#queue\""},
    {"calls", "local.test a,b\n", "control/calls:1: one host is asked in a "
	"row"},
    {"calls", "local.test mail.local.test\n", "control/calls:1: "
	"mail.local.test is this house itself"},
    {"calls", "local.test a every=1s\n", "control/calls:1: every= cannot be "
	"\"1s\""},
    {"calls", "local.test a\nLOCAL.test. a:25\n", "control/calls:2: the call "
	"local.test a stands in line 1 already"},
    {"calls", "local.test a login=x\n", "control/calls:1: there is no "
	"password for it, add \"local.test a PASSWORD\" to "
	"control/secrets/calls"},
    {"calls", "local.test a login=x tls=may\n", "control/calls:1: with "
	"login= the host must be known"},
    {"secrets/calls", "local.test a\n", "control/secrets/calls:1: this is no "
	"secret"},
    {"secrets/calls", "local.test a x\nlocal.test a:25 y\n",
	"control/secrets/calls:2: the secret of local.test a stands in line "
	"1 already"},
    {"doublebounceto", "nobody@local.test\n",
	"control/doublebounceto:1: nobody@local.test does not exist"},
    {"users", "nosuch\n", "control/users:1: the system has no group nosuchr"},
    {"secrets/passwd", "x@local.test:{CRYPT}$y$j9T$abc$def\n",
	"control/secrets/passwd:1: x@local.test is not in control/accounts"},
    {"secrets/passwd", "postmaster@local.test:{PLAIN}x\n",
	"control/secrets/passwd:1: the hash does not begin with {CRYPT}"},
    {"secrets/passwd", "postmaster@local.test:{CRYPT}*\n",
	"control/secrets/passwd:1: crypt(3) does not know this hash"},
    {"secrets/passwd", "postmaster@local.test:{SSHA512}\n",
	"control/secrets/passwd:1: this is no {SSHA512} hash"},
    {"secrets/passwd", "postmaster@local.test:{SSHA512}3Vcf0HpDHK9DTdAWOw\n",
	"control/secrets/passwd:1: this is no {SSHA512} hash"},
    {"secrets/passwd", "postmaster@local.test:{SSHA512}3Vcf0HpDHK9DTdAWOwki"
	"yalxGEk41y6fjJ6fMw5IX+w2NexTWImfOVanu9fFZp8d4UOgq5jOm055V8ueVTRkRg=="
	"\n", "control/secrets/passwd:1: this is no {SSHA512} hash"},
    {"secrets/passwd", "postmaster@local.test:{ssha512}3Vcf\n",
	"control/secrets/passwd:1: the hash does not begin with {CRYPT}"},
#ifdef HAVE_SODIUM
    {"secrets/passwd", "postmaster@local.test:{ARGON2ID}$argon2i$v=19$m=65536"
	",t=3,p=1$eSstuty9Tj+cDMZzxPozLA$i0FvDQ3Eh/CMRH51uX2wEXH4p8ZXTA0To0"
	"7dPS/LZo4\n", "control/secrets/passwd:1: this is no {ARGON2ID} hash"},
    {"secrets/passwd", "postmaster@local.test:{ARGON2ID}$argon2id$x\n",
	"control/secrets/passwd:1: this is no {ARGON2ID} hash"},
#else
    {"secrets/passwd", "postmaster@local.test:{ARGON2ID}$argon2id$v=19$m=6553"
	"6,t=3,p=1$eSstuty9Tj+cDMZzxPozLA$i0FvDQ3Eh/CMRH51uX2wEXH4p8ZXTA0To0"
	"7dPS/LZo4\n", "control/secrets/passwd:1: this posthouse was built "
	"without libsodium"},
#endif
    {"secrets/passwd", "postmaster@local.test\n",
	"control/secrets/passwd:1: this is no password, write ADDRESS:{CRYPT}"},
};

/* An office whose table isp has these rows, and secrets for a, b and c. */
static const struct {
	const char *rows, *says;
} faulty_isp[] = {
    {"a@local.test\n", "control/isp:1: something is missing"},
    {"x@local.test x@isp.test\n", "control/isp:1: neither pop3= nor smtp="},
    {"nobody@local.test a@isp.test smtp=smtp://h.test\n",
	"control/isp:1: nobody@local.test is not in control/accounts"},
    {"@other.test a@isp.test smtp=smtp://h.test\n",
	"control/isp:1: ISP mailboxes are for domains of the kinds map "
	"and share"},
    {"x@local.test abc smtp=smtp://h.test\n",
	"control/isp:1: \"abc\" is no address"},
    {"x@local.test z@isp.test smtp=smtp://h.test\n",
	"control/isp:1: there is no password for z@isp.test, add"},
    {"x@local.test a@isp.test pop3=pop3://h.test\n"
	"y@local.test A@Isp.test pop3=pop3://h.test\n",
	"control/isp:2: the ISP address a@isp.test stands in line 1"},
    {"x@local.test a@isp.test smtp=h.test\n",
	"control/isp:1: smtp= cannot be \"h.test\", write smtp://HOST"},
    {"x@local.test a@isp.test smtp=pop3://h.test\n",
	"control/isp:1: smtp= cannot be"},
    {"x@local.test a@isp.test pop3=pop3://u:p@h.test\n",
	"control/isp:1: pop3= holds a login, write it as user="},
    {"x@local.test a@isp.test pop3=pop3://h.test:0\n",
	"control/isp:1: pop3= cannot be"},
    {"x@local.test a@isp.test pop3=pop3s://h.test tls=none\n",
	"control/isp:1: tls=none cannot be with pop3s://"},
    {"x@local.test a@isp.test smtp=smtp://mail.local.test\n",
	"control/isp:1: mail.local.test is this house itself"},
    {"x@local.test a@isp.test pop3=pop3s://h.test tls=may\n",
	"control/isp:1: tls= cannot be \"may\", write require"},
    {"x@local.test a@isp.test pop3=pop3://h.test every=0\n",
	"control/isp:1: every= cannot be \"0\""},
    {"x@local.test a@isp.test pop3=pop3://h.test keep=some\n",
	"control/isp:1: keep= cannot be \"some\""},
    {"x@local.test a@isp.test pop3=pop3://h.test max-size=x\n",
	"control/isp:1: max-size= cannot be \"x\""},
    {"x@local.test a@isp.test smtp=smtp://h.test keep=0\n",
	"control/isp:1: keep= is about fetching, add pop3="},
    {"x@local.test a@isp.test pop3=pop3://h.test map-to=@out.test\n",
	"control/isp:1: map-to= cannot be \"@out.test\""},
    {"x@local.test a@isp.test pop3=pop3://h.test envelope-header=To\n",
	"control/isp:1: envelope-header= is for a mailbox of many"},
    {"x@local.test a@isp.test pop3=pop3://h.test node=b..b\n",
	"control/isp:1: node= cannot be \"b..b\""},
    {"x@local.test a@isp.test pop3=pop3://h.test sent=no\n",
	"control/isp:1: sent= cannot be \"no\""},
    {"x@local.test a@isp.test smtp=smtp://h.test sent=skip\n",
	"control/isp:1: sent= is about fetching"},
    {"@local.test a@isp.test pop3=pop3://h.test\n",
	"control/isp:1: nothing says who gets what is fetched"},
    {"x@local.test a@isp.test pop3=pop3://h.test\n@local.test a@isp.test\n",
	"control/isp:2: a@isp.test has no smtp= in its row"},
    {"x@local.test a@isp.test smtp=smtp://h.test\n"
	"@local.test a@isp.test smtp=smtp://h.test\n",
	"control/isp:2: the ISP address a@isp.test stands in line 1"},
};

static void
make_office(const char *rows)
{
	control_write("domains", "local.test map\n");
	control_write("accounts", "postmaster@local.test user\n"
	    "x@local.test user\ny@local.test user\n");
	control_write("isp", rows);
	control_write("secrets/isp",
	    "a@isp.test \"pass word\"\nb@isp.test oauth2=b\n"
	    "C@Isp.test x\n");
}

START_TEST(each_fault_in_isp_names_line_and_what_to_do)
{
	make_office(faulty_isp[_i].rows);
	control_compile_first_fault(faulty_isp[_i].says);
}
END_TEST

START_TEST(secrets_of_providers_are_checked)
{
	make_office("x@local.test a@isp.test pop3=pop3://h.test\n");
	ck_assert_int_eq(chmod("control/secrets/isp", 0640), 0);
	control_compile_fault("control/secrets/isp:1: others may read it (mode 640)");
	control_write("secrets/isp", "a@isp.test b c\n");
	control_compile_fault("control/secrets/isp:1: this is no secret");
	control_write("secrets/isp", "a@isp.test b\nA@isp.test c\n");
	control_compile_fault("control/secrets/isp:2: the secret of a@isp.test stands");
	control_write("secrets/isp", "a@isp.test oauth2=../x\n");
	control_compile_fault("control/secrets/isp:1: oauth2= names no token file");
	control_write("secrets/isp", "a@isp.test b\nz@isp.test c\n");
	control_compile_well();
}
END_TEST

START_TEST(programs_find_their_servers)
{
	struct isp_mailbox mailbox = {0};
	struct strs names = {0};
	struct config config;

	make_office("x@local.test a@isp.test pop3=pop3s://[2001:db8::1] "
	    "smtp=smtp://h.test keep=14d every=1s user=me\n"
	    "y@local.test b@isp.test pop3=pop3://h.test:1100 tls=none "
	    "keep=all max-size=1M\n"
	    "@local.test c@isp.test pop3=pop3://h.test map-to=@local.test "
	    "envelope-header=X-To\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "isp-pop3"), 0);
	isp_names(&config, &names);
	ck_assert_uint_eq(names.len, 3);
	ck_assert_str_eq(str_c(&names.v[0]), "x@local.test a@isp.test");
	ck_assert(isp_pop3(&config, str_slice(&names.v[0]), &mailbox));
	ck_assert_str_eq(str_c(&mailbox.password), "pass word");
	ck_assert_str_eq(str_c(&mailbox.host), "2001:db8::1");
	ck_assert_str_eq(str_c(&mailbox.user), "me");
	ck_assert_uint_eq(mailbox.port, 995);
	ck_assert_uint_eq(mailbox.is_wrapped, 1);
	ck_assert_uint_eq(mailbox.keep_s, 14 * 86400);
	ck_assert_uint_eq(mailbox.every_s, 1);
	ck_assert(isp_pop3(&config, str_slice(&names.v[1]), &mailbox));
	ck_assert_str_eq(str_c(&mailbox.oauth2), "b");
	ck_assert_uint_eq(mailbox.port, 1100);
	ck_assert_uint_eq(mailbox.tls, ISP_TLS_NONE);
	ck_assert_uint_eq(mailbox.keep_s, UINT64_MAX);
	ck_assert_uint_eq(mailbox.max_size, 1024 * 1024);
	ck_assert(isp_pop3(&config, str_slice(&names.v[2]), &mailbox));
	ck_assert_str_eq(str_c(&mailbox.map_to), "local.test");
	ck_assert_str_eq(str_c(&mailbox.header), "X-To");
	ck_assert(!isp_smtp(&config, slice_of("a@isp.test"), &mailbox));
	config_close(&config);
	ck_assert_int_eq(config_open(&config, "isp-smtp"), 0);
	ck_assert(isp_smtp(&config, slice_of("a@isp.test"), &mailbox));
	ck_assert_uint_eq(mailbox.port, 587);
	ck_assert_str_eq(str_c(&mailbox.account), "x@local.test");
	ck_assert(!isp_smtp(&config, slice_of("b@isp.test"), &mailbox));
	isp_mailbox_free(&mailbox);
	strs_free(&names);
	config_close(&config);
}
END_TEST

START_TEST(each_fault_names_file_line_and_what_to_do)
{
	control_write(faulty[_i].file, faulty[_i].text);
	if (!strcmp(faulty[_i].file, "users") && geteuid() != 0)
		return; /* only root makes CDBs for groups */
	control_compile_first_fault(faulty[_i].says);
}
END_TEST

static const struct {
	const char *file, *text;
} good[] = {
    {"accounts", "postmaster@local.test user name=\"A \\\"B\\\" C\" "
	"quota=2G,1000 rate=100 send=internal receive=internet\n"},
    {"accounts", "postmaster@local.test staff\n"
	"j\303\266rg.o'neil+x@local.test admin\na=b@local.test manager\n"},
    {"aliases", "i@local.test postmaster@local.test , x@y.test,z@y.test\n"},
    {"aliases", "postmaster@local.test x@y.test, Postmaster@Local.test\n"},
    {"aliases", "a@local.test b@local.test,c@local.test\n"
	"b@local.test d@local.test\nc@local.test d@local.test\n"
	"d@local.test postmaster@local.test\n"},
    {"aliases", "@local.test postmaster@local.test\n"
	"i@local.test anything@local.test\n"},
    {"aliases", "i@local.test postmaster+tag@local.test\n"},
    {"listen", "0.0.0.0:25 smtp\n[::]:25 smtp\n127.0.0.1:2525 smtp\n"},
    {"listen", "0.0.0.0:25 smtp\n0.0.0.0:587 submission\n"
	"0.0.0.0:465 submissions\n10.0.0.1:26 relay\n"},
    {"clients", "10.0.0.0/8 deny\n10.1.0.0/16 allow\n::/0 relay\n1.2.3.4 deny"},
    {"isp", "# comment only\n"},
    {"accounts~", "rubbish\n"},
    {".#accounts", "rubbish\n"},
    {"#accounts#", "rubbish\n"},
    {".accounts.swp", "rubbish\n"},
    {"Makefile", "all:\n"},
    {"sessionsperip", "1000\nthe rest does not count\n"},
};

START_TEST(what_is_right_compiles)
{
	control_write(good[_i].file, good[_i].text);
	control_compile_well();
}
END_TEST

START_TEST(all_faults_come_in_one_run_by_file_and_line)
{
	struct str says = {0};

	unlink("control/me");
	control_write("accounts", "x\ny\n\nz\n");
	control_write("domains", "a\n");
	control_write("databytes", "x\n");
	control_compile(&says);
	ck_assert_ptr_nonnull(strstr(str_c(&says), "control/accounts:1: "));
	ck_assert_ptr_nonnull(strstr(str_c(&says), "control/accounts:2: "));
	ck_assert_ptr_nonnull(strstr(str_c(&says), "control/accounts:4: "));
	ck_assert_ptr_nonnull(strstr(str_c(&says), "control/databytes:1: "));
	ck_assert_ptr_nonnull(strstr(str_c(&says), "control/domains:1: "));
	ck_assert_ptr_nonnull(strstr(str_c(&says), "control/me:1: this host"));
	ck_assert(strstr(str_c(&says), "accounts:1") <
	    strstr(str_c(&says), "accounts:4"));
	/* what follows from the missing me is not said again */
	ck_assert_ptr_null(strstr(str_c(&says), "control/helohost"));
	str_free(&says);
}
END_TEST

START_TEST(fault_leaves_the_old_tables_in_force)
{
	struct str says = {0};
	struct stat before, after;
	struct config config;
	struct account account = {0};

	control_compile_well();
	ck_assert_int_eq(stat("control/cdb/routing/routing.cdb", &before), 0);
	control_write("accounts", "postmaster@local.test user\nbroken\n");
	ck_assert_int_eq(control_compile(&says), COMPILE_FAULTS);
	ck_assert_int_eq(stat("control/cdb/routing/routing.cdb", &after), 0);
	ck_assert(before.st_ino == after.st_ino);
	ck_assert_int_lt(access("control/cdb/routing/routing.cdb.new", F_OK),
	    0);
	ck_assert_int_lt(access("control/cdb/passwd/passwd.cdb.new", F_OK), 0);
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert(config_account(&config, slice_of("postmaster@local.test"),
	    &account));
	account_free(&account);
	config_close(&config);
	str_free(&says);
}
END_TEST

START_TEST(one_user_tables_are_private)
{
	struct stat st;

	control_compile_well();
	ck_assert_int_eq(stat("control/cdb/routing", &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(stat("control/cdb/routing/routing.cdb", &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(stat("control/cdb/passwd/passwd.cdb", &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(open_secrets_are_a_fault)
{
	ck_assert_int_eq(mkdir("control/secrets", 0700), 0);
	ck_assert_int_eq(chmod("control/secrets", 0755), 0);
	control_compile_fault("chmod 700");
}
END_TEST

/* Its rows are known nevertheless: what leans on them is no fault. */
START_TEST(an_editor_of_another_system_is_the_only_fault)
{
	control_write("accounts", "\xef\xbb\xbfpostmaster@local.test user\n"
	    "anna@local.test user quota=1G\r\n");
	control_write("aliases", "info@local.test anna@local.test\n");
	control_compile_badly("control/accounts:1: the line begins with a "
	    "byte order mark, save the file as UTF-8 without one\n"
	    "control/accounts:2: the line ends in a carriage return, "
	    "save the file with Unix line ends\n");
	control_write("accounts", "\xef\xbb\xbfpostmaster@local.test user\r\n"
	    "\xef\xbb\xbf\r\n");
	control_write("aliases", "");
	control_compile_first_fault("control/accounts:1: the line ends in a "
	    "carriage return, save the file with Unix line ends\n"
	    "control/accounts:2: the line ends in a carriage return");
}
END_TEST

START_TEST(a_link_to_nothing_is_a_fault)
{
	ck_assert_int_eq(symlink("../none", "control/aliases"), 0);
	control_compile_badly("control/aliases:1: this link leads nowhere, "
	    "remove it or mend it\n");
	ck_assert_int_eq(rename("control/accounts", "accounts"), 0);
	ck_assert_int_eq(symlink("../none", "control/accounts"), 0);
	ck_assert_int_eq(unlink("control/aliases"), 0);
	control_compile_badly("control/accounts:1: this link leads nowhere, "
	    "remove it or mend it\n");
	ck_assert_int_eq(rename("accounts", "none"), 0);
	control_compile_well();
	ck_assert_int_eq(symlink("/none", "control/.#accounts"), 0);
	control_compile_well(); /* an editor's lock */
}
END_TEST

START_TEST(a_secret_that_links_to_nothing_is_a_fault)
{
	static const char *const names[] = {"passwd", "isp", "calls", "tls",
		"tls/mail.local.test", "tls/cert.pem", "tls/key.pem",
		"tls/a.local.test/cert.pem"};
	struct str path = {0}, says = {0};

	ck_assert_int_eq(mkdir("control/secrets", 0700), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (slice_starts(slice_of(names[i]), "tls/"))
			(void)mkdir("control/secrets/tls", 0700);
		if (slice_starts(slice_of(names[i]), "tls/a."))
			(void)mkdir("control/secrets/tls/a.local.test", 0700);
		str_set(&path, "control/secrets/");
		str_addf(&path, "%s", names[i]);
		ck_assert_int_eq(symlink("/none/such", str_c(&path)), 0);
		str_set(&says, str_c(&path));
		str_puts(&says, ":1: this link leads nowhere, remove it or "
		    "mend it\n");
		control_compile_badly(str_c(&says));
		ck_assert_int_eq(unlink(str_c(&path)), 0);
	}
	str_free(&path);
	str_free(&says);
}
END_TEST

START_TEST(what_is_hardly_meant_is_warned_of)
{
	control_write("queuelifetime", "5\n");
	control_compile_warning("control/queuelifetime:1: warning: 5 seconds "
	    "are short for a letter that waits, write the unit");
	control_write("databytes", "50\n");
	control_compile_warning("control/databytes:1: warning: 50 bytes are");
	control_write("minfree", "5\n");
	control_compile_warning("control/minfree:1: warning: 5 bytes are no");
	control_write("clients", "192.0.2.1 relay\n");
	control_compile_warning("control/clients:1: warning: no row of "
	    "control/listen has the service relay");
	control_write("listen", "0.0.0.0:26 relay\n");
	control_write("clients", "192.0.2.0/24 relay\n0.0.0.0/0 relay\n");
	control_compile_warning("control/clients:2: warning: whoever reaches "
	    "a relay row of control/listen may send");
	control_write("accounts", "postmaster@local.test manager\n");
	control_compile_warning("control/accounts:1: warning: local.test is of "
	    "no kind share, so that a manager is a user");
	control_write("domains", "local.test map\n");
	control_write("accounts", "postmaster@local.test user\n"
	    "a@local.test user\n");
	control_write("isp", "a@local.test postmaster@local.test "
	    "smtp=smtp://h.test\n");
	control_write("secrets/isp", "postmaster@local.test x\n");
	control_compile_warning("control/isp:1: warning: postmaster@local.test "
	    "is an account here, too");
}
END_TEST

START_TEST(secrets_under_other_names_are_warned_of)
{
	control_write("secrets/password", "");
	control_compile_warning("control/secrets/password:1: warning: "
	    "nothing reads this file, did you mean secrets/passwd?");
	ck_assert_int_eq(unlink("control/secrets/password"), 0);
	ck_assert_int_eq(mkdir("control/secrets/tls", 0700), 0);
	control_write("secrets/tls/fullchain.pem", "");
	control_compile_warning("control/secrets/tls/fullchain.pem:1: "
	    "warning: nothing reads this file, the certificate and its chain are cert.pem");
}
END_TEST

/* What others say of accounts that nobody could read counts for nothing. */
START_TEST(a_table_that_cannot_be_read_is_the_only_fault)
{
	control_write("secrets/passwd", "");
	control_write("aliases", "info@local.test anna@local.test\n");
	control_write("routes", "* nonsense\n");
	ck_assert_int_eq(unlink("control/accounts"), 0);
	ck_assert_int_eq(mkdir("control/accounts", 0700), 0);
	control_compile_badly("control/accounts:1: this is no regular file, "
	    "remove it or write one\n");
}
END_TEST

/* The folder whose mode keeps its owner out, and what is said of it. */
static const struct {
	const char *path;
	mode_t mode;
	bool is_of_another;
	const char *says;
} barred[] = {
    {"control", 0, false, "/home/control has the mode 000: run chmod u+rwX "
	"/home/control\n"},
    {"control", 0600, false, "/home/control has the mode 600: run chmod "},
    {"control", 0700, true, "/home/control belongs to another user: be that"},
    {"control/cdb", 0, false, "/home/control/cdb has the mode 000: run "},
    {"control/cdb", 0700, true, "/home/control/cdb belongs to another user"},
    {"control/cdb/lock", 0, false, "/home/control/cdb/lock has the mode "},
    {"control/cdb/lock", 0600, true, "/home/control/cdb/lock belongs to an"},
    {"control/cdb", 0755, false, ""},
};

static void
lock_as_nobody(void)
{
	int fd = open("said", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	setenv("POSTHOUSE_HOME", "/home", 1);
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0 || setuid(65534) < 0)
		_exit(EXIT_BUG);
	compile_lock_or_die();
	_exit(EXIT_DONE);
}

START_TEST(who_cannot_write_is_told_what_keeps_him_out)
{
	static const char *const mine[] = {".", "control", "control/cdb",
		"control/cdb/lock"};
	struct str said = {0};
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return;
	control_compile_well();
	for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
		ck_assert_int_eq(chown(mine[i], 65534, 65534), 0);
	if (barred[_i].is_of_another)
		ck_assert_int_eq(chown(barred[_i].path, 0, 0), 0);
	ck_assert_int_eq(chmod(barred[_i].path, barred[_i].mode), 0);
	pid = fork();
	if (pid == 0)
		lock_as_nobody();
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(read_file(AT_FDCWD, "said", &said, 10000), 0);
	ck_assert_msg(strstr(str_c(&said), barred[_i].says) != NULL, "%s",
	    str_c(&said));
	ck_assert_int_eq(WEXITSTATUS(status),
	    *barred[_i].says ? EXIT_PERM : EXIT_DONE);
	str_free(&said);
}
END_TEST

START_TEST(what_anybody_may_write_is_warned_of)
{
	struct compile_report report = {0};
	struct str text = {0};

	ck_assert_int_eq(chmod("control/accounts", 0646), 0);
	ck_assert_int_eq(chmod("control", 0777), 0);
	ck_assert_int_ge(compile_lock(), 0);
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	warnings_print(&report.warnings, &text);
	ck_assert_str_eq(str_c(&text),
	    "control/.:1: warning: anybody may write it (mode 777), "
	    "run chmod o-w control/.\n"
	    "control/accounts:1: warning: anybody may write it (mode 646), "
	    "run chmod o-w control/accounts\n");
	compile_report_free(&report);
	str_free(&text);
}
END_TEST

START_TEST(tables_that_no_program_can_read_are_pending)
{
	struct str text = {0};

	control_compile_well();
	pending_tell(&text);
	ck_assert_str_eq(str_c(&text), "");
	control_lose("routing", 0, 0);
	pending_tell(&text);
	ck_assert_ptr_nonnull(strstr(str_c(&text),
	    "are in force; they are damaged or from another version: "
	    "run posthouse compile"));
	str_free(&text);
}
END_TEST

/* The services of an instance that is up: supervised, and begun with the
 * tables in force, as their run scripts note. */
static void
begin_service(const char *name)
{
	struct str folder = {0}, path = {0};

	str_addf(&folder, "run/service/%s", name);
	(void)mkdir("run", 0700);
	(void)mkdir("run/service", 0700);
	(void)mkdir(str_c(&folder), 0700);
	str_addf(&path, "%s/supervise", str_c(&folder));
	(void)mkdir(str_c(&path), 0700);
	str_puts(&path, "/control");
	if (mkfifo(str_c(&path), 0600) == 0)
		ck_assert_int_ge(open(str_c(&path), O_RDONLY | O_NONBLOCK), 0);
	str_clear(&path);
	str_addf(&path, "%s/began-with.cdb", str_c(&folder));
	(void)unlink(str_c(&path));
	ck_assert_int_eq(link("control/cdb/routing/routing.cdb", str_c(&path)),
	    0);
	str_free(&folder);
	str_free(&path);
}

/* Compiles; then these lines ask for a restart. */
static void
restarts_are(const char *lines)
{
	struct strs found = {0};
	struct str text = {0};

	control_compile_well();
	changes_restarts(&found);
	for (size_t i = 0; i < found.len; i++)
		str_addf(&text, "%s\n", str_c(&found.v[i]));
	ck_assert_str_eq(str_c(&text), lines);
	strs_free(&found);
	str_free(&text);
}

#define BEGAN_BEFORE " only when it starts, and began with what stood there " \
	"before: run posthouse restart "

START_TEST(a_changed_listen_asks_for_a_restart_until_it_is_done)
{
	static const char asks[] = "smtp reads listen" BEGAN_BEFORE "smtp\n";

	control_write("listen", "127.0.0.1:2525 smtp\n");
	restarts_are(""); /* nothing runs */
	begin_service("smtp");
	control_write("listen", "127.0.0.1:2525 smtp # the same\n");
	control_write("sessions", "7\n");
	restarts_are("");
	control_write("listen", "127.0.0.1:2526 smtp\n");
	restarts_are(asks);
	control_write("sessions", "8\n"); /* another edit */
	restarts_are(asks);
	control_write("listen", "127.0.0.1:2525 smtp\n"); /* undone */
	restarts_are("");
	control_write("listen", "127.0.0.1:2526 smtp\n"
	    "127.0.0.1:2527 submission\n");
	restarts_are(asks);
	begin_service("smtp");
	restarts_are("");
	control_write("listen", "127.0.0.1:2527 submission\n");
	restarts_are(""); /* posthouse up stops it */
}
END_TEST

START_TEST(an_unknown_beginning_asks_for_a_restart)
{
	control_write("listen", "127.0.0.1:2525 smtp\n");
	control_compile_well();
	begin_service("smtp");
	ck_assert_int_eq(unlink("run/service/smtp/began-with.cdb"), 0);
	restarts_are("what smtp began with is not known: "
	    "run posthouse restart smtp\n");
}
END_TEST

START_TEST(a_first_or_last_row_of_listen_asks_for_up)
{
	struct compile_report report = {0};

	control_write("listen", "127.0.0.1:2525 smtp\n");
	ck_assert_int_eq(compile_lock() >= 0, 1);
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	ck_assert(!report.is_up_needed); /* nothing was in force */
	control_write("listen", "127.0.0.1:2526 smtp\n");
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	ck_assert(!report.is_up_needed);
	control_write("listen", "127.0.0.1:2526 smtp\n"
	    "127.0.0.1:2527 submission\n127.0.0.1:2528 relay\n");
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	ck_assert(report.is_up_needed);
	control_write("listen", "127.0.0.1:2527 submission\n");
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	ck_assert(report.is_up_needed);
	compile_report_free(&report);
}
END_TEST

/* What is warned of in an instance of users with this prefix. */
static void
warnings_with(const char *prefix, struct str *text)
{
	struct compile_report report = {0};

	control_write("users", prefix);
	(void)compile(&report);
	str_clear(text);
	warnings_print(&report.warnings, text);
	compile_report_free(&report);
}

START_TEST(an_owner_who_is_no_admin_is_told)
{
	const struct passwd *mail = getpwnam("mail"); /* everywhere */
	struct str text = {0};

	if (geteuid() != 0 || !mail)
		return;
	ck_assert_int_eq(mkdir("mail", 0700), 0);
	ck_assert_int_eq(chown("mail", 1, 1), 0);
	control_compile_badly("control/users:1: this instance has users of its "
	    "own (mail/ belongs to one), remove the file; posthouse init "
	    "--one-user makes another instance\n");
	ck_assert_int_eq(chown("control/accounts", mail->pw_uid, 1), 0);
	ck_assert_int_eq(compile_lock() >= 0, 1);
	warnings_with("m\n", &text); /* whose name only begins like that */
	ck_assert_str_eq(str_c(&text), "");
	mail = getpwnam("phmail");
	if (mail) {
		ck_assert_int_eq(chown("control/accounts", mail->pw_uid, 1),
		    0);
		warnings_with("ph\n", &text);
		ck_assert_str_eq(str_c(&text), "control/accounts:1: warning: "
		    "it belongs to phmail, a user of our programs, who could "
		    "change it, run chown root control/accounts\n");
	}
	str_free(&text);
}
END_TEST

START_TEST(the_first_mailbox_that_sends_asks_for_up)
{
	struct compile_report report = {0};

	ck_assert_int_eq(compile_lock() >= 0, 1);
	control_write("domains", "local.test map\n");
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	ck_assert(!report.is_up_needed);
	control_write("isp", "postmaster@local.test a@isp.test "
	    "smtp=smtp://h.test\n");
	control_write("secrets/isp", "a@isp.test b\n");
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	ck_assert(report.is_up_needed);
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	ck_assert(!report.is_up_needed);
	compile_report_free(&report);
}
END_TEST

START_TEST(what_failed_halfway_is_pending_and_asks_for_up_again)
{
	static const char in_the_way[] = "control/cdb/dovecot/passwd";
	struct compile_report report = {0};
	struct str text = {0};

	ck_assert_int_eq(compile_lock() >= 0, 1);
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	control_write("listen", "127.0.0.1:2525 smtp\n127.0.0.1:2626 relay\n");
	ck_assert_int_eq(unlink(in_the_way), 0);
	ck_assert_int_eq(mkdir(in_the_way, 0700), 0);
	ck_assert_int_eq(compile(&report), COMPILE_ERROR);
	ck_assert(report.is_halfway);
	ck_assert_str_eq(str_c(&report.doing),
	    "replace control/cdb/dovecot/passwd");
	pending_tell(&text);
	ck_assert_ptr_nonnull(strstr(str_c(&text), "has not come to its end"));
	ck_assert_int_eq(rmdir(in_the_way), 0);
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	ck_assert(report.is_up_needed && !report.is_halfway);
	str_clear(&text);
	pending_tell(&text);
	ck_assert_str_eq(str_c(&text), "");
	compile_report_free(&report);
	str_free(&text);
}
END_TEST

START_TEST(settings_read_at_the_start_ask_for_a_restart)
{
	control_compile_well();
	begin_service("remote-send");
	begin_service("local-deliver");
	begin_service("isp-forward"); /* without work: it is stopped */
	control_write("resolver", "127.0.0.1@53\n");
	control_write("concurrencyremote", "7\n");
	restarts_are("remote-send reads concurrencyremote, resolver"
	    BEGAN_BEFORE "remote-send\n");
}
END_TEST

START_TEST(long_chain_of_aliases_is_a_fault)
{
	struct str table = {0}, says = {0};

	for (int i = 0; i < 50; i++)
		str_addf(&table, "a%d@local.test %s%d@local.test\n", i,
		    i < 49 ? "a" : "postmaster+", i + 1);
	control_write("aliases", str_c(&table));
	control_compile_well();
	str_puts(&table, "b@local.test a0@local.test\n");
	control_write("aliases", str_c(&table));
	ck_assert_int_eq(control_compile(&says), COMPILE_FAULTS);
	ck_assert_ptr_nonnull(strstr(str_c(&says), "more than 50 aliases"));
	str_clear(&table);
	for (int i = 0; i < 20000; i++)
		str_addf(&table, "a%d@local.test a%d@local.test\n", i, i + 1);
	str_puts(&table, "a20000@local.test postmaster@local.test\n");
	control_write("aliases", str_c(&table));
	ck_assert_int_eq(control_compile(&says), COMPILE_FAULTS);
	str_free(&table);
	str_free(&says);
}
END_TEST

struct some_settings {
	struct str me, helohost, minfree;
	uint64_t databytes, queuelifetime, sessions;
};

START_TEST(settings_come_by_table_with_their_defaults)
{
	static const struct setting table[] = {
	    SETTING(some_settings, me, SETTING_TEXT, "me"),
	    SETTING(some_settings, helohost, SETTING_TEXT, "helohost"),
	    SETTING(some_settings, databytes, SETTING_BYTES, "databytes"),
	    SETTING(some_settings, queuelifetime, SETTING_SECONDS,
		"queuelifetime"),
	    SETTING(some_settings, sessions, SETTING_NUMBER, "sessions"),
	    {0}};
	static const struct setting unknown[] = {
	    SETTING(some_settings, me, SETTING_TEXT, "nosuch"), {0}};
	struct some_settings settings = {0};
	struct config config;
	uint64_t bytes;
	unsigned percent;

	control_write("sessions", "1234\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert_int_eq(config_settings(&config, table, &settings), 0);
	ck_assert_str_eq(str_c(&settings.me), "mail.local.test");
	ck_assert_str_eq(str_c(&settings.helohost), "mail.local.test");
	ck_assert_uint_eq(settings.databytes, 50 * 1024 * 1024);
	ck_assert_uint_eq(settings.queuelifetime, 5 * 86400);
	ck_assert_uint_eq(settings.sessions, 1234);
	ck_assert_int_eq(config_settings(&config, unknown, &settings), -1);
	config_minfree(&config, &bytes, &percent);
	ck_assert_uint_eq(bytes, 100000000);
	ck_assert_uint_eq(percent, 5);
	str_free(&settings.me);
	str_free(&settings.helohost);
	config_close(&config);
}
END_TEST

START_TEST(minfree_may_be_bytes)
{
	struct config config;
	uint64_t bytes;
	unsigned percent;

	control_write("minfree", "2M\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	config_minfree(&config, &bytes, &percent);
	ck_assert_uint_eq(bytes, 2 * 1024 * 1024);
	ck_assert_uint_eq(percent, 0);
	config_close(&config);
}
END_TEST

START_TEST(listen_rows_come_in_order)
{
	struct strs addresses = {0};
	struct config config;

	control_write("listen", "127.0.0.1:25 smtp\n[::1]:0025 smtp\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	config_listen(&config, "smtp", &addresses);
	ck_assert_uint_eq(addresses.len, 2);
	ck_assert_str_eq(str_c(&addresses.v[0]), "127.0.0.1:25");
	ck_assert_str_eq(str_c(&addresses.v[1]), "[::1]:25");
	config_listen(&config, "submission", &addresses);
	ck_assert_uint_eq(addresses.len, 0);
	strs_free(&addresses);
	config_close(&config);
}
END_TEST

static enum client_rule
rule_of(struct config *config, const char *text)
{
	struct sockaddr_storage address = {0};
	struct sockaddr_in *in = (struct sockaddr_in *)&address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		address.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
		address.ss_family = AF_INET6;
	return config_client(config, (struct sockaddr *)&address);
}

START_TEST(longest_prefix_rules_a_client)
{
	struct config config;

	control_write("clients", "10.0.0.0/8 deny\n10.1.0.0/16 allow\n"
	    "10.1.2.3 relay\n2001:db8::/32 deny\n2001:db8::1 relay\n"
	    "128.0.0.0/1 relay\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert_int_eq(rule_of(&config, "10.2.0.1"), CLIENT_DENY);
	ck_assert_int_eq(rule_of(&config, "10.1.9.9"), CLIENT_ALLOW);
	ck_assert_int_eq(rule_of(&config, "10.1.2.3"), CLIENT_RELAY);
	ck_assert_int_eq(rule_of(&config, "::ffff:10.2.0.1"), CLIENT_DENY);
	ck_assert_int_eq(rule_of(&config, "11.0.0.1"), CLIENT_ALLOW);
	ck_assert_int_eq(rule_of(&config, "200.0.0.1"), CLIENT_RELAY);
	ck_assert_int_eq(rule_of(&config, "2001:db8::2"), CLIENT_DENY);
	ck_assert_int_eq(rule_of(&config, "2001:db8::1"), CLIENT_RELAY);
	ck_assert_int_eq(rule_of(&config, "2001:db9::1"), CLIENT_ALLOW);
	config_close(&config);
}
END_TEST

START_TEST(account_is_found_in_any_spelling)
{
	struct account account = {0};
	struct config config;

	control_write("accounts", "postmaster@local.test user\n"
	    "Anna.B@Local.test staff name=\"Anna B\" quota=1M,20 rate=7\n"
	    "a+b@local.test user\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert(config_account(&config, slice_of("ANNA.b+x+y@LOCAL.test."),
	    &account));
	ck_assert_str_eq(str_c(&account.address), "anna.b@local.test");
	ck_assert_str_eq(str_c(&account.domain), "local.test");
	ck_assert_str_eq(str_c(&account.local), "anna.b");
	ck_assert_str_eq(str_c(&account.role), "staff");
	ck_assert_str_eq(str_c(&account.name), "Anna B");
	ck_assert_uint_eq(account.quota_bytes, 1024 * 1024);
	ck_assert_uint_eq(account.quota_messages, 20);
	ck_assert_uint_eq(account.receive_internal, 1);
	ck_assert_uint_eq(account.send_internal, 0);
	ck_assert_uint_eq(account.rate, 7);
	ck_assert_uint_eq(account.line, 2);
	ck_assert(config_account(&config, slice_of("a+b+c@local.test"),
	    &account));
	ck_assert_str_eq(str_c(&account.address), "a+b@local.test");
	ck_assert(!config_account(&config, slice_of("x@local.test"),
	    &account));
	ck_assert(!config_account(&config, slice_of("+x@local.test"),
	    &account));
	ck_assert(!config_account(&config, slice_of("rubbish"), &account));
	account_free(&account);
	config_close(&config);
}
END_TEST

START_TEST(refresh_takes_the_new_and_keeps_the_old_when_broken)
{
	const char *path = "control/cdb/routing/routing.cdb";
	struct account account = {0};
	struct config config;

	control_compile_well();
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	ck_assert(!config_refresh(&config));
	control_write("accounts", "postmaster@local.test user\n"
	    "new@local.test user\n");
	control_compile_well();
	ck_assert(!config_account(&config, slice_of("new@local.test"),
	    &account));
	ck_assert(config_refresh(&config));
	ck_assert_uint_eq(config.generation, 2);
	ck_assert(config_account(&config, slice_of("new@local.test"),
	    &account));
	ck_assert_int_eq(replace_file(path, slice_of("rubbish"), 0600), 0);
	ck_assert(!config_refresh(&config));
	unlink(path);
	ck_assert(!config_refresh(&config));
	ck_assert(config_account(&config, slice_of("new@local.test"),
	    &account));
	control_compile_well();
	ck_assert(config_refresh(&config));
	account_free(&account);
	config_close(&config);
}
END_TEST

START_TEST(foreign_or_missing_cdb_is_not_opened)
{
	const char *path = "control/cdb/routing/routing.cdb";
	struct config config;

	ck_assert_int_eq(config_open(&config, "routing"), -1);
	ck_assert_int_eq(errno, ENOENT);
	config_close(&config);
	control_compile_well();
	ck_assert_int_eq(truncate(path, 100), 0);
	ck_assert_int_eq(config_open(&config, "routing"), -1);
	ck_assert_int_eq(errno, EPROTO);
	config_close(&config);
}
END_TEST

START_TEST(hundred_thousand_accounts_take_a_second_or_so)
{
	struct str table = {0};
	uint64_t begin, took;

	str_puts(&table, "postmaster@local.test user\n");
	for (int i = 0; i < 100000; i++)
		str_addf(&table, "user%d@local.test user name=\"User %d\" "
		    "quota=1G\n", i, i);
	control_write("accounts", str_c(&table));
	begin = clock_mono_ms();
	control_compile_well();
	took = clock_mono_ms() - begin;
	/* five times what it takes, for machines that are busy or watched */
	ck_assert_uint_lt(took, 5000);
	str_free(&table);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("compile");

	tcase_set_timeout(unit.cases, 60);
	tcase_add_checked_fixture(unit.cases, control_begin, NULL);
	unit_loop(unit.cases, each_fault_names_file_line_and_what_to_do,
	    faulty);
	unit_loop(unit.cases, each_fault_in_isp_names_line_and_what_to_do,
	    faulty_isp);
	tcase_add_test(unit.cases, secrets_of_providers_are_checked);
	tcase_add_test(unit.cases, programs_find_their_servers);
	unit_loop(unit.cases, what_is_right_compiles, good);
	tcase_add_test(unit.cases,
	    all_faults_come_in_one_run_by_file_and_line);
	tcase_add_test(unit.cases, fault_leaves_the_old_tables_in_force);
	tcase_add_test(unit.cases, one_user_tables_are_private);
	tcase_add_test(unit.cases, open_secrets_are_a_fault);
	tcase_add_test(unit.cases,
	    an_editor_of_another_system_is_the_only_fault);
	tcase_add_test(unit.cases, a_link_to_nothing_is_a_fault);
	tcase_add_test(unit.cases, a_secret_that_links_to_nothing_is_a_fault);
	tcase_add_test(unit.cases, what_is_hardly_meant_is_warned_of);
	tcase_add_test(unit.cases, secrets_under_other_names_are_warned_of);
	tcase_add_test(unit.cases, what_anybody_may_write_is_warned_of);
	tcase_add_test(unit.cases,
	    a_changed_listen_asks_for_a_restart_until_it_is_done);
	tcase_add_test(unit.cases,
	    tables_that_no_program_can_read_are_pending);
	tcase_add_test(unit.cases, an_unknown_beginning_asks_for_a_restart);
	tcase_add_test(unit.cases, a_first_or_last_row_of_listen_asks_for_up);
	tcase_add_test(unit.cases,
	    settings_read_at_the_start_ask_for_a_restart);
	tcase_add_test(unit.cases, an_owner_who_is_no_admin_is_told);
	tcase_add_test(unit.cases, the_first_mailbox_that_sends_asks_for_up);
	tcase_add_test(unit.cases,
	    what_failed_halfway_is_pending_and_asks_for_up_again);
	tcase_add_test(unit.cases,
	    a_table_that_cannot_be_read_is_the_only_fault);
	tcase_add_loop_test(unit.cases,
	    who_cannot_write_is_told_what_keeps_him_out, 0,
	    sizeof barred / sizeof *barred);
	tcase_add_test(unit.cases, long_chain_of_aliases_is_a_fault);
	tcase_add_test(unit.cases,
	    settings_come_by_table_with_their_defaults);
	tcase_add_test(unit.cases, minfree_may_be_bytes);
	tcase_add_test(unit.cases, listen_rows_come_in_order);
	tcase_add_test(unit.cases, longest_prefix_rules_a_client);
	tcase_add_test(unit.cases, account_is_found_in_any_spelling);
	tcase_add_test(unit.cases,
	    refresh_takes_the_new_and_keeps_the_old_when_broken);
	tcase_add_test(unit.cases, foreign_or_missing_cdb_is_not_opened);
	tcase_add_test(unit.cases,
	    hundred_thousand_accounts_take_a_second_or_so);
	return unit_run(unit);
}
