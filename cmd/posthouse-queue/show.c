/* show - one message as it lies in the queue; see show.h. */
#include "cmd/posthouse-queue/show.h"

#include "lib/base/die.h"
#include "lib/base/io.h"
#include "lib/base/visible.h"
#include "queue/id.h"
#include "queue/spool.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { HEADER_SHOWN_MAX = 64 * 1024, NOTE_SHOWN_MAX = 1024 * 1024 };

/* What lies there may be anything, or be gone. */
static int
open_in(struct str *path, const char *above, const char *folder,
    const char *id)
{
	str_clear(path);
	str_addf(path, "%s/%s/%s", above, folder, id);
	return open(str_c(path),
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static int
open_message(const char *id, struct str *path)
{
	int fd;

	queue_id_path(path, "queue/active", slice_of(id));
	fd = open(str_c(path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	for (size_t i = 0; fd < 0 && i < BOX_COUNT; i++)
		fd = open_in(path, "queue/drop", boxes[i].name, id);
	if (fd < 0)
		fd = open_in(path, "queue", "corrupt", id);
	if (fd < 0)
		fd = open_in(path, "queue/corrupt", "torn", id);
	return fd;
}

static void
show_note(const char *id)
{
	struct str path = {0}, note = {0};

	queue_id_path(&path, "queue/note", slice_of(id));
	if (read_file(AT_FDCWD, str_c(&path), &note, NOTE_SHOWN_MAX) == 0) {
		printf("--- %s\n", str_c(&path));
		put_visible(stdout, str_slice(&note));
	}
	str_free(&path);
	str_free(&note);
}

/* Up to the second empty line: envelope and header. */
static struct slice
head_of(struct slice text)
{
	int empty = 0;

	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.s[i] == '\n' && text.s[i + 1] == '\n' && ++empty == 2)
			return slice_make(text.s, i + 1);
	return text;
}

static void
show_text(int fd, bool with_body)
{
	struct str text = {0};

	str_reserve(&text, HEADER_SHOWN_MAX);
	for (;;) {
		ssize_t n = read_all(fd, text.s, HEADER_SHOWN_MAX);

		if (n <= 0)
			break;
		text.len = (size_t)n;
		put_visible(stdout, with_body ? str_slice(&text) :
						head_of(str_slice(&text)));
		if (!with_body)
			break;
	}
	str_free(&text);
}

int
show_message(const char *id, bool with_body)
{
	struct str path = {0};
	int fd;

	if (!queue_id_valid(slice_of(id)))
		die_perm("'%s' is not a queue id; 'posthouse queue list' "
			 "prints them first on each line", id);
	fd = open_message(id, &path);
	if (fd < 0)
		die_perm("no message %s in the queue (delivered by now? see "
			 "'posthouse trace %s')", id, id);
	printf("--- %s\n", str_c(&path));
	show_text(fd, with_body);
	show_note(id);
	close(fd);
	str_free(&path);
	return EXIT_DONE;
}
