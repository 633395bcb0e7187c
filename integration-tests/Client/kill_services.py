"""Kills one service after the other with SIGKILL for a while, each as soon as the one before is back; prints how many.

usage: kill_services.py SECONDS
"""
import itertools
import json
import os
import signal
import subprocess
import sys
import time


def services():
    output = subprocess.run(["pv_exec", "services", "--json"], check=True, capture_output=True).stdout
    document = json.loads(output)
    return {one["name"]: one for one in (document if isinstance(document, list) else document["services"]) if one["state"] != "leaving"}


def wait_for(name, other_than):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        one = services()[name]
        if one["state"] == "ready" and one["pid"] not in (0, other_than):
            return
        time.sleep(0.02)
    sys.exit(f"{name} does not come back")


killed = 0
end = time.monotonic() + float(sys.argv[1])
for name in itertools.cycle(["exec", "front", "process", "worktree"]):
    if time.monotonic() >= end:
        break
    pid = services()[name]["pid"]
    os.kill(pid, signal.SIGKILL)
    killed += 1
    wait_for(name, pid)
print(killed)
