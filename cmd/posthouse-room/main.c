/*
 * posthouse-room - has the disk of queue/ room for mail?
 *
 * Run by the administrator and by posthouse status.  Asks what smtp-receive
 * and the others ask before they take a letter, with the minfree in force.
 */
#include "control/config.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "queue/drop.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>

static const char synopsis[] = "posthouse room [--help]";

static unsigned long long
free_mb(int fd)
{
	struct statvfs fs;

	if (fstatvfs(fd, &fs) < 0)
		die_temp("cannot ask for the room in queue/");
	return (unsigned long long)fs.f_bavail * fs.f_frsize / 1000000;
}

/* Says it, and whether mail is taken. */
static bool
tell(struct config *routing, int queue_fd)
{
	static const struct setting schema[] = {
		{"minfree", SETTING_TEXT, 0},
		{0}
	};
	struct str minfree = {0};
	uint64_t bytes;
	unsigned percent;
	bool has_room;

	config_settings_or_die(routing, schema, &minfree);
	config_minfree(routing, &bytes, &percent);
	has_room = drop_has_room(queue_fd, bytes, percent);
	printf("%s%llu MB are free for queue/, minfree is %s",
	    has_room ? "" : "NO ROOM: ", free_mb(queue_fd), str_c(&minfree));
	/* of a small disk the share is not what counts */
	if (slice_find(str_slice(&minfree), '%') < minfree.len)
		printf(", and %llu MB at least",
		    (unsigned long long)bytes / 1000000);
	printf("%s\n", has_room ? "" :
	    "; mail is refused (452) until there is more");
	str_free(&minfree);
	return has_room;
}

int
main(int argc, char *argv[])
{
	struct config routing;
	int queue_fd;
	bool has_room;

	die_name = "posthouse-room";
	die_of_arguments(argc, argv, synopsis);
	home_enter();
	config_open_or_die(&routing, "routing");
	queue_fd = open("queue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (queue_fd < 0)
		die_temp("cannot open queue: is this a complete instance?");
	has_room = tell(&routing, queue_fd);
	config_close(&routing);
	return has_room ? EXIT_DONE : EXIT_TEMP;
}
