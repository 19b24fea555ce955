"""Cloud of a smart scale, repaired: everything is the caller's own, and no answer holds a token."""
import json
import os
import pathlib
import secrets
import sys

from flask import Flask, abort, g, jsonify, request
from werkzeug.security import generate_password_hash

LAB = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LAB.parent / "lib"))
from bearer import Tokens
from throttle import Throttle

app = Flask(__name__)

MAIL = pathlib.Path(os.environ["LAB_HOME"]) / "mail"
USERS = {str(user["userId"]): user for user in json.loads((LAB / "users.json").read_text())}
BY_EMAIL = {user["email"]: user for user in USERS.values()}
tokens = Tokens(LAB / "fixed" / "tokens.json")
attempts = Throttle(calls=5, seconds=3600)
codes = {}


@app.errorhandler(401)
@app.errorhandler(403)
@app.errorhandler(404)
@app.errorhandler(429)
def problem(error):
    return jsonify(error=error.name), error.code


@app.before_request
def sign_in():
    g.user = USERS.get(tokens.subject(request))
    if g.user is None and request.path not in ("/v1/password-resets", "/.well-known/security.txt"):
        abort(401)


@app.get("/.well-known/security.txt")
def security_txt():
    text = "Contact: mailto:security@scale.example\nExpires: 2030-01-01T00:00:00Z\n"
    return text, {"Content-Type": "text/plain; charset=utf-8"}


@app.post("/v1/me/children")
def add_child():
    body = request.get_json()
    child = {"childId": secrets.token_hex(8), "name": body["name"], "birthYear": body["birthYear"]}
    g.user.setdefault("children", []).append(child)
    return jsonify(child), 201


@app.get("/v1/me/measurements")
def list_measurements():
    return jsonify(measurements=g.user["measurements"])


@app.post("/v1/password-resets")
def request_reset():
    user = BY_EMAIL.get(request.get_json()["email"])
    if user is not None:
        codes[user["email"]] = secrets.token_urlsafe(16)
        MAIL.mkdir(exist_ok=True)
        (MAIL / user["email"]).write_text(codes[user["email"]])
    return jsonify(sent=True), 202


@app.put("/v1/password-resets")
def confirm_reset():
    body = request.get_json()
    # Counted for the account, from wherever the attempts come.
    if not attempts.allows(body["email"]):
        abort(429)
    if not secrets.compare_digest(codes.get(body["email"], ""), body["code"]) or not body["code"]:
        abort(403)
    del codes[body["email"]]
    BY_EMAIL[body["email"]]["password"] = generate_password_hash(body["newPassword"])
    return "", 204


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
