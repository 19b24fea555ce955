"""Parcel tracking, repaired: a random tracking code names the parcel, and only its consignee may read it."""
import json
import os
import pathlib
import sys

from flask import Flask, Response, abort, g, jsonify, request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "lib")]
import maps
from bearer import Tokens
from throttle import Throttle

app = Flask(__name__)

PARCELS = {parcel["tracking"]: parcel for parcel in json.loads((HERE.parent / "parcels.json").read_text())}
tokens = Tokens(HERE / "tokens.json")
throttle = Throttle(calls=30, seconds=60)


@app.errorhandler(401)
@app.errorhandler(404)
@app.errorhandler(429)
def problem(error):
    headers = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}}.get(error.code, {})
    return jsonify(error=error.name), error.code, headers


@app.before_request
def slow_down():
    if not throttle.allows(request.remote_addr):
        abort(429)


@app.after_request
def tell_limit(response):
    response.headers["RateLimit-Limit"] = str(throttle.calls)
    return response


@app.before_request
def authenticate():
    g.account = tokens.subject(request)
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
                   proofOfDelivery=parcel["signed_by"], history=parcel["history"])


@app.get("/parcels/<tracking>/map")
def get_parcel_map(tracking):
    own_parcel(tracking)
    return Response(maps.png(maps.town()), mimetype="image/png")


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
