/*
 * posthouse-certificates - the certificates in force, and how long they last.
 *
 * Run by the administrator and by posthouse status.  Reads what compile wrote
 * for the sessions, so it also tells of files that were not compiled yet.
 */
#include "control/config.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/pem.h"

#include <stdio.h>

enum { DAY_S = 24 * 3600, SOON_S = 14 * DAY_S };

static const char synopsis[] = "posthouse certificates [--help]";
static const char get_another[] =
    "put a new one there, with its key.pem, and run posthouse compile";

static void
print_age(const struct pem_leaf *leaf)
{
	uint64_t now_s = clock_wall_s();

	if (leaf->expiry_s <= now_s)
		printf("HAS EXPIRED and is not used: %s", get_another);
	else if (leaf->expiry_s <= now_s + SOON_S)
		printf("EXPIRES in %u days: %s",
		    (unsigned)((leaf->expiry_s - now_s) / DAY_S), get_another);
	else
		printf("good for %u days",
		    (unsigned)((leaf->expiry_s - now_s) / DAY_S));
}

/* name: "-" is the one for whoever asks for no name that we have. */
static void
print_certificate(struct config *config, struct slice name, const char *me)
{
	struct str key = {0}, host = {0};
	struct slice chain;
	struct pem_leaf leaf;
	bool is_default = slice_is(name, "-");

	str_putc(&key, 'n');
	str_add_slice(&key, name);
	str_add_slice(&host, is_default ? slice_of(me) : name);
	printf("control/secrets/tls/%.*s%scert.pem: ",
	    is_default ? 0 : (int)name.len, name.s, is_default ? "" : "/");
	if (!cdb_file_get(&config->file, str_slice(&key), &chain) ||
	    pem_chain_look(chain, str_c(&host), &leaf) < 0) {
		printf("damaged: run posthouse compile\n");
	} else {
		print_age(&leaf);
		if (leaf.is_self_signed)
			printf("; self-signed: mail programs will ask "
			    "whether to trust it");
		if (!leaf.is_for_host && str_c(&host)[0] != '*')
			printf("; is NOT for %s", str_c(&host));
		putchar('\n');
	}
	str_free(&key);
	str_free(&host);
}

static void
print_lack(struct config *routing)
{
	static const char *const for_logins[] = {"submission", "submissions"};

	printf("none: smtp goes on without TLS\n");
	for (size_t i = 0; i < sizeof for_logins / sizeof *for_logins; i++) {
		struct strs rows = {0};

		config_listen(routing, for_logins[i], &rows);
		if (rows.len)
			printf("none: NOBODY CAN LOG IN at %s: put cert.pem "
			    "and key.pem into control/secrets/tls, or have "
			    "posthouse init make a pair, and run posthouse up"
			    "\n", for_logins[i]);
		strs_free(&rows);
	}
}

static void
print_all(struct config *routing, struct config *certificates)
{
	static const struct setting schema[] = {
		{"me", SETTING_TEXT, 0}, {0}};
	struct str me = {0};
	struct slice names = {0};

	config_settings(routing, schema, &me);
	cdb_file_get(&certificates->file, slice_of("=names"), &names);
	if (!names.len)
		print_lack(routing);
	while (names.len)
		print_certificate(certificates, slice_cut(&names, '\n'),
		    str_c(&me));
	str_free(&me);
}

int
main(int argc, char *argv[])
{
	struct config routing, certificates;

	die_name = "posthouse-certificates";
	die_of_arguments(argc, argv, synopsis);
	home_enter();
	config_open_or_die(&routing, "routing");
	config_open_or_die(&certificates, "tls-cert");
	print_all(&routing, &certificates);
	config_close(&certificates);
	config_close(&routing);
	return EXIT_DONE;
}
