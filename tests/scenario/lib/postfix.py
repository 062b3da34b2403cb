"""postfix - a Postfix of one's own that takes letters into Maildirs.

    with Postfix(inst, tls=True) as postfix:
        postfix.port; postfix.letters()
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys

from posthouse import free_ports, wait_for

USER = "nobody"  # of the mailboxes

MAIN_CF = """\
compatibility_level = 3.6
myhostname = postfix.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
alias_maps =
virtual_mailbox_domains = else.test
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:u/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_recipient_restrictions = {restrictions}
smtputf8_enable = {smtputf8}
message_size_limit = 3000000
smtpd_delay_reject = no
"""

MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
tlsmgr    unix  - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
smtp      unix  - - n - - smtp
"""


class Postfix:
    """more: lines of main.cf; restrictions: of recipients."""

    def __init__(self, inst, tls=False, more="", restrictions="reject_unauth_destination",
                 smtputf8=True):
        if os.geteuid() != 0 or not shutil.which("postfix"):
            print("needs root and postfix")
            sys.exit(77)
        self.folder = os.path.join(inst.dir, f"postfix{free_ports(1)[0]}")
        (self.port,) = free_ports(1)
        owner = pwd.getpwnam(USER)
        for name in ("", "etc", "queue", "data", "mail"):
            os.mkdir(os.path.join(self.folder, name))
        shutil.chown(f"{self.folder}/data", "postfix")
        shutil.chown(f"{self.folder}/mail", USER)
        if tls:
            more += self._certificate()
        self._write_main(MAIN_CF.format(
            folder=self.folder, uid=owner.pw_uid, gid=owner.pw_gid,
            restrictions=restrictions,
            smtputf8="yes" if smtputf8 else "no"), more)
        self._write("master.cf", MASTER_CF.format(port=self.port))
        self._run("start")
        wait_for(self._answers, 20, "Postfix answers")

    def _certificate(self):
        path = f"{self.folder}/etc"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-keyout", f"{path}/key.pem", "-out", f"{path}/cert.pem",
             "-subj", "/CN=postfix.test", "-days", "30"], check=True,
            capture_output=True)
        return (f"smtpd_tls_cert_file = {path}/cert.pem\n"
                f"smtpd_tls_key_file = {path}/key.pem\n"
                "smtpd_tls_security_level = may\n"
                "smtpd_tls_received_header = yes\n")

    def _write_main(self, usual, more):
        """Each line once: Postfix warns of others so often that its logger,
        which is not there yet, is waited for in vain."""
        lines = dict(line.split(" =", 1) for line in
                     (usual + more).splitlines() if line)
        self._write("main.cf", "".join(
            f"{name} ={value}\n" for name, value in lines.items()))

    def _write(self, name, text):
        with open(f"{self.folder}/etc/{name}", "w", encoding="ascii") as out:
            out.write(text)

    def _run(self, verb):
        done = subprocess.run(
            ["postfix", "-c", f"{self.folder}/etc", verb], timeout=60,
            capture_output=True, text=True, check=False)
        assert done.returncode == 0 or verb == "stop", done.stderr

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False

    @property
    def hop(self):
        return f"[127.0.0.1]:{self.port}"

    def letters(self):
        """The bytes of all that was delivered."""
        folder, found = f"{self.folder}/mail/u/new", []
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) \
                else []:
            with open(os.path.join(folder, name), "rb") as letter:
                found.append(letter.read())
        return found

    def wait_letters(self, count=1, seconds=20):
        return wait_for(
            lambda: len(found := self.letters()) >= count and found, seconds,
            f"{count} letter(s) at Postfix")

    def log(self):
        with open(f"{self.folder}/log", encoding="utf-8",
                  errors="replace") as log:
            return log.read()

    def close(self, failed=False):
        if failed and os.path.exists(f"{self.folder}/log"):
            print(f"--- postfix\n{self.log()[-6000:]}", file=sys.stderr)
        self._run("stop")

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close(failed=kind is not None)
