"""`portico audit` as its users meet it: exit codes, formats, files, colour."""
import json
import os
import re
import subprocess
import tempfile
import unittest

try:
    import yaml
except ImportError:  # the comparison of overlays needs it, nothing else
    yaml = None

BUILD = os.environ.get("PORTICO_BUILD", os.path.join(os.path.dirname(__file__), "..", "..", "build", "release"))
PORTICO = os.path.join(BUILD, "portico")

LABS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "labs")

# One high finding (an open POST) and lesser ones.
UNSAFE = """\
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /orders:
    post:
      operationId: addOrder
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {"204": {description: ok}}
"""


class Audit(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        with open(os.path.join(self.folder.name, "api.yaml"), "w", encoding="utf-8") as file:
            file.write(UNSAFE)

    def audit(self, *arguments):
        return subprocess.run([PORTICO, "audit", *arguments], cwd=self.folder.name, capture_output=True, text=True,
                              check=False)

    def test_the_gate_is_high_unless_told_otherwise(self):
        self.assertEqual(self.audit("api.yaml").returncode, 1)
        self.assertEqual(self.audit("api.yaml", "--fail-on", "low").returncode, 1)
        self.assertEqual(self.audit("api.yaml", "--fail-on", "critical").returncode, 0)
        self.assertEqual(self.audit("api.yaml", "--fail-on", "never").returncode, 0)

    def test_text_names_the_place_and_has_no_colour_in_a_pipe(self):
        done = self.audit("api.yaml")
        self.assertIn("api.yaml:5:5: high auth-none: POST /orders can be called without credentials", done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        self.assertEqual(done.stderr, "")

    def test_json_and_sarif_are_documents(self):
        findings = json.loads(self.audit("api.yaml", "--format", "json").stdout)
        self.assertEqual(findings["format"], "portico-findings/1")
        self.assertEqual(findings["summary"]["high"], 1)
        self.assertEqual(sum(findings["summary"].values()), len(findings["findings"]))
        sarif = json.loads(self.audit("api.yaml", "--format", "sarif").stdout)
        self.assertEqual(len(sarif["runs"][0]["results"]), len(findings["findings"]))

    def test_an_absolute_path_is_relative_in_sarif_and_changes_no_fingerprint(self):
        absolute = os.path.realpath(os.path.join(self.folder.name, "api.yaml"))
        documents = [json.loads(self.audit(path, "--format", "sarif").stdout) for path in ("api.yaml", absolute)]
        self.assertEqual(documents[0]["runs"][0]["results"], documents[1]["runs"][0]["results"])

    def test_a_file_takes_the_output(self):
        done = self.audit("api.yaml", "--output", "out.txt")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        with open(os.path.join(self.folder.name, "out.txt"), encoding="utf-8") as file:
            self.assertIn("auth-none", file.read())

    def test_bad_input_is_two_with_a_word_about_it(self):
        for arguments in (("missing.yaml",), (), ("api.yaml", "--format", "pdf"), ("api.yaml", "--fail-on", "grave"),
                          ("api.yaml", "--output", "no/such/folder/out.txt")):
            done = self.audit(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertTrue(done.stderr.startswith("portico: "), done.stderr)


    def test_a_baseline_leaves_only_what_is_new(self):
        self.audit("api.yaml", "--format", "json", "--output", "baseline.json")
        self.assertEqual(self.audit("api.yaml", "--baseline", "baseline.json").returncode, 0)
        # Written again as JSON, in another order, with a comment's worth of noise: nothing of it is new.
        with open(os.path.join(self.folder.name, "api.yaml"), "w", encoding="utf-8") as file:
            file.write('''{"paths": {"/orders": {"post": {"responses": {"204": {"description": "yes"}},
              "parameters": [{"in": "query", "schema": {"type": "string"}, "name": "q"}], "operationId": "addOrder"}}},
              "info": {"version": "2", "title": "Other"}, "openapi": "3.0.3"}''')
        done = self.audit("api.yaml", "--baseline", "baseline.json")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("no new findings", done.stdout)
        with open(os.path.join(self.folder.name, "api.yaml"), "w", encoding="utf-8") as file:
            file.write(UNSAFE + "    delete: {operationId: dropOrders, responses: {'204': {description: ok}}}\n")
        done = self.audit("api.yaml", "--baseline", "baseline.json")
        self.assertEqual(done.returncode, 1)
        self.assertIn("DELETE /orders can be called without credentials", done.stdout)
        self.assertNotIn("POST /orders can be called", done.stdout)
        sarif = json.loads(self.audit("api.yaml", "--baseline", "baseline.json", "--format", "sarif").stdout)
        states = {result["baselineState"] for result in sarif["runs"][0]["results"]}
        self.assertEqual(states, {"new", "unchanged"})

    def test_a_waiver_holds_until_it_expires(self):
        findings = json.loads(self.audit("api.yaml", "--format", "json").stdout)["findings"]
        high = [finding for finding in findings if finding["severity"] == "high"]
        self.assertEqual(len(high), 1)
        for until, code in (("2999-12-31", 0), ("2020-01-01", 1)):
            with open(os.path.join(self.folder.name, "portico.yaml"), "w", encoding="utf-8") as file:
                file.write(f"version: 1\nwaivers:\n  - {{fingerprint: \"{high[0]['fingerprint']}\", owner: shop, "
                           f"reason: behind the VPN, expires: \"{until}\"}}\n")
            done = self.audit("api.yaml", "--policy", "portico.yaml")
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            self.assertEqual("expired on 2020-01-01" in done.stderr, code == 1)
        sarif = self.audit("api.yaml", "--policy", "portico.yaml", "--format", "sarif").stdout
        self.assertNotIn("suppressions", sarif)

    def test_the_score_is_a_gate(self):
        self.assertEqual(self.audit("api.yaml", "--fail-on", "never", "--min-score", "100").returncode, 1)
        self.assertEqual(self.audit("api.yaml", "--fail-on", "never", "--min-score", "1").returncode, 0)
        self.assertEqual(self.audit("api.yaml", "--min-score", "many").returncode, 2)
        report = json.loads(self.audit("api.yaml", "--format", "json").stdout)
        lost = sum(finding.get("deduction", 0) for finding in report["findings"])
        self.assertAlmostEqual(100 - report["score"]["total"], lost, places=9)

    def test_html_is_one_file_and_escapes_what_the_contract_says(self):
        with open(os.path.join(self.folder.name, "api.yaml"), "w", encoding="utf-8") as file:
            file.write(UNSAFE.replace("/orders", "/<img src=x onerror=alert(1)>").replace("name: q", "name: \"<b>'\""))
        page = self.audit("api.yaml", "--format", "html").stdout
        self.assertNotIn("<img", page)
        self.assertNotIn("<b>'", page)
        for outside in ("http://", "https://", "src=\"", "@import", "url("):
            self.assertNotIn(outside, page)
        self.assertEqual(page.count("<script>"), 1)

    def test_own_rules(self):
        rules = """rules:
  - id: acme-owner
    title: Operation without an owner
    on: operation
    when: operation.method == 'POST'
    require: "'x-owner' in operation.extensions"
    message: names no owner
    severity: critical
  - id: acme-query-names
    title: Name of a query parameter is too short
    on: parameter
    require: parameter.name.size() > 1 && operation.path.startsWith('/')
    message: is too short
"""
        with open(os.path.join(self.folder.name, "rules.yaml"), "w", encoding="utf-8") as file:
            file.write(rules)
        done = self.audit("api.yaml", "--rules", "rules.yaml", "--fail-on", "critical")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("api.yaml:5:5: critical acme-owner: POST /orders names no owner", done.stdout)
        self.assertIn('medium acme-query-names: query parameter "q" is too short', done.stdout)
        sarif = json.loads(self.audit("api.yaml", "--rules", "rules.yaml", "--format", "sarif").stdout)
        self.assertIn("acme-owner", [rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]])
        for wrong in (rules.replace("operation.method ==", "operatoin.method =="), rules.replace("acme-owner", "auth-none"),
                      rules.replace("on: operation", "on: operations"), rules.replace("message: names", "mesage: names"),
                      rules.replace("== 'POST'", "== ")):
            with open(os.path.join(self.folder.name, "rules.yaml"), "w", encoding="utf-8") as file:
                file.write(wrong)
            done = self.audit("api.yaml", "--rules", "rules.yaml")
            self.assertEqual(done.returncode, 2, wrong)
            self.assertIn("rules.yaml:", done.stderr)

    def test_explain(self):
        done = subprocess.run([PORTICO, "explain", "auth-none"], capture_output=True, text=True, check=True)
        self.assertIn("Remedy:", done.stdout)
        self.assertIn("API2:2023", done.stdout)
        wrong = subprocess.run([PORTICO, "explain", "auth-non"], capture_output=True, text=True, check=False)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("auth-none", wrong.stderr)

    def test_data_says_who_gets_what(self):
        contract = os.path.join(LABS, "parcel", "contract.yaml")
        listed = subprocess.run([PORTICO, "audit", contract, "--data", "--format", "json"], capture_output=True, text=True,
                                check=True)
        operation = json.loads(listed.stdout)["operations"][0]
        self.assertEqual(operation["audience"], "anyone")
        self.assertIn({"class": "location", "fields": ["latitude", "longitude"]}, operation["gives"])

    def test_labels_are_written_and_then_believed(self):
        with open(os.path.join(LABS, "brewery", "contract.yaml"), encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(self.folder.name, "api.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
        before = self.audit("api.yaml", "--data").stdout
        self.assertEqual(self.audit("api.yaml", "--data", "--apply").returncode, 0)
        with open(os.path.join(self.folder.name, "api.yaml"), encoding="utf-8") as file:
            self.assertIn("x-data-classification", file.read())
        self.assertEqual(self.audit("api.yaml", "--data").stdout, before)

    def test_an_overlay_says_what_apply_does(self):
        for lab in sorted(os.listdir(LABS)):
            source = os.path.join(LABS, lab, "contract.yaml")
            if not os.path.exists(source):
                continue
            with open(source, encoding="utf-8") as file:
                text = file.read()
            path = os.path.join(self.folder.name, "api.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write("# kept\n" + text)
            before = json.loads(self.audit("api.yaml", "--format", "json").stdout)["score"]["total"]
            done = self.audit("api.yaml", "--fix", "overlay.json", "--apply")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("cannot be changed", done.stderr, lab)
            with open(path, encoding="utf-8") as file:
                edited = file.read()
            self.assertTrue(edited.startswith("# kept\n"))
            after = json.loads(self.audit("api.yaml", "--format", "json").stdout)["score"]["total"]
            self.assertGreaterEqual(after, before, lab)
            if yaml is None:
                continue
            with open(os.path.join(self.folder.name, "overlay.json"), encoding="utf-8") as file:
                overlay = json.load(file)
            self.assertEqual(overlay["overlay"], "1.0.0")
            self.assertEqual(apply_overlay(yaml.load(text, yaml.BaseLoader), overlay),
                             yaml.load(edited, yaml.BaseLoader), lab)


def apply_overlay(document, overlay):
    """OpenAPI Overlay 1.0 with the targets that Portico writes: normalized paths."""
    for action in overlay["actions"]:
        steps = [(a.replace("\\'", "'").replace("\\\\", "\\") if b == "" else int(b))
                 for a, b in re.findall(r"\[(?:'((?:[^'\\]|\\.)*)'|(\d+))\]", action["target"])]
        node = document
        for step in steps[:-1]:
            node = node[step]
        if action.get("remove"):
            if isinstance(node, list) or steps[-1] in node:
                del node[steps[-1]]
        elif not steps:
            node.update(as_texts(action["update"]))
        else:
            node[steps[-1]].update(as_texts(action["update"]))
    return document


def as_texts(value):
    """What YAML's BaseLoader makes of it: texts only."""
    if isinstance(value, dict):
        return {key: as_texts(member) for key, member in value.items()}
    if isinstance(value, list):
        return [as_texts(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)


# What the design pillar has to see in a lab, and not in its repaired contract.
INCIDENTS = {
    "parcel": ["data-personal-public", "access-id-sequential", "data-location-precise", "auth-none"],
    "door": ["auth-none", "access-id-sequential", "access-location-asserted"],
    "brewery": ["auth-no-framework", "data-personal-in-url"],
    "dating": ["data-location-precise"],
    "social": ["data-account-id-public"],
    "balancer": ["auth-admin-open", "input-command"],
    "router": ["auth-cookie-csrf", "inventory-debug-path"],
    "scale": ["access-id-sequential", "auth-secret-low-entropy", "flow-recovery-unprotected", "data-secret-returned"],
    "buildlogs": ["access-id-sequential", "auth-none"],
}


class Labs(unittest.TestCase):
    def rules(self, lab, name):
        done = subprocess.run([PORTICO, "audit", os.path.join(LABS, lab, name), "--format", "json", "--fail-on", "never"],
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["findings"]

    def test_the_incidents_show_in_the_contracts_and_not_in_the_repaired_ones(self):
        for lab, rules in INCIDENTS.items():
            with self.subTest(lab=lab):
                found = {finding["rule"] for finding in self.rules(lab, "contract.yaml")}
                self.assertEqual(set(rules) - found, set())
                fixed = self.rules(lab, "contract.fixed.yaml")
                self.assertEqual(set(rules) & {finding["rule"] for finding in fixed}, set())
                self.assertEqual([f for f in fixed if f["severity"] not in ("info", "low")], [])


if __name__ == "__main__":
    unittest.main()
