"""Cloud of a smart scale: sign in, weigh yourself and the children, reset a forgotten password."""
import functools
import json
import os
import pathlib
import random
import secrets

from flask import Flask, g, jsonify, request
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)

LAB = pathlib.Path(__file__).resolve().parents[1]
MAIL = pathlib.Path(os.environ["LAB_HOME"]) / "mail"

USERS = {user["userId"]: user for user in json.loads((LAB / "users.json").read_text())}
BY_EMAIL = {user["email"]: user for user in USERS.values()}
access_tokens = {}
refresh_tokens = {}
pins = {}
# Seeded, so that the lab is the same each time.
generator = random.Random(2019)


def problem(status, text):
    return jsonify(error=text), status


def tokens_for(user):
    access, refresh = secrets.token_hex(16), secrets.token_hex(16)
    access_tokens[access] = refresh_tokens[refresh] = user
    return {"accessToken": access, "refreshToken": refresh}


def signed_in(view):
    @functools.wraps(view)
    def checked(*args, **kwargs):
        g.user = access_tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if g.user is None:
            return problem(401, "sign in first")
        return view(*args, **kwargs)
    return checked


@app.post("/v1/sessions")
def create_session():
    body = request.get_json()
    user = BY_EMAIL.get(body["email"])
    if user is None or not check_password_hash(user["password"], body["password"]):
        return problem(403, "wrong address or password")
    return jsonify(userId=user["userId"], **tokens_for(user)), 201


@app.post("/v1/users/<int:user_id>/children")
@signed_in
def add_child(user_id):
    parent = USERS.get(user_id)
    if parent is None:
        return problem(404, "no such user")
    body = request.get_json()
    child = {"childId": secrets.randbelow(10 ** 6), "name": body["name"], "birthYear": body["birthYear"]}
    parent.setdefault("children", []).append(child)
    # The scale's set-up goes on in the parent's account.
    return jsonify(**child, **tokens_for(parent)), 201


@app.get("/v1/users/<int:user_id>/measurements")
@signed_in
def list_measurements(user_id):
    if user_id != g.user["userId"]:
        return problem(403, "not your account")
    return jsonify(measurements=g.user["measurements"])


@app.post("/v1/password-resets")
def request_reset():
    user = BY_EMAIL.get(request.get_json()["email"])
    if user is not None:
        pins[user["email"]] = f"{generator.randrange(10 ** 6):06}"
        MAIL.mkdir(exist_ok=True)
        (MAIL / user["email"]).write_text(pins[user["email"]])
    return jsonify(sent=True), 202


@app.put("/v1/password-resets")
def confirm_reset():
    body = request.get_json()
    if pins.get(body["email"]) != body["pin"]:
        return problem(403, "wrong PIN")
    BY_EMAIL[body["email"]]["password"] = generate_password_hash(body["newPassword"], "pbkdf2:sha256:1000")
    return "", 204


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
