/*
 * smtp-receive - take letters from the Internet and put them into the queue.
 *
 * Started by tcp-listen, already as user phsmtp, phsubm or phrelay, with the
 * listening sockets at hand; or as starttls, which takes connections over from
 * sessions of smtp.  Believes nothing it reads; its only power is to
 * create files in its drop box.  RFC 5321.
 */
#include "cmd/smtp-receive/listener.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"
#include "lib/base/spare.h"
#include "queue/drop.h"

#include <signal.h>

/* Clients of submissions speak TLS or nothing. */
static void
need_certificate(const struct listener *listener)
{
	if (listener->service->is_tls_at_once &&
	    !listener->certificates->are_good)
		die_perm("%s needs a certificate, and none can be used: put "
		    "cert.pem and key.pem into control/secrets/tls and run "
		    "posthouse compile", listener->service->name);
}

/* What no session of this service calls. */
static void
spare_sessions(const struct service *service)
{
	spare_children("libseccomp.so");
	if (!service->moves_to)
		return;
	spare_children("libssl.so");
	spare_children("libcrypto.so");
}

int
main(int argc, char *argv[])
{
	static struct config config;
	static struct certificates certificates;
	struct listener listener = {
		.config = &config, .certificates = &certificates};

	die_name = "smtp-receive";
	signal(SIGPIPE, SIG_IGN); /* a log that went away ends nothing */
	listener.service = argc == 2 ? service_find(argv[1]) : NULL;
	if (!listener.service)
		die_usage("tcp-listen SERVICE smtp-receive "
		    "smtp|submission|submissions|relay, "
		    "or smtp-receive starttls");
	log_open();
	home_enter();
	listener.count = listener.service->takes_from
	    ? listener_take_over(listener.service->takes_from)
	    : listener_inherit();
	config_open_or_die(&config, "routing");
	certificates.are_elsewhere = listener.service->moves_to != NULL;
	certificates_open(&certificates);
	need_certificate(&listener);
	listener.box_fd = drop_box_open(listener.service->box);
	if (listener.box_fd < 0)
		die_temp("cannot open queue/drop/%s", listener.service->box);
	listener.domain_fd = confine_prepare(listener.service->session);
	confine(&listener.service->parent);
	spare_sessions(listener.service);
	return listener_serve(&listener);
}
