/* pending - what stands in control/ and is not in force yet; see pending.h. */
#include "control/pending.h"

#include "control/compiler.h"
#include "control/config.h"
#include "lib/base/die.h"
#include "lib/base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Its time is when it was begun, before the text was read. */
static const char in_force[] = "control/cdb/routing/routing.cdb";
static const char last_word[] = "control/cdb/faults";

enum {
	DEPTH_MAX = 4, /* of control/secrets/tls/NAME */
	NAMED_MAX = 5,
	WORD_MAX = 100
};

struct look {
	struct timespec since;
	struct strs files, folders;
};

static bool
is_newer(const struct look *look, const struct timespec *time)
{
	return time->tv_sec > look->since.tv_sec ||
	    (time->tv_sec == look->since.tv_sec &&
		time->tv_nsec > look->since.tv_nsec);
}

static bool
is_left_out(const char *name, unsigned depth)
{
	return compiler_is_backup(name) || !strcmp(name, "Makefile") ||
	    (depth == DEPTH_MAX && !strcmp(name, "cdb"));
}

/* Links are followed.  What cannot be read is passed over: who is not root
 * sees no secrets. */
static void
look_at(struct look *look, const char *path, unsigned depth)
{
	struct dirent **entries;
	struct stat st;
	int count;

	if (stat(path, &st) < 0)
		return;
	if (!S_ISDIR(st.st_mode)) {
		if (is_newer(look, &st.st_ctim))
			strs_add(&look->files, slice_of(path));
		return;
	}
	if (is_newer(look, &st.st_mtim))
		strs_add(&look->folders, slice_of(path));
	count = depth ? scandir(path, &entries, NULL, alphasort) : 0;
	for (int i = 0; i < count; i++) {
		struct str child = {0};

		str_addf(&child, "%s/%s", path, entries[i]->d_name);
		if (!is_left_out(entries[i]->d_name, depth))
			look_at(look, str_c(&child), depth - 1);
		str_free(&child);
		free(entries[i]);
	}
	if (count > 0)
		free(entries);
}

static void
add_names(struct str *to, const char *before, const struct strs *names)
{
	str_puts(to, before);
	for (size_t i = 0; i < names->len && i < NAMED_MAX; i++)
		str_addf(to, " %s", str_c(&names->v[i]));
	if (names->len > NAMED_MAX)
		str_puts(to, " ...");
}

static void
add_edits(struct str *to, struct timespec since)
{
	struct look look = {.since = since};

	look_at(&look, "control", DEPTH_MAX);
	if (look.files.len)
		add_names(to, "; edited since then:", &look.files);
	else if (look.folders.len)
		add_names(to, "; since then a file came or went in",
		    &look.folders);
	strs_free(&look.files);
	strs_free(&look.folders);
}

static void
add_last_word(struct str *to)
{
	struct str word = {0};

	if (read_file(AT_FDCWD, last_word, &word, WORD_MAX) == 0)
		str_addf(to, "; the last compile %s", str_c(&word));
	str_free(&word);
}

static void
add_version(struct str *to)
{
	struct config config;

	if (config_open(&config, "routing") < 0 && errno == EPROTO)
		str_puts(to, "; they are damaged or from another version");
	else if (access("control/cdb/services", F_OK) < 0)
		str_puts(to, "; they were compiled by an older posthouse");
	config_close(&config);
}

void
pending_tell(struct str *to)
{
	struct str what = {0};
	char time[32] = "";
	struct stat st;

	if (stat(in_force, &st) < 0) {
		str_puts(to, errno == ENOENT ?
		    "NONE ARE IN FORCE: run posthouse compile" :
		    "only root can tell what is in force");
		return;
	}
	add_version(&what);
	add_edits(&what, st.st_mtim);
	add_last_word(&what);
	strftime(time, sizeof time, "%Y-%m-%d %H:%M:%S",
	    localtime(&st.st_mtim.tv_sec));
	if (what.len)
		str_addf(to, "those of %s are in force%s: run posthouse "
		    "compile", time, str_c(&what));
	str_free(&what);
}

void
pending_warn(void)
{
	struct str text = {0};

	pending_tell(&text);
	if (text.len)
		fprintf(stderr, "%s: tables: %s\n", die_name, str_c(&text));
	str_free(&text);
}

/* Neither is worth an error: what they make is said to people. */
void
pending_settle(void)
{
	(void)utimensat(AT_FDCWD, in_force, NULL, 0);
}

int
pending_begin(void)
{
	return replace_file(last_word, slice_of("has not come to its end, "
	    "so that some are newer or older"), 0600);
}

void
pending_faults(size_t count)
{
	struct str word = {0};

	str_addf(&word, "found %zu fault%s", count, count == 1 ? "" : "s");
	if (count)
		(void)replace_file(last_word, str_slice(&word), 0600);
	else
		(void)unlink(last_word);
	str_free(&word);
}
