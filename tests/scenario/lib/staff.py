"""staff - a share domain without its mail programs: office.test, the manager
boss with a mailbox at a provider, and staff whose letters leave through it.

    with Instance(domain="office.test") as inst, RemoteHost(script) as host:
        tables(inst, host.port)
        inst.up()
        write(inst, ["c@far.test"], "Subject: x\\n\\nhello\\n")
"""

import os
import subprocess

BOSS = "boss@office.test"
ZHANGSAN = "zhangsan@office.test"
LISI = "lisi@office.test"
SHARED = "sales@isp.test"
TAKES_ALL = {"AUTH": "235 2.7.0 in"}
CAPABILITIES = ["host.test", "PIPELINING", "8BITMIME", "SMTPUTF8",
                "AUTH PLAIN"]


def secret(inst, text):
    path = os.path.join(inst.home, "control/secrets/isp")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
              "w", encoding="utf-8") as file:
        file.write(text)


def tables(inst, port, domain="", boss="", lisi="", more=""):
    """domain, boss, lisi: options of those rows; more: of control/accounts."""
    inst.write("domains", f"office.test share {domain}\n")
    inst.write("accounts", "postmaster@office.test user\n"
               f"{BOSS} manager name=\"The Office\" {boss}\n"
               f"{ZHANGSAN} staff name=\"Zhangsan|张三\"\n"
               f"{LISI} staff name=\"李四|Li Si\" {lisi}\n{more}")
    inst.write("aliases", "")
    inst.write("isp", f"{BOSS} {SHARED} smtp=smtp://[127.0.0.1]:{port} "
               "tls=none\n")
    secret(inst, f"{SHARED} \"secret\"\n")
    inst.compile()


def write(inst, to, text, sender=ZHANGSAN):
    """A letter of staff, from inside the house."""
    done = subprocess.run(
        [os.path.join(inst.build, "bin/sendmail"), "-i", "-f", sender, *to],
        input=text.encode(), env=dict(os.environ, POSTHOUSE_HOME=inst.home),
        check=False, capture_output=True)
    assert done.returncode == 0, done
