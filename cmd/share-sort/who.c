/* who - the order in which it is asked; see who.h. */
#include "cmd/share-sort/who.h"

#include "lib/mail/header.h"

static const char *const words[] = {[WHO_REPORT] = "report",
    [WHO_ASSIGNED] = "assigned", [WHO_TAG] = "tag", [WHO_NAME] = "name",
    [WHO_THREAD] = "thread", [WHO_UNNAMED] = "unnamed"};

const char *
who_by_word(enum who_by by)
{
	return words[by];
}

void
who_add(struct who *who, struct slice account)
{
	if (who->accounts.len < WHO_MAX && !strs_has(&who->accounts, account))
		strs_add(&who->accounts, account);
}

/* RFC 6522: "multipart/report; ...". */
static bool
is_multipart_report(struct slice header)
{
	struct slice value;

	if (!header_value(header, "Content-Type", &value))
		return false;
	value = slice_strip(slice_make(value.s, slice_find(value, ';')));
	return slice_ieq(value, slice_of("multipart/report"));
}

/* A letter that was fetched says it in its header. */
bool
who_is_report(const struct who_letter *letter)
{
	struct slice value;

	if (letter->has_null_sender || is_multipart_report(letter->header))
		return true;
	return header_value(letter->header, "Return-Path", &value) &&
	    slice_is(slice_strip(value), "<>");
}

/* RFC 3834 5: "no", or another word; comments and parameters behind it. */
static bool
is_automatic(const struct who_letter *letter)
{
	struct slice value, word;

	if (who_is_report(letter))
		return true;
	if (!header_value(letter->header, "Auto-Submitted", &value))
		return false;
	word = slice_strip(slice_make(value.s, slice_find(value, ';')));
	word.len = slice_find(word, '(');
	return !slice_ieq(slice_strip(word), slice_of("no"));
}

/* A copy to the shared address of what our staff wrote. */
static bool
is_our_own(const struct who_house *house, const struct who_letter *letter)
{
	struct who_trace trace = {0};
	struct str id = {0};
	bool is_own = who_message_id(letter->header, &id) &&
	    house->by_id(house->context, str_slice(&id), false, &trace);

	str_free(&id);
	who_trace_free(&trace);
	return is_own;
}

void
who_trace_free(struct who_trace *trace)
{
	str_free(&trace->account);
	str_free(&trace->subject);
}

void
who_decide(const struct who_house *house, const struct who_letter *letter,
    struct who *who)
{
	who_free(who);
	if (who_is_report(letter) && report_find(house, letter, who))
		who->by = WHO_REPORT;
	else if (thread_find(house, letter, true, who))
		who->by = WHO_ASSIGNED;
	else if (!named_find(house, letter, who)) /* which sets by */
		who->by = thread_find(house, letter, false, who) ?
		    WHO_THREAD : WHO_UNNAMED;
	who->is_for_one = is_automatic(letter) || is_our_own(house, letter);
}

void
who_free(struct who *who)
{
	strs_free(&who->accounts);
	str_free(&who->why);
	*who = (struct who){0};
}
