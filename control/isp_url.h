/* isp_url - a provider's server, as control/isp names it:
 * "pop3s://pop.isp.example", "smtp://[192.0.2.1]:587". */
#ifndef CONTROL_ISP_URL_H
#define CONTROL_ISP_URL_H

#include "control/isp.h"

enum isp_protocol { ISP_SMTP, ISP_POP3 };

/* Fills host, is_address, port and is_wrapped of *to.  0, or -1. */
int isp_url_parse(enum isp_protocol protocol, struct slice url,
    struct isp_mailbox *to);

/* Appends the URL of such a server, without a port where it is the usual. */
void isp_url_write(struct str *to, enum isp_protocol protocol,
    const struct isp_mailbox *server);

#endif
