/* sort - share-sort's jobs; see sort.h. */
#include "cmd/share-sort/sort.h"

#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/mail/copy.h"

#include <errno.h>
#include <string.h>

/* All that share-sort ever says. */
struct answer {
	enum job_verdict verdict;
	int code;
	const char *enhanced, *text;
};
static const struct answer
    sorted = {JOB_DONE, 250, "2.0.0", "sorted"},
    no_tables = {JOB_LATER, 451, "4.3.0", "local tables are damaged"},
    bad_message = {JOB_LATER, 451, "4.3.0", "the queue file is damaged"},
    bad_job = {JOB_LATER, 451, "4.3.0", "the job cannot be understood"},
    trouble = {JOB_LATER, 451, "4.3.0", "state/share is in trouble"};

/* Room in a packet for all that is not extras. */
enum { EXTRAS_BYTES_MAX = PACKET_MAX - 16 * 1024 };

struct errand {
	struct house *house;
	struct agent_job *job;
	struct letter letter;
	struct who_house answers;
	struct str account; /* the recipient, or who wrote it */
};

static bool
remember(struct errand *errand, struct slice account, bool is_assigned)
{
	struct house *house = errand->house;
	struct who_trace trace = {0};
	struct str id = {0};
	int result = 0;

	if (who_message_id(errand->letter.view.header, &id)) {
		str_set_slice(&trace.account, account);
		who_subject(&house->charsets, errand->letter.view.header,
		    &trace.subject);
		result = ledger_put(&house->ledger, str_slice(&house->domain),
		    str_slice(&id), is_assigned, &trace, house->now_s);
	}
	if (result < 0)
		log_event("alarm", "id", str_c(&errand->job->job.id), "why",
		    "cannot write to state/share", "error", strerror(errno),
		    NULL);
	who_trace_free(&trace);
	str_free(&id);
	return result == 0;
}

/* ---- a letter that came in ---- */

static void
add_extra(struct errand *errand, struct slice address, const struct copy *copy,
    size_t *bytes)
{
	struct strs *extras = &errand->job->result.extras;
	struct str extra = {0};

	str_add_slice(&extra, address);
	str_putc(&extra, ' ');
	copy_add(&extra, copy);
	*bytes += extra.len + 2;
	if (extras->len < JOB_EXTRAS_MAX && *bytes < EXTRAS_BYTES_MAX)
		strs_add(extras, str_slice(&extra));
	str_free(&extra);
}

/* The manager's own copy says what was found; everybody else is added. */
static void
add_extras(struct errand *errand, const struct strs *accounts,
    const struct copy *copy)
{
	struct slice manager = str_slice(&errand->job->job.rcpts.v[0]);
	size_t bytes = 0, wanted = 1;

	add_extra(errand, manager, copy, &bytes);
	for (size_t i = 0; i < accounts->len; i++) {
		struct slice account = str_slice(&accounts->v[i]);

		if (slice_eq(account, manager))
			continue;
		add_extra(errand, account, copy, &bytes);
		wanted++;
	}
	if (errand->job->result.extras.len < wanted)
		log_event("alarm", "id", str_c(&errand->job->job.id), "why",
		    "more staff than one letter can be copied to", "count",
		    log_number(wanted - 1).s, NULL);
}

static void
log_decision(const struct errand *errand, const char *by, const char *why,
    const struct strs *accounts)
{
	struct str to = {0};

	for (size_t i = 0; i < accounts->len && i < 10; i++)
		str_addf(&to, "%s%s", i ? "," : "", str_c(&accounts->v[i]));
	if (!accounts->len)
		str_add_slice(&to,
		    str_slice(&errand->job->job.rcpts.v[0]));
	log_event("share", "id", str_c(&errand->job->job.id), "to",
	    str_c(&to), "by", by, "why", why && *why ? why : NULL, "count",
	    accounts->len > 10 ? log_number(accounts->len).s : NULL, NULL);
	str_free(&to);
}

/* Staff are loaded only here: there may be many. */
static const struct strs *
receivers(struct house *house, const struct who *who)
{
	if (who->by != WHO_UNNAMED || who->is_for_one ||
	    !house->row.unnamed_to_staff)
		return &who->accounts;
	(void)share_load(&house->config, str_slice(&house->domain),
	    &house->row);
	return &house->row.staff;
}

static void
give(struct errand *errand, const struct who *who)
{
	struct house *house = errand->house;
	const char *by = who_by_word(who->by);
	const struct strs *accounts = receivers(house, who);
	struct copy copy = {0};

	str_puts(&copy.by, by);
	for (size_t i = 0; i < who->accounts.len; i++)
		if (!slice_eq(str_slice(&who->accounts.v[i]),
		    str_slice(&house->row.manager)))
			copy_add_staff(&copy, str_slice(&who->accounts.v[i]));
	add_extras(errand, accounts, &copy);
	log_decision(errand, by, str_c(&who->why), accounts);
	copy_free(&copy);
}

/* Is this letter's Message-ID somebody else's?  Who writes it a second time
 * must not get at another thread. */
static bool
is_of_another(struct errand *errand, struct slice account, bool is_assigned)
{
	struct house *house = errand->house;
	struct who_trace trace = {0};
	struct str id = {0};
	bool is_other = who_message_id(errand->letter.view.header, &id) &&
	    ledger_get(&house->ledger, str_slice(&house->domain),
	    str_slice(&id), is_assigned, house->now_s, &trace) > 0 &&
	    !slice_eq(str_slice(&trace.account), account);

	who_trace_free(&trace);
	str_free(&id);
	return is_other;
}

/* What belongs to a thread that was assigned belongs to it, too. */
static bool
keep_thread(struct errand *errand, struct slice account)
{
	return is_of_another(errand, account, false) ||
	    is_of_another(errand, account, true) ||
	    remember(errand, account, true);
}

static const struct answer *
sort_in(struct errand *errand)
{
	const struct answer *answer = &sorted;
	struct house *house = errand->house;
	struct who who = {0};

	who_decide(&errand->answers, &errand->letter.view, &who);
	if (house->is_in_trouble || (who.by == WHO_ASSIGNED &&
	    !keep_thread(errand, str_slice(&who.accounts.v[0]))))
		answer = &trouble;
	else
		give(errand, &who);
	who_free(&who);
	return house->config.is_damaged ? &no_tables : answer;
}

/* ---- a letter that staff wrote, or was given ---- */

/* An answer within a thread that its writer was given belongs to it. */
static const struct answer *
sort_out(struct errand *errand)
{
	struct house *house = errand->house;
	struct slice writer = str_slice(&errand->account);
	struct who who = {0};
	bool is_assigned = thread_find(&errand->answers,
	    &errand->letter.view, true, &who) &&
	    slice_eq(str_slice(&who.accounts.v[0]), writer);
	bool is_done = !house->is_in_trouble &&
	    remember(errand, writer, false) &&
	    (!is_assigned || keep_thread(errand, writer));

	who_free(&who);
	if (house->config.is_damaged)
		return &no_tables;
	return is_done ? &sorted : &trouble;
}

static const struct answer *
sort_assigned(struct errand *errand)
{
	struct strs accounts = {0};

	if (!remember(errand, str_slice(&errand->account), true))
		return &trouble;
	strs_add(&accounts, str_slice(&errand->account));
	log_decision(errand, "assigned", NULL, &accounts);
	strs_free(&accounts);
	return &sorted;
}

/* ---- jobs ---- */

static const struct {
	const char *word;
	const struct answer *(*sort)(struct errand *errand);
	bool is_of_writer;
} sorts[] = {
    {"in", sort_in, false}, {"out", sort_out, true},
    {"assigned", sort_assigned, false},
};

/* Who wrote it: whom the tables found for the manager's copy, else the login.
 * A sender may be an alias. */
static void
learn_writer(struct errand *errand)
{
	const struct job *job = &errand->job->job;
	const struct str *writer = job->login.len ? &job->login : &job->sender;
	struct copy copy = {0};

	if (job->copies.len)
		(void)copy_parse(str_slice(&job->copies.v[0]), &copy);
	if (copy.staff.len)
		writer = &copy.staff.v[0];
	str_set_slice(&errand->account, str_slice(writer));
	copy_free(&copy);
}

/* Tables may have changed since it was handed out: then nothing is left to
 * find out. */
static const struct answer *
do_sort(struct errand *errand, size_t kind)
{
	struct house *house = errand->house;

	if (sorts[kind].is_of_writer)
		learn_writer(errand);
	else
		str_set_slice(&errand->account,
		    str_slice(&errand->job->job.rcpts.v[0]));
	if (!house_enter(house, str_slice(&errand->account)))
		return house->config.is_damaged ? &no_tables : &sorted;
	if (letter_read(&errand->letter, errand->job) < 0)
		return &bad_message;
	errand->answers = house_answers(house);
	return sorts[kind].sort(errand);
}

static void
do_job(struct house *house, struct agent_job *job)
{
	struct errand errand = {.house = house, .job = job};
	const struct answer *answer = &bad_job;

	for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
		if (job->job.rcpts.len == 1 &&
		    slice_is(str_slice(&job->job.sort), sorts[i].word))
			answer = do_sort(&errand, i);
	if (answer->verdict != JOB_DONE)
		strs_clear(&job->result.extras);
	agent_verdict(job, answer->verdict, answer->code, answer->enhanced,
	    answer->text);
	letter_free(&errand.letter);
	str_free(&errand.account);
}

void
sort_work(struct agent_job *jobs, size_t count, void *context)
{
	struct house *house = context;

	(void)config_refresh(&house->config);
	for (size_t i = 0; i < count; i++)
		do_job(house, &jobs[i]);
	ledger_clear(&house->ledger, house->now_s);
}
