#!/usr/bin/python3
"""Validates what `portico threats` writes for other tools against their public schemas.
Usage: threats_test.py PORTICO CONTRACT...

Needs PORTICO_SUITES, the folder with formats/; exits with 77, which CTest takes for skipped, where it is missing.
"""
import json
import os
import subprocess
import sys

import yaml

SKIPPED = 77
SCHEMAS = {"threat-dragon": "threat-dragon-v2.schema.json", "otm": "otm.schema.json",
           "threagile": "threagile.schema.json"}


def main(portico, contracts):
    suites = os.environ.get("PORTICO_SUITES")
    if not suites:
        print("skipped: PORTICO_SUITES is not set")
        sys.exit(SKIPPED)
    failures = 0
    for contract in contracts:
        for form, name in SCHEMAS.items():
            command = [portico, "threats", contract, "--format", form]
            written = subprocess.run(command, check=True, capture_output=True).stdout
            model = yaml.safe_load(written) if form == "threagile" else json.loads(written)
            verdict = subprocess.run([portico, "validate", os.path.join(suites, "formats", name), "--body", "-",
                                      "--format", "json"], input=json.dumps(model).encode(), capture_output=True).stdout
            problems = json.loads(verdict)["failures"]
            failures += len(problems)
            for problem in problems:
                print(f"{contract} {form}: {problem['instance']['pointer']}: {problem['message']}")
    print(f"{len(contracts)} contracts, {len(SCHEMAS)} formats, {failures} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: threats_test.py PORTICO CONTRACT...")
    sys.exit(main(sys.argv[1], sys.argv[2:]))
