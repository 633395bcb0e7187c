#!/usr/bin/python3
"""Runs a command for which epoll_ctl(2) has no room for descriptors from a number on (ENOSPC): NUMBER COMMAND..."""
import ctypes
import os
import platform
import struct
import sys

EPOLL_CTL, EPOLL_CTL_ADD, ENOSPC = {"x86_64": 233, "aarch64": 21}[platform.machine()], 1, 28
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2

program = b"".join(struct.pack("HBBI", *one) for one in [
    (0x20, 0, 0, 0),                    # the number of the call
    (0x15, 0, 5, EPOLL_CTL),
    (0x20, 0, 0, 24),                   # its second argument
    (0x15, 0, 3, EPOLL_CTL_ADD),
    (0x20, 0, 0, 32),                   # its third
    (0x35, 0, 1, int(sys.argv[1])),
    (0x06, 0, 0, 0x00050000 | ENOSPC),  # SECCOMP_RET_ERRNO
    (0x06, 0, 0, 0x7fff0000),           # SECCOMP_RET_ALLOW
])
room = ctypes.create_string_buffer(program)
header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(room))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header) != 0:
    raise OSError(ctypes.get_errno(), "prctl")
os.execvp(sys.argv[2], sys.argv[2:])
