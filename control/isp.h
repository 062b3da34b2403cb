/*
 * isp - mailboxes at a provider, as their programs read them.
 *
 * cdb/isp-pop3 (pop3-fetch) and cdb/isp-smtp (isp-forward) hold passwords:
 * only the parents of these programs open them, and hand each session the one
 * record that it needs.  cdb/isp-map holds none; see FORMAT.md.
 */
#ifndef CONTROL_ISP_H
#define CONTROL_ISP_H

#include "control/config.h"
#include "lib/base/record.h"

enum {
	ISP_SECRET_MAX = 4096,  /* bytes of a password */
	ISP_NAME_MAX = 640,     /* of a binding's name */
	POP3_PORT = 110, POP3S_PORT = 995,
	SUBMIT_PORT = 587, SUBMITS_PORT = 465
};

enum isp_tls {
	ISP_TLS_VERIFY,      /* a certificate of that name, from a CA */
	ISP_TLS_NONE,
	ISP_TLS_FINGERPRINT  /* a certificate with this SHA-256 */
};

/* One server of one binding. */
struct isp_mailbox {
	struct str account;     /* of ours, or "@domain" */
	struct str address;     /* at the provider */
	struct str host;        /* a name, or an address without brackets */
	uint64_t is_address;
	uint64_t port;
	uint64_t is_wrapped;    /* TLS from the first byte */
	uint64_t tls;           /* enum isp_tls */
	struct str fingerprint; /* 64 hex digits */
	struct str user;
	struct str password;
	struct str oauth2;      /* instead: the token is in state/oauth/NAME */
	/* POP3 alone: */
	uint64_t every_s;
	uint64_t keep_s;        /* 0: not kept, UINT64_MAX: for ever */
	uint64_t max_size;      /* bytes; 0: any */
	struct str map_to;      /* domain of ours, or empty */
	struct str header;      /* that holds the envelope's recipient */
	struct str node;        /* whose `me' fetches; empty: every one's */
	uint64_t skips_sent;    /* what was sent by it is not delivered */
	uint64_t line;          /* in control/isp */
};

extern const struct record_field isp_mailbox_fields[];

/* The names of all bindings in cdb/isp-pop3, "ACCOUNT ISP-ADDRESS" each. */
void isp_names(struct config *config, struct strs *names);

/* Finds the POP3 server of a binding (its name), or the SMTP server of an ISP
 * address.  *to must be {0} or from an earlier call.  False: there is none. */
bool isp_pop3(struct config *config, struct slice name,
    struct isp_mailbox *to);
bool isp_smtp(struct config *config, struct slice address,
    struct isp_mailbox *to);

/* No byte of the password stays. */
void isp_mailbox_free(struct isp_mailbox *mailbox);

#endif
