/* fuzz_route - any bytes as sender and recipient: there is an answer, what is
 * sent on has a next hop that remote-send understands, and what a stranger
 * writes never leads to a domain that is not ours.  The first byte chooses the
 * box, a newline ends the sender. */
#include "control/route.h"
#include "lib/mail/address.h"
#include "lib/mail/copy.h"
#include "lib/mail/next_hop.h"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *box, *login;
} ways[] = {{"smtp", ""}, {"relay", ""}, {"bounce", ""}, {"pop3", ""},
    {"submission", "own@local.test"}, {"submission", "x@smart.test"},
    {"local-submit", ""}, {"?", ""}, {"submission", "eva@share.test"},
    {"submission", "kai@share.test"}, {"local", ""}};
enum { STRANGER = 0, UNKNOWN_BOX = 7 };

static struct config config;

static void
begin(void)
{
	int before_fd = scratch_enter(&config, "postmaster@local.test user\n");

	SCRATCH_MUST(mkdir("control/recipients", 0700) == 0);
	scratch_write("control/domains", "local.test local\n"
	    "smart.test local smarthost=smart.isp.test smarthost-tls=verify\n"
	    "inner.test route to=[192.0.2.1]:2525,b.test recipients="
	    "recipients/inner\nm\303\274.test backup keep=30d\n"
	    "share.test share monitor=own@local.test\n");
	scratch_write("control/accounts", "postmaster@local.test user\n"
	    "own@local.test user smarthost=[2001:db8::1]\n"
	    "x@smart.test user smarthost=none\n"
	    "postmaster@smart.test user\n"
	    "postmaster@share.test manager\n"
	    "eva@share.test staff name=Eva\n"
	    "kai@share.test staff name=Kai audit=hold receive=internet\n"
	    "old@share.test staff name=Old former=yes\n");
	SCRATCH_MUST(mkdir("control/secrets", 0700) == 0);
	scratch_write("control/isp", "postmaster@share.test s@isp.test "
	    "smtp=smtp://isp.test\n");
	scratch_write("control/secrets/isp", "s@isp.test x\n");
	scratch_write("control/aliases", "info@local.test a@inner.test, "
	    "own@local.test\n@smart.test x@smart.test\n");
	scratch_write("control/routes", "out.test none tls=require\n"
	    ".out.test c.test\n* d.test\n");
	scratch_write("control/recipients/inner", "a\nb\n");
	scratch_compile();
	SCRATCH_MUST(config_refresh(&config));
	scratch_leave(before_fd);
}

static void
check_remote(const struct route *route, bool is_stranger)
{
	struct next_hop hop = {0};
	struct str again = {0}, name = {0};
	struct slice address = str_slice(&route->address), local, domain;

	SCRATCH_MUST(next_hop_parse(str_slice(&route->next_hop), &hop) == 0);
	next_hop_write(&again, &hop);
	SCRATCH_MUST(slice_eq(str_slice(&again), str_slice(&route->next_hop)));
	SCRATCH_MUST(address_valid(address, true) &&
	    address_split(address, &local, &domain));
	/* as he wrote it: in capitals, or as U-labels */
	if (is_stranger)
		SCRATCH_MUST(domain_normalize(&name, domain) == 0 &&
		    (slice_is(str_slice(&name), "inner.test") ||
		    slice_is(str_slice(&name), "xn--m-eha.test")));
	next_hop_free(&hop);
	str_free(&again);
	str_free(&name);
}

/* Nothing by staff leaves before the manager has a copy. */
static void
check_staff(const struct routes *routes)
{
	for (size_t i = 0; i < routes->len; i++) {
		const struct route *route = &routes->v[i];
		struct copy copy = {0};

		SCRATCH_MUST(copy_parse(str_slice(&route->copy), &copy) == 0);
		copy_free(&copy);
		if (route->kind != ROUTE_ISP)
			continue;
		SCRATCH_MUST(route->stage == 2 && i > 0 &&
		    routes->v[0].sort == SORT_OUT && routes->v[0].stage == 1);
	}
}

static void
ignore_step(void *context, const char *text)
{
	(void)context;
	SCRATCH_MUST(*text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct route_trace trace = {.step = ignore_step};
	struct slice rest = {(const char *)data, size};
	struct route_request request = {0};
	struct routes routes = {0};
	size_t way;

	if (!size || size > SCRATCH_BYTES_MAX)
		return 0;
	if (!config.generation)
		begin();
	way = data[0] % (sizeof ways / sizeof *ways);
	rest = slice_make(rest.s + 1, rest.len - 1);
	request.box = slice_of(ways[way].box);
	request.login = slice_of(ways[way].login);
	request.sender = slice_cut(&rest, '\n');
	request.recipient = rest.s ? rest : slice_of("");
	route_decide(&config, &request, &trace, &routes);
	SCRATCH_MUST(routes.len && !config.is_damaged);
	for (size_t i = 0; i < routes.len; i++)
		if (routes.v[i].kind == ROUTE_REMOTE)
			check_remote(&routes.v[i],
			    way == STRANGER || way == UNKNOWN_BOX);
		else if (routes.v[i].kind == ROUTE_REFUSE)
			SCRATCH_MUST(routes.v[i].code >= 400);
	if (slice_starts(request.login, "eva") ||
	    slice_starts(request.login, "kai"))
		check_staff(&routes);
	routes_free(&routes);
	return 0;
}
