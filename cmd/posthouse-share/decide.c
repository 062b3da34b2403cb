/* decide - a letter that waits for an approval, from a shell; see desk.h. */
#include "cmd/posthouse-share/desk.h"

#include "lib/base/die.h"
#include "lib/mail/approve.h"

#include <stdio.h>

static const char *const folders[] = {"Approve", "Approved", "Rejected"};
enum { FOLDERS = sizeof folders / sizeof *folders };

struct decision {
	struct slice id, why;
	bool is_approval, is_found;
	enum approve_answer answer;
};

static bool
take_paper(void *context, const struct paper *paper)
{
	struct decision *decision = context;

	if (!slice_eq(paper->top->hold_id, decision->id))
		return true;
	decision->is_found = true;
	decision->answer = approve_ask(decision->is_approval, decision->id,
	    paper->top->hold_seal, decision->why);
	/* so that the manager sees that it is decided; it is no matter when
	 * that fails */
	if (decision->answer == APPROVE_OK)
		(void)paper_move(paper, decision->is_approval ? "Approved" :
		    "Rejected", decision->is_approval ? "approved" :
		    "rejected");
	return false;
}

static bool
take_drawer(void *context, const struct drawer *drawer)
{
	struct decision *decision = context;

	for (size_t i = 0; i < FOLDERS && !decision->is_found; i++)
		drawer_each(drawer, folders[i], take_paper, decision);
	return !decision->is_found;
}

int
share_decide(struct desk *desk, const char *id, bool is_approval,
    const char *why)
{
	struct decision decision = {.id = slice_of(id), .why = slice_of(why),
		.is_approval = is_approval};

	desk_each(desk, slice_of(""), take_drawer, &decision);
	if (!decision.is_found)
		die_perm("no letter %s in Approve: posthouse share list names "
		    "those that wait", id);
	switch (decision.answer) {
	case APPROVE_OK:
		printf("%s %s\n", id, is_approval ? "goes out" :
		    "goes back to its writer");
		return EXIT_DONE;
	case APPROVE_ALREADY:
		die_perm("%s was already decided", id);
	case APPROVE_UNKNOWN:
		die_perm("%s is not waiting: it was already decided, or its "
		    "time was over", id);
	case APPROVE_REFUSED:
		die_perm("the copy of %s in the mailbox has a seal that is "
		    "not right", id);
	case APPROVE_NOBODY:
		break;
	}
	die_temp("queue-manager does not answer; see 'posthouse status'");
}
