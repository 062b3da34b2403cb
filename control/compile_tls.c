/*
 * compile_tls - secrets/tls; see compiler.h.
 *
 * cert.pem and key.pem are for every name, NAME/cert.pem and NAME/key.pem for
 * clients that ask for NAME.  The chains go into cdb/tls-cert, which sessions
 * read; the keys into cdb/tls-key, which tls-key alone reads.
 */
#include "control/compiler.h"
#include "lib/base/clock.h"
#include "lib/base/pem.h"
#include "lib/base/tls.h"
#include "lib/mail/address.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PEM_MAX = 256 * 1024, DAY_S = 24 * 3600, SOON_S = 14 * DAY_S };

struct tls_tables {
	struct compiler *compiler;
	struct cdb_make *cert, *key;
	struct strs names;
	bool is_empty; /* no pair is there, be it good or bad */
	struct str stray; /* a file that is of none */
};

static void
warn_of_age(struct compiler *compiler, const char *file, uint64_t expiry_s)
{
	uint64_t now_s = clock_wall_us() / 1000000;

	if (expiry_s <= now_s)
		fault_add(&compiler->report->warnings, file, 0,
		    "this certificate has expired, get a new one");
	else if (expiry_s <= now_s + SOON_S)
		fault_add(&compiler->report->warnings, file, 0,
		    "this certificate expires in %u days, get a new one",
		    (unsigned)((expiry_s - now_s) / DAY_S));
}

/* What OpenSSL would not serve with: a key or a signature too weak, a chain
 * that is no chain.  Appends its words. */
static bool
is_refused(struct slice chain, struct str *why)
{
	static const struct tls_signer nobody; /* is asked at a handshake */
	struct tls_server *server = tls_server_make(&nobody);
	bool refused = !server ||
	    tls_server_add(server, slice_of("-"), chain) < 0;

	if (refused)
		tls_error(why);
	tls_server_free(server);
	return refused;
}

static void
put_pair(struct tls_tables *tables, const char *file, struct slice name,
    struct slice chain, struct slice key)
{
	struct compiler *compiler = tables->compiler;
	struct faults *faults = &compiler->report->faults;
	struct str chain_hash = {0}, key_hash = {0}, expiry = {0}, why = {0};
	struct pem_leaf leaf;

	if (pem_chain_key(chain, &chain_hash) < 0 ||
	    pem_chain_look(chain, "", &leaf) < 0) {
		fault_add(faults, file, 0, "this is no certificate, "
		    "write it in PEM, the chain behind it");
	} else if (pem_private_key(key, &key_hash) < 0) {
		fault_add(faults, file, 0, "the key.pem beside it is no "
		    "private key of RSA or ECDSA, write one in PEM and "
		    "without a passphrase");
	} else if (strcmp(str_c(&chain_hash), str_c(&key_hash)) != 0) {
		fault_add(faults, file, 0, "the key.pem beside it belongs to "
		    "another certificate");
	} else if (is_refused(chain, &why)) {
		fault_add(faults, file, 0, "OpenSSL does not serve with this "
		    "certificate (%s), get another one", str_c(&why));
	} else {
		warn_of_age(compiler, file, leaf.expiry_s);
		str_add_u64(&expiry, leaf.expiry_s);
		compiler_add(compiler, tables->cert, 'n', name, chain);
		compiler_add(compiler, tables->cert, 'x', name,
		    str_slice(&expiry));
		compiler_add(compiler, tables->key, 'k',
		    str_slice(&key_hash), key);
		strs_add(&tables->names, name);
	}
	str_free(&chain_hash);
	str_free(&key_hash);
	str_free(&expiry);
	str_free(&why);
}

/* One folder with cert.pem and key.pem; neither is fine at the top. */
static void
read_pair(struct tls_tables *tables, const char *folder, struct slice name,
    bool is_needed)
{
	struct compiler *compiler = tables->compiler;
	struct str cert_file = {0}, key_file = {0}, chain = {0}, key = {0};
	bool has_cert, has_key;

	str_addf(&cert_file, "%s/cert.pem", folder);
	str_addf(&key_file, "%s/key.pem", folder);
	has_cert = compiler_is_there(compiler, str_c(&cert_file));
	has_key = compiler_is_there(compiler, str_c(&key_file));
	if (!is_needed && !has_cert && !has_key)
		goto out;
	tables->is_empty = false;
	if (!has_cert)
		fault_add(&compiler->report->faults, str_c(&cert_file), 0,
		    "there is no certificate here, write one or remove %s",
		    is_needed ? "the folder" : "the key.pem beside it");
	else if (!has_key)
		fault_add(&compiler->report->faults, str_c(&key_file), 0,
		    "there is no key for the certificate beside it, write it "
		    "here");
	else if (compiler_read(compiler, str_c(&cert_file), PEM_MAX, &chain) &&
	    compiler_read(compiler, str_c(&key_file), PEM_MAX, &key))
		put_pair(tables, str_c(&cert_file), name, str_slice(&chain),
		    str_slice(&key));
	if (key.s)
		OPENSSL_cleanse(key.s, key.cap);
out:
	str_free(&cert_file);
	str_free(&key_file);
	str_free(&chain);
	str_free(&key);
}

/* A wildcard's folder is called "*.example.org". */
static bool
folder_name(struct str *to, const char *name)
{
	bool is_wild = name[0] == '*' && name[1] == '.';
	struct str rest = {0};
	bool fine = domain_normalize(&rest,
			slice_of(is_wild ? name + 2 : name)) == 0;

	str_addf(to, "%s%s", is_wild ? "*." : "", str_c(&rest));
	str_free(&rest);
	return fine;
}

static void
read_folder(struct tls_tables *tables, const char *entry)
{
	struct str folder = {0}, name = {0};

	str_addf(&folder, "secrets/tls/%s", entry);
	if (folder_name(&name, entry))
		read_pair(tables, str_c(&folder), str_slice(&name), true);
	else
		fault_add(&tables->compiler->report->faults, str_c(&folder), 0,
		    "this is no host name, name the folder after the host "
		    "that clients ask for");
	str_free(&folder);
	str_free(&name);
}

static void
look_at_entry(struct tls_tables *tables, const char *entry)
{
	struct str file = {0}, path = {0};
	struct stat st;

	str_addf(&file, "secrets/tls/%s", entry);
	str_addf(&path, "control/%s", str_c(&file));
	if (stat(str_c(&path), &st) == 0 && S_ISDIR(st.st_mode))
		read_folder(tables, entry);
	else if (strcmp(entry, "cert.pem") && strcmp(entry, "key.pem") &&
	    compiler_is_there(tables->compiler, str_c(&file)))
		str_set_slice(&tables->stray, str_slice(&file));
	str_free(&file);
	str_free(&path);
}

static void
read_folders(struct tls_tables *tables)
{
	struct dirent **entries;
	int count = scandir("control/secrets/tls", &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.')
			look_at_entry(tables, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void
put_names(struct tls_tables *tables)
{
	struct str names = {0};

	for (size_t i = 0; i < tables->names.len; i++) {
		if (i)
			str_putc(&names, '\n');
		str_add_slice(&names, str_slice(&tables->names.v[i]));
	}
	compiler_add(tables->compiler, tables->cert, '=', slice_of("names"),
	    str_slice(&names));
	str_free(&names);
}

/* Logins are under TLS only. */
static void
warn_of_lack(struct compiler *compiler, const struct str *stray)
{
	if (stray->len) /* as other programs call them */
		fault_add(&compiler->report->warnings, str_c(stray), 0,
		    "nothing reads this file, the certificate and its chain "
		    "are cert.pem, the key is key.pem");
	for (size_t i = 0; i < LISTEN_SERVICES; i++) {
		const char *service = listen_services[i];

		if (compiler->listen[i].items.len &&
		    !strncmp(service, "submission", strlen("submission")))
			fault_add(&compiler->report->warnings, "listen", 0,
			    "nobody can log in at %s without a certificate, "
			    "put one into secrets/tls (posthouse init makes "
			    "a self-signed one)", service);
	}
}

int
compile_tls(struct compiler *compiler, struct cdb_make *cert,
    struct cdb_make *key)
{
	struct tls_tables tables = {compiler, cert, key, {0}, true, {0}};

	compiler_add(compiler, cert, '=', slice_of("format"),
	    slice_of(ROWS_FORMAT));
	compiler_add(compiler, key, '=', slice_of("format"),
	    slice_of(ROWS_FORMAT));
	read_pair(&tables, "secrets/tls", slice_of("-"), false);
	read_folders(&tables);
	put_names(&tables);
	compiler->has_certificate = tables.names.len;
	if (tables.is_empty)
		warn_of_lack(compiler, &tables.stray);
	strs_free(&tables.names);
	str_free(&tables.stray);
	errno = compiler->error;
	return errno ? -1 : 0;
}
