#!/usr/bin/python3
"""`portico contract` as a command."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from harness import PATIENCE, PORTICO

CONTRACT = """\
openapi: 3.0.3
info: {title: Shop, version: "2"}
servers: [{url: https://shop.example/v1}]
security: [{key: []}]
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {200: {description: ok}}
    delete:
      security: []
      deprecated: true
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {204: {description: gone}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
"""


def run(text, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "shop.yaml"
        path.write_text(text)
        return subprocess.run([str(PORTICO), "contract", str(path), *arguments], capture_output=True, text=True,
                              timeout=PATIENCE, stdin=subprocess.DEVNULL)


class ContractCommand(unittest.TestCase):
    def test_shows_the_api_at_a_glance(self):
        done = run(CONTRACT)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("Shop 2\n"))
        self.assertIn('key: API key in the header "X-Key"', done.stdout)
        self.assertIn("2 on 1 paths: 1 DELETE, 1 GET", done.stdout)
        self.assertIn("1 need no credentials, 1 deprecated", done.stdout)
        self.assertRegex(done.stdout, r"GET +/orders/\{id\} +key\n")
        self.assertRegex(done.stdout, r"DELETE +/orders/\{id\} +none +\(deprecated\)\n")

    def test_lists_routes_with_base_paths(self):
        self.assertEqual(run(CONTRACT, "--routes").stdout.split(),
                         ["GET", "/v1/orders/{id}", "DELETE", "/v1/orders/{id}"])
        routes = json.loads(run(CONTRACT, "--routes", "--format", "json").stdout)
        self.assertEqual(routes[0], {"method": "GET", "path": "/v1/orders/{id}", "operation": "getOrder"})

    def test_writes_json(self):
        shown = json.loads(run(CONTRACT, "--format", "json").stdout)
        self.assertEqual(shown["title"], "Shop")
        self.assertEqual(shown["counts"]["operations"], 2)
        self.assertEqual(shown["operations"][0]["security"], [{"key": []}])
        self.assertEqual(shown["problems"], [])

    def test_says_what_is_wrong(self):
        done = run(CONTRACT.replace("name: id, ", "name: ix, ", 1))
        self.assertEqual(done.returncode, 1)
        self.assertIn("shop.yaml:8:7: fatal: no path parameter", done.stdout)
        self.assertIn("[path-parameter-undeclared]", done.stdout)

    def test_bad_input_is_an_error(self):
        done = run("just: text")
        self.assertEqual(done.returncode, 2)
        self.assertIn("neither", done.stderr)
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
