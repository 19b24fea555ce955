"""Gateway of a production line, repaired: the key is asked for everywhere, files stay in the project's folder."""
import hmac
import os
import pathlib

from flask import Flask, abort, jsonify, request
from werkzeug.utils import safe_join

app = Flask(__name__)

HOME = pathlib.Path(os.environ["LAB_HOME"])
PROJECT = HOME / "project"
PROJECT.mkdir(exist_ok=True)
(HOME / "startup.py").write_text("# run by the gateway at each start\n")

GATEWAY_KEY = os.environ.get("GATEWAY_KEY", "gk-4b1f7c02e9")
TAGS = {"filler/speed": 118.5, "filler/level": 72.25, "oven/temperature": 184.0}
# What the integrator needs; anything else is installed with a release.
SCRIPTS = {"tag-count": lambda: f"{len(TAGS)} tags"}


@app.errorhandler(400)
@app.errorhandler(401)
@app.errorhandler(404)
def problem(error):
    return jsonify(error=error.name), error.code


@app.before_request
def check_key():
    if not hmac.compare_digest(request.headers.get("X-Gateway-Key", ""), GATEWAY_KEY):
        abort(401)


def in_project(path):
    """The file's place, or 404 for a path that leads out of the project's folder."""
    return pathlib.Path(safe_join(PROJECT, path) or abort(404))


@app.get("/data/tags")
def list_tags():
    return jsonify(tags=[{"name": name, "value": value} for name, value in TAGS.items()])


@app.post("/system/scripts/<name>/run")
def run_script(name):
    if name not in SCRIPTS:
        abort(404)
    return jsonify(output=SCRIPTS[name](), exitCode=0)


@app.put("/system/files")
def put_file():
    body = request.get_json()
    in_project(body["path"]).write_text(body["content"])
    return jsonify(path=body["path"], size=len(body["content"]))


@app.get("/system/files")
def get_file():
    file = in_project(request.args["path"])
    if not file.is_file():
        abort(404)
    return jsonify(path=request.args["path"], content=file.read_text())


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
