"""netns - a network of the test's own: nothing but lo, every port free.

    enter()     before any thread or server; for this process and its children
    address("192.0.2.53")       one more, on lo
    address6("2001:db8::1")     the same
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR = 0x8913, 0x8914, 0x8916
IFF_UP = 1


def enter():
    """Ends the test (skipped) where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) < 0:
        print("a network of one's own is not possible here: "
              f"{os.strerror(ctypes.get_errno())}")
        sys.exit(77)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH22x", b"lo", 0)
        flags = struct.unpack("16sH22x", fcntl.ioctl(
            sock, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(sock, SIOCSIFFLAGS,
                    struct.pack("16sH22x", b"lo", flags | IFF_UP))


def address(text, alias="lo:1"):
    """An IPv4 address that is not of 127.0.0.0/8."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCSIFADDR, struct.pack(
            "16sHH4s16x", alias.encode(), socket.AF_INET, 0,
            socket.inet_aton(text)))


def address6(text):
    """An IPv6 address."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCSIFADDR, struct.pack(
            "16sIi", socket.inet_pton(socket.AF_INET6, text), 128,
            socket.if_nametoindex("lo")))
