/*
 * posthouse-isp-detect - which servers a provider has for a mailbox, and do
 * they let us in?
 *
 * Run by the administrator, as "posthouse isp detect".  Root reads the
 * password and writes the tables; a child speaks to the servers, as the user
 * of isp-forward, confined to the Internet.  Believes no server and no DNS.
 */
#include "cmd/posthouse-isp-detect/detect.h"
#include "control/outside.h"
#include "lib/base/become.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/io.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOUND_BYTES_MAX = 2048 };

static const struct confine needs = {MAY_CONNECT, NULL};

static const struct setting schema[] = {
	SETTING(detect_settings, helohost, SETTING_TEXT, "helohost"),
	SETTING(detect_settings, resolver, SETTING_TEXT, "resolver"),
	SETTING(detect_settings, cafile, SETTING_TEXT, "cafile"),
	SETTING(detect_settings, users, SETTING_TEXT, "users"),
	SETTING(detect_settings, connect_s, SETTING_SECONDS,
	    "timeoutconnect"),
	SETTING(detect_settings, answer_s, SETTING_SECONDS, "timeoutremote"),
	{0}
};

static void
open_world(struct detect *detect)
{
	struct detect_settings *settings = &detect->settings;
	struct config config = {0};

	config_open_or_die(&config, "routing");
	config_settings_or_die(&config, schema, settings);
	config_close(&config);
	outside_open_or_die(&settings->resolver, &settings->cafile,
	    &detect->dns, &detect->tls);
	if (sasl_client_prepare() < 0)
		die_temp("libgsasl cannot be used");
}

/* ---- the child ---- */

_Noreturn static void
child(struct detect *detect, int pipe_fd)
{
	struct str found = {0};
	int status;

	become_user(str_c(&detect->settings.users), "isp");
	confine(&needs);
	status = search(detect);
	for (int i = 0; i < PROTOCOLS; i++) {
		if (detect->servers[i].host.len)
			isp_url_write(&found, (enum isp_protocol)i,
			    &detect->servers[i]);
		str_putc(&found, '\n');
	}
	if (fflush(stdout) == EOF ||
	    write_all(pipe_fd, found.s, found.len) < 0)
		die_temp("cannot say what was found");
	str_wipe(&detect->login.password);
	_exit(status);
}

/* ---- the parent ---- */

/* The child has spoken to strangers: what it says is read as if it were
 * theirs. */
static void
take_found(struct detect *detect, int pipe_fd)
{
	struct str text = {0};
	struct slice rest;

	if (read_to_end(pipe_fd, &text, FOUND_BYTES_MAX) < 0)
		die_temp("cannot read what was found");
	rest = str_slice(&text);
	for (int i = 0; i < PROTOCOLS; i++) {
		struct isp_mailbox *server = &detect->servers[i];

		isp_mailbox_free(server);
		*server = (struct isp_mailbox){0};
		(void)isp_url_parse((enum isp_protocol)i,
		    slice_cut(&rest, '\n'), server);
	}
	str_free(&text);
}

static int
status_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) < 0)
		die_temp("cannot wait for the child");
	if (!WIFEXITED(status))
		die_bug("the process that speaks to servers was killed");
	return WEXITSTATUS(status);
}

static int
run(struct detect *detect)
{
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		die_temp("cannot make a pipe");
	pid = fork();
	if (pid < 0)
		die_temp("cannot make a process");
	if (!pid) {
		close(ends[0]);
		child(detect, ends[1]);
	}
	close(ends[1]);
	take_found(detect, ends[0]);
	status = status_of(pid);
	known_resume(detect);
	if (status == EXIT_DONE && detect->is_to_write)
		status = write_tables(detect);
	else if (detect->is_to_write)
		fprintf(stderr, "%s: nothing was written\n", die_name);
	str_wipe(&detect->login.password);
	return status;
}

int
main(int argc, char *argv[])
{
	static struct detect detect;

	die_name = "posthouse-isp-detect";
	setvbuf(stdout, NULL, _IOLBF, 0);
	request_take(&detect, argc, argv);
	home_enter();
	if (!detect.is_asked[ISP_SMTP] && !detect.is_asked[ISP_POP3])
		known_take(&detect);
	request_complete(&detect);
	open_world(&detect);
	secret_find(&detect);
	signal(SIGPIPE, SIG_IGN);
	return run(&detect);
}
