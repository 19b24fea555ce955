"""`portico audit` as its users meet it: exit codes, formats, files, colour."""
import json
import os
import subprocess
import tempfile
import unittest

BUILD = os.environ.get("PORTICO_BUILD", os.path.join(os.path.dirname(__file__), "..", "..", "build", "release"))
PORTICO = os.path.join(BUILD, "portico")

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


if __name__ == "__main__":
    unittest.main()
