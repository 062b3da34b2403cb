/* control_dir - a control/ of one's own, in a temporary folder. */
#ifndef TESTS_UNIT_CONTROL_DIR_H
#define TESTS_UNIT_CONTROL_DIR_H

#include "control/compile.h"
#include "control/config.h"
#include "lib/base/io.h"
#include "tests/unit/unit_folder.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes control/secrets when the name is in it. */
static inline void
control_write(const char *name, const char *text)
{
	struct str path = {0};

	if (slice_starts(slice_of(name), "secrets/"))
		(void)mkdir("control/secrets", 0700);
	str_addf(&path, "control/%s", name);
	ck_assert_int_eq(replace_file(str_c(&path), slice_of(text), 0600), 0);
	str_free(&path);
}

/* The working directory becomes a home whose tables compile. */
static inline void
control_begin(void)
{
	unit_folder_enter();
	ck_assert_int_eq(mkdir("control", 0700), 0);
	control_write("me", "mail.local.test\n");
	control_write("users", "one\n");
	control_write("domains", "local.test local\n");
	control_write("accounts", "postmaster@local.test user\n");
}

/* Writes zeros over bytes of the CDB in force, in place, as a disk that forgot
 * them would.  to: 0 is the end. */
static inline void
control_lose(const char *reader, off_t from, off_t to)
{
	struct str path = {0};
	struct stat st;
	int fd;

	str_addf(&path, "control/cdb/%s/%s.cdb", reader, reader);
	fd = open(str_c(&path), O_RDWR);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	for (off_t at = from; at < (to ? to : st.st_size); at++)
		ck_assert_int_eq(pwrite(fd, "", 1, at), 1);
	close(fd);
	str_free(&path);
}

/* Compiles.  Replaces *faults by what it says, "" when all is well. */
static inline enum compile_result
control_compile(struct str *faults)
{
	struct compile_report report = {0};
	int lock_fd = compile_lock();
	enum compile_result result;

	ck_assert_int_ge(lock_fd, 0);
	result = compile(&report);
	str_clear(faults);
	faults_print(&report.faults, faults);
	ck_assert_msg(result != COMPILE_ERROR, "%s", str_c(&report.doing));
	compile_report_free(&report);
	close(lock_fd);
	return result;
}

/* It does not compile, and that is all that is said. */
static inline void
control_compile_badly(const char *says)
{
	struct str faults = {0};

	ck_assert_int_eq(control_compile(&faults), COMPILE_FAULTS);
	ck_assert_str_eq(str_c(&faults), says);
	str_free(&faults);
}

/* ... or this is the beginning of it. */
static inline void
control_compile_first_fault(const char *beginning)
{
	struct str faults = {0};

	ck_assert_int_eq(control_compile(&faults), COMPILE_FAULTS);
	ck_assert_msg(slice_starts(str_slice(&faults), beginning),
	    "%s\nnot: %s", str_c(&faults), beginning);
	str_free(&faults);
}

/* ... or any part of it. */
static inline void
control_compile_fault(const char *part)
{
	struct str faults = {0};

	ck_assert_int_eq(control_compile(&faults), COMPILE_FAULTS);
	ck_assert_msg(strstr(str_c(&faults), part) != NULL, "%s\nnot: %s",
	    str_c(&faults), part);
	str_free(&faults);
}

/* It compiles, and this begins a line of what it warns of. */
static inline void
control_compile_warning(const char *beginning)
{
	struct compile_report report = {0};
	int lock_fd = compile_lock();
	struct str text = {0};

	ck_assert_int_ge(lock_fd, 0);
	ck_assert_int_eq(compile(&report), COMPILE_DONE);
	str_puts(&text, "\n");
	warnings_print(&report.warnings, &text);
	ck_assert_msg(strstr(str_c(&text), beginning) != NULL, "%s\nnot: %s",
	    str_c(&text), beginning);
	compile_report_free(&report);
	str_free(&text);
	close(lock_fd);
}

static inline void
control_compile_well(void)
{
	struct str faults = {0};

	ck_assert_msg(control_compile(&faults) == COMPILE_DONE, "%s",
	    str_c(&faults));
	str_free(&faults);
}

#endif
