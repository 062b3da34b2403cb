/* job - what queue-manager and its agents say to each other; see job.h. */
#include "lib/mail/job.h"

#include "lib/base/local_socket.h"

/* 32: a queue id, and to spare.  64: all that surrounds the lists. */
enum { ID_MAX = 32, FRAME_MAX = 64 };

_Static_assert(JOB_RCPTS_MAX * (WORDS_MAX + ADDRESS_TEXT_MAX + 4) + ID_MAX +
	FRAME_MAX <= PACKET_MAX, "a full result fits into a packet");

const struct record_field job_hello_fields[] = {
	RECORD_U64(job_hello, 'w', window, JOB_WINDOW_MAX),
	RECORD_STR(job_hello, 'x', lane, JOB_LANE_MAX),
	{0}
};

const struct record_field job_fields[] = {
	RECORD_U64(job, 'n', number, UINT64_MAX),
	RECORD_STR(job, 'i', id, ID_MAX),
	RECORD_U64(job, 't', arrived_us, INT64_MAX),
	RECORD_U64(job, 'h', head_len, INT64_MAX),
	RECORD_U64(job, 'l', length, INT64_MAX),
	RECORD_U64(job, 'f', first, 1),
	RECORD_U64(job, 'u', smtputf8, 1),
	RECORD_STR(job, 'x', lane, JOB_LANE_MAX),
	RECORD_STR(job, 's', sender, ADDRESS_TEXT_MAX),
	RECORD_STRS(job, 'r', rcpts, ADDRESS_TEXT_MAX, JOB_RCPTS_MAX),
	RECORD_STRS(job, 'd', dsn, JOB_DSN_MAX, JOB_RCPTS_MAX),
	RECORD_STRS(job, 'p', reports, JOB_REPORT_MAX, JOB_RCPTS_MAX),
	RECORD_STR(job, 'e', ret, 16),
	RECORD_STR(job, 'v', envid, JOB_ENVID_MAX),
	RECORD_STRS(job, 'c', copies, COPY_MAX, JOB_RCPTS_MAX),
	RECORD_OPT(job, 'o', sort, 16),
	RECORD_OPT(job, 'a', login, ADDRESS_TEXT_MAX),
	{0}
};

const struct record_field job_result_fields[] = {
	RECORD_U64(job_result, 'n', number, UINT64_MAX),
	RECORD_STR(job_result, 'i', id, ID_MAX),
	RECORD_STRS(job_result, 'v', verdicts, WORDS_MAX, JOB_RCPTS_MAX),
	RECORD_STRS(job_result, 'r', rcpts, ADDRESS_TEXT_MAX, JOB_RCPTS_MAX),
	RECORD_STRS(job_result, 'x', extras, JOB_EXTRA_MAX, JOB_EXTRAS_MAX),
	RECORD_OPT(job_result, 'z', size, JOB_NUMBER_MAX),
	{0}
};

static void
add_word(struct str *to, const char *word)
{
	str_puts(to, word && *word ? word : "-");
	str_putc(to, ' ');
}

/* To max bytes, but not inside a UTF-8 character. */
static void
cut(struct str *text, size_t max)
{
	if (text->len <= max)
		return;
	while (max && ((unsigned char)text->s[max] & 0xc0) == 0x80)
		max--;
	text->len = max;
	text->s[max] = '\0';
}

void
job_verdict(struct str *to, enum job_verdict verdict, int code,
    const char *enhanced, const char *host, const char *text)
{
	size_t start = to->len;

	str_addf(to, "%c %d ", (char)verdict, code);
	add_word(to, enhanced);
	add_word(to, host);
	str_puts(to, text ? text : "");
	for (size_t i = start; i < to->len; i++)
		if (ascii_is_control(to->s[i]))
			to->s[i] = ' ';
	cut(to, start + WORDS_MAX);
}
