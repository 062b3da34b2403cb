"""office - a domain of the kind share: its tables, and its people's mailboxes
by IMAP.

    with Office(inst, staff={"zhangsan": "Zhangsan|张三"}) as office:
        inst.up()
        with office.login("boss") as box:       # imaplib
            office.move(box, "INBOX", "Assign.Zhangsan")
"""

import base64
import email
import email.policy
import re

from dovecot import Dovecot
from posthouse import wait_for

PASSWORD = "the password of all"


def quoted(name):
    """A folder as IMAP has it: modified UTF-7 (RFC 3501 5.1.3), in quotes."""
    def wide(match):
        text = base64.b64encode(match[0].encode("utf-16-be")).decode()
        return "&" + text.rstrip("=").replace("/", ",") + "-"
    name = re.sub("[^\x20-\x7e]+", wide, name.replace("&", "&-"))
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Office:
    """office.test with the manager boss; staff: {local part: name=}."""

    def __init__(self, inst, staff, domain="office.test", options="",
                 rows=(), more_domains=(), isp=None):
        """rows: more of accounts; isp: {"row": ..., "secrets": {...}}."""
        self.inst, self.domain, self.staff = inst, domain, dict(staff)
        self.options, self.rows = options, list(rows)
        self.more_domains, self.isp = list(more_domains), isp
        self.server = None

    def address(self, who):
        return who if "@" in who else f"{who}@{self.domain}"

    def tables(self):
        inst = self.inst
        inst.write("domains", "".join(f"{row}\n" for row in (
            f"{self.domain} share {self.options}", *self.more_domains)))
        accounts = [f"postmaster@{self.domain} user",
                    f'boss@{self.domain} manager name="The Office"']
        accounts += [f'{self.address(who)} staff {name}' if "name=" in name
                     else f'{self.address(who)} staff name="{name}"'
                     for who, name in self.staff.items()]
        inst.write("accounts", "\n".join(accounts + self.rows) + "\n")
        inst.write("aliases", "")
        if self.isp:
            inst.write("isp", self.isp["rows"])
            inst.write("secrets/isp", "".join(
                f'{who} "{secret}"\n' for who, secret
                in self.isp["secrets"].items()))
        inst.compile()

    def __enter__(self):
        self.tables()
        people = ["boss", *self.staff] + [
            row.split("@")[0] for row in self.rows]
        self.server = Dovecot(
            self.inst.dir, self.inst.home + "/mail",
            {self.address(who): PASSWORD for who in people},
            one_user=self.inst.one_user, extra="""
namespace inbox {
  inbox = yes
  separator = .
}
""")
        self.server.start()
        return self

    def __exit__(self, kind, value, trace):
        self.server.__exit__(kind, value, trace)
        said = [line for line in self.server.log().split("\n")
                if " Error: " in line or " Panic: " in line]
        assert kind or not said, said

    # By IMAP

    def login(self, who):
        return self.server.login(self.address(who), PASSWORD)

    def folders(self, box):
        """What a mail program shows: the subscribed ones."""
        return {line.decode().rpartition(' "." ')[2].strip('"')
                for line in box.lsub()[1] if line}

    def letters(self, box, folder="INBOX"):
        """[(uid, message)], as a mail program reads them."""
        status, _ = box.select(quoted(folder))
        if status != "OK":
            return []
        _, (found,) = box.uid("SEARCH", None, "ALL")
        letters = []
        for uid in found.split():
            _, parts = box.uid("FETCH", uid, "(BODY.PEEK[])")
            if parts and parts[0]:
                letters.append((uid, email.message_from_bytes(
                    parts[0][1], policy=email.policy.SMTP)))
        return letters

    def wait(self, who, subject, folder="INBOX", seconds=10):
        """The letter of that subject, once it is there."""
        return wait_for(lambda: self.find(who, subject, folder), seconds,
                        f"{subject!r} in {folder} of {who}")

    def find(self, who, subject, folder="INBOX"):
        found = self.all(who, subject, folder)
        return found[0] if found else None

    def all(self, who, subject, folder="INBOX"):
        box = self.login(who)
        try:
            return [letter for _, letter in self.letters(box, folder)
                    if subject in str(letter["Subject"])]
        finally:
            box.logout()

    def drag(self, who, subject, source, target, way="move"):
        """Moves the letter as mail programs do: MOVE, COPY and EXPUNGE, or
        FETCH and APPEND (over two accounts)."""
        box = self.login(who)
        try:
            for uid, letter in self.letters(box, source):
                if subject not in str(letter["Subject"]):
                    continue
                if way == "move":
                    done = box.uid("MOVE", uid, quoted(target))
                elif way == "copy":
                    done = box.uid("COPY", uid, quoted(target))
                else:
                    _, parts = box.uid("FETCH", uid, "(BODY.PEEK[])")
                    done = box.append(quoted(target), None, None, parts[0][1])
                assert done[0] == "OK", (way, done)
                if way != "move":
                    box.uid("STORE", uid, "+FLAGS", "(\\Deleted)")
                    box.expunge()
                return
        finally:
            box.logout()
        raise AssertionError(f"no {subject!r} in {source} of {who}")
