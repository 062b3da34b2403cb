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
	bool is_empty; /* nothing is there, be it good or bad */
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

static bool
is_there(const char *file)
{
	struct str path = {0};
	struct stat st;
	bool found;

	str_addf(&path, "control/%s", file);
	found = stat(str_c(&path), &st) == 0;
	str_free(&path);
	return found;
}

/* One folder with cert.pem and key.pem; neither is fine at the top. */
static void
read_pair(struct tls_tables *tables, const char *folder, struct slice name,
    bool is_needed)
{
	struct compiler *compiler = tables->compiler;
	struct str cert_file = {0}, key_file = {0}, chain = {0}, key = {0};

	str_addf(&cert_file, "%s/cert.pem", folder);
	str_addf(&key_file, "%s/key.pem", folder);
	if (!is_needed && !is_there(str_c(&cert_file)) &&
	    !is_there(str_c(&key_file)))
		goto out;
	tables->is_empty = false;
	if (!is_there(str_c(&cert_file)))
		fault_add(&compiler->report->faults, str_c(&cert_file), 0,
		    "there is no certificate here, write one or remove %s",
		    is_needed ? "the folder" : "the key.pem beside it");
	else if (!is_there(str_c(&key_file)))
		fault_add(&compiler->report->faults, str_c(&key_file), 0,
		    "there is no key for the certificate beside it");
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
read_folders(struct tls_tables *tables)
{
	struct dirent **entries;
	int count = scandir("control/secrets/tls", &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		struct str path = {0};
		struct stat st;

		str_addf(&path, "control/secrets/tls/%s", entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' &&
		    stat(str_c(&path), &st) == 0 && S_ISDIR(st.st_mode))
			read_folder(tables, entries[i]->d_name);
		str_free(&path);
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
warn_of_lack(struct compiler *compiler)
{
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
	struct tls_tables tables = {compiler, cert, key, {0}, true};

	compiler_add(compiler, cert, '=', slice_of("format"),
	    slice_of(ROWS_FORMAT));
	compiler_add(compiler, key, '=', slice_of("format"),
	    slice_of(ROWS_FORMAT));
	read_pair(&tables, "secrets/tls", slice_of("-"), false);
	read_folders(&tables);
	put_names(&tables);
	if (tables.is_empty)
		warn_of_lack(compiler);
	strs_free(&tables.names);
	errno = compiler->error;
	return errno ? -1 : 0;
}
