/*
 * outgoing - many headers as isp-forward lets them out: by its own header.c,
 * over the tables of an instance.
 *
 *	outgoing HOME IN OUT	both files: length, LF, that many bytes; ...
 */
#include "cmd/isp-forward/forward.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TEXT_MAX = 1024 * 1024 };

static void
fail(const char *what)
{
	perror(what);
	exit(111);
}

static void
rewrite(struct forward *forward, const char *text, size_t len, FILE *out)
{
	struct agent_job job = {.job = {.length = len}};
	struct str header = {0};
	uint64_t start;

	job.fd = memfd_create("letter", 0);
	if (job.fd < 0 || write(job.fd, text, len) != (ssize_t)len)
		fail("memfd");
	if (!header_rewrite(forward, &job, &header, &start))
		fail(str_c(&forward->failure.text));
	fprintf(out, "%zu\n", header.len + len - (size_t)start);
	fwrite(str_c(&header), 1, header.len, out);
	fwrite(text + start, 1, len - (size_t)start, out);
	close(job.fd);
	str_free(&header);
}

int
main(int argc, char *argv[])
{
	static struct forward forward;
	static char text[TEXT_MAX];
	FILE *in = NULL, *out = NULL;
	size_t len;

	if (argc != 4 || !(in = fopen(argv[2], "r")) ||
	    !(out = fopen(argv[3], "w")) || chdir(argv[1]) < 0)
		fail("usage: outgoing HOME IN OUT");
	log_open();
	if (config_open(&forward.map, "isp-map") < 0)
		fail("isp-map");
	str_set(&forward.login.address, "xx@isp.test");
	while (fscanf(in, "%zu", &len) == 1 && getc(in) == '\n' &&
	    len < TEXT_MAX && fread(text, 1, len, in) == len)
		rewrite(&forward, text, len, out);
	return fclose(out) == EOF || !feof(in) ? 111 : 0;
}
