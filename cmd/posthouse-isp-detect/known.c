/* known - the row in control/isp that is in force; see detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "lib/base/die.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const readers[PROTOCOLS] = {
    [ISP_SMTP] = "isp-smtp", [ISP_POP3] = "isp-pop3"};

/* Of the bindings that fetch there, the first. */
static bool
find_pop3(struct config *config, struct slice address,
    struct isp_mailbox *to)
{
	struct strs names = {0};
	bool is_found = false;

	isp_names(config, &names);
	for (size_t i = 0; i < names.len && !is_found; i++) {
		struct slice rest = str_slice(&names.v[i]);

		slice_cut(&rest, ' ');
		is_found = slice_eq(rest, address) &&
		    isp_pop3(config, str_slice(&names.v[i]), to);
	}
	strs_free(&names);
	return is_found;
}

/* *to is what is in force for the address; free it in any case. */
static bool
find(const struct detect *detect, enum isp_protocol protocol,
    struct isp_mailbox *to)
{
	struct slice address = str_slice(&detect->login.address);
	struct config config = {0};
	bool is_found;

	if (config_open(&config, readers[protocol]) < 0)
		return false;
	is_found = protocol == ISP_SMTP ? isp_smtp(&config, address, to) :
	    find_pop3(&config, address, to);
	config_close(&config);
	return is_found;
}

static void
take(struct detect *detect, enum isp_protocol protocol,
    const struct isp_mailbox *known)
{
	struct isp_mailbox *server = &detect->servers[protocol];
	struct isp_mailbox *login = &detect->login;

	detect->is_known = detect->is_asked[protocol] = true;
	str_set_slice(&server->host, str_slice(&known->host));
	server->is_address = known->is_address;
	server->port = known->port;
	server->is_wrapped = known->is_wrapped;
	if (!login->user.len)
		str_set_slice(&login->user, str_slice(&known->user));
	if (login->tls == ISP_TLS_VERIFY) {
		login->tls = known->tls;
		str_set_slice(&login->fingerprint,
		    str_slice(&known->fingerprint));
	}
	printf("as control/isp says, line %u:\n", (unsigned)known->line);
}

void
known_take(struct detect *detect)
{
	for (int i = 0; i < PROTOCOLS; i++) {
		struct isp_mailbox known = {0};

		if (find(detect, (enum isp_protocol)i, &known))
			take(detect, (enum isp_protocol)i, &known);
		isp_mailbox_free(&known);
	}
}

/* ---- the end of a pause ---- */

static bool
is_in_force(const struct detect *detect, enum isp_protocol protocol)
{
	const struct isp_mailbox *server = &detect->servers[protocol];
	const struct isp_mailbox *login = &detect->login;
	struct isp_mailbox known = {0};
	bool is_it = server->host.len && find(detect, protocol, &known) &&
	    slice_eq(str_slice(&known.host), str_slice(&server->host)) &&
	    known.port == server->port && known.tls == login->tls &&
	    slice_eq(str_slice(&known.user), str_slice(&login->user)) &&
	    slice_eq(str_slice(&known.password),
		str_slice(&login->password)) &&
	    slice_eq(str_slice(&known.oauth2), str_slice(&login->oauth2));

	isp_mailbox_free(&known);
	return is_it;
}

/* A command of ours beside this one, in silence.  Did it find what to do? */
static bool
run(const char *name, char *const argv[])
{
	const char *libexec = getenv("POSTHOUSE_LIBEXEC");
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC), status = -1;
	struct str path = {0};
	pid_t pid;

	str_addf(&path, "%s/%s", libexec ? libexec : "", name);
	pid = libexec && null_fd >= 0 ? fork() : -1;
	if (pid == 0) {
		if (dup2(null_fd, STDOUT_FILENO) >= 0 &&
		    dup2(null_fd, STDERR_FILENO) >= 0)
			execv(str_c(&path), argv);
		_exit(EXIT_TEMP);
	}
	if (pid > 0 && waitpid(pid, &status, 0) < 0)
		status = -1;
	if (null_fd >= 0)
		close(null_fd);
	str_free(&path);
	return status == 0;
}

void
known_resume(const struct detect *detect)
{
	char isp[] = "isp", resume[] = "resume", queue[] = "queue";
	char retry[] = "retry", option[] = "--lane";
	struct str lane = {0};
	char *address = mem_dup(str_slice(&detect->login.address));

	str_addf(&lane, "isp %s", address);
	if (is_in_force(detect, ISP_POP3) && run("posthouse-isp",
	    (char *[]){isp, resume, address, NULL}))
		printf("letters are fetched from %s now\n", address);
	if (is_in_force(detect, ISP_SMTP) && run("posthouse-queue",
	    (char *[]){queue, retry, option, lane.s, NULL}))
		printf("letters that wait to leave by %s are tried now\n",
		    address);
	str_free(&lane);
	free(address);
}
