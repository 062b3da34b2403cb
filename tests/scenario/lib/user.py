"""user - do something with the powers of one of the system users.

    from user import as_user, becoming
    names = as_user("phsmtp", lambda: os.listdir("queue"))
    with becoming("phsmtp"):          # effective ids only; root is kept
        open(...)
"""

import contextlib
import grp
import os
import pwd
import sys


def groups_of(user):
    return [group.gr_gid for group in grp.getgrall() if user in group.gr_mem]


def become(user):
    """For good."""
    entry = pwd.getpwnam(user)
    os.setgroups(groups_of(user))
    os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
    os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)


@contextlib.contextmanager
def becoming(user):
    """For a while: what is opened then is opened as that user."""
    entry, groups = pwd.getpwnam(user), os.getgroups()
    os.setgroups(groups_of(user))
    os.setegid(entry.pw_gid)
    os.seteuid(entry.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def as_user(user, function):
    """function() in a child that became the user: what it returns (plain
    values only)."""
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            become(user)
            os.write(there, repr(function()).encode())
            os._exit(0)
        except BaseException as error:  # pylint: disable=broad-except
            print(f"as {user}: {error!r}", file=sys.stderr)
            os._exit(1)
    os.close(there)
    with os.fdopen(here, "rb") as pipe:
        text = pipe.read()
    _, status = os.waitpid(pid, 0)
    assert status == 0, f"the child that became {user} failed"
    return eval(text.decode())  # our own repr; pylint: disable=eval-used
