"""staff - a share domain without its mail programs: office.test, the manager
boss with a mailbox at a provider, and staff whose letters leave through it.

    with Instance(domain="office.test") as inst, RemoteHost(script) as host:
        tables(inst, host.port)
        inst.up()
        write(inst, ["c@far.test"], "Subject: x\\n\\nhello\\n")
"""

BOSS = "boss@office.test"
ZHANGSAN = "zhangsan@office.test"
LISI = "lisi@office.test"
SHARED = "sales@isp.test"
TAKES_ALL = {"AUTH": "235 2.7.0 in"}
CAPABILITIES = ["host.test", "PIPELINING", "8BITMIME", "SMTPUTF8",
                "AUTH PLAIN"]


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
    inst.write("secrets/isp", f"{SHARED} \"secret\"\n")
    inst.compile()


def write(inst, to, text, sender=ZHANGSAN):
    """A letter of staff, from inside the house."""
    inst.hand_in(to, text, sender)
