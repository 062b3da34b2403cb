/* children - who is out, and since when; see children.h. */
#include "lib/base/children.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/signals.h"
#include "lib/base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child; its parent may be gone before the call. */
static void
leave(pid_t parent, const sigset_t *waiting)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_TEMP);
	signals_forget(waiting);
}

pid_t
children_fork(struct children *children, const sigset_t *waiting)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		leave(parent, waiting);
	if (pid <= 0)
		return pid;
	children->v = mem_room(children->v, children->len, &children->cap,
	    sizeof *children->v);
	children->v[children->len++] = (struct child){pid, clock_mono_ms()};
	return pid;
}

pid_t
children_reap(struct children *children, int *status)
{
	pid_t pid = waitpid(-1, status, WNOHANG);

	for (size_t i = 0; pid > 0 && i < children->len; i++)
		if (children->v[i].pid == pid) {
			children->v[i] = children->v[--children->len];
			break;
		}
	return pid > 0 ? pid : 0;
}

void
children_limit(const struct children *children, uint64_t ms)
{
	uint64_t now_ms = clock_mono_ms();

	for (size_t i = 0; i < children->len; i++)
		if (now_ms - children->v[i].began_ms > ms)
			kill(children->v[i].pid, SIGKILL);
}

void
children_end(struct children *children)
{
	for (size_t i = 0; i < children->len; i++)
		kill(children->v[i].pid, SIGTERM);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	free(children->v);
	*children = (struct children){0};
}
