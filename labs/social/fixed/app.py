"""Sign-in of a social network, repaired: the first step answers the same whether there is an account or not."""
import json
import os
import pathlib
import secrets
import sys

from flask import Flask, jsonify, request
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)

LAB = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LAB.parent / "lib"))
from throttle import Throttle

ACCOUNTS = [json.loads(line) for line in (LAB / "accounts.jsonl").read_text().splitlines()]
BY_IDENTIFIER = {account[kind]: account for account in ACCOUNTS for kind in ("email", "phone") if account[kind]}
# Checked for who has no account, so that the time to answer tells nothing either.
NOBODY = generate_password_hash(secrets.token_urlsafe())
steps = Throttle(calls=10, seconds=60)
flows = {}
sessions = {}


@app.post("/1.1/onboarding/task")
def onboarding_task():
    if not steps.allows(request.remote_addr):
        return jsonify(error="too many attempts"), 429
    flow = secrets.token_urlsafe(16)
    flows[flow] = request.get_json()["identifier"].strip().lower()
    return jsonify(next="password", flow=flow)


@app.post("/1.1/sessions")
def create_session():
    if not steps.allows(request.remote_addr):
        return jsonify(error="too many attempts"), 429
    body = request.get_json()
    account = BY_IDENTIFIER.get(flows.pop(body["flow"], None), {})
    if not check_password_hash(account.get("password", NOBODY), body["password"]):
        return jsonify(error="wrong address or password"), 403
    token = secrets.token_urlsafe(32)
    sessions[token] = account
    return jsonify(accessToken=token), 201


@app.get("/1.1/account")
def get_account():
    account = sessions.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if account is None:
        return jsonify(error="sign in first"), 401
    return jsonify(userId=account["userId"], handle=account["handle"], email=account["email"])


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
