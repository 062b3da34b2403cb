/*
 * judge - one login: right, wrong, or not now; see judge.h.
 *
 * An unknown account and a wrong password cost the same and get the same
 * answer after the same time.  Failures are counted by address, by account and
 * address, and by account.  Whoever guesses for an account, from however many
 * addresses, does not lock out its owner where he has logged in before.
 */
#include "cmd/auth-check/judge.h"

#include "cmd/auth-check/password.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/hex.h"
#include "lib/base/log.h"
#include "lib/base/shared_lock.h"
#include "lib/mail/address.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/stat.h>

enum {
	ADDRESS_FAILURES_MAX = 60,
	PAIR_FAILURES_MAX = 20,
	ACCOUNT_FAILURES_MAX = 200,
	FAILURES_MS = 10 * 60 * 1000,
	HOME_MS = 24 * 24 * 3600 * 1000, /* 24 days */
	DELAY_STEP_MS = 500,
	DELAY_MAX_MS = 5000,
	KEYS_EVERY_MS = 60 * 1000,
	KEY_LIFE_S = 30 * 24 * 3600
};

/* Reads the keys, and makes a new one when there is none or it is old. */
static int
renew_in_time(struct judge *judge)
{
	uint64_t now_s = clock_wall_s();
	struct passport_keys fresh;

	if (passport_keys_read(judge->passport_fd, &fresh) < 0 ||
	    now_s > fresh.current_s + KEY_LIFE_S) {
		if (passport_keys_renew(judge->passport_fd) < 0 ||
		    passport_keys_read(judge->passport_fd, &fresh) < 0)
			return -1;
		log_event("key", "why", "a new passport key is in force", NULL);
	}
	judge->keys = fresh;
	return 0;
}

/* Before there are workers. */
static void
share_memory(struct judge *judge)
{
	judge->memory = memory_open();
	judge->failures = tally_open(FAILURES_MS);
	judge->homes = tally_open(HOME_MS);
	judge->renewal = shared_memory(sizeof *judge->renewal);
	if (!judge->memory || !judge->failures || !judge->homes ||
	    !judge->renewal || shared_lock_init(judge->renewal) < 0)
		die_temp("cannot share memory among workers");
}

void
judge_open(struct judge *judge)
{
	config_open_or_die(&judge->config, "passwd");
	share_memory(judge);
	if (!password_dummy(&judge->dummy))
		die_temp("crypt(3) cannot hash");
	judge->passport_fd = open("state/passport",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (judge->passport_fd < 0)
		die_temp("cannot open state/passport ('posthouse init' makes "
			 "what is missing)");
	umask(027);
	if (renew_in_time(judge) < 0)
		die_temp("cannot make a key in state/passport");
}

/* ---- who failed how often ---- */

/* What one customer has: an address of IPv4, or a /64 of IPv6. */
static void
put_network(struct str *to, const struct str *client)
{
	struct in6_addr address;

	if (inet_pton(AF_INET6, str_c(client), &address) == 1)
		hex_add(to, &address, 8);
	else
		str_add_slice(to, str_slice(client));
}

/* The names of the three counters that a failure is counted by; none can be
 * taken for one of another kind. */
struct names {
	struct str pair, address, account;
};

static struct names
names_of(struct slice account, const struct str *client)
{
	struct names names = {0};

	str_putc(&names.pair, 'p');
	str_add_slice(&names.pair, account);
	str_putc(&names.pair, ' ');
	put_network(&names.pair, client);
	str_putc(&names.address, 'a');
	put_network(&names.address, client);
	str_putc(&names.account, 'n');
	str_add_slice(&names.account, account);
	return names;
}

static void
names_free(struct names *names)
{
	str_free(&names->pair);
	str_free(&names->address);
	str_free(&names->account);
}

static unsigned
failures(struct judge *judge, const struct str *name)
{
	return tally_count(judge->failures, str_slice(name));
}

static bool
has_failed_enough(struct judge *judge, const struct names *names)
{
	if (failures(judge, &names->pair) >= PAIR_FAILURES_MAX ||
	    failures(judge, &names->address) >= ADDRESS_FAILURES_MAX)
		return true;
	return failures(judge, &names->account) >= ACCOUNT_FAILURES_MAX &&
	    !tally_count(judge->homes, str_slice(&names->pair));
}

/* How long the asker should wait before it says so. */
static uint64_t
count_failure(struct judge *judge, const struct names *names)
{
	uint64_t from_here, for_this, delay_ms;

	tally_add(judge->failures, str_slice(&names->pair));
	from_here = tally_add(judge->failures, str_slice(&names->address));
	for_this = tally_add(judge->failures, str_slice(&names->account));
	if (for_this == ACCOUNT_FAILURES_MAX)
		log_event("alarm", "login", str_c(&names->account) + 1,
		    "count", log_number(for_this).s, "why", "many guess this "
		    "account's password: for some minutes it is open only to "
		    "addresses where it has logged in before", NULL);
	delay_ms = (from_here > for_this ? from_here : for_this) *
	    DELAY_STEP_MS;
	return delay_ms < DELAY_MAX_MS ? delay_ms : DELAY_MAX_MS;
}

/* ---- passports ---- */

static void
refresh_keys(struct judge *judge)
{
	uint64_t now_ms = clock_mono_ms();

	if (judge->keys_read_ms && now_ms < judge->keys_read_ms + KEYS_EVERY_MS)
		return;
	judge->keys_read_ms = now_ms;
	shared_lock(judge->renewal);
	if (renew_in_time(judge) < 0)
		log_event("alarm", "path", "state/passport", "why",
		    "the passport key cannot be read or renewed; the one at "
		    "hand stays in use", NULL);
	shared_unlock(judge->renewal);
}

static void
accept_login(struct judge *judge, struct slice account,
    struct auth_answer *answer)
{
	refresh_keys(judge);
	str_putc(&answer->verdict, AUTH_ACCEPTED);
	str_add_slice(&answer->account, account);
	passport_mint(&answer->passport, &judge->keys, account,
	    clock_wall_us());
}

/* ---- the judgement ---- */

static bool
is_right(struct judge *judge, struct slice account, struct slice password)
{
	unsigned char mac[MEMORY_MAC_LEN];
	struct slice stored;

	if (!config_password(&judge->config, account, &stored)) {
		(void)password_fits(str_slice(&judge->dummy), password);
		return false;
	}
	memory_mac(judge->memory, account, stored, password, mac);
	if (memory_knows(judge->memory, mac))
		return true;
	if (!password_fits(stored, password))
		return false;
	memory_learn(judge->memory, mac);
	return true;
}

static void
refuse(struct auth_answer *answer, enum auth_verdict verdict, const char *why,
    uint64_t delay_ms)
{
	str_putc(&answer->verdict, (char)verdict);
	str_puts(&answer->why, why);
	answer->delay_ms = delay_ms;
}

/* Whatever the hash cost, the client hears at the same time: what is left of
 * its delay after that. */
static void
refuse_wrong(struct judge *judge, const struct names *names, uint64_t begun_ms,
    struct auth_answer *answer)
{
	uint64_t delay_ms = count_failure(judge, names);
	uint64_t took_ms = clock_mono_ms() - begun_ms;

	refuse(answer, AUTH_WRONG, "wrong account or password",
	    delay_ms > took_ms ? delay_ms - took_ms : 0);
}

static void
judge_account(struct judge *judge, struct slice account,
    const struct auth_request *request, struct auth_answer *answer)
{
	uint64_t begun_ms = clock_mono_ms();
	struct names names = names_of(account, &request->client);

	if (has_failed_enough(judge, &names)) {
		refuse(answer, AUTH_LATER, "too many wrong passwords", 0);
	} else if (!config_is_whole(&judge->config)) {
		refuse(answer, AUTH_LATER, "control/cdb/passwd is damaged: run "
		    "posthouse compile", 0);
	} else if (is_right(judge, account, str_slice(&request->password))) {
		tally_add(judge->homes, str_slice(&names.pair));
		accept_login(judge, account, answer);
	} else {
		refuse_wrong(judge, &names, begun_ms, answer);
	}
	names_free(&names);
}

void
judge_login(struct judge *judge, const struct auth_request *request,
    struct auth_answer *answer)
{
	struct str account = {0};

	config_refresh(&judge->config);
	if (address_normalize(&account, str_slice(&request->name), true) < 0)
		/* nobody's name; costs the same */
		str_set_slice(&account, str_slice(&request->name));
	judge_account(judge, str_slice(&account), request, answer);
	log_event(answer->why.len ? "refuse" : "login", "login",
	    str_c(&account), "client", str_c(&request->client), "why",
	    answer->why.len ? str_c(&answer->why) : NULL, NULL);
	str_free(&account);
}
