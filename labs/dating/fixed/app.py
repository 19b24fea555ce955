"""Back end of a dating app, repaired: only matches are shown, and a distance tells a circle, never a point."""
import json
import os
import pathlib
import sys

from flask import Flask, abort, g, jsonify, request

LAB = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(LAB), str(LAB.parent / "lib")]
from bearer import Tokens
from geo import miles_between
from throttle import Throttle

app = Flask(__name__)

PEOPLE = json.loads((LAB / "people.json").read_text())
tokens = Tokens(LAB / "tokens.json")
moves = Throttle(calls=6, seconds=3600)

# Both ends of a distance are moved to a grid of about a mile before it is rounded. Rounding alone is not enough:
# where the rounded value flips tells the exact distance.
GRID_DEGREES = 0.015


@app.errorhandler(401)
@app.errorhandler(404)
@app.errorhandler(429)
def problem(error):
    return jsonify(error=error.name), error.code


@app.before_request
def sign_in():
    g.user = tokens.subject(request)
    if g.user is None:
        abort(401)


def on_grid(person):
    return {axis: round(person[axis] / GRID_DEGREES) * GRID_DEGREES for axis in ("latitude", "longitude")}


@app.put("/me/location")
def set_location():
    if not moves.allows(g.user):
        abort(429)
    where = request.get_json()
    PEOPLE[g.user].update(latitude=float(where["latitude"]), longitude=float(where["longitude"]))
    return "", 204


@app.get("/encounters")
def list_encounters():
    return jsonify(people=[
        {"userId": user_id, "name": person["name"]} for user_id, person in PEOPLE.items() if user_id != g.user])


@app.get("/users/<user_id>")
def get_user(user_id):
    if user_id not in PEOPLE[g.user]["matches"]:
        abort(404)
    person = PEOPLE[user_id]
    miles = round(miles_between(on_grid(PEOPLE[g.user]), on_grid(person)))
    return jsonify(userId=user_id, name=person["name"], age=person["age"], about=person["about"],
                   distanceMiles=max(1, miles))


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
