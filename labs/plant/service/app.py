"""Gateway of a production line: tags of the controllers, and remote administration for the integrator."""
import os
import pathlib
import subprocess
import sys

from flask import Blueprint, Flask, jsonify, request

app = Flask(__name__)
line = Blueprint("line", __name__, url_prefix="/data")
management = Blueprint("management", __name__, url_prefix="/system")

HOME = pathlib.Path(os.environ["LAB_HOME"])
PROJECT = HOME / "project"
PROJECT.mkdir(exist_ok=True)
(HOME / "startup.py").write_text("# run by the gateway at each start\n")

GATEWAY_KEY = "gk-4b1f7c02e9"
TAGS = {"filler/speed": 118.5, "filler/level": 72.25, "oven/temperature": 184.0}


@line.before_request
def check_key():
    if request.headers.get("X-Gateway-Key") != GATEWAY_KEY:
        return jsonify(error="the key is wrong"), 401


@line.get("/tags")
def list_tags():
    return jsonify(tags=[{"name": name, "value": value} for name, value in TAGS.items()])


@management.post("/scripts/run")
def run_script():
    done = subprocess.run([sys.executable, "-c", request.get_json()["code"]], cwd=HOME, capture_output=True,
                          text=True, timeout=5)
    return jsonify(output=done.stdout + done.stderr, exitCode=done.returncode)


@management.put("/files")
def put_file():
    body = request.get_json()
    target = os.path.join(PROJECT, body["path"])
    with open(target, "w", encoding="utf-8") as file:
        file.write(body["content"])
    return jsonify(path=body["path"], size=len(body["content"]))


@management.get("/files")
def get_file():
    path = request.args["path"]
    if not os.path.isfile(os.path.join(PROJECT, path)):
        return jsonify(error="no such file"), 404
    with open(os.path.join(PROJECT, path), encoding="utf-8") as file:
        return jsonify(path=path, content=file.read())


app.register_blueprint(line)
app.register_blueprint(management)

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
