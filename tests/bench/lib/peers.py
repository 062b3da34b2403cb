"""peers - the servers to be measured: posthouse, and others beside it.

Each is a private instance in a folder of its own, on a port of its own of
127.0.0.1, keeps mail for user@local.test in a Maildir, logs every letter to a
file, and is as durable as it comes.  The machine's own Postfix, if it has
one, is not touched.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from account import Group
from overlay import Overlay
from sink import Sink

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../scenario/lib"))
from posthouse import Instance, free_ports  # noqa: E402

USER = "u@local.test"
CROWD = ["u", *(f"{n}u" for n in range(2, 51))]  # smtp-source -r 50
SESSIONS = 1200


def spread(folder):
    """On ext4: its subfolders go to different parts of the disk."""
    subprocess.run(["chattr", "+T", folder], check=False,
                   stderr=subprocess.DEVNULL)


def make_apart(parent, *names):
    """Folders of these names in parts of the disk of their own, as
    /var/spool and /home are.  ext4 is slow to make files where many were
    removed in the last minutes; what others remove, or an earlier turn did,
    must not count.  The part is chosen by the name at birth."""
    spread(parent)
    for name in names:
        born = tempfile.mkdtemp(dir=parent)
        os.chmod(born, 0o755)
        os.rename(born, os.path.join(parent, name))


class Peer:
    """group, port, mail (the folder of mailboxes), boxes (those that are
    filled); start() and stop().  What it leaves in its folder is removed when
    nothing is measured any more."""

    boxes = [USER.split("@", maxsplit=1)[0]]

    slowness = 1  # as many times fewer letters to relay
    only_relays = False

    def __init__(self, folder, tls=False, sink_port=None):
        self.tls = tls
        self.sink_port = sink_port
        self.sink = None
        self.bench_folder = folder
        self.folder = tempfile.mkdtemp(prefix=self.name + ".", dir=folder)
        os.chmod(self.folder, 0o755)
        self.group = Group(self.name)
        self.moved = 0

    def __enter__(self):
        try:
            if self.sink_port:
                self.sink = Sink(self.sink_port)
            with self.group:
                self.start()
            self.wait_greeting()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            self.group.end()
            if self.sink:
                self.sink.close()

    def wait_greeting(self):
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", self.port),
                                              5) as one:
                    if one.recv(100).startswith(b"220"):
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} does not greet")

    def make_mailboxes(self):
        owner = pwd.getpwnam(self.mail_user)
        for box in self.boxes:
            for sub in ("", "/new", "/cur", "/tmp"):
                path = f"{self.mail}/{box}{sub}"
                os.makedirs(path, 0o700, exist_ok=True)
                os.chown(path, owner.pw_uid, owner.pw_gid)

    def empty_mailboxes(self):
        """Full ones are moved aside, not emptied: see make_apart."""
        for box in self.boxes:
            if os.path.isdir(f"{self.mail}/{box}"):
                self.moved += 1
                os.rename(f"{self.mail}/{box}",
                          f"{self.folder}/moved.{self.moved}")
        self.make_mailboxes()

    def delivered(self):
        return sum(1 for box in self.boxes
                   for _ in os.scandir(f"{self.mail}/{box}/new"))


KINDS = {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
         "rsa": ["rsa:2048"]}


def make_certificate(folder, kind="ec"):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *KINDS[kind], "-nodes", "-days", "30", "-subj",
         "/CN=mail.local.test", "-keyout", f"{folder}/key.pem", "-out",
         f"{folder}/cert.pem"], check=True, capture_output=True)


class Posthouse(Peer):
    name = "posthouse"
    mail_user = "phmail"

    def start(self):
        os.environ["POSTHOUSE_TEST_DIR"] = self.folder
        self.instance = Instance(accounts=CROWD, init=False)
        self.instance.keep = True
        os.mkdir(self.instance.home)
        make_apart(self.instance.home, "queue", "mail")
        self.instance.init()
        self.port = self.instance.port
        self.mail = os.path.dirname(self.instance.maildir_path(USER))
        if self.instance.one_user:
            self.mail_user = pwd.getpwuid(os.geteuid()).pw_name
        if self.tls:
            top = f"{self.instance.home}/control/secrets/tls"
            os.makedirs(top, 0o700, exist_ok=True)
            make_certificate(top)
        if self.sink_port:
            self.instance.write("domains", "local.test local\nfar.test route "
                                f"to=[127.0.0.1]:{self.sink_port}\n")
        self.instance.write("sessions", f"{SESSIONS}\n")
        self.instance.write("sessionsperip", f"{SESSIONS}\n")
        self.instance.compile()
        self.instance.up()

    def stop(self):
        if hasattr(self, "instance"):
            self.instance.close()


MAIN_CF = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mail.local.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
biff = no
smtputf8_enable = no
virtual_mailbox_domains = local.test
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = hash:{folder}/etc/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""

MAIN_CF_TLS = """
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/etc/cert.pem
smtpd_tls_key_file = {folder}/etc/key.pem
smtpd_tls_session_cache_database = btree:{folder}/data/tls
"""

MAIN_CF_LOCAL = """
default_transport = error
relay_transport = error
"""

# As fast as it gets by settings alone.
MAIN_CF_RELAY = """
relayhost = [127.0.0.1]:{sink_port}
initial_destination_concurrency = 20
default_destination_concurrency_limit = 50
smtp_connection_cache_destinations = [127.0.0.1]:{sink_port}
in_flow_delay = 0
"""

MASTER_CF = """127.0.0.1:{port} inet n - n - {sessions} smtpd
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
proxywrite unix - - n - 1 proxymap
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
virtual   unix  - n n - - virtual
smtp      unix  - - n - 100 smtp
relay     unix  - - n - 100 smtp
scache    unix  - - n - 1 scache
anvil     unix  - - n - 1 anvil
tlsmgr    unix  - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix(Peer):
    """Debian's, with its own configuration, queue and data directories."""
    name = "postfix"
    mail_user = "nobody"

    def start(self):
        folder = self.folder
        owner = pwd.getpwnam(self.mail_user)
        (self.port,) = free_ports(1)
        self.mail = f"{folder}/mail"
        make_apart(folder, "queue", "mail")
        os.mkdir(f"{folder}/etc")
        os.mkdir(f"{folder}/data")
        shutil.chown(f"{folder}/data", "postfix")
        shutil.chown(f"{folder}/mail", self.mail_user)
        if self.tls:
            make_certificate(f"{folder}/etc")
        self.write("main.cf", (
            MAIN_CF + MAIN_CF_TLS * self.tls +
            (MAIN_CF_RELAY if self.sink_port else MAIN_CF_LOCAL)).format(
                folder=folder, uid=owner.pw_uid, gid=owner.pw_gid,
                sink_port=self.sink_port))
        self.write("master.cf", MASTER_CF.format(
            port=self.port, sessions=SESSIONS))
        self.write("mailboxes", "".join(
            f"{box}@local.test {box}/\n" for box in CROWD))
        self.make_mailboxes()
        self.run("postmap", "-c", f"{folder}/etc", f"{folder}/etc/mailboxes")
        self.run("postfix", "-c", f"{folder}/etc", "start")

    def write(self, name, text):
        with open(f"{self.folder}/etc/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *command):
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False, timeout=60)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: "
                               f"{done.stdout}{done.stderr}")

    def stop(self):
        subprocess.run(["postfix", "-c", f"{self.folder}/etc", "stop"],
                       capture_output=True, check=False, timeout=60)


class InOverlay(Peer):
    """One that Debian does not let stand beside Postfix; it only relays."""
    slowness = 10
    only_relays = True

    def start(self):
        self.overlay = Overlay.get(self.bench_folder, self.package)
        (self.port,) = free_ports(1)
        self.overlay.write(self.config, self.settings.format(
            port=self.port, sink_port=self.sink_port))
        self.overlay.run(*self.command)

    def stop(self):
        """Its group is ended, and all it has is there."""


class Exim(InOverlay):
    name = "exim"
    package = "exim4-daemon-light"
    config = "/etc/exim4/exim4.conf"
    command = ("exim4", "-bd", "-q30m")
    settings = """primary_hostname = mail.local.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
acl_smtp_rcpt = accept
rfc1413_query_timeout = 0s
host_lookup =
smtp_accept_max = 600
smtp_accept_queue_per_connection = 0
smtp_connect_backlog = 200
split_spool_directory = true
remote_max_parallel = 10
tls_advertise_hosts =
begin routers
out:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  self = send
  transport = out
begin transports
out:
  driver = smtp
  port = {sink_port}
  hosts_avoid_tls = *
  connection_max_messages = 500
begin retry
* * F,2h,15m
"""


class OpenSmtpd(InOverlay):
    name = "opensmtpd"
    package = "opensmtpd"
    config = "/etc/smtpd.conf"
    command = ("smtpd",)
    settings = """smtp limit max-mails 1000000
listen on 127.0.0.1 port {port} hostname mail.local.test
action "out" relay host "smtp://127.0.0.1:{sink_port}"
match from any for any action "out"
"""


PEERS = {peer.name: peer for peer in (Posthouse, Postfix, Exim, OpenSmtpd)}
