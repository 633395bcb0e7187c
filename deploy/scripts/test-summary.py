#!/usr/bin/env python3
"""Adds the reports of all test programs up; the last line is `N passed, N failed`.

A program that ended badly without a failed test in its report (it crashed, hung or could not start) counts as one failed
test more. Exits with 1 when anything failed or nothing ran.

usage: test-summary.py REPORTS_DIRECTORY
"""
import json
import pathlib
import sys


def read(report):
    try:
        return json.loads(report.read_text())["results"]
    except (OSError, ValueError, KeyError):
        return None


def main():
    passed = failed = 0
    for status in sorted(pathlib.Path(sys.argv[1]).glob("*.status")):
        results = read(status.with_suffix(".json"))
        failures = 0
        if results is not None:
            passed += results["summary"]["passed"]
            failures = results["summary"]["failed"]
            for test in results["tests"]:
                if test["status"] == "failed":
                    print(f"failed: {test['name']}")
        if failures == 0 and (results is None or status.read_text().strip() != "0"):
            print(f"failed: {status.stem} ended with exit code {status.read_text().strip()} and not by a test's failure")
            failures = 1
        failed += failures
    print(f"{passed} passed, {failed} failed")
    sys.exit(0 if passed and not failed else 1)


main()
