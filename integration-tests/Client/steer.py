"""Starts a command, on a terminal of its own or on pipes, and does to it what the steps say.

    steer.py '{"argv": [...], "terminal": [80, 24], "steps": [["expect", "text"], ["send", "text"], ...]}'

Steps: expect TEXT (in what it has written since the last one), send TEXT, resize COLUMNS ROWS, signal NUMBER, shell SCRIPT (and
wait for it), end (of its input). Prints one object: exit (a signal is negative), output, errors, restored.
"""
import fcntl
import json
import os
import select
import struct
import subprocess
import sys
import termios
import time

PATIENCE = 60


class Command:
    def __init__(self, argv, size):
        self.output = b""
        self.errors = b""
        self.read_to = 0
        if size:
            self.master, self.slave = os.openpty()
            self.resize(*size)
            self.before = termios.tcgetattr(self.slave)
            self.process = subprocess.Popen(
                argv, stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
            self.keyboard, self.readers = self.master, [self.master]
        else:
            self.slave = None
            self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.keyboard = self.process.stdin.fileno()
            self.readers = [self.process.stdout.fileno(), self.process.stderr.fileno()]

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """Whether anything more may come."""
        ready, _, _ = select.select(self.readers, [], [], seconds)
        for descriptor in ready:
            try:
                data = os.read(descriptor, 65536)
            except OSError:
                data = b""
            if not data:
                self.readers.remove(descriptor)
            elif not self.slave and descriptor == self.process.stderr.fileno():
                self.errors += data
            else:
                self.output += data
        return bool(self.readers)

    def expect(self, text):
        wanted = text.encode()
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.output[self.read_to:]:
            if time.monotonic() > deadline or not self.read(1):
                sys.exit(f"{text!r} did not come; output: {self.output!r}, errors: {self.errors!r}")
        self.read_to = self.output.index(wanted, self.read_to) + len(wanted)

    def send(self, text):
        os.write(self.keyboard, text.encode())

    def signal(self, number):
        os.kill(self.process.pid, number)

    def shell(self, script):
        subprocess.run(["bash", "-c", script], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def end(self):
        self.process.stdin.close()

    def result(self):
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None or (not self.slave and self.readers):
            if time.monotonic() > deadline:
                self.process.kill()
                sys.exit(f"it did not end; output: {self.output!r}, errors: {self.errors!r}")
            self.read(0.05) if self.readers else time.sleep(0.05)
        restored = termios.tcgetattr(self.slave) == self.before if self.slave else None
        while self.slave and select.select([self.master], [], [], 0)[0]:
            self.read(0)
        return {
            "exit": self.process.returncode, "output": self.output.decode(), "errors": self.errors.decode(), "restored": restored}


def main():
    what = json.loads(sys.argv[1])
    command = Command(what["argv"], what.get("terminal"))
    for name, *arguments in what["steps"]:
        getattr(command, name)(*arguments)
    print(json.dumps(command.result()))


main()
