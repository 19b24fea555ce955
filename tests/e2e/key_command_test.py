#!/usr/bin/python3
"""`portico key` as a command: a key is shown once, its hash is kept, and the file stays one that can be read."""
import base64
import hashlib
import json
import pathlib
import re
import stat
import subprocess
import tempfile
import unittest

from harness import PATIENCE, PORTICO


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class KeyCommand(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "keys.yaml"

    def key(self, *arguments, stdin=""):
        return subprocess.run([str(PORTICO), "key", str(self.file), *arguments], capture_output=True, text=True,
                              timeout=PATIENCE, input=stdin)

    def listed(self):
        done = self.key("--list", "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_a_key_is_shown_once_and_its_hash_is_kept(self):
        done = self.key("--owner", "billing", "--scopes", "orders.read,orders.write", "--expires", "90d")
        self.assertEqual(done.returncode, 0, done.stderr)
        key = re.search(r"portico_[0-9A-Za-z]{43}", done.stdout).group()
        text = self.file.read_text()
        self.assertNotIn(key, text)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o640)
        salt = decode(re.search(r'salt: "([^"]+)"', text).group(1))
        hashed = decode(re.search(r'hash: "([^"]+)"', text).group(1))
        self.assertEqual(hashed, hashlib.sha256(salt + key.encode()).digest())
        self.assertNotIn(key, self.key("--list").stdout)

    def test_keys_are_added_and_listed(self):
        self.file.write_text("# of the shop\nversion: 1\nsalt: AAECAwQFBgcICQoLDA0ODw\nkeys:\n"
                             "  - {id: old, hash: kJqHaJvqFj3CvWFDWn7Zbmv2wV3MDyEqM0sAQzUa0XQ, owner: x}")
        self.file.chmod(0o600)
        for owner in ("billing", 'a "quoted" one'):
            done = self.key("--owner", owner, "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["owner"], owner)
        self.assertEqual([entry["owner"] for entry in self.listed()], ["x", "billing", 'a "quoted" one'])
        self.assertTrue(self.file.read_text().startswith("# of the shop\n"))
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)

    def test_print_changes_nothing(self):
        done = self.key("--owner", "billing", "--print")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("salt:", done.stdout)
        self.assertFalse(self.file.exists())

    def test_a_key_in_use_can_be_entered(self):
        self.assertEqual(self.key("--owner", "old", "--stdin", stdin="3f9ac0de55d14f7b8e21\n").returncode, 2)
        self.assertEqual(self.key("--owner", "old", "--stdin", stdin="a" * 40).returncode, 2)
        done = self.key("--owner", "old", "--stdin", stdin="3f9ac0de55d14f7b8e21b7aa\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("3f9ac0de", done.stdout)
        self.assertEqual(self.key("--owner", "new", "--stdin", stdin="3f9ac0de55d14f7b8e21b7aa\n").returncode, 2)
        self.assertEqual(len(self.listed()), 1)

    def test_what_is_wrong_is_said_and_the_file_stays(self):
        self.assertIn("--owner", self.key().stderr)
        self.assertIn("no time", self.key("--owner", "x", "--expires", "soon").stderr)
        self.assertIn("past", self.key("--owner", "x", "--expires", "2001-01-01").stderr)
        self.assertFalse(self.file.exists())
        self.assertEqual(self.key("--owner", "x", "--id", "one").returncode, 0)
        before = self.file.read_text()
        self.assertIn("two keys have this id", self.key("--owner", "y", "--id", "one").stderr)
        self.assertEqual(self.file.read_text(), before)
        flow = 'version: 1\nkeys: []\nsalt: "AAECAwQFBgcICQoLDA0ODw"\n'
        self.file.write_text(flow)
        done = self.key("--owner", "x")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--print", done.stderr)
        self.assertEqual(self.file.read_text(), flow)
        self.file.write_text("keys")
        self.assertIn("keys.yaml", self.key("--owner", "x").stderr)


if __name__ == "__main__":
    unittest.main()
