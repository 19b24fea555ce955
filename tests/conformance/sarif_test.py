#!/usr/bin/python3
"""Validates what `portico audit --format sarif` writes against the schema of SARIF 2.1.0, and against what code
scanning asks for beyond it. Usage: sarif_test.py PORTICO CONTRACT...

Needs PORTICO_SUITES, the folder with formats/sarif-2.1.0.schema.json; exits with 77, which CTest takes for skipped,
where it is missing.
"""
import json
import os
import subprocess
import sys

SKIPPED = 77


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIPPED)


def code_scanning_problems(sarif):
    """What the schema allows and GitHub refuses or shows badly."""
    (run,) = sarif["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        properties = rule["properties"]
        if not 0 <= float(properties["security-severity"]) <= 10:
            yield rule["id"] + ": security-severity"
        if len(properties["tags"]) > 20:
            yield rule["id"] + ": more than 20 tags"
        if not rule["help"]["text"] or not rule["help"]["markdown"]:
            yield rule["id"] + ": no help"
    seen = set()
    for result in run["results"]:
        where = result["ruleId"]
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            yield where + ": ruleIndex"
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        if uri.startswith("/") or ":" in uri:
            yield where + ": not a relative URI: " + uri
        if location["physicalLocation"]["region"]["startLine"] < 1:
            yield where + ": startLine"
        fingerprint = (where, *result["partialFingerprints"].values())
        if fingerprint in seen:
            yield where + ": fingerprint twice"
        seen.add(fingerprint)
        if len(result.get("relatedLocations", [])) > 100:
            yield where + ": more than 100 related locations"


def main(portico, contracts):
    suites = os.environ.get("PORTICO_SUITES")
    if not suites:
        skip("PORTICO_SUITES is not set")
    schema = os.path.join(suites, "formats", "sarif-2.1.0.schema.json")
    failures = 0
    for contract in contracts:
        folder, name = os.path.split(os.path.abspath(contract))
        command = [portico, "audit", name, "--format", "sarif", "--fail-on", "never"]
        first, second = (subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout for _ in range(2))
        sarif = json.loads(first)
        verdict = subprocess.run([portico, "validate", schema, "--body", "-", "--format", "json"], input=first,
                                 capture_output=True).stdout
        problems = [f"{failure['instance']['pointer']}: {failure['message']}"
                    for failure in json.loads(verdict)["failures"]]
        problems += code_scanning_problems(sarif)
        if first != second:
            problems.append("two runs differ")
        failures += len(problems)
        for problem in problems:
            print(f"{contract}: {problem}")
        print(f"{contract}: {len(sarif['runs'][0]['results'])} results, {len(problems)} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: sarif_test.py PORTICO CONTRACT...")
    sys.exit(main(sys.argv[1], sys.argv[2:]))
