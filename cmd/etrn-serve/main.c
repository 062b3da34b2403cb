/*
 * etrn-serve - let a customer ask for the mail that we hold for it.
 *
 * Started by s6 as phetrn.  Listens on run/etrn/s for smtp-receive; believes
 * nothing that it reads there.  Its only power is queue-manager's release
 * socket.  RFC 1985.
 */
#include "cmd/etrn-serve/judge.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/base/question.h"

enum { WORKERS = 2 };

struct etrn_serve {
	struct judge judge;
	gid_t submission; /* whose word about a login is believed */
};

static void
answer_question(void *context, gid_t asker, struct slice question,
    struct str *to)
{
	struct etrn_serve *serve = context;
	struct etrn_request request = {0};
	struct etrn_answer answer = {0};

	if (record_decode(&question, etrn_request_fields, &request) == 0 &&
	    !question.len)
		judge_request(&serve->judge, &request,
		    asker == serve->submission, &answer);
	if (answer.code)
		record_encode(to, etrn_answer_fields, &answer);
	record_free(etrn_request_fields, &request);
	record_free(etrn_answer_fields, &answer);
}

static const struct confine_path paths[] = {
	{"control/cdb/routing", DIR_READ},
	{0}
};

static const struct confine needs = {
	.promises = MAY_OPEN | MAY_FORK | MAY_ACCEPT | MAY_PASS | MAY_ASK,
	.paths = paths,
};

int
main(int argc, char *argv[])
{
	static struct etrn_serve serve;
	int listen_fd;

	(void)argv;
	die_name = "etrn-serve";
	if (argc != 1)
		die_usage("etrn-serve");
	log_open();
	home_enter();
	judge_open(&serve.judge);
	/* those that log people in are those that may fill this box */
	serve.submission = home_group("queue/drop/submission");
	listen_fd = local_listen_single("run/etrn/s");
	if (listen_fd < 0)
		die_temp("cannot listen on run/etrn/s");
	confine(&needs);
	ready();
	return question_serve(listen_fd, WORKERS, (gid_t)-1, answer_question,
	    &serve);
}
