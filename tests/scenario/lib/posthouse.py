"""posthouse - an instance of one's own for a test, and helpers to look at it.

    from posthouse import Instance
    with Instance(accounts=["alice", "bob"]) as inst:
        inst.up()
        inst.send("alice@local.test", "Subject: hi\n\nhello\n")
        letter = inst.wait_letter("alice@local.test")

As root it has the system users, else one.  The context manager always takes
the instance down and removes it, and prints its logs when the test failed.
A scenario finds this file with
    sys.path.insert(0, os.path.dirname(__file__) + "/../lib")
"""

import glob
import os
import re
import shutil
import smtplib
import socket
import stat
import subprocess
import sys
import tempfile
import time

import ending

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
BUILD = os.path.abspath(os.environ.get("POSTHOUSE_BUILD",
                                       os.path.join(ROOT, "build")))
DOMAIN = "local.test"
# Confined programs let no one trace them, which is how leaks are looked for.
os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=0")


def free_ports(count):
    """Ports of 127.0.0.1 that nobody listens on."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def wait_for(predicate, seconds=10, what="what was hoped for"):
    """Waits until predicate() is true, and returns what it returned."""
    end = time.monotonic() + seconds
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def is_sanitized(build=BUILD):
    """Is it a build with sanitizers?  It is confined less, and slow."""
    with open(os.path.join(build, "libexec/posthouse/smtp-receive"),
              "rb") as file:
        return b"__asan_init" in file.read()


class Letter:
    """A file in a Maildir."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.head, _, self.body = self.bytes.partition(b"\n\n")

    def __repr__(self):
        return f"<{self.path}, {len(self.bytes)} bytes>"


def is_open_to_all(path):
    """Can any user reach path?"""
    while path != "/":
        if not os.stat(path).st_mode & stat.S_IXOTH:
            return False
        path = os.path.dirname(path)
    return True


class Instance:
    """home: the folder; port: of the smtp listener; build: where bin/ is."""

    def __init__(self, one_user=None, accounts=("alice", "bob"),
                 domain=DOMAIN, build=None, wrap=None, init=True):
        """wrap: {"smtp-receive": "shell script"} puts a script in the place
        of a program of libexec; $REAL in its environment is the program."""
        ending.heed()
        self.one_user = os.geteuid() != 0 if one_user is None else one_user
        self.domain = domain
        self.accounts = [a if "@" in a else f"{a}@{domain}" for a in accounts]
        self.port = free_ports(1)[0]
        base = os.environ.get("POSTHOUSE_TEST_DIR", "/var/tmp")
        self.dir = tempfile.mkdtemp(prefix="posthouse-", dir=base)
        os.chmod(self.dir, 0o755)
        self.home = os.path.join(self.dir, "home")
        self.keep = False
        self.faults = []
        try:
            self.build = self._build(build or BUILD, wrap or {})
            if init:
                self.init()
        except BaseException:
            shutil.rmtree(self.dir, ignore_errors=True)
            raise

    def _build(self, build, wrap):
        """The build itself, or a copy when the programs' users could not
        reach it or some are wrapped."""
        if not wrap and (self.one_user or is_open_to_all(build)):
            return build
        copy = os.path.join(self.dir, "build")
        for part in ("bin", "libexec", "share"):
            shutil.copytree(os.path.join(build, part),
                            os.path.join(copy, part))
        libexec = os.path.join(copy, "libexec/posthouse")
        for name, script in wrap.items():
            path = os.path.join(libexec, name)
            os.rename(path, path + ".real")
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\nREAL={path}.real\n{script}\n")
            os.chmod(path, 0o755)
        return copy

    # The instance's life

    def init(self):
        """posthouse init, then tables for tests."""
        self.posthouse("init", *(["--one-user"] if self.one_user else []))
        self.write("me", f"mail.{self.domain}\n")
        self.write("resolver", "127.0.0.1@9\n")  # tests ask nobody outside
        self.write("listen", f"127.0.0.1:{self.port} smtp\n")
        self.write("domains", f"{self.domain} local\n")
        self.write("accounts", "".join(
            f"{address} user\n" for address in
            [f"postmaster@{self.domain}", *self.accounts]))
        self.compile()

    def posthouse(self, *args, check=True, timeout=60, stdin=None):
        """Runs the front command; .returncode, .stdout, .stderr (text)."""
        done = subprocess.run(
            [os.path.join(self.build, "bin/posthouse"), "-d", self.home,
             *args], capture_output=True, text=True, timeout=timeout,
            input=stdin, check=False)
        if check and done.returncode != 0:
            raise AssertionError(
                f"posthouse {' '.join(args)}: exit {done.returncode}\n"
                f"{done.stdout}{done.stderr}")
        return done

    def write(self, name, text):
        """Writes control/NAME, a secret for its owner alone; None removes
        it."""
        path = os.path.join(self.home, "control", name)
        if text is None:
            os.unlink(path)
            return
        with open(path, "w", encoding="utf-8") as file:
            if name.startswith("secrets/"):
                os.chmod(path, 0o600)
            file.write(text)

    def compile(self, check=True):
        return self.posthouse("compile", check=check)

    def up(self):
        return self.posthouse("up")

    def down(self):
        return self.posthouse("down")

    def restart(self, name):
        return self.posthouse("restart", name)

    def service_dir(self, name):
        return os.path.join(self.home, "run/service", name)

    def pid(self, name):
        """The service's process, or None."""
        done = subprocess.run(["s6-svstat", "-o", "pid",
                               self.service_dir(name)],
                              capture_output=True, text=True, check=False)
        return int(done.stdout) if done.stdout.strip() not in ("", "-1") \
            else None

    def svc(self, name, *options):
        """s6-svc OPTIONS on a service."""
        subprocess.run(["s6-svc", *options, self.service_dir(name)],
                       check=True, timeout=30)

    def wait_ready(self, name, seconds=10):
        wait_for(lambda: subprocess.run(
            ["s6-svstat", "-o", "up,ready", self.service_dir(name)],
            capture_output=True, text=True, check=False
        ).stdout.strip() == "true true", seconds, f"{name} ready")

    # Letters in

    def smtp(self, timeout=30):
        """A connection that has had its greeting."""
        return smtplib.SMTP("127.0.0.1", self.port, "client.test",
                            timeout=timeout)

    def send(self, to, text="Subject: test\n\nhello\n",
             sender="someone@outside.test"):
        """Sends one letter; returns the queue id of the 250.  A refusal is
        smtplib's exception."""
        to = [to] if isinstance(to, str) else list(to)
        if isinstance(text, str):
            text = text.encode()
        text = re.sub(rb"(?<!\r)\n", b"\r\n", text)
        with self.smtp() as session:
            session.ehlo()
            session.mail(sender)
            for address in to:
                code, words = session.rcpt(address)
                if code != 250:
                    raise smtplib.SMTPRecipientsRefused(
                        {address: (code, words)})
            code, words = session.data(text)
            if code != 250:
                raise smtplib.SMTPDataError(code, words)
        return words.decode().split()[-1]

    def hand_in(self, to, text, sender):
        """A letter from inside the house, by sendmail."""
        done = subprocess.run(
            [os.path.join(self.build, "bin/sendmail"), "-i", "-f", sender,
             *to], input=text.encode(), check=False, capture_output=True,
            env=dict(os.environ, POSTHOUSE_HOME=self.home))
        assert done.returncode == 0, done

    # What became of them

    def maildir_path(self, address, folder=""):
        local, domain = address.split("@")
        path = os.path.join(self.home, "mail", domain, local)
        return os.path.join(path, "." + folder) if folder else path

    def maildir(self, address, folder=""):
        """The letters in new/ and cur/, by name."""
        letters = []
        for box in ("new", "cur"):
            path = os.path.join(self.maildir_path(address, folder), box)
            if os.path.isdir(path):
                letters += [Letter(os.path.join(path, name))
                            for name in sorted(os.listdir(path))]
        return letters

    def wait_letters(self, address, count=1, seconds=10):
        """Waits for that many letters (or more) and returns them."""
        return wait_for(
            lambda: len(found := self.maildir(address)) >= count and found,
            seconds, f"{count} letter(s) for {address}")

    def wait_letter(self, address, seconds=10):
        return self.wait_letters(address, 1, seconds)[0]

    def queue_files(self):
        """Every file below queue/, relative to it."""
        top = os.path.join(self.home, "queue")
        return sorted(os.path.relpath(os.path.join(folder, name), top)
                      for folder, _, names in os.walk(top) for name in names)

    def _is_queue_empty(self):
        """Two looks: while one walks through the folders, a report may move
        into one that it has seen, and its letter leave one that it has not."""
        return not [f for _ in range(2) for f in self.queue_files()
                    if not f.startswith(("spent/", "corrupt/"))]

    def wait_queue_empty(self, seconds=10):
        wait_for(self._is_queue_empty, seconds, "an empty queue")

    def logs(self, name):
        """All that a service has said, oldest first."""
        folder = os.path.join(self.home, "log", name)
        text = ""
        for file in sorted(os.listdir(folder)) if os.path.isdir(folder) \
                else []:
            if file.startswith("@") or file == "current":
                with open(os.path.join(folder, file), encoding="utf-8",
                          errors="replace") as log:
                    text += log.read()
        return text

    def wait_log(self, name, words, seconds=10):
        wait_for(lambda: words in self.logs(name), seconds,
                 f"{words!r} in log/{name}")

    # The end

    def show(self):
        """Everything that explains a failure, to stderr."""
        logs = os.path.join(self.home, "log")
        for name in sorted(os.listdir(logs)) if os.path.isdir(logs) else []:
            text = self.logs(name)
            if text:
                print(f"--- log/{name}\n{text[-6000:]}", file=sys.stderr)
        files = self.queue_files()
        print(f"--- queue: {len(files)} files {files[:20]}", file=sys.stderr)

    def _said(self):
        """(who, what) of the services, and of programs that a test started
        itself, whose stderr is a .log beside the home."""
        logs = os.path.join(self.home, "log")
        for name in sorted(os.listdir(logs)) if os.path.isdir(logs) else []:
            yield name, self.logs(name)
        for path in sorted(glob.glob(os.path.join(self.dir, "*.log"))):
            with open(path, encoding="utf-8", errors="replace") as log:
                yield os.path.basename(path), log.read()

    def _sanitizer_faults(self):
        """What a build with sanitizers found, wherever it was said."""
        return [f"{name}: {line}" for name, text in self._said()
                for line in text.splitlines()
                if "Sanitizer" in line or "runtime error:" in line]

    def close(self, failed=False):
        """Down and removed, whatever happened."""
        try:
            if failed:
                self.show()
            if os.path.isdir(os.path.join(self.home, "run/service")):
                self.posthouse("down", check=not failed, timeout=90)
            self.faults = self._sanitizer_faults()
        finally:
            if not self.keep:
                shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close(failed=kind is not None)
        if kind is None and self.faults:
            raise AssertionError("\n".join(self.faults))
