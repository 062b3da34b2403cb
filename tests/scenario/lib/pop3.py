"""pop3 - a provider's POP3 server: a Dovecot that really deletes.

    with Provider(inst.dir, {"xx@isp.test": "pw"}) as isp:
        isp.put("xx@isp.test", "Subject: a\n\nb\n")
        isp.url("pop3"), isp.url("pop3s")     # for control/isp
        isp.letters("xx@isp.test")            # texts that are there
        isp.cafile                            # who signed its certificate
"""
import glob
import grp
import os
import pwd
import subprocess
import time

from dovecot import Running
from posthouse import free_ports

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
first_valid_uid = 0
first_valid_gid = 0
mail_max_userip_connections = 100
pop3_uidl_format = %g
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
  }}
}}
"""


class Provider(Running):
    def __init__(self, folder, passwords, mechanisms="plain login",
                 name="localhost", extra=""):
        self.folder = os.path.join(folder, "provider")
        self.name = name
        self.pop3, self.pop3s = free_ports(2)
        self.port, self.process = self.pop3, None
        self.count = 0
        for part in ("run", "state", "mail"):
            os.makedirs(os.path.join(self.folder, part), exist_ok=True)
        user = pwd.getpwuid(os.geteuid())
        self.user = "nobody" if os.geteuid() == 0 else user.pw_name
        entry = pwd.getpwnam(self.user)
        text = CONFIG.format(
            folder=self.folder, user=self.user,
            group=grp.getgrgid(entry.pw_gid).gr_name, pop3=self.pop3,
            pop3s=self.pop3s, mechanisms=mechanisms)
        if os.geteuid() != 0:
            text += (f"default_internal_user = {self.user}\n"
                     f"default_internal_group = "
                     f"{grp.getgrgid(entry.pw_gid).gr_name}\n"
                     f"default_login_user = {self.user}\n"
                     "service anvil {\n  chroot =\n}\n")
        self.certificate()
        with open(self.folder + "/conf", "w", encoding="utf-8") as file:
            file.write(text + extra)
        self.passwords(passwords)
        for address in passwords:
            for part in ("cur", "new", "tmp"):
                os.makedirs(os.path.join(self.folder, "mail", address, part))
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", self.user,
                            os.path.join(self.folder, "mail")], check=True)

    def certificate(self):
        """A new one for self.name, signed by itself."""
        self.cafile = self.folder + "/cert.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-batch",
             "-pkeyopt", "ec_paramgen_curve:P-256", "-sha256", "-days", "30",
             "-subj", f"/CN={self.name}",
             "-addext", f"subjectAltName=DNS:{self.name},IP:127.0.0.1",
             "-keyout", self.folder + "/key.pem",
             "-out", self.cafile], check=True, capture_output=True)

    def fingerprint(self):
        done = subprocess.run(
            ["openssl", "x509", "-in", self.cafile, "-noout", "-fingerprint",
             "-sha256"], check=True, capture_output=True, text=True)
        return done.stdout.strip().split("=")[1]

    def url(self, scheme):
        port = self.pop3 if scheme == "pop3" else self.pop3s
        return f"{scheme}://[127.0.0.1]:{port}"

    def put(self, address, text):
        """A letter arrives there."""
        self.count += 1
        name = f"{int(time.time())}.M{self.count:06d}P1.isp"
        folder = os.path.join(self.folder, "mail", address)
        path = os.path.join(folder, "tmp", name)
        data = text if isinstance(text, bytes) else text.encode()
        with open(path, "wb") as file:
            file.write(data)
        if os.geteuid() == 0:
            entry = pwd.getpwnam(self.user)
            os.chown(path, entry.pw_uid, entry.pw_gid)
        os.rename(path, os.path.join(folder, "new", name))

    def empty(self, address):
        for part in ("new", "cur"):
            for path in glob.glob(os.path.join(
                    self.folder, "mail", address, part, "*")):
                if os.path.exists(path):
                    os.unlink(path)

    def letters(self, address):
        found = []
        for part in ("new", "cur"):
            for path in sorted(glob.glob(os.path.join(
                    self.folder, "mail", address, part, "*"))):
                with open(path, "rb") as file:
                    found.append(file.read())
        return found
