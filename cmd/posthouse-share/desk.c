/* desk - the managers' mailboxes, looked through; see desk.h. */
#include "cmd/posthouse-share/desk.h"

#include "lib/base/become.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/io.h"
#include "lib/mail/address.h"
#include "lib/mail/header.h"
#include "lib/mail/maildir_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static const struct setting schema[] = {
	SETTING(desk_settings, me, SETTING_TEXT, "me"),
	SETTING(desk_settings, users, SETTING_TEXT, "users"),
	{0}
};

static const struct confine_path paths[] = {
	{"mail", DIR_CHANGE},
	{0}
};
static const struct confine needs = {
	MAY_OPEN | MAY_RENAME | MAY_ASK | MAY_PASS, paths
};

void
desk_open(struct desk *desk)
{
	config_open_or_die(&desk->config, "routing");
	config_settings_or_die(&desk->config, schema, &desk->settings);
	become_user(str_c(&desk->settings.users), "mail");
	desk->mail_fd = open("mail", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (desk->mail_fd < 0 && errno == EACCES)
		die_perm("only root may do this: run it as root");
	if (desk->mail_fd < 0)
		die_temp("cannot open mail: is this a complete instance?");
	if (charsets_open(&desk->charsets) < 0)
		die_temp("cannot use iconv");
	tzset(); /* reads a file */
	confine(&needs);
}

static bool
visit_drawer(struct desk *desk, struct slice domain,
    bool (*visit)(void *context, const struct drawer *drawer), void *context)
{
	struct share_row row = {0};
	struct drawer drawer = {.desk = desk};
	struct str mailbox = {0};
	struct slice local, own;
	bool goes_on = true;

	if (share_load_head(&desk->config, domain, &row) &&
	    address_split(str_slice(&row.manager), &local, &own)) {
		str_addf(&mailbox, "%.*s/%.*s", (int)own.len, own.s,
		    (int)local.len, local.s);
		str_set_slice(&drawer.domain, domain);
		str_set_slice(&drawer.manager, str_slice(&row.manager));
		drawer.fd = maildir_open_box(desk->mail_fd, str_c(&mailbox));
		if (drawer.fd >= 0) {
			goes_on = visit(context, &drawer);
			close(drawer.fd);
		}
	}
	share_free(&row);
	str_free(&drawer.domain);
	str_free(&drawer.manager);
	str_free(&mailbox);
	return goes_on;
}

void
desk_each(struct desk *desk, struct slice domain,
    bool (*visit)(void *context, const struct drawer *drawer), void *context)
{
	struct str name = {0};
	unsigned at = 0;

	while (share_next(&desk->config, &at, &name))
		if ((!domain.len || slice_eq(domain, str_slice(&name))) &&
		    !visit_drawer(desk, str_slice(&name), visit, context))
			break;
	str_free(&name);
}

/* ---- letters ---- */

struct search {
	const struct drawer *drawer;
	bool (*visit)(void *context, const struct paper *paper);
	void *context;
	struct str text;
};

/* "6qw5c1zj3k00abc" of "1793397600.6qw5c1zj3k00abc_0123456789abcdef.host". */
static struct slice
key_of(const char *name)
{
	struct slice base = maildir_name_base(name);
	struct slice middle;

	(void)slice_cut(&base, '.');
	middle = slice_cut(&base, '.');
	return slice_cut(&middle, '_');
}

static bool
take_letter(void *context, const struct maildir_letter *file)
{
	struct search *search = context;
	struct letter_top top;
	struct paper paper = {.drawer = search->drawer, .file = file,
		.top = &top, .key = key_of(file->name)};
	uint64_t bytes;
	bool goes_on = true;
	int fd = maildir_letter_open(file, &bytes);

	if (fd < 0)
		return true;
	if (letter_top_load(fd, &search->text, &top) == 0) {
		paper.header = slice_make(search->text.s + top.len,
		    search->text.len - top.len);
		goes_on = search->visit(search->context, &paper);
	}
	close(fd);
	return goes_on;
}

static int
open_folder(const struct drawer *drawer, const char *folder)
{
	struct str name = {0};
	int fd;

	str_addf(&name, ".%s", folder);
	fd = open_dir(drawer->fd, str_c(&name));
	str_free(&name);
	return fd;
}

void
drawer_each(const struct drawer *drawer, const char *folder,
    bool (*visit)(void *context, const struct paper *paper), void *context)
{
	struct search search = {drawer, visit, context, {0}};
	int fd = open_folder(drawer, folder);

	if (fd < 0)
		return;
	(void)maildir_each_letter(fd, take_letter, &search);
	close(fd);
	str_free(&search.text);
}

int
paper_move(const struct paper *paper, const char *folder, const char *mark)
{
	struct maildir_move move = {
		.host = str_slice(&paper->drawer->desk->settings.me),
		.mark = mark
	};
	int result;

	move.to_fd = open_folder(paper->drawer, folder);
	if (move.to_fd < 0)
		return -1;
	result = maildir_letter_move(paper->file, &move);
	close_quietly(move.to_fd);
	return result;
}

struct slice
paper_field(const struct paper *paper, const char *name)
{
	struct slice value = slice_of("");

	(void)header_value(paper->header, name, &value);
	return slice_strip(value);
}
