"""Sign-in of a social network: ask for an address or a telephone number first, then for the password."""
import json
import os
import pathlib
import secrets

from flask import Flask, jsonify, request
from werkzeug.security import check_password_hash

app = Flask(__name__)

LAB = pathlib.Path(__file__).resolve().parents[1]
ACCOUNTS = [json.loads(line) for line in (LAB / "accounts.jsonl").read_text().splitlines()]
BY_IDENTIFIER = {account[kind]: account for account in ACCOUNTS for kind in ("email", "phone") if account[kind]}
BY_ID = {account["userId"]: account for account in ACCOUNTS}
sessions = {}


@app.post("/1.1/onboarding/task")
def onboarding_task():
    account = BY_IDENTIFIER.get(request.get_json()["identifier"].strip().lower())
    if account is None:
        return jsonify(next="signup")
    return jsonify(next="password", userId=account["userId"])


@app.post("/1.1/sessions")
def create_session():
    body = request.get_json()
    account = BY_ID.get(body["userId"])
    if account is None or not check_password_hash(account.get("password", ""), body["password"]):
        return jsonify(error="wrong password"), 403
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
