/* request - what was asked, from the command line; see detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "lib/base/die.h"
#include "lib/base/hex.h"
#include "lib/mail/address.h"
#include "lib/mail/next_hop.h"

#include <string.h>

static const char synopsis[] =
    "posthouse isp detect ADDRESS [smtp=URL] [pop3=URL] [user=NAME]\n"
    "           [tls=none|fingerprint:HEX] [account=ACCOUNT --write]\n"
    "           [--round-trip]\n"
    "       the password is from control/secrets/isp, or standard input";

static void
take_url(struct detect *detect, enum isp_protocol protocol,
    struct slice value)
{
	detect->is_asked[protocol] = true;
	if (isp_url_parse(protocol, value, &detect->servers[protocol]) < 0)
		die_perm("\"%.*s\" is no server, write one like %s",
		    (int)value.len, value.s, protocol == ISP_SMTP ?
		    "smtps://smtp.isp.example" : "pop3s://pop.isp.example");
}

static void
take_tls(struct isp_mailbox *login, struct slice value)
{
	struct next_hop hop = {0};

	if (slice_is(value, "require"))
		return;
	if (next_hop_parse_tls(value, &hop) == 0 &&
	    hop.tls == NEXT_HOP_TLS_NONE)
		login->tls = ISP_TLS_NONE;
	else if (hop.tls == NEXT_HOP_TLS_FINGERPRINT)
		login->tls = ISP_TLS_FINGERPRINT;
	else
		die_perm("tls= is require, none or fingerprint:HEX (SHA-256 "
		    "of the certificate)");
	if (login->tls == ISP_TLS_FINGERPRINT)
		hex_add(&login->fingerprint, hop.fingerprint,
		    sizeof hop.fingerprint);
}

static bool
take_option(struct detect *detect, const char *word)
{
	struct slice value = slice_of(word), key = slice_cut(&value, '=');

	if (!value.s)
		return false;
	if (slice_is(key, "smtp"))
		take_url(detect, ISP_SMTP, value);
	else if (slice_is(key, "pop3"))
		take_url(detect, ISP_POP3, value);
	else if (slice_is(key, "user"))
		str_set_slice(&detect->login.user, value);
	else if (slice_is(key, "account"))
		str_set_slice(&detect->login.account, value);
	else if (slice_is(key, "tls"))
		take_tls(&detect->login, value);
	else
		return false;
	return true;
}

/* A password in the clear is sent to no guessed name. */
static bool
is_named(const struct detect *detect)
{
	for (int i = 0; i < PROTOCOLS; i++)
		if (detect->is_asked[i] && !detect->servers[i].host.len)
			return false;
	return true;
}

void
request_complete(struct detect *detect)
{
	struct isp_mailbox *login = &detect->login;

	if (!detect->is_asked[ISP_SMTP] && !detect->is_asked[ISP_POP3])
		detect->is_asked[ISP_SMTP] = detect->is_asked[ISP_POP3] = true;
	if (!login->user.len)
		str_set_slice(&login->user, str_slice(&login->address));
	for (size_t i = 0; i < login->user.len; i++)
		if ((unsigned char)login->user.s[i] < ' ')
			die_perm("user= holds a control character");
	if (login->tls == ISP_TLS_NONE && !is_named(detect))
		die_perm("tls=none sends the password to whoever answers, "
		    "name the server: smtp=smtp://HOST, pop3=pop3://HOST");
	if (detect->is_to_go_round &&
	    !(detect->is_asked[ISP_SMTP] && detect->is_asked[ISP_POP3]))
		die_perm("--round-trip needs a server to send by and one to "
		    "fetch from: smtp=URL pop3=URL, or none of both to look "
		    "for them");
	if (detect->is_to_write && !login->account.len)
		die_perm("--write needs to know whose mailbox it is: "
		    "account=ACCOUNT, one of control/accounts");
}

static bool
is_address(struct detect *detect, struct slice text)
{
	return slice_find(text, '@') < text.len &&
	    address_normalize(&detect->login.address, text, true) == 0;
}

void
request_take(struct detect *detect, int argc, char *argv[])
{
	if (argc == 2 && !strcmp(argv[1], "--help"))
		die_help(synopsis);
	if (argc < 2 || argv[1][0] == '-')
		die_usage(synopsis);
	if (!is_address(detect, slice_of(argv[1])))
		die_perm("\"%s\" is no address, write the one at the "
		    "provider, like user@isp.example", argv[1]);
	for (int i = 2; i < argc; i++)
		if (!strcmp(argv[i], "--write"))
			detect->is_to_write = true;
		else if (!strcmp(argv[i], "--round-trip"))
			detect->is_to_go_round = true;
		else if (!take_option(detect, argv[i]))
			die_usage(synopsis);
}
