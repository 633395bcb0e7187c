"""Reads what `pv_exec services --json` prints; succeeds when the service runs again under another pid.

usage: is_back.py NAME OLD_PID
"""
import json
import sys

document = json.load(sys.stdin)
services = document if isinstance(document, list) else document["services"]
service = next(service for service in services if service["name"] == sys.argv[1] and service["state"] != "leaving")
sys.exit(not (service["pid"] not in (0, None, int(sys.argv[2])) and service["state"] in ("running", "ready")))
