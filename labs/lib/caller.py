"""How the exploits and clients of the labs speak to an API.

An exploit is a generator that yields each piece of loot; a client is a function that makes calls and says
what it expects. `exploit()` and `client()` turn them into programs:

    def attack(api):
        for number in range(1, 50):
            answer = api.get(f"/things/{number}")
            if answer.status == 200:
                yield answer.json["owner"]

    exploit(attack, "records stolen")

Exit codes: 0 the breach (or the honest visit) succeeded, 1 it did not, 3 the script itself is broken. The last
two differ so that a bug in an exploit never passes for a repaired service.
"""
import http.client
import json
import os
import sys
import time
import traceback
import urllib.parse

FIXED = os.environ.get("LAB_FIXED") == "1"

# Any address of 127.0.0.0/8 is this machine, so attacker and honest user can be told apart as on the internet.
ATTACKER_ADDRESS = "127.0.0.66"
HONEST_ADDRESS = "127.0.0.10"


class CutOff(Exception):
    """The API has refused several calls in a row for their rate; a real attacker would move on."""


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        """The body as JSON, or None: an attacker meets HTML and empty answers too."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Api:
    """Sends exactly the path it is given: no normalisation, no redirects, no retries, for attacks live on these."""

    def __init__(self, address, headers=None, base_url=None):
        base_url = base_url or os.environ.get("BASE_URL") or (sys.argv[1] if len(sys.argv) > 1 else None)
        if not base_url:
            sys.exit(f"usage: {sys.argv[0]} BASE_URL   (or set BASE_URL, as labs/run does)")
        parts = urllib.parse.urlsplit(base_url)
        source = (address, 0) if (parts.hostname or "").startswith("127.") else None
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10, source_address=source)
        self.base_path = parts.path.rstrip("/")
        self.address = address
        self.headers = dict(headers or {})

    def call(self, method, path, query=None, json_body=None, body=None, headers=None):
        target = self.base_path + path + ("?" + urllib.parse.urlencode(query) if query else "")
        sent = {"Accept": "*/*", **self.headers, **(headers or {})}
        if json_body is not None:
            body = json.dumps(json_body)
            sent.setdefault("Content-Type", "application/json")
        if isinstance(body, dict):
            body = urllib.parse.urlencode(body)
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        try:
            self.connection.request(method, target, body=body, headers=sent)
            response = self.connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def get(self, path, **how):
        return self.call("GET", path, **how)

    def post(self, path, **how):
        return self.call("POST", path, **how)

    def put(self, path, **how):
        return self.call("PUT", path, **how)

    def patch(self, path, **how):
        return self.call("PATCH", path, **how)


class Attacker(Api):
    """Tries again a few times when told to slow down, then gives up: an exploit always ends in bounded time."""

    PATIENCE = 5
    PAUSE_SECONDS = 0.3

    def __init__(self, address=ATTACKER_ADDRESS, **how):
        super().__init__(address, **how)

    def call(self, method, path, **how):
        for _ in range(self.PATIENCE):
            answer = super().call(method, path, **how)
            if answer.status != 429:
                return answer
            time.sleep(self.PAUSE_SECONDS)
        raise CutOff(f"{self.PATIENCE} answers 429 in a row")


class HonestUser(Api):
    """Counts the calls it makes and those answered as an honest user needs them."""

    def __init__(self, address=HONEST_ADDRESS, **how):
        super().__init__(address, **how)
        self.made = 0
        self.passed = 0

    def call(self, method, path, expect=200, **how):
        answer = super().call(method, path, **how)
        self._count(answer.status == expect, f"{method} {path}: {answer.status}, expected {expect}")
        return answer

    def check(self, what, holds):
        """Something that a status does not tell, such as a value in the answer."""
        self._count(bool(holds), what)

    def _count(self, holds, what):
        self.made += 1
        self.passed += holds
        print(("ok      " if holds else "FAILED  ") + what)


def exploit(attack, loot, enough=1):
    """Run an attack to its end; it succeeded if it got `enough` pieces of loot."""
    count = 0
    try:
        for piece in attack(Attacker()):
            count += 1
            print(piece)
    except CutOff as reason:
        print(f"cut off: {reason}")
    except Exception:
        traceback.print_exc()
        sys.exit(3)
    print(f"{loot}: {count}")
    sys.exit(0 if count >= enough else 1)


def client(visit):
    """Make an honest user's visit; it succeeded if every call was answered as needed."""
    user = HonestUser()
    try:
        visit(user)
    except Exception:
        traceback.print_exc()
        user.check("the visit came to its end", False)
    print(f"legitimate calls passed: {user.passed} of {user.made}")
    sys.exit(0 if user.passed == user.made else 1)
