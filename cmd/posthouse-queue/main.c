/*
 * posthouse-queue - look at the queue, and order it about.
 *
 * Run by root as "posthouse queue ...".  show reads the queue's files; all
 * else is asked of queue-manager on run/admin/s.
 */
#include "cmd/posthouse-queue/show.h"

#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/order.h"
#include "queue/admin.h"
#include "queue/id.h"

#include <getopt.h>
#include <string.h>

static const char synopsis[] =
    "posthouse queue list [SELECT] [--by lane|domain] [ID ...]\n"
    "       posthouse queue show [--body] ID\n"
    "       posthouse queue hold|release|retry|drop [SELECT] ID ...|all\n"
    "       posthouse queue retry --domain D|--lane L\n"
    "       posthouse queue stats\n"
    "SELECT: --domain D  --lane L  --sender A  --to A  --older 30s|5m|4h|2d";

static const struct option options[] = {
    {"domain", required_argument, NULL, 'd'},
    {"lane", required_argument, NULL, 'l'},
    {"sender", required_argument, NULL, 's'},
    {"to", required_argument, NULL, 't'},
    {"older", required_argument, NULL, 'o'},
    {"by", required_argument, NULL, 'b'},
    {"body", no_argument, NULL, 'B'},
    {"help", no_argument, NULL, 'h'},
    {0}};

static uint64_t
seconds_of(const char *text)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	struct slice number = slice_of(text);
	uint64_t n, factor = 1;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (number.len && number.s[number.len - 1] == units[i].unit) {
			factor = units[i].seconds;
			number.len--;
			break;
		}
	}
	if (!slice_u64(number, UINT32_MAX / 86400, &n))
		die_perm("--older %s: give a time such as 30s, 5m, 4h or 2d",
		    text);
	return n * factor;
}

static void
take_option(struct admin_request *request, int option, bool *with_body)
{
	size_t most = option == 'l' ? ADMIN_LANE_MAX : ADMIN_WORD_MAX;

	if (optarg && slice_of(optarg).len > most)
		die_perm("'%.40s...' is too long", optarg);
	if (optarg && !*optarg)
		die_perm("an empty word selects nothing; the null sender is "
			 "'<>'");
	switch (option) {
	case 'd':
		str_set(&request->domain, optarg);
		break;
	case 'l':
		str_set(&request->lane, optarg);
		break;
	case 's':
		str_set(&request->sender, optarg);
		break;
	case 't':
		str_set(&request->to, optarg);
		break;
	case 'o':
		request->older_s = seconds_of(optarg);
		break;
	case 'b':
		str_set(&request->by, optarg);
		if (!slice_is(str_slice(&request->by), "lane") &&
		    !slice_is(str_slice(&request->by), "domain"))
			die_perm("--by %s: write --by lane or --by domain",
			    optarg);
		break;
	case 'B':
		*with_body = true;
		break;
	default:
		die_usage(synopsis);
	}
}

static bool
is_verb(const char *word)
{
	static const char *const verbs[] = {"list", "hold", "release", "retry",
	    "drop", "stats"};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (!strcmp(word, verbs[i]))
			return true;
	return false;
}

static void
take_ids(struct admin_request *request, char *argv[])
{
	for (; *argv; argv++) {
		if (!queue_id_valid(slice_of(*argv)) &&
		    strcmp(*argv, "all") != 0)
			die_perm("'%s' is not a queue id; 'posthouse queue "
				 "list' prints them first on each line",
			    *argv);
		strs_add(&request->ids, slice_of(*argv));
	}
	if (request->ids.len > ADMIN_IDS_MAX)
		die_perm("at most %d ids at once; choose by --sender, --to, "
			 "--domain, --lane or --older", ADMIN_IDS_MAX);
}

/* What posthouse etrn asks for by way of this program. */
static void
take_domain(struct admin_request *request, int argc, char *argv[])
{
	die_name = "posthouse etrn";
	if (argc < 1 || argc > 2)
		die_usage("posthouse etrn DOMAIN [ADDRESS]");
	for (int i = 0; i < argc; i++)
		if (slice_of(argv[i]).len > ADMIN_WORD_MAX)
			die_perm("'%.40s...' is too long", argv[i]);
	str_set(&request->domain, argv[0]);
	if (argc > 1)
		str_set(&request->to, argv[1]);
}

static int
ask_manager(const struct admin_request *request)
{
	struct str order = {0};
	int status;

	record_encode(&order, admin_request_fields, request);
	status = order_give("run/admin/s", "queue-manager", "queue-manager "
	    "does not answer; see 'posthouse status'", str_slice(&order));
	str_free(&order);
	return status;
}

int
main(int argc, char *argv[])
{
	struct admin_request request = {0};
	bool with_body = false;
	int option, status;

	die_name = "posthouse queue";
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			die_help(synopsis);
		take_option(&request, option, &with_body);
	}
	if (optind == argc)
		die_usage(synopsis);
	str_set(&request.verb, argv[optind++]);
	home_enter();
	if (slice_is(str_slice(&request.verb), "show") && optind + 1 == argc) {
		str_free(&request.verb);
		return show_message(argv[optind], with_body);
	}
	if (slice_is(str_slice(&request.verb), "etrn"))
		take_domain(&request, argc - optind, argv + optind);
	else if (is_verb(str_c(&request.verb)))
		take_ids(&request, argv + optind);
	else
		die_usage(synopsis);
	status = ask_manager(&request);
	record_free(admin_request_fields, &request);
	return status;
}
