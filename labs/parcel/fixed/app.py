"""Parcel tracking, repaired: a random tracking code names the parcel, and only its consignee may read it."""
import collections
import hashlib
import json
import os
import pathlib
import sys
import time

from flask import Flask, Response, abort, g, jsonify, request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import maps

app = Flask(__name__)

PARCELS = {parcel["tracking"]: parcel for parcel in json.loads((HERE.parent / "parcels.json").read_text())}
# What the accounts service has issued, by SHA-256, as its introspection endpoint would tell.
ACCOUNTS = json.loads((HERE / "tokens.json").read_text())

CALLS_A_MINUTE = 30
calls = collections.defaultdict(collections.deque)


@app.errorhandler(401)
@app.errorhandler(404)
@app.errorhandler(429)
def problem(error):
    headers = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}}.get(error.code, {})
    return jsonify(error=error.name), error.code, headers


@app.before_request
def throttle():
    recent, now = calls[request.remote_addr], time.monotonic()
    while recent and recent[0] < now - 60:
        recent.popleft()
    if len(recent) >= CALLS_A_MINUTE:
        abort(429)
    recent.append(now)


@app.after_request
def tell_limit(response):
    response.headers["RateLimit-Limit"] = str(CALLS_A_MINUTE)
    return response


@app.before_request
def authenticate():
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    g.account = ACCOUNTS.get(hashlib.sha256(token.encode()).hexdigest()) if scheme == "Bearer" else None
    if g.account is None:
        abort(401)


def own_parcel(tracking):
    """The caller's parcel; another's is not told apart from one that does not exist."""
    parcel = PARCELS.get(tracking)
    if parcel is None or parcel["account"] != g.account:
        abort(404)
    return parcel


@app.get("/parcels/<tracking>")
def get_parcel(tracking):
    parcel = own_parcel(tracking)
    return jsonify(tracking=parcel["tracking"], status=parcel["status"], due=parcel["due"],
                   proofOfDelivery=parcel["signed_by"])


@app.get("/parcels/<tracking>/map")
def get_parcel_map(tracking):
    own_parcel(tracking)
    return Response(maps.png(maps.town()), mimetype="image/png")


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
