"""dovecot - a Dovecot of one's own on the Maildirs of an instance.

From a test:
    with Dovecot(inst.dir, inst.home + "/mail", {"alice@local.test": "pw"},
                 one_user=inst.one_user) as server:
        session = server.login("alice@local.test", "pw")    # imaplib

From a shell (tests/demo):
    dovecot.py serve FOLDER MAIL USER PASSWORD      prints the port; until killed
    dovecot.py fetch PORT USER PASSWORD SUBJECT FILE    attachment to FILE
"""

import email
import grp
import imaplib
import os
import pwd
import signal
import socket
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

# A Dovecot that is not root's has one user for all its parts.
ONE_USER = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
"""


class Dovecot:
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
        with open(self.folder + "/passwd", "w", encoding="utf-8") as file:
            for name, password in passwords.items():
                file.write(f"{name}:{{PLAIN}}{password}\n")

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", self.folder + "/conf"],
            stderr=subprocess.PIPE)
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

    def login(self, user, password):
        session = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        session.login(user, password)
        return session

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        if kind:
            print(f"--- dovecot\n{self.log()[-3000:]}", file=sys.stderr)
        self.stop()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def serve(folder, mail, user, password):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = Dovecot(folder, mail, {user: password}, os.geteuid() != 0)
    with server:
        print("ready", server.port, flush=True)
        server.process.wait()


def fetch(port, user, password, subject, path):
    session = imaplib.IMAP4("127.0.0.1", int(port), timeout=20)
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
