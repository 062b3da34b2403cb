"""isp - a provider of real parts: a Postfix that takes letters from who has
logged in, as themselves only, and a Dovecot that serves the mailboxes by POP3.

    with Isp(inst, {"xx@isp.test": "her password"}) as isp:
        isp.smtp, isp.pop3           # URLs for control/isp
        isp.cafile                   # who signed their certificate
        isp.letters("xx@isp.test")   # what is in a mailbox
        isp.outside()                # what went to anybody@other.test
        isp.passwords({...})         # new ones; some seconds later
"""

import contextlib
import os
import shutil
import subprocess

from pop3 import Provider
from postfix import Postfix

DOVECOT = """
service auth {{
  unix_listener {socket} {{
    mode = 0666
  }}
}}
"""

MAIN_CF = """\
mynetworks =
virtual_mailbox_domains = isp.test, other.test
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/mailboxes
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/auth
smtpd_sender_login_maps = texthash:{folder}/owners
smtpd_delay_reject = {delay}
smtpd_sender_restrictions = {senders} reject_sender_login_mismatch
"""

NO_NULL = "check_sender_access inline:{{<>=553 5.7.1 who are you}},"


class Isp:
    """null_sender: is it taken?  early: are senders refused at MAIL, or, as
    most do, at RCPT?  more: lines of main.cf."""

    def __init__(self, inst, passwords, null_sender=True, early=False,
                 more=""):
        self.folder = os.path.join(inst.dir, "provider")
        self.dovecot = Provider(inst.dir, passwords, extra=DOVECOT.format(
            socket=self.folder + "/auth"))
        self.cafile = self.dovecot.cafile
        os.mkdir(f"{self.folder}/mail/outside")
        shutil.chown(f"{self.folder}/mail/outside", self.dovecot.user)
        self._table("mailboxes", [(name, name + "/") for name in passwords] +
                    [("@other.test", "outside/")])
        self.owners({name: name for name in passwords})
        self.stack = contextlib.ExitStack()
        self.postfix = None
        self.arguments = {
            "inst": inst,
            "restrictions": "permit_sasl_authenticated, reject",
            "more": MAIN_CF.format(
                folder=self.folder, senders="" if null_sender else NO_NULL,
                delay="no" if early else "yes") + more}

    def _table(self, name, rows):
        with open(f"{self.folder}/{name}", "w", encoding="ascii") as file:
            file.writelines(f"{key} {value}\n" for key, value in rows)

    def owners(self, owners):
        """Who may write as whom; reload() puts it in force."""
        self._table("owners", owners.items())

    def passwords(self, passwords):
        self.dovecot.passwords(passwords)

    @property
    def smtp(self):
        return f"smtp://[127.0.0.1]:{self.postfix.port}"

    @property
    def pop3(self):
        return self.dovecot.url("pop3s")

    def letters(self, address):
        return self.dovecot.letters(address)

    def outside(self):
        return self.dovecot.letters("outside")

    def log(self):
        return self.postfix.log()

    def reload(self, **settings):
        """New lines of main.cf, and new tables."""
        folder = self.postfix.folder + "/etc"
        if settings:
            subprocess.run(["postconf", "-c", folder, "-e", *(
                f"{name}={value}" for name, value in settings.items())],
                check=True)
        subprocess.run(["postfix", "-c", folder, "reload"], check=True,
                       capture_output=True)

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.dovecot)
            self.postfix = stack.enter_context(Postfix(**self.arguments))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, kind, value, trace):
        return self.stack.__exit__(kind, value, trace)
