/* hand_in - take a letter to local-submit; see hand_in.h. */
#include "cmd/sendmail/hand_in.h"

#include "cmd/sendmail/letter.h"
#include "cmd/sendmail/rcpts.h"
#include "lib/base/home.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* The exit status that means an answer's code; 0: there was no answer. */
static int
status_of(unsigned code)
{
	switch (code) {
	case SUBMIT_TAKEN:
		return EX_OK;
	case SUBMIT_NO_SUCH_USER:
		return EX_NOUSER;
	case SUBMIT_NOT_ALLOWED:
		return EX_NOPERM;
	case SUBMIT_TOO_LARGE:
		return EX_UNAVAILABLE;
	}
	return code < 500 ? EX_TEMPFAIL : EX_DATAERR;
}

/* -f user, -f '<user@host>', -f '' for the null sender. */
static void
set_sender(struct submit_request *request, const char *text)
{
	struct strs senders = {0};

	rcpts_of_list(&senders, slice_of(text));
	request->has_sender = 1;
	if (senders.len)
		str_set_slice(&request->sender, str_slice(&senders.v[0]));
	strs_free(&senders);
}

static void
set_request(struct submit_request *request, const struct options *options)
{
	if (options->sender)
		set_sender(request, options->sender);
	str_set(&request->name, options->name ? options->name : "");
	str_set(&request->ret, options->ret ? options->ret : "");
	str_set(&request->envid, options->envid ? options->envid : "");
	str_set(&request->notify, options->notify ? options->notify : "");
	for (char **rcpt = options->rcpts; *rcpt; rcpt++)
		rcpts_of_list(&request->rcpts, slice_of(*rcpt));
	if (request->name.len > SUBMIT_NAME_MAX)
		request->name.len = SUBMIT_NAME_MAX;
}

static int
complain(int status, const char *what)
{
	fprintf(stderr, "sendmail: %s\n", what);
	return status;
}

static int
complain_letter(enum letter_fault fault)
{
	if (fault == LETTER_LONG_HEADER)
		return complain(EX_DATAERR, "the header is too long");
	fprintf(stderr, "sendmail: cannot read the message: %s\n",
	    strerror(errno));
	return EX_IOERR;
}

/* What became of it. */
static int
report(const struct submit_answer *answer, const struct options *options)
{
	if (answer->code == SUBMIT_TAKEN) {
		if (options->is_verbose)
			printf("queued as %s\n", str_c(&answer->text));
		return EX_OK;
	}
	if (answer->code)
		fprintf(stderr, "sendmail: %u %s\n", (unsigned)answer->code,
		    str_c(&answer->text));
	else
		fprintf(stderr, "sendmail: no answer from local-submit "
		    "(%s/run/submit/s): %s; is posthouse up?\n",
		    home_path(), strerror(errno));
	return status_of((unsigned)answer->code);
}

static int
send_letter(struct letter *letter, const struct submit_request *request,
    const struct options *options)
{
	struct submit_client client;
	struct submit_answer answer = {0};
	enum letter_fault fault;
	int status;

	if (submit_begin(&client, request, &answer) < 0)
		return report(&answer, options);
	fault = letter_send(letter, &client);
	if (fault != LETTER_FINE) {
		status = complain_letter(fault);
		submit_close(&client);
	} else {
		submit_finish(&client, &answer);
		status = report(&answer, options);
	}
	record_free(submit_answer_fields, &answer);
	return status;
}

static int
read_and_send(struct letter *letter, struct submit_request *request,
    const struct options *options)
{
	enum letter_fault fault =
	    letter_begin(letter, options->takes_header);

	if (fault != LETTER_FINE)
		return complain_letter(fault);
	if (options->takes_header)
		rcpts_of_header(&request->rcpts, letter_header(letter));
	if (!request->rcpts.len)
		return complain(EX_USAGE, options->takes_header ?
			"no recipients in To, Cc and Bcc" :
			"no recipients: give some, or -t to take them from "
			"the message");
	if (request->rcpts.len > SUBMIT_RCPTS_MAX)
		return complain(EX_UNAVAILABLE, "too many recipients");
	return send_letter(letter, request, options);
}

int
hand_in(const struct options *options)
{
	struct submit_request request = {0};
	struct letter letter;
	int status;

	letter_init(&letter, STDIN_FILENO, options->keeps_dots);
	set_request(&request, options);
	status = read_and_send(&letter, &request, options);
	record_free(submit_request_fields, &request);
	letter_free(&letter);
	return status;
}
