#!/usr/bin/python3
"""Run a command that can write only below one folder: fence.py FOLDER COMMAND [ARGUMENT ...]

Some labs let anybody run commands or write files, for that is their story. The kernel's Landlock holds them, and
whatever they start, inside the lab's temporary folder, so that the services need no check that a real one would
lack. Reading stays free. See landlock(7); the numbers are the kernel's, since glibc 2.36 wraps none of the calls.
"""
import ctypes
import os
import struct
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG = 1
PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38

WRITE_FILE = 1 << 1
# Write, remove and make entries of any kind; moving between folders came with version 2, truncation with 3.
ALL_WRITES = {1: WRITE_FILE | 0x1ff0, 2: WRITE_FILE | 0x3ff0, 3: WRITE_FILE | 0x7ff0}

libc = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments):
    result = function(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def version():
    """What the kernel offers; 0 where it has no Landlock."""
    return max(0, libc.syscall(CREATE_RULESET, None, 0, VERSION_FLAG))


def restrict(folder):
    writes = ALL_WRITES[min(version(), 3)]
    ruleset = call(libc.syscall, CREATE_RULESET, struct.pack("Q", writes), 8, 0)
    for path, allowed in ((folder, writes), ("/dev/null", WRITE_FILE)):
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        call(libc.syscall, ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", allowed, opened), 0)
        os.close(opened)
    call(libc.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call(libc.syscall, RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


if __name__ == "__main__":
    if version():
        restrict(sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
