/* tls_look - what a server showed; see tls_look.h. */
#include "lib/base/tls_look.h"

#include "lib/base/hex.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <time.h>

enum { NAME_MAX_BYTES = 256 };

/* The most telling part of a name: who it is, or else for whom. */
static void
take_part(struct str *to, const X509_NAME *name)
{
	static const int parts[] = {NID_commonName, NID_organizationName,
		NID_organizationalUnitName};

	for (size_t i = 0; i < sizeof parts / sizeof *parts && !to->len; i++) {
		char text[NAME_MAX_BYTES];
		int len = X509_NAME_get_text_by_NID(name, parts[i], text,
		    sizeof text);

		if (len > 0)
			str_add(to, text, (size_t)len < sizeof text ?
			    (size_t)len : sizeof text - 1);
	}
}

static void
take_dns_name(struct str *to, X509 *certificate)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate,
	    NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !to->len; i++) {
		const GENERAL_NAME *one = sk_GENERAL_NAME_value(names, i);
		int len;

		if (one->type != GEN_DNS)
			continue;
		len = ASN1_STRING_length(one->d.dNSName);
		str_add(to, ASN1_STRING_get0_data(one->d.dNSName),
		    len < NAME_MAX_BYTES ? (size_t)len : NAME_MAX_BYTES);
	}
	GENERAL_NAMES_free(names);
}

static void
take_date(struct str *to, const ASN1_TIME *date)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(date, &tm) == 1)
		str_addf(to, "%04d-%02d-%02d", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday);
}

static void
take_fingerprint(struct str *to, const X509 *certificate)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (X509_digest(certificate, EVP_sha256(), digest, &len) == 1)
		hex_add(to, digest, len);
}

void
tls_look_take(struct tls_look *look, struct ssl_st *ssl)
{
	X509 *certificate = SSL_get0_peer_certificate(ssl);

	tls_look_free(look);
	str_addf(&look->version, "%s %s", SSL_get_version(ssl),
	    SSL_get_cipher(ssl));
	if (!certificate)
		return;
	take_dns_name(&look->name, certificate);
	if (!look->name.len)
		take_part(&look->name, X509_get_subject_name(certificate));
	take_part(&look->issuer, X509_get_issuer_name(certificate));
	take_date(&look->until, X509_get0_notAfter(certificate));
	take_fingerprint(&look->fingerprint, certificate);
}

void
tls_look_free(struct tls_look *look)
{
	str_free(&look->version);
	str_free(&look->name);
	str_free(&look->issuer);
	str_free(&look->until);
	str_free(&look->fingerprint);
}
