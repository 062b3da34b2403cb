"""helpers - what the crash tests share: the helper programs in C, where to
put large throw-away files, and the end of a test."""
import contextlib
import os
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
sys.path.insert(0, os.path.join(ROOT, "tests/scenario/lib"))
import ending  # noqa: E402

CRASH = os.path.join(ROOT, "tests/crash")
BUILD = os.path.join(ROOT, os.environ.get("POSTHOUSE_BUILD", "build"))
SKIPPED = 77  # tests/run knows it


def compiled(source, parts=(), libraries=(), flags=()):
    """The path of a helper program, built when it is older than its source.
    parts are sources of the suite that it links."""
    out = os.path.join(BUILD, "crash", os.path.splitext(source)[0])
    sources = [os.path.join(CRASH, source)]
    sources += [os.path.join(ROOT, p) for p in parts]
    if not os.path.exists(out) or os.path.getmtime(out) < max(
            os.path.getmtime(s) for s in sources):
        os.makedirs(os.path.dirname(out), exist_ok=True)
        new = "%s.%d" % (out, os.getpid())  # others may be building it
        subprocess.run(
            ["cc", "-std=c17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra",
             "-I", ROOT, *flags, "-o", new, *sources,
             *("-l" + name for name in libraries)], check=True)
        os.rename(new, out)
    return out


def killer(report, number, when, scope="tree"):
    """What stands before a program to have it killed: see killer.c."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(report)
    return [compiled("killer.c"), str(number), when, scope, report]


def killed(report):
    """The calls at which it was, by then."""
    try:
        with open(report, encoding="utf-8") as file:
            return [line.split()[1] for line in file
                    if line.startswith("killed")]
    except FileNotFoundError:
        return []


def memory_folder():
    """Where images go: in memory if there is room for them."""
    for folder in ("/dev/shm", tempfile.gettempdir()):
        with_room = os.path.isdir(folder) and os.statvfs(folder)
        if with_room and with_room.f_bavail * with_room.f_frsize > 2 << 30:
            return folder
    return tempfile.gettempdir()


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIPPED)


@contextlib.contextmanager
def undisturbed():
    """SIGTERM comes after this, so that what was made is known to be."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])


ending.heed()
