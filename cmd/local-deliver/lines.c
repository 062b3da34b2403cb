/* lines - what is said above a letter; see lines.h. */
#include "cmd/local-deliver/lines.h"

#include "queue/message.h"

/* ", " between them; a line each, as RFC 5322 2.2.3 folds them. */
static void
put_next(struct str *to, bool is_first, struct slice address)
{
	str_puts(to, is_first ? " " : ",\n ");
	str_add_slice(to, address);
}

static void
put_line(struct str *to, const char *name, struct slice value)
{
	str_puts(to, name);
	str_puts(to, ": ");
	str_add_slice(to, value);
	str_putc(to, '\n');
}

static void
put_staff(struct str *to, const struct strs *staff)
{
	str_puts(to, "X-Posthouse-Staff:");
	for (size_t i = 0; i < staff->len; i++)
		put_next(to, i == 0, str_slice(&staff->v[i]));
	str_putc(to, '\n');
}

/* Those of Bcc are among them: whoever reads this copy is to know them all. */
static int
put_recipients(struct str *to, int fd)
{
	struct envelope envelope = {0};
	size_t head_len;
	int result = -1;

	if (envelope_read(fd, &envelope, &head_len) == ENVELOPE_OK) {
		str_puts(to, "X-Posthouse-Recipients:");
		for (size_t i = 0; i < envelope.rcpt_count; i++)
			put_next(to, i == 0,
			    str_slice(&envelope.rcpts[i].address));
		str_putc(to, '\n');
		result = 0;
	}
	envelope_free(&envelope);
	return result;
}

int
lines_add(struct str *to, const struct copy *copy, const struct agent_job *job)
{
	if (copy->staff.len)
		put_staff(to, &copy->staff);
	if (copy->by.len)
		put_line(to, "X-Posthouse-By", str_slice(&copy->by));
	if (copy->hold.len)
		str_addf(to, "X-Posthouse-Hold: %s %s\n",
		    str_c(&job->job.id), str_c(&copy->hold));
	return copy->has_list ? put_recipients(to, job->fd) : 0;
}
