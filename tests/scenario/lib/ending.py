"""ending - a test that is told to end clears away what it began.

tests/run ends a test that takes too long by timeout(1).  That is SIGTERM, of
which Python dies at once; here it is an exception like that of a failure.
"""
import os
import signal
import sys

TEST = os.getpid()


def end(*_):
    """The second SIGTERM (timeout sends two) must not disturb the clearing
    away, and a child that was only forked clears nothing away."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.getpid() != TEST:
        os._exit(143)
    sys.exit(143)


def heed():
    signal.signal(signal.SIGTERM, end)
