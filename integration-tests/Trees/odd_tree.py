"""Fills a directory with one of everything that a snapshot must bring back.

usage: odd_tree.py DIRECTORY
"""
import os
import sys

ROOT = os.fsencode(sys.argv[1])


def at(*names):
    return os.path.join(ROOT, *[os.fsencode(name) for name in names])


def write(path, content, mode=0o644):
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, mode)


def main():
    os.makedirs(at("modes"))
    unreadable = (0o000,) if os.getuid() == 0 else ()
    for mode in (0o400, 0o600, 0o644, 0o755, 0o777, 0o4755, 0o2755, *unreadable):
        write(at("modes", oct(mode)), b"mode", mode)
    os.makedirs(at("sticky"))
    os.chmod(at("sticky"), 0o1777)
    os.makedirs(at("empty", "deeper", "deepest"))

    write(at("zero-length"), b"")
    with open(at("sparse"), "wb") as file:
        file.write(b"head")
        file.seek(64 << 20)
        file.write(b"tail")
    write(at("big"), os.urandom(20 << 20))
    write(at("zeros"), bytes(9 << 20))

    write(at("linked"), b"one inode")
    os.link(at("linked"), at("empty", "linked too"))
    os.symlink("linked", at("symlink"))
    os.symlink("/nowhere/at all", at("dangling"))
    os.symlink("..", at("empty", "up"))
    os.symlink(b"\xff\xfe", at("symlink to bytes"))

    for name in (b"not utf-8 \xff\xfe", b"new\nline", b"-rf", b" spaces ", b'quote"\'', b"$(touch x)", "ümläut 文字".encode(), b"x" * 255):
        write(os.path.join(ROOT, name), name)
    deep = ROOT
    for depth in range(40):
        deep = os.path.join(deep, b"directory-%d" % depth)
    os.makedirs(deep)
    write(os.path.join(deep, b"bottom"), b"bottom")

    write(at("attributes"), b"")
    try:
        os.setxattr(at("attributes"), b"user.bytes", bytes(range(256)))
        os.setxattr(at("empty"), b"user.empty", b"")
    except OSError as refused:
        print(f"no extended attributes here: {refused}")

    if os.getuid() == 0:
        write(at("owned"), b"by somebody else")
        os.chown(at("owned"), 1234, 4321)
        os.lchown(at("dangling"), 1234, 4321)

    # Last, since making entries moves the times of their directories; from the deepest up.
    for directory, names, files in os.walk(ROOT, topdown=False):
        for number, name in enumerate(sorted(names + files)):
            os.utime(os.path.join(directory, name), ns=(0, 1_000_000_000_123_456_789 + number), follow_symlinks=False)
    os.utime(at("zero-length"), ns=(0, -1_000_000_001))
    os.utime(ROOT, ns=(0, 1_500_000_000_000_000_001))


main()
