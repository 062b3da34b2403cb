/* queue_fixture - an empty queue in a folder of its own, for unit tests. */
#ifndef TESTS_UNIT_QUEUE_FIXTURE_H
#define TESTS_UNIT_QUEUE_FIXTURE_H

#include "queue/drop.h"
#include "queue/spool.h"
#include "tests/unit/unit_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

static inline void
fixture_enter(void)
{
	static const char *const dirs[] = {"queue", "queue/drop",
	    "queue/active", "queue/note", "queue/spent", "queue/corrupt",
	    "queue/corrupt/torn"};
	char path[64];

	unit_folder_enter();
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		ck_assert_int_eq(mkdir(dirs[i], 0700), 0);
	for (size_t i = 0; i < BOX_COUNT; i++) {
		snprintf(path, sizeof path, "queue/drop/%s", boxes[i].name);
		ck_assert_int_eq(mkdir(path, 0700), 0);
	}
}

static inline size_t
fixture_box(const char *name)
{
	size_t box = 0;

	while (strcmp(boxes[box].name, name) != 0)
		ck_assert_uint_lt(++box, BOX_COUNT);
	return box;
}

/* Not left to the end of the test: it is large. */
static inline void
fixture_leave(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	unit_remove(unit_path);
}

static inline bool
fixture_exists(const char *dir, const char *id)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", dir, id);
	return access(path, F_OK) == 0;
}

/* An envelope with recipients, "|" between them. */
static inline struct envelope
fixture_envelope(const char *box, const char *sender, const char *rcpts)
{
	struct envelope envelope = {0};
	struct slice rest = slice_of(rcpts);

	str_puts(&envelope.box, box);
	str_puts(&envelope.sender, sender);
	while (rest.s) {
		struct slice one = slice_cut(&rest, '|');

		str_set_slice(&envelope_add_rcpt(&envelope)->address, one);
	}
	return envelope;
}

/* Drops a letter as its producer would; its id goes into id. */
static inline void
fixture_drop(struct envelope *envelope, const char *text, char *id)
{
	struct drop drop = {.fd = -1};
	int box_fd = drop_box_open(str_c(&envelope->box));

	ck_assert_int_ge(box_fd, 0);
	ck_assert_int_eq(drop_begin(&drop, box_fd, envelope), 0);
	drop_write(&drop, slice_of(text));
	ck_assert_int_eq(drop_commit(&drop), 0);
	drop_abort(&drop);
	close(box_fd);
	snprintf(id, 32, "%s", str_c(&envelope->id));
}

#endif
