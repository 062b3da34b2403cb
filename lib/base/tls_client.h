/*
 * tls_client - the client's side of TLS on a stream, and who the server has
 * to be.
 *
 * Opportunistic TLS takes TLS 1.0 and weak ciphers too, as Postfix does: what
 * it would fall back to is no TLS at all.  Every other proof takes TLS 1.2
 * and 1.3 only.
 */
#ifndef BASE_TLS_CLIENT_H
#define BASE_TLS_CLIENT_H

#include "lib/base/dns_answer.h"
#include "lib/base/stream.h"
#include "lib/base/tls_look.h"

enum tls_proof {
	TLS_PROOF_NONE,        /* opportunistic: whoever it is */
	TLS_PROOF_TLS,         /* whoever it is, but good TLS */
	TLS_PROOF_NAME,        /* a certificate of that name, from a CA */
	TLS_PROOF_FINGERPRINT, /* that certificate */
	TLS_PROOF_DANE         /* what its TLSA records say, RFC 7672 */
};

struct tls_peer {
	const char *name;  /* for SNI, and to be in the certificate; a host
	                    * name, or an address as text */
	bool is_address;   /* then without SNI */
	enum tls_proof proof;
	const unsigned char *fingerprint; /* SHA-256 of the certificate, 32 */
	const struct dns_tlsa_list *tlsa;
	const char *domain; /* with TLSA of a CA: may be in the certificate
	                     * instead (RFC 7672 3.2.2); may be NULL */
	struct tls_look *look; /* is told what the server shows, believed or
	                        * not; may be NULL */
};

struct tls_client;

/* One for the process, and its children: reads the system's certificate
 * authorities and those of cafile ("": none), so before confinement.  NULL:
 * *why in words. */
struct tls_client *tls_client_make(const char *cafile, struct str *why);
void tls_client_free(struct tls_client *client);

/* Shakes hands on a plain stream without unread bytes, within the stream's
 * deadline, and looks at the server's certificate.  False: *why in words, and
 * errno EPROTO where it would fail again (no TLS there, another certificate),
 * others where the network did; nothing was said to the server, and the
 * stream is plain and good for nothing but to be closed. */
bool tls_connect(struct tls_client *client, struct stream *stream,
    const struct tls_peer *peer, struct str *why);

/* Is there a TLSA record that SMTP can use (RFC 7672 3.1: DANE-TA, DANE-EE)?
 * If not, TLS is to be required, and proves nothing. */
bool tls_tlsa_usable(const struct dns_tlsa_list *tlsa);

#endif
