"""dovecot - a Dovecot of one's own on the Maildirs of an instance.

From a test:
    with Dovecot(inst.dir, inst.home + "/mail", {"alice@local.test": "pw"},
                 one_user=inst.one_user) as server:
        session = server.login("alice@local.test", "pw")    # imaplib

    with Printed(inst.dir, inst.posthouse("dovecot").stdout) as server:
        server.imap, server.imaps, server.pop3              # its ports

From a shell (tests/demo):
    posthouse dovecot | dovecot.py serve FOLDER     prints the ports of IMAP with
                                                TLS and of POP3; until killed
    dovecot.py fetch PORT USER PASSWORDFILE SUBJECT FILE    attachment to FILE
"""

import email
import grp
import imaplib
import os
import pwd
import signal
import socket
import ssl
import subprocess
import sys
import time

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{mail}/%d/%n
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={mail}/%d/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""

# What posthouse dovecot printed runs as it is: only where it runs, on which
# ports, and without the pause after a wrong password is said here.
PLACE = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
"""
PLACE_OF_POP3 = """
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
"""

# A Dovecot that is not root's has one user for all its parts.
ONE_USER = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
"""


class Running:
    """A Dovecot: .folder with its configuration, .port, .process."""

    def passwords(self, passwords):
        """{name: password}; new ones, while it runs."""
        with open(self.folder + "/passwd", "w", encoding="utf-8") as file:
            for name, password in passwords.items():
                file.write(f"{name}:{{PLAIN}}{password}\n")

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", self.folder + "/conf"],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(
                        f"dovecot does not start: {self.log()}") from None
                time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def log(self):
        said = b""
        if self.process and self.process.poll() is not None:
            said = self.process.stderr.read()
        if os.path.exists(self.folder + "/log"):
            with open(self.folder + "/log", "rb") as file:
                said += file.read()
        return said.decode(errors="replace")

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        if kind:
            print(f"--- dovecot\n{self.log()[-4000:]}", file=sys.stderr)
        self.stop()


class Dovecot(Running):
    """server.port; server.log() is what it says."""

    def __init__(self, folder, mail, passwords, one_user=False, extra=""):
        """extra: more configuration."""
        self.folder = os.path.join(folder, "dovecot")
        self.port = free_port()
        self.process = None
        os.makedirs(self.folder + "/run")
        user = pwd.getpwuid(os.geteuid()).pw_name if one_user else "phmail"
        group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
        text = CONFIG
        if one_user and os.geteuid() != 0:
            text += ONE_USER
        with open(self.folder + "/conf", "w", encoding="utf-8") as file:
            file.write(text.format(folder=self.folder, mail=mail, user=user,
                                   group=group, port=self.port) + extra)
        self.passwords(passwords)

    def login(self, user, password):
        session = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        session.login(user, password)
        return session


class Printed(Dovecot):
    """Of a configuration that posthouse dovecot printed."""

    def __init__(self, folder, printed):
        self.folder = os.path.join(folder, "dovecot")
        self.imap, self.imaps, self.pop3 = (free_port() for _ in range(3))
        self.port, self.process = self.imap, None
        os.makedirs(self.folder + "/run", exist_ok=True)
        text = printed + PLACE.format(folder=self.folder, imap=self.imap,
                                      imaps=self.imaps)
        has_pop3 = " pop3" in \
            printed.partition("protocols =")[2].splitlines()[0]
        if has_pop3:
            text += PLACE_OF_POP3.format(pop3=self.pop3)
        if os.geteuid() != 0:
            if has_pop3:
                text += "service pop3-login {\n  chroot =\n}\n"
            user = pwd.getpwuid(os.geteuid())
            text += ONE_USER.format(
                user=user.pw_name, group=grp.getgrgid(user.pw_gid).gr_name)
        with open(self.folder + "/conf", "w", encoding="utf-8") as file:
            file.write(text)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def serve(folder):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Printed(folder, sys.stdin.read()) as server:
        print("ready", server.imaps, server.pop3, flush=True)
        server.process.wait()


def fetch(port, user, password_file, subject, path):
    with open(password_file, encoding="utf-8") as file:
        password = file.read().rstrip("\n")
    session = imaplib.IMAP4_SSL(
        "127.0.0.1", int(port), timeout=20,
        ssl_context=ssl._create_unverified_context())
    session.login(user, password)
    session.select("INBOX", readonly=True)
    _, (found,) = session.search(None, "SUBJECT", f'"{subject}"')
    _, parts = session.fetch(found.split()[-1], "(RFC822)")
    session.logout()
    letter = email.message_from_bytes(parts[0][1])
    for part in letter.walk():
        if part.get_filename():
            with open(path, "wb") as file:
                file.write(part.get_payload(decode=True))
            print(f"{part.get_filename()} of \"{letter['Subject']}\"")
            return
    sys.exit("no attachment in it")


if __name__ == "__main__":
    {"serve": serve, "fetch": fetch}[sys.argv[1]](*sys.argv[2:])
