#!/usr/bin/env python3
"""Lists a tree, one line of JSON an entry, sorted by path: all that a snapshot must bring back.

Two lists are equal exactly when the trees are. Independent of our own programs on purpose: Python's standard library
only. Names are bytes, written in hexadecimal beside a readable form.

usage: tree-list.py DIRECTORY [--without-owner]
"""
import hashlib
import json
import os
import stat
import sys

TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink", stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket"}


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


# Says whose the directory is; of the place, not of the tree, and so in no snapshot.
MARKER = "user.pv-exec.worktree"


def xattrs(path):
    return {name: os.getxattr(path, name, follow_symlinks=False).hex()
            for name in sorted(os.listxattr(path, follow_symlinks=False)) if name != MARKER}


def describe(path, relative, links, with_owner):
    status = os.lstat(path)
    kind = stat.S_IFMT(status.st_mode)
    entry = {
        "path": relative.decode("utf-8", "backslashreplace"),
        "bytes": relative.hex(),
        "type": TYPES.get(kind, oct(kind)),
        "mtime": status.st_mtime_ns,
    }
    if kind != stat.S_IFLNK:
        entry["mode"] = oct(stat.S_IMODE(status.st_mode))
    if with_owner:
        entry["owner"] = [status.st_uid, status.st_gid]
    if kind == stat.S_IFLNK:
        entry["target"] = os.readlink(path).hex()
    if kind == stat.S_IFREG:
        entry["size"] = status.st_size
        entry["sha256"] = sha256(path)
        if status.st_nlink > 1:
            # The first path of the group, in sorted order, stands for the inode.
            entry["link"] = links.setdefault((status.st_dev, status.st_ino), entry["bytes"])
    attributes = xattrs(path)
    if attributes:
        entry["xattrs"] = attributes
    return entry


def paths(root):
    yield root
    for directory, names, files in os.walk(root):
        for name in names + files:
            yield os.path.join(directory, name)


def main():
    root = os.fsencode(sys.argv[1].rstrip("/"))
    with_owner = "--without-owner" not in sys.argv[2:]
    links = {}
    for path in sorted(paths(root)):
        print(json.dumps(describe(path, path[len(root) + 1:], links, with_owner), sort_keys=True))


main()
