/* isp_server - a provider's server; see isp_server.h. */
#include "control/isp_server.h"

#include "lib/base/hex.h"
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>

enum { TOKEN_MAX = 16 * 1024 };

enum dns_result
isp_addresses(const struct isp_mailbox *server, struct dns *dns,
    uint64_t ms, struct dns_addresses *to)
{
	if (!server->is_address)
		return dns_addresses(dns, str_c(&server->host), ms, to);
	to->len = 1;
	return dns_address_parse(str_slice(&server->host), &to->v[0]) == 0 ?
	    DNS_OK : DNS_NO_NAME;
}

void
isp_host_text(const struct isp_mailbox *server,
    const struct dns_address *address, struct str *to)
{
	str_clear(to);
	str_addf(to, "%s[%s]:%u", server->is_address ? "" :
	    str_c(&server->host), dns_address_text(address).s,
	    (unsigned)server->port);
}

struct tls_peer
isp_peer(const struct isp_mailbox *server, struct str *fingerprint)
{
	struct tls_peer peer = {.name = str_c(&server->host),
		.is_address = server->is_address != 0,
		.proof = TLS_PROOF_NAME};

	if (server->tls == ISP_TLS_FINGERPRINT &&
	    hex_decode(fingerprint, str_slice(&server->fingerprint))) {
		peer.proof = TLS_PROOF_FINGERPRINT;
		peer.fingerprint = (const unsigned char *)fingerprint->s;
	}
	return peer;
}

int
isp_token(const struct isp_mailbox *server, struct str *token)
{
	struct str path = {0}, text = {0};
	struct slice rest, line;
	int result;

	str_wipe(token);
	str_addf(&path, "state/oauth/%s", str_c(&server->oauth2));
	result = read_file(AT_FDCWD, str_c(&path), &text, TOKEN_MAX);
	rest = str_slice(&text);
	line = slice_cut(&rest, '\n');
	if (line.len && line.s[line.len - 1] == '\r')
		line.len--;
	if (result == 0)
		str_set_slice(token, slice_trim(line));
	if (result == 0 && !token->len) {
		errno = ENODATA;
		result = -1;
	}
	str_wipe(&text);
	str_free(&path);
	return result;
}

struct sasl_login
isp_login(const struct isp_mailbox *server, const struct str *token,
    const char *service)
{
	bool has_token = token->len > 0;

	return (struct sasl_login){.service = service,
		.host = str_c(&server->host),
		.port = (uint16_t)server->port,
		.user = str_c(&server->user),
		.password = has_token ? NULL : str_c(&server->password),
		.token = has_token ? str_c(token) : NULL};
}
