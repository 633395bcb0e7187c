#!/usr/bin/python3
"""Runs a command for which clone3(2) is not there, as with the seccomp filters of container engines."""
import ctypes
import os
import struct
import sys

CLONE3, ENOSYS = 435, 38
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2

program = b"".join(struct.pack("HBBI", *one) for one in [
    (0x20, 0, 0, 0),                    # the number of the call
    (0x15, 0, 1, CLONE3),
    (0x06, 0, 0, 0x00050000 | ENOSYS),  # SECCOMP_RET_ERRNO
    (0x06, 0, 0, 0x7fff0000),           # SECCOMP_RET_ALLOW
])
room = ctypes.create_string_buffer(program)
header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(room))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header) != 0:
    raise OSError(ctypes.get_errno(), "prctl")
os.execvp(sys.argv[1], sys.argv[1:])
