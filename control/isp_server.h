/*
 * isp_server - a provider's server, as its row names it: where it is, who it
 * has to be, and with what one logs in.
 */
#ifndef CONTROL_ISP_SERVER_H
#define CONTROL_ISP_SERVER_H

#include "control/isp.h"
#include "lib/base/dns.h"
#include "lib/base/tls_client.h"
#include "lib/mail/sasl_client.h"

/* Its addresses, within ms; one that is written as an address is not asked
 * for. */
enum dns_result isp_addresses(const struct isp_mailbox *server,
    struct dns *dns, uint64_t ms, struct dns_addresses *to);

/* "pop.isp.test[192.0.2.1]:110" into *to, for people. */
void isp_host_text(const struct isp_mailbox *server,
    const struct dns_address *address, struct str *to);

/* Who it has to be.  *fingerprint, to be freed, is what the result may point
 * to. */
struct tls_peer isp_peer(const struct isp_mailbox *server,
    struct str *fingerprint);

/* The token that a row with oauth2= logs in with: the first line of
 * state/oauth/NAME, which a helper keeps fresh.  0, or -1 with errno
 * (ENODATA: it is empty). */
int isp_token(const struct isp_mailbox *server, struct str *token);

/* The login, by token if there is one in *token; all is the arguments'. */
struct sasl_login isp_login(const struct isp_mailbox *server,
    const struct str *token, const char *service);

#endif
