"""Parcel tracking for the public web site: no sign-in, a parcel number is enough to follow a parcel."""
import json
import os
import pathlib
import sys

from flask import Flask, Response, jsonify, request

LAB = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LAB))
import maps

app = Flask(__name__)

PARCELS = {parcel["number"]: parcel for parcel in json.loads((LAB / "parcels.json").read_text())}


def problem(status, text):
    return jsonify(error=text), status


def record(parcel):
    """Everything that the depot's screen shows, since the web page is made from the same record."""
    return {
        "number": parcel["number"],
        "status": parcel["status"],
        "due": parcel["due"],
        "postcode": parcel["postcode"],
        "coordinates": {"latitude": parcel["latitude"], "longitude": parcel["longitude"]},
        "contact": {"name": parcel["contact"], "mobile": parcel["mobile"], "email": parcel["email"]},
        "proofOfDelivery": parcel["signed_by"],
        "neighbour": parcel["neighbour"],
        "history": parcel["history"],
    }


@app.get("/parcels/<int:number>/map")
def get_parcel_map(number):
    parcel = PARCELS.get(number)
    if parcel is None:
        return problem(404, "no such parcel")
    picture = maps.png(maps.with_pin(maps.town(), parcel["latitude"], parcel["longitude"]))
    return Response(picture, mimetype="image/png")


@app.get("/parcels/<int:number>")
def get_parcel(number):
    parcel = PARCELS.get(number)
    if parcel is None:
        return problem(404, "no such parcel")
    postcode = request.args.get("postcode")
    if not postcode:
        return problem(400, "the postcode is missing")
    # The postcode proves that the caller is the consignee.
    if postcode.replace(" ", "").upper() != parcel["postcode"].replace(" ", ""):
        return problem(403, "the postcode does not match the parcel")
    return jsonify(record(parcel))


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
