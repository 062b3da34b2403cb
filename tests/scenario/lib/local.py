"""local - letters from users of this machine: run programs as others, speak
the protocol of run/submit/s.

    with house() as inst:
        done = sendmail(inst, ["-t"], b"To: ben\n\nhi\n", user="news")
"""

import os
import pwd
import socket
import subprocess
import sys

from posthouse import Instance

HOST = "mail.local.test"
# Users that every Debian has: no test needs to make any.
ANNA, BEN, ROOT = "news", "games", "root"
ANNA_AT, BEN_AT = f"{ANNA}@{HOST}", f"{BEN}@{HOST}"


def only_root():
    """What several users do, root alone can try."""
    if os.geteuid() != 0:
        print("needs root: it becomes several users")
        sys.exit(77)


def house(**options):
    """An instance whose host's name is one of its domains, with accounts for
    the users."""
    inst = Instance(init=False, **options)
    try:
        inst.init()
        inst.write("domains", "local.test local\nmail.local.test local\n")
        inst.write("accounts", "".join(f"{name} user\n" for name in (
            "postmaster@local.test", f"postmaster@{HOST}", f"root@{HOST}",
            ANNA_AT, BEN_AT, "carol@local.test", "dave@local.test")))
        inst.write("aliases", f"info@local.test {ANNA_AT}\n")
        inst.write("databytes", "50M\n")
        inst.compile()
    except BaseException:
        inst.close(failed=True)
        raise
    return inst


def environment(inst):
    return {"POSTHOUSE_HOME": inst.home, "PATH": os.environ["PATH"],
            **{name: os.environ[name] for name in ("ASAN_OPTIONS",)
               if name in os.environ}}


def become(user):
    """For preexec_fn: a name, or a number that no user has."""
    if isinstance(user, int):
        uid = gid = user
    else:
        uid, gid = pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid

    def change():
        if uid != os.geteuid():
            os.setgroups([])
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
    return change


def start(inst, argv, user, **options):
    return subprocess.Popen(argv, env=environment(inst), cwd="/",
                            preexec_fn=become(user), **options)


def sendmail_path(inst):
    return os.path.join(inst.build, "bin/sendmail")


def sendmail(inst, args, message=b"Subject: x\n\nhello\n", user=ANNA, code=0,
             timeout=60):
    """Runs sendmail; .stdout and .stderr (text).  code: the exit status that
    is expected."""
    process = start(inst, [sendmail_path(inst), *args], user,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE)
    out, err = process.communicate(message, timeout=timeout)
    assert process.returncode == code, (args, process.returncode, err)
    return subprocess.CompletedProcess(
        args, process.returncode, out.decode(), err.decode())


def record(*fields):
    """("s", "a@b") ... as a record, within a netstring."""
    body = b"".join(tag.encode() + value + b"\0" for tag, value in fields)
    return netstring(netstring(body))


def netstring(body):
    return b"%d:%s," % (len(body), body)


def request(rcpts, sender=None):
    return record(("h", b"0" if sender is None else b"1"),
                  ("s", sender or b""), ("n", b""), ("t", b""), ("v", b""),
                  ("y", b""), *(("r", rcpt) for rcpt in rcpts))


class Wire:
    """A connection to run/submit/s, made by a child that became the user:
    the kernel remembers who called."""

    def __init__(self, inst, user=ANNA):
        here, there = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                become(user)()
                line = socket.socket(socket.AF_UNIX)
                line.connect(os.path.join(inst.home, "run/submit/s"))
                socket.send_fds(there, [b"x"], [line.fileno()])
                os._exit(0)
            except BaseException:  # pylint: disable=broad-except
                os._exit(1)
        there.close()
        _, fds, _, _ = socket.recv_fds(here, 1, 1)
        here.close()
        os.waitpid(pid, 0)
        assert fds, "cannot connect"
        self.socket = socket.socket(fileno=fds[0])
        self.socket.settimeout(20)
        self.bytes = b""

    def send(self, data):
        """False: nobody reads any more."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def answer(self):
        """(code, text), or None at the end."""
        while b":" not in self.bytes or len(self.bytes) < \
                int(self.bytes.split(b":")[0]) + self.bytes.index(b":") + 2:
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            self.bytes += more
        length, rest = self.bytes.split(b":", 1)
        body, self.bytes = rest[:int(length)], rest[int(length) + 1:]
        code, text, _ = body.split(b":", 1)[1][:-1].split(b"\0")
        return int(code[1:]), text[1:].decode()

    def begin(self, rcpts=(BEN_AT.encode(),), sender=None):
        self.send(request(rcpts, sender))
        return self.answer()

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
