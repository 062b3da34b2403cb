/*
 * judge - one login: right, wrong, or not now; see judge.h.
 *
 * An unknown account and a wrong password cost the same time and get the same
 * answer.  Failures are counted by address, and by account and address; an
 * account is never locked for those who know its password from elsewhere.
 */
#include "cmd/auth-check/judge.h"

#include "cmd/auth-check/password.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/hex.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum {
	ADDRESS_FAILURES_MAX = 60,
	PAIR_FAILURES_MAX = 20,
	FAILURES_MS = 10 * 60 * 1000,
	DELAY_STEP_MS = 500,
	DELAY_MAX_MS = 5000,
	KEYS_EVERY_MS = 60 * 1000,
	KEY_LIFE_S = 30 * 24 * 3600
};

static void
make_key(struct judge *judge)
{
	uint64_t now_s = clock_wall_us() / 1000000;

	if (passport_keys_read(judge->passport_fd, &judge->keys) == 0 &&
	    judge->keys.current_s + KEY_LIFE_S > now_s)
		return;
	if (passport_keys_renew(judge->passport_fd) < 0 ||
	    passport_keys_read(judge->passport_fd, &judge->keys) < 0)
		die_temp("cannot make a key in state/passport");
	log_event("key", "why", "a new passport key is in force", NULL);
}

void
judge_open(struct judge *judge)
{
	config_open_or_die(&judge->config, "passwd");
	judge->memory = memory_open();
	judge->failures = tally_open(FAILURES_MS);
	if (!judge->memory || !judge->failures)
		die_temp("cannot share memory among workers");
	if (!password_dummy(&judge->dummy))
		die_temp("crypt(3) cannot hash");
	judge->passport_fd = open("state/passport",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (judge->passport_fd < 0)
		die_temp("cannot open state/passport ('posthouse init' makes "
			 "what is missing)");
	umask(027);
	make_key(judge);
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

static void
name_pair(struct str *to, struct slice account, const struct str *client)
{
	str_putc(to, 'p');
	str_add_slice(to, account);
	str_putc(to, ' ');
	put_network(to, client);
}

static void
name_address(struct str *to, const struct str *client)
{
	str_putc(to, 'a');
	put_network(to, client);
}

static bool
has_failed_enough(struct judge *judge, struct slice account,
    const struct str *client)
{
	struct str pair = {0}, address = {0};
	bool enough;

	name_pair(&pair, account, client);
	name_address(&address, client);
	enough = tally_count(judge->failures, str_slice(&pair)) >=
		PAIR_FAILURES_MAX ||
	    tally_count(judge->failures, str_slice(&address)) >=
		ADDRESS_FAILURES_MAX;
	str_free(&pair);
	str_free(&address);
	return enough;
}

/* How long the asker should wait before it says so. */
static uint64_t
count_failure(struct judge *judge, struct slice account,
    const struct str *client)
{
	struct str pair = {0}, address = {0};
	uint64_t delay_ms;

	name_pair(&pair, account, client);
	name_address(&address, client);
	tally_add(judge->failures, str_slice(&pair));
	delay_ms = tally_add(judge->failures, str_slice(&address)) *
	    (uint64_t)DELAY_STEP_MS;
	str_free(&pair);
	str_free(&address);
	return delay_ms < DELAY_MAX_MS ? delay_ms : DELAY_MAX_MS;
}

/* ---- passports ---- */

static void
refresh_keys(struct judge *judge)
{
	uint64_t now_ms = clock_mono_ms();
	struct passport_keys fresh;

	if (judge->keys_read_ms && now_ms < judge->keys_read_ms + KEYS_EVERY_MS)
		return;
	judge->keys_read_ms = now_ms;
	if (clock_wall_us() / 1000000 > judge->keys.current_s + KEY_LIFE_S)
		(void)passport_keys_renew(judge->passport_fd);
	if (passport_keys_read(judge->passport_fd, &fresh) == 0)
		judge->keys = fresh;
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

void
judge_login(struct judge *judge, const struct auth_request *request,
    struct auth_answer *answer)
{
	struct str account = {0};

	config_refresh(&judge->config);
	if (address_normalize(&account, str_slice(&request->name), true) < 0)
		str_set(&account, "-"); /* nobody's name; costs the same */
	if (has_failed_enough(judge, str_slice(&account), &request->client))
		refuse(answer, AUTH_LATER,
		    "too many wrong passwords from this address", 0);
	else if (is_right(judge, str_slice(&account),
		     str_slice(&request->password)))
		accept_login(judge, str_slice(&account), answer);
	else
		refuse(answer, AUTH_WRONG, "wrong account or password",
		    count_failure(judge, str_slice(&account),
			&request->client));
	log_event(answer->why.len ? "refuse" : "login", "login",
	    str_c(&account), "client", str_c(&request->client), "why",
	    answer->why.len ? str_c(&answer->why) : NULL, NULL);
	str_free(&account);
}
