"""Back end of a dating app: who is near, and how far."""
import functools
import json
import os
import pathlib
import sys

from flask import Flask, g, jsonify, request

LAB = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(LAB), str(LAB.parent / "lib")]
from bearer import Tokens
from geo import miles_between

app = Flask(__name__)

PEOPLE = json.loads((LAB / "people.json").read_text())
tokens = Tokens(LAB / "tokens.json")


def problem(status, text):
    return jsonify(error=text), status


def signed_in(view):
    @functools.wraps(view)
    def checked(*args, **kwargs):
        g.user = tokens.subject(request)
        if g.user is None:
            return problem(401, "sign in first")
        return view(*args, **kwargs)
    return checked


@app.put("/me/location")
@signed_in
def set_location():
    where = request.get_json()
    PEOPLE[g.user].update(latitude=float(where["latitude"]), longitude=float(where["longitude"]))
    return "", 204


@app.get("/encounters")
@signed_in
def list_encounters():
    # Everybody, with who has liked the caller: the app sorts these to the front and hides it until one pays.
    return jsonify(people=[
        {"userId": user_id, "name": person["name"], "likesYou": g.user in person["liked"]}
        for user_id, person in PEOPLE.items() if user_id != g.user])


@app.get("/users/<user_id>")
@signed_in
def get_user(user_id):
    person = PEOPLE.get(user_id)
    if person is None:
        return problem(404, "no such user")
    # The app shows the name, the age, the text and the distance; the rest is there for later screens.
    profile = {key: value for key, value in person.items() if key not in ("latitude", "longitude", "liked")}
    profile.update(userId=user_id, distanceMiles=miles_between(PEOPLE[g.user], person))
    return jsonify(profile)


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
