/* compile_isp - what the rows of isp make, until all of it is written. */
#ifndef CONTROL_COMPILE_ISP_H
#define CONTROL_COMPILE_ISP_H

#include "control/isp.h"

/* One row: a server to fetch from, one to send through, or both. */
struct isp_row {
	struct isp_mailbox mailbox; /* without the servers and the secret */
	struct isp_mailbox pop3, smtp; /* host, port; host empty: none */
	size_t line;
	bool has_secret;
	bool is_reference; /* "@domain isp-address" alone: another row tells */
};
struct isp_list {
	struct isp_row *v;
	size_t len, cap;
};

#endif
