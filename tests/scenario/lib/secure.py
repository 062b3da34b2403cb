"""secure - an instance that speaks TLS and takes logins, and a client for it.

    with Instance() as inst:
        ports = secure(inst, {"alice@local.test": "her password"})
        inst.up()
        wire = TlsWire(ports["submission"]).greeted().secured()
"""

import base64
import os
import shutil
import socket
import ssl
import subprocess

from posthouse import free_ports
from receiver import Wire

RSA = ["rsa:2048"]
ECDSA = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]


def certificate(inst, name=None, kind=RSA, days=30, common_name=None):
    """Puts cert.pem and key.pem into secrets/tls, or a folder of it.  days=-1
    makes one that has expired."""
    folder = os.path.join(inst.home, "control/secrets/tls", name or "")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    key = os.path.join(folder, "key.pem")
    common_name = common_name or name or f"mail.{inst.domain}"
    request = subprocess.run(
        ["openssl", "req", "-newkey", *kind, "-nodes", "-keyout", key,
         "-subj", f"/CN={common_name}"],
        check=True, capture_output=True).stdout
    subprocess.run(
        ["openssl", "x509", "-req", "-signkey", key, "-days", str(days),
         "-out", os.path.join(folder, "cert.pem")],
        input=request, check=True, capture_output=True)
    return folder


def no_certificate(inst):
    shutil.rmtree(os.path.join(inst.home, "control/secrets/tls"),
                  ignore_errors=True)


def listen(inst, *services):
    """Rows of control/listen; the ports by service."""
    services = services or ("smtp", "submission", "submissions", "relay")
    # nobody listens on inst.port yet: it may come up as free once more
    others = [port for port in free_ports(len(services)) if port != inst.port]
    ports = dict(zip(services, [inst.port, *others]))
    inst.write("listen", "".join(f"127.0.0.1:{port} {service}\n"
                                 for service, port in ports.items()))
    return ports


def secure(inst, passwords=None, services=()):
    """All services, a certificate, and who may log in; the ports."""
    certificate(inst)
    ports = listen(inst, *services)
    inst.compile()
    for account, password in (passwords or {}).items():
        inst.posthouse("account", "passwd", account, stdin=password + "\n")
    return ports


def context(low=ssl.TLSVersion.TLSv1_2, high=ssl.TLSVersion.TLSv1_3,
            ciphers=None):
    """A client's; it believes any certificate."""
    made = ssl._create_unverified_context(  # pylint: disable=protected-access
        ssl.PROTOCOL_TLS_CLIENT)
    made.set_ciphers(ciphers or "ALL:@SECLEVEL=0")
    made.minimum_version = low
    made.maximum_version = high
    return made


def plain(name, password, identity=""):
    """What PLAIN sends."""
    return base64.b64encode(
        f"{identity}\0{name}\0{password}".encode()).decode()


def b64(text):
    return base64.b64encode(text.encode()).decode()


class TlsWire(Wire):
    """A connection that may become TLS."""

    def greeted(self, ehlo=True):
        self.expect(None, 220)
        if ehlo:
            self.expect("EHLO client.test", 250)
        return self

    def handshake(self, made=None, name=None, session=None):
        """TLS from here on."""
        self.socket = (made or context()).wrap_socket(
            self.socket, server_hostname=name, session=session)
        return self

    def secured(self, made=None, name=None, session=None, ehlo=True):
        """STARTTLS, and EHLO again."""
        self.expect("STARTTLS", 220, "2.0.0")
        self.handshake(made, name, session)
        if ehlo:
            self.expect("EHLO client.test", 250)
        return self

    def common_name(self):
        """Whom the server's certificate names."""
        der = self.socket.getpeercert(binary_form=True)
        done = subprocess.run(
            ["openssl", "x509", "-inform", "DER", "-noout", "-subject",
             "-nameopt", "multiline"], input=der, check=True,
            capture_output=True)
        return done.stdout.decode().split("=")[-1].strip()

    def log_in(self, name, password):
        return self.expect(f"AUTH PLAIN {plain(name, password)}", 235,
                           "2.7.0")


def reads_to_end(connection, seconds):
    """All that still comes until the server closes; None when it does not."""
    connection.settimeout(seconds)
    text = b""
    try:
        while more := connection.recv(65536):
            text += more
    except socket.timeout:
        return None
    except OSError:
        pass
    return text
