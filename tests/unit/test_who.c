/* test_who - whose a letter is: what counts, and in which order. */
/* links: cmd/share-sort/who.c cmd/share-sort/named.c cmd/share-sort/thread.c cmd/share-sort/subject.c */
#include "cmd/share-sort/who.h"

#include "tests/unit/unit.h"

#include <string.h>

static struct charsets charsets;
static unsigned questions; /* that were asked about addresses */
static unsigned tag_questions;

/* The house: sales@ is shared; zhangsan, lisi and wang are staff, left has
 * left, and what is his goes to lisi; gone too, to the manager. */
static const struct {
	const char *key, *account;
} people[] = {
    {"zhangsan", "zhangsan"}, {"lisi", "lisi"}, {"wang", "wang"},
    {"left", "lisi"}, {"gone", "boss"},
};

/* Message-IDs: sent-NAME, given-NAME, and "both", which zhangsan sent in a
 * thread that was given to lisi.  Their subject is "offer". */
static const struct {
	const char *id, *account;
	bool is_assigned;
} letters[] = {
    {"sent-zhangsan@x", "zhangsan", false}, {"sent-lisi@x", "lisi", false},
    {"sent-left@x", "lisi", false}, {"given-wang@x", "wang", true},
    {"given-zhangsan@x", "zhangsan", true}, {"both@x", "zhangsan", false},
    {"both@x", "lisi", true},
};

static bool
find(struct slice key, struct str *account)
{
	for (size_t i = 0; i < sizeof people / sizeof *people; i++)
		if (slice_is(key, people[i].key)) {
			str_set(account, people[i].account);
			return true;
		}
	return false;
}

static bool
is_shared(void *context, struct slice address)
{
	(void)context;
	questions++;
	return slice_starts(address, "sales@") ||
	    slice_starts(address, "sales+");
}

static bool
by_tag(void *context, struct slice address, struct str *account)
{
	struct slice tag = address;

	(void)context;
	tag_questions++;
	(void)slice_cut(&tag, '+');
	return find(slice_make(tag.s, slice_find(tag, '@')), account);
}

static bool
by_name(void *context, struct slice folded, struct str *account)
{
	(void)context;
	return find(folded, account);
}

static bool
by_id(void *context, struct slice id, bool is_assigned,
    struct who_trace *trace)
{
	(void)context;
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (slice_is(id, letters[i].id) &&
		    letters[i].is_assigned == is_assigned) {
			str_set(&trace->account, letters[i].account);
			subject_hash(&trace->subject, slice_of("offer"));
			return true;
		}
	return false;
}

static const struct who_house house = {NULL, &charsets, is_shared, by_tag,
    by_name, by_id};

/* "by account account", with a "!" at the end of a letter for one. */
static void
describe(struct str *to, const struct who *who)
{
	str_puts(to, who_by_word(who->by));
	for (size_t i = 0; i < who->accounts.len; i++)
		str_addf(to, " %s", str_c(&who->accounts.v[i]));
	if (who->is_for_one)
		str_puts(to, " !");
}

struct example {
	const char *header, *body, *found;
};

#define NAMED_LISI "To: Lisi <sales@t.test>\n"
#define UNNAMED "To: sales@t.test\n"

static const struct example order[] = {
    {UNNAMED, "", "unnamed"},
    /* assigned thread, tag, name, thread, unnamed: each before the next */
    {"To: Lisi <sales+wang@t.test>\nIn-Reply-To: <given-zhangsan@x>\n", "",
	"assigned zhangsan"},
    {"To: Lisi <sales+wang@t.test>\nIn-Reply-To: <sent-zhangsan@x>\n", "",
	"tag wang"},
    {NAMED_LISI "In-Reply-To: <sent-zhangsan@x>\n", "", "name lisi"},
    {UNNAMED "In-Reply-To: <sent-zhangsan@x>\n", "", "thread zhangsan"},
    /* a name that names nobody does not hide the thread */
    {"To: Xu <sales@t.test>\nIn-Reply-To: <sent-zhangsan@x>\n", "",
	"thread zhangsan"},
    /* who was given the thread has it, whoever wrote in it */
    {UNNAMED "In-Reply-To: <both@x>\n", "", "assigned lisi"},
    /* several, each once; to their names and their tags */
    {"To: Zhangsan <sales@t.test>, Lisi <sales@t.test>\nCc: ZHANGSAN "
	"<sales@t.test>, Wang <sales@t.test>\n", "",
	"name zhangsan lisi wang"},
    {"To: Zhangsan <sales@t.test>, sales+lisi@t.test\n", "",
	"tag zhangsan lisi"},
    {"To: Zhangsan <zhangsan@other.test>\n", "", "unnamed"},
    {"To: sales+nobody@t.test\n", "", "unnamed"},
    {"To: Wang <sales+nobody@t.test>\n", "", "name wang"},
    {"To: x@other.test (Wang), sales@t.test (Lisi)\n", "", "name lisi"},
    {"To: \"Nobody\" <sales@t.test> (Zhangsan)\n", "", "name zhangsan"},
    /* providers' own fields, for tags of blind copies */
    {"Delivered-To: sales+wang@t.test\nTo: x@other.test\n", "", "tag wang"},
    {"X-Original-To: <sales+wang@t.test>\n", "", "tag wang"},
    {"Delivered-To: Wang <sales@t.test>\n", "", "unnamed"},
    /* who has left */
    {"To: Left <sales@t.test>\n", "", "name lisi"},
    {"To: Gone <sales@t.test>\n", "", "name boss"},
    {UNNAMED "In-Reply-To: <sent-left@x>\n", "", "thread lisi"},
    {"To: Left <sales@t.test>, Lisi <sales@t.test>\n", "", "name lisi"},
};

static const struct example threads[] = {
    {"In-Reply-To: sent-lisi@x\n", "", "thread lisi"}, /* in no brackets */
    {"In-Reply-To: sent-lisi@x of Monday\n", "", "unnamed"},
    {"In-Reply-To: Your letter of Monday\n <sent-lisi@x>\n", "",
	"thread lisi"},
    {"In-Reply-To: <a@b> <sent-lisi@x> <sent-zhangsan@x>\n", "",
	"thread lisi"},
    {"In-Reply-To: < sent-\n lisi@x >\n", "", "thread lisi"},
    {"In-Reply-To: <sent-lisi@x\n", "", "thread lisi"},
    {"In-Reply-To: <Sent-lisi@x>\n", "", "unnamed"},
    {"In-Reply-To: <>\n", "", "unnamed"},
    {"In-Reply-To: <\n", "", "unnamed"},
    {"In-Reply-To:\n", "", "unnamed"},
    /* References alone need the subject, whatever stands before it */
    {"Subject: offer\nReferences: <sent-lisi@x>\n", "", "thread lisi"},
    {"Subject: Re: OFFER\nReferences: <a@b> <sent-lisi@x>\n", "",
	"thread lisi"},
    {"Subject: \345\233\236\345\244\215\357\274\232 Fwd: offer (fwd)\n"
	"References: <sent-lisi@x>\n", "", "thread lisi"},
    {"Subject: another thing\nReferences: <sent-lisi@x>\n", "", "unnamed"},
    {"References: <sent-lisi@x>\n", "", "unnamed"},
    {"Subject: another thing\nIn-Reply-To: <sent-lisi@x>\n", "",
	"thread lisi"},
    {"Subject: other\nReferences: <given-wang@x>\n", "", "unnamed"},
    {"Subject: offer\nReferences: <given-wang@x>\n", "", "assigned wang"},
    /* the newest counts */
    {"Subject: offer\nReferences: <sent-zhangsan@x> <sent-lisi@x> <a@b>\n",
	"", "thread lisi"},
    {"Subject: offer\nReferences: <sent-zhangsan@x><sent-lisi@x>\n", "",
	"thread lisi"},
    /* In-Reply-To before References */
    {"Subject: offer\nReferences: <sent-zhangsan@x>\nIn-Reply-To: "
	"<sent-lisi@x>\n", "", "thread lisi"},
    {"Subject: offer\nReferences: <sent-zhangsan@x>\nIn-Reply-To: <a@b>\n",
	"", "thread zhangsan"},
    /* our own letter, back by way of the provider */
    {"Message-ID: <sent-lisi@x>\nTo: sales@t.test\n", "", "unnamed !"},
};

#define REPORT "Content-Type: multipart/report; report-type=x\n"

static const struct example reports[] = {
    {REPORT, "\nMessage-ID: <sent-lisi@x>\n", "report lisi !"},
    {"Content-Type: Multipart/Report\n", "Message-Id: <sent-lisi@x>\n",
	"report lisi !"},
    {REPORT, "--b\nOriginal-Message-ID: <sent-lisi@x>\n", "report lisi !"},
    {REPORT, "message-id:\n <sent-lisi@x>\n", "report lisi !"},
    {REPORT, "message-id: sent-lisi@x\n", "report lisi !"},
    {REPORT, "Message-ID: <a@b>\n\nMessage-ID: <sent-lisi@x>\n",
	"report lisi !"},
    {REPORT, "Message-ID: <a@b>\n", "unnamed !"},
    {REPORT, "see Message-ID: <sent-lisi@x>\n", "unnamed !"},
    {REPORT "To: Wang <sales@t.test>\n", "Message-ID: <sent-lisi@x>\n",
	"report lisi !"},
    {REPORT "To: Wang <sales@t.test>\n", "Message-ID: <a@b>\n",
	"name wang !"},
    {"Return-Path: <>\n", "Message-ID: <sent-lisi@x>\n", "report lisi !"},
    {"Return-Path: <a@b>\n", "Message-ID: <sent-lisi@x>\n", "unnamed"},
    {"Content-Type: text/plain\n", "Message-ID: <sent-lisi@x>\n", "unnamed"},
    {"Content-Type: multipart/mixed; x=multipart/report\n",
	"Message-ID: <sent-lisi@x>\n", "unnamed"},
    /* machines: to whom they answer, but never to all */
    {UNNAMED "Auto-Submitted: auto-replied\nIn-Reply-To: <sent-lisi@x>\n",
	"", "thread lisi !"},
    {UNNAMED "Auto-Submitted: auto-generated (by x)\n", "", "unnamed !"},
    {UNNAMED "Auto-Submitted: auto-notified; owner=x\n", "", "unnamed !"},
    {UNNAMED "Auto-Submitted: No (really)\n", "", "unnamed"},
    {UNNAMED "Auto-Submitted: no\n", "", "unnamed"},
};

static void
check(const struct example *example, bool has_null_sender)
{
	struct who_letter letter = {.header = slice_of(example->header),
		.body = slice_of(example->body),
		.has_null_sender = has_null_sender};
	struct who who = {0};
	struct str found = {0};

	who_decide(&house, &letter, &who);
	describe(&found, &who);
	ck_assert_msg(!strcmp(str_c(&found), example->found),
	    "%s, not %s:\n%s%s", str_c(&found), example->found,
	    example->header, example->body);
	who_free(&who);
	str_free(&found);
}

START_TEST(the_first_that_finds_somebody_decides)
{
	check(&order[_i], false);
}
END_TEST

START_TEST(answers_follow_their_thread)
{
	check(&threads[_i], false);
}
END_TEST

START_TEST(reports_go_to_whose_letter_they_return)
{
	check(&reports[_i], false);
}
END_TEST

START_TEST(a_null_sender_makes_a_report)
{
	check(&(struct example){UNNAMED, "", "unnamed !"}, true);
	check(&(struct example){UNNAMED, "x\nMessage-ID: <sent-lisi@x>\n",
	    "report lisi !"}, true);
}
END_TEST

START_TEST(tags_of_the_envelope_count)
{
	struct strs rcpts = {0};
	struct who_letter letter = {.header = slice_of(NAMED_LISI),
		.rcpts = &rcpts};
	struct who who = {0};
	struct str found = {0};

	strs_add(&rcpts, slice_of("sales+wang@t.test"));
	strs_add(&rcpts, slice_of("other+zhangsan@t.test"));
	who_decide(&house, &letter, &who);
	describe(&found, &who);
	ck_assert_str_eq(str_c(&found), "tag wang lisi");
	who_free(&who);
	str_free(&found);
	strs_free(&rcpts);
}
END_TEST

/* How a long header is decided, and about how many addresses it asks. */
static void
check_long(const struct str *header, const char *wanted, unsigned most)
{
	struct who_letter letter = {.header = str_slice(header)};
	struct who who = {0};
	struct str found = {0};

	questions = 0;
	who_decide(&house, &letter, &who);
	describe(&found, &who);
	ck_assert_str_eq(str_c(&found), wanted);
	ck_assert_uint_le(questions, most);
	who_free(&who);
	str_free(&found);
}

START_TEST(ten_thousand_addresses_are_looked_at_and_no_more)
{
	struct str header = {0};

	str_puts(&header, "To: a@b.test");
	for (unsigned i = 0; i < WHO_MAILBOXES_MAX - 2; i++)
		str_puts(&header, ",\n a@b.test");
	str_puts(&header, ",\n Lisi <sales@t.test>");
	check_long(&header, "name lisi", WHO_MAILBOXES_MAX);
	str_clear(&header);
	str_puts(&header, "To: a@b.test");
	for (unsigned i = 0; i < WHO_MAILBOXES_MAX; i++)
		str_puts(&header, ",\n a@b.test");
	str_puts(&header, ",\n Lisi <sales@t.test>\nCc: a@b.test\n");
	check_long(&header, "unnamed", WHO_MAILBOXES_MAX);
	str_free(&header);
}
END_TEST

/* Each may have sixty tags. */
START_TEST(a_shared_address_is_looked_at_some_hundred_times_and_no_more)
{
	struct str header = {0};

	str_puts(&header, "To: sales+a@t.test");
	for (unsigned i = 0; i < WHO_SHARED_MAX - 2; i++)
		str_puts(&header, ",\n sales+a@t.test");
	str_puts(&header, ",\n Lisi <sales@t.test>\n");
	check_long(&header, "name lisi", WHO_SHARED_MAX);
	str_clear(&header);
	str_puts(&header, "Delivered-To: sales+a@t.test\nTo: sales+a@t.test");
	for (unsigned i = 0; i < WHO_MAILBOXES_MAX; i++)
		str_puts(&header, ",\n sales+a@t.test");
	str_puts(&header, ",\n Lisi <sales@t.test>\n");
	tag_questions = 0;
	check_long(&header, "unnamed", WHO_SHARED_MAX);
	ck_assert_uint_le(tag_questions, WHO_SHARED_MAX);
	str_free(&header);
}
END_TEST

START_TEST(hostile_headers_of_a_megabyte_take_little_time)
{
	static const char *const begins[] = {"To: ", "References: ",
	    "In-Reply-To: ", "Subject: ", "To: \""};
	static const char *const fill[] = {"<", "<>", "=?a?Q?", "(", ",", "re:",
	    "<sales@t.test", "[a]", "\\"};

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		for (size_t j = 0; j < sizeof fill / sizeof *fill; j++) {
			struct str header = {0};

			str_puts(&header, begins[i]);
			while (header.len < 1 << 20)
				str_puts(&header, fill[j]);
			str_puts(&header, "\nReferences: <a@b>\n");
			check_long(&header, "unnamed", WHO_MAILBOXES_MAX);
			str_free(&header);
		}
}
END_TEST

START_TEST(a_long_message_id_counts_by_its_beginning)
{
	struct str header = {0}, id = {0};

	str_puts(&header, "Message-ID: <");
	while (header.len < 100000)
		str_puts(&header, "\001\177\377x");
	str_puts(&header, ">\n");
	ck_assert(who_message_id(str_slice(&header), &id));
	ck_assert_uint_eq(id.len, WHO_ID_MAX);
	ck_assert(who_message_id(slice_of("Message-ID: <a@b> (x)\n"), &id));
	ck_assert_str_eq(str_c(&id), "a@b");
	ck_assert(who_message_id(slice_of("Message-ID: a@b\n"), &id));
	ck_assert_str_eq(str_c(&id), "a@b");
	ck_assert(!who_message_id(slice_of("Message-ID: \n"), &id));
	ck_assert(!who_message_id(slice_of("Subject: x\n"), &id));
	str_free(&header);
	str_free(&id);
}
END_TEST

static const struct {
	const char *subject, *base;
} subjects[] = {
    {" offer\n", "offer"}, {" Re: Offer", "offer"}, {" RE[2]: offer", "offer"},
    {" Re(3): AW: WG: offer", "offer"}, {" re : offer", "offer"},
    {" [list] Re: [other] offer", "offer"}, {" offer (fwd) (Fwd)", "offer"},
    {" =?UTF-8?Q?Re=3A_offer?=", "offer"},
    {" \345\233\236\345\244\215: offer", "offer"},
    {" =?gb2312?B?tPC4tA==?=: offer", "offer"},
    {" \342\200\213o f f e r", "offer"}, {" Reply: offer", "reply:offer"},
    {" [all that is]", "[allthatis]"}, {" Re:", ""}, {"", ""}, {" []", "[]"},
    {" Regards", "regards"},
};

START_TEST(the_base_of_a_subject_is_what_it_is_about)
{
	struct str base = {0};

	subject_base(&charsets, &base, slice_of(subjects[_i].subject));
	ck_assert_str_eq(str_c(&base), subjects[_i].base);
	str_free(&base);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("who");

	if (charsets_open(&charsets) < 0)
		return EXIT_FAILURE;
	tcase_set_timeout(unit.cases, 30);
	unit_loop(unit.cases, the_first_that_finds_somebody_decides, order);
	unit_loop(unit.cases, answers_follow_their_thread, threads);
	unit_loop(unit.cases, reports_go_to_whose_letter_they_return, reports);
	unit_loop(unit.cases, the_base_of_a_subject_is_what_it_is_about,
	    subjects);
	tcase_add_test(unit.cases, a_null_sender_makes_a_report);
	tcase_add_test(unit.cases, tags_of_the_envelope_count);
	tcase_add_test(unit.cases,
	    ten_thousand_addresses_are_looked_at_and_no_more);
	tcase_add_test(unit.cases,
	    a_shared_address_is_looked_at_some_hundred_times_and_no_more);
	tcase_add_test(unit.cases,
	    hostile_headers_of_a_megabyte_take_little_time);
	tcase_add_test(unit.cases, a_long_message_id_counts_by_its_beginning);
	return unit_run(unit);
}
