/*
 * auth-check - who may log in.
 *
 * Started by s6 as phauth.  Listens on run/auth/s for smtp-receive; the only
 * program that sees password hashes, and it reaches neither the network nor
 * the queue.  A right password is answered with a passport that queue-manager
 * believes; see lib/mail/passport.h.
 */
#include "cmd/auth-check/judge.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/base/question.h"

enum { WORKERS = 4 };

struct auth_check {
	struct judge judge;
	int listen_fd;
};

static void
answer_question(void *context, gid_t asker, struct slice question,
    struct str *to)
{
	struct auth_check *check = context;
	struct auth_request request = {0};
	struct auth_answer answer = {0};

	(void)asker;
	if (record_decode(&question, auth_request_fields, &request) == 0 &&
	    !question.len) {
		judge_login(&check->judge, &request, &answer);
		record_encode(to, auth_answer_fields, &answer);
	}
	str_wipe(&request.password);
	record_free(auth_request_fields, &request);
	record_free(auth_answer_fields, &answer);
}

static const struct confine_path paths[] = {
	{"control/cdb/passwd", DIR_READ},
	{"state/passport", DIR_READ | DIR_ADD | DIR_CHANGE},
	{0}
};

static const struct confine needs = {
	.promises = MAY_OPEN | MAY_CREATE | MAY_RENAME | MAY_FORK |
	    MAY_ACCEPT | MAY_PASS,
	.paths = paths,
};

int
main(int argc, char *argv[])
{
	static struct auth_check check;
	gid_t asker;

	(void)argv;
	die_name = "auth-check";
	if (argc != 1)
		die_usage("auth-check");
	log_open();
	home_enter();
	judge_open(&check.judge);
	check.listen_fd = local_listen("run/auth/s");
	if (check.listen_fd < 0)
		die_temp("cannot listen on run/auth/s");
	asker = home_group("run/auth"); /* those who may reach the socket */
	confine(&needs);
	ready();
	return question_serve(check.listen_fd, WORKERS, asker,
	    answer_question, &check);
}
