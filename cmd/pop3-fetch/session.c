/* session - one visit to one mailbox; see session.h. */
#include "cmd/pop3-fetch/session.h"

#include "lib/base/clock.h"

enum { WHY_MAX = 1024, DELAY_MAX_S = 86400 };

const struct record_field visit_fields[] = {
    RECORD_U64(visit, 'o', outcome, OUTCOME_PAUSED),
    RECORD_U64(visit, 'f', fetched, UINT32_MAX),
    RECORD_U64(visit, 'd', deleted, UINT32_MAX),
    RECORD_U64(visit, 'l', left, UINT32_MAX),
    RECORD_U64(visit, 'w', wait_s, UINT32_MAX),
    RECORD_U64(visit, 'e', delay_s, UINT32_MAX),
    RECORD_U64(visit, 'm', is_more, 1),
    RECORD_U64(visit, 'c', is_wasteful, 1),
    RECORD_STR(visit, 'y', why, WHY_MAX),
    {0},
};

/* Told once: a pause that is known was told of. */
static void
pause_binding(struct session *session)
{
	uint64_t now_s = clock_wall_s();
	struct str text = {0}, detail = {0};
	bool is_told;

	if (session->ledger.paused_s)
		return;
	str_addf(&text, "Mail is not fetched from the mailbox %s for %s:\n\n"
	    "    %s\n\nNothing is lost: the letters wait there.  When that is "
	    "mended, it goes on by itself\nwithin hours, or at once with\n\n"
	    "    posthouse isp resume %s\n",
	    str_c(&session->mailbox->address),
	    str_c(&session->mailbox->account), str_c(&session->visit.why),
	    str_c(&session->mailbox->address));
	/* the same after a crash before the ledger has it, and another one for
	 * the next pause */
	str_addf(&detail, "%llu %llu", (unsigned long long)now_s / 86400,
	    (unsigned long long)session->ledger.lines);
	is_told = notice_send(session, NOTICE_PAUSED, str_c(&detail),
	    str_c(&text)) == 0;
	str_free(&text);
	str_free(&detail);
	if (is_told) {
		ledger_paused(&session->ledger, now_s,
		    str_c(&session->visit.why));
		(void)ledger_commit(&session->ledger);
	}
}

static void
resume_binding(struct session *session)
{
	if (session->ledger.paused_s)
		ledger_resumed(&session->ledger, clock_wall_s());
}

static bool
visit(struct session *session)
{
	if (!reach(session) || !log_in(session))
		return false;
	resume_binding(session);
	return take_listing(session) && make_plan(session) &&
	    fetch_all(session) && finish(session);
}

/* RFC 2449 6.5: the server may count from the end of the last visit.  A day
 * is more than any means. */
static void
obey_delay(struct session *session)
{
	uint64_t delay_s = session->client.can.login_delay_s;

	session->visit.delay_s = delay_s < DELAY_MAX_S ? delay_s :
	    DELAY_MAX_S;
	if (session->visit.wait_s > DELAY_MAX_S)
		session->visit.wait_s = DELAY_MAX_S;
}

void
session_run(struct session *session)
{
	session->fd = -1;
	session->began_ms = clock_mono_ms();
	if (session->mailbox->max_size == UINT64_MAX)
		session->mailbox->max_size = session->settings->databytes;
	session->visit.outcome = OUTCOME_DONE;
	(void)visit(session);
	leave(session);
	obey_delay(session);
	if (session->visit.outcome == OUTCOME_PAUSED)
		pause_binding(session);
	session->visit.is_wasteful = ledger_is_wasteful(&session->ledger);
	if (session->visit.why.len > WHY_MAX)
		session->visit.why.len = WHY_MAX;
}
