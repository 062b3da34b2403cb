/*
 * posthouse-explain - what would happen to a letter, step by step.
 *
 * Run by the administrator.  Asks the function that smtp-receive and
 * queue-manager ask, on the tables in force.
 */
#include "cmd/posthouse-explain/share.h"
#include "control/pending.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/mail/copy.h"
#include "queue/spool.h"

#include <getopt.h>
#include <stdio.h>

static const char synopsis[] =
    "posthouse explain --from ADDRESS --to ADDRESS [--login ACCOUNT] "
    "[--box BOX]\n"
    "                  [--name DISPLAY-NAME]";

static void
print_step(void *context, const char *text)
{
	(void)context;
	printf("%s\n", text);
}

static void
check_login(struct config *config, struct slice login)
{
	struct account account = {0};

	if (login.len && !config_account(config, login, &account))
		die_perm("there is no account %.*s", (int)login.len, login.s);
	account_free(&account);
}

static void
check_box(struct slice box)
{
	for (size_t i = 0; i < BOX_COUNT; i++)
		if (slice_is(box, boxes[i].name))
			return;
	die_perm("there is no box %.*s, name smtp, submission, relay, "
	    "local-submit, pop3, local or bounce", (int)box.len, box.s);
}

static void
print_local(const struct route *route)
{
	struct copy copy = {0};

	copy_parse(str_slice(&route->copy), &copy);
	printf("= %s %s here", route->is_extra ? "a copy for" : "deliver",
	    str_c(&route->address));
	if (copy.folder.len)
		printf(", folder %s%s", str_c(&copy.folder),
		    copy.is_seen ? ", as read" : "");
	if (copy.staff.len)
		printf(", X-Posthouse-Staff: %s (%s)",
		    str_c(&copy.staff.v[0]), str_c(&copy.by));
	putchar('\n');
	copy_free(&copy);
}

static void
print_route(const struct route *route)
{
	switch (route->kind) {
	case ROUTE_LOCAL:
		print_local(route);
		return;
	case ROUTE_REMOTE:
		printf("= send %s, next hop: %s%s\n", str_c(&route->address),
		    str_c(&route->next_hop),
		    route->keep_s == UINT64_MAX ? ", kept for ever" : "");
		return;
	case ROUTE_ISP:
		printf("= send %s by a provider, lane: %s%s%s\n",
		    str_c(&route->address), str_c(&route->next_hop),
		    route->stage > 1 ? ", once the copy is there" : "",
		    route->is_held ? " and approved" : "");
		return;
	case ROUTE_REFUSE:
		printf("= refuse %s: %d %s %s\n", str_c(&route->address),
		    route->code, route->enhanced, str_c(&route->text));
		return;
	}
}

/* Exit 0 when it would be taken, 100 when it would be refused. */
static int
explain(const struct route_request *request, struct slice name)
{
	const struct route_trace trace = {.step = print_step};
	struct config config;
	struct routes routes = {0};
	int status = EXIT_DONE;

	config_open_or_die(&config, "routing");
	check_login(&config, request->login);
	route_decide(&config, request, &trace, &routes);
	for (size_t i = 0; i < routes.len; i++) {
		print_route(&routes.v[i]);
		if (routes.v[i].sort == SORT_IN)
			explain_share(&config, &routes.v[i], name);
		if (routes.v[i].kind == ROUTE_REFUSE)
			status = EXIT_PERM;
	}
	routes_free(&routes);
	config_close(&config);
	return status;
}

static void
read_arguments(int argc, char *argv[], struct route_request *request,
    struct slice *name)
{
	static const struct option options[] = {
	    {"from", required_argument, NULL, 'f'},
	    {"to", required_argument, NULL, 't'},
	    {"login", required_argument, NULL, 'l'},
	    {"box", required_argument, NULL, 'b'},
	    {"name", required_argument, NULL, 'n'},
	    {"help", no_argument, NULL, 'h'}, {0}};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f')
			request->sender = slice_of(optarg);
		else if (option == 't')
			request->recipient = slice_of(optarg);
		else if (option == 'l')
			request->login = slice_of(optarg);
		else if (option == 'b')
			request->box = slice_of(optarg);
		else if (option == 'n')
			*name = slice_of(optarg);
		else if (option == 'h')
			die_help(synopsis);
		else
			die_usage(synopsis);
	}
	if (optind < argc || !request->recipient.s || !request->sender.s)
		die_usage(synopsis);
	check_box(request->box);
}

int
main(int argc, char *argv[])
{
	struct route_request request = {.box = slice_of("smtp")};
	struct slice name = {0};
	int status;

	die_name = "posthouse-explain";
	read_arguments(argc, argv, &request, &name);
	home_enter();
	status = explain(&request, name);
	fflush(stdout);
	pending_warn(); /* who asks has just edited a table, often */
	return status;
}
