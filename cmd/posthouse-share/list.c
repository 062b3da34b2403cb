/* list - the letters that wait for a manager; see desk.h. */
#include "cmd/posthouse-share/desk.h"

#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"
#include "lib/mail/encoded_words.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

struct list {
	struct desk *desk;
	struct str line;
	struct strs shown; /* ids of held letters */
};

/* As a person reads it; whatever it is, it stays one line. */
static void
put_readable(struct list *list, struct slice field)
{
	struct str text = {0};

	encoded_words_add(&list->desk->charsets, &text, field);
	log_escape(&list->line, str_slice(&text));
	str_free(&text);
}

static void
put_time(struct list *list, const struct maildir_letter *file)
{
	struct stat st;
	struct tm tm;
	char when[32];

	if (fstatat(file->dir_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !localtime_r(&st.st_mtime, &tm) ||
	    !strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm))
		str_puts(&list->line, "?");
	else
		str_puts(&list->line, when);
}

/* "held ID 2026-11-22 05:10 from=zhangsan@office.test subject=..." */
static void
print(struct list *list, const char *what, struct slice key,
    struct slice from, const struct paper *paper)
{
	str_set(&list->line, what);
	str_putc(&list->line, ' ');
	log_escape(&list->line, key);
	str_putc(&list->line, ' ');
	put_time(list, paper->file);
	str_puts(&list->line, " from=");
	put_readable(list, from);
	str_puts(&list->line, " subject=");
	put_readable(list, paper_field(paper, "Subject"));
	str_putc(&list->line, '\n');
	fwrite(list->line.s, 1, list->line.len, stdout);
}

static bool
take_held(void *context, const struct paper *paper)
{
	struct list *list = context;

	if (paper->top->hold_id.len &&
	    waiting_has(list->desk, paper->top->hold_id)) {
		print(list, "held", paper->top->hold_id, paper->top->staff,
		    paper);
		strs_add(&list->shown, paper->top->hold_id);
	}
	return true;
}

static bool
take_unassigned(void *context, const struct paper *paper)
{
	if (slice_is(paper->top->by, "unnamed") && !paper->top->staff.len)
		print(context, "unassigned", paper->key,
		    paper_field(paper, "From"), paper);
	return true;
}

static bool
take_drawer(void *context, const struct drawer *drawer)
{
	drawer_each(drawer, "Approve", take_held, context);
	drawer_each(drawer, "", take_unassigned, context);
	return true;
}

/* Without a copy there is no seal: they wait until their time is over. */
static void
print_lost(const struct list *list)
{
	for (size_t i = 0; i < list->desk->waiting.len; i++)
		if (!strs_has(&list->shown,
		    str_slice(&list->desk->waiting.v[i])))
			printf("held %s: its copy is not in Approve; see "
			    "posthouse queue show %s\n",
			    str_c(&list->desk->waiting.v[i]),
			    str_c(&list->desk->waiting.v[i]));
}

static void
check_domain(struct desk *desk, struct slice domain)
{
	struct share_row row = {0};

	if (!share_load_head(&desk->config, domain, &row))
		die_perm("no domain of control/domains with this name is of "
		    "the kind share");
	share_free(&row);
}

int
share_list(struct desk *desk, const char *domain)
{
	struct list list = {.desk = desk};
	struct str name = {0};

	if (domain && domain_normalize(&name, slice_of(domain)) < 0)
		die_perm("%s is no domain", domain);
	if (domain)
		check_domain(desk, str_slice(&name));
	desk_each(desk, str_slice(&name), take_drawer, &list);
	if (!domain)
		print_lost(&list);
	if (fflush(stdout) == EOF)
		die_temp("cannot write");
	str_free(&list.line);
	strs_free(&list.shown);
	str_free(&name);
	return EXIT_DONE;
}
