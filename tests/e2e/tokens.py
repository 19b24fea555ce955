"""Keys and signed tokens, made with openssl: what an identity provider would do."""
import base64
import json
import pathlib
import subprocess
import time

ISSUER = "https://id.example"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, given=b""):
    return subprocess.run(["openssl", *map(str, arguments)], input=given, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True).stdout


def raw_signature(der):
    """r and s of an ECDSA signature, 32 bytes each (RFC 7518, section 3.4)."""
    def number(at):
        size = der[at + 1]
        return der[at + 2:at + 2 + size].lstrip(b"\0").rjust(32, b"\0"), at + 2 + size
    r, at = number(2)
    s, _ = number(at)
    return r + s


class Key:
    """An EC key on P-256, in a file of the folder."""

    def __init__(self, folder, kid):
        self.kid = kid
        self.path = pathlib.Path(folder) / f"{kid}.pem"
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.path)
        point = openssl("ec", "-in", self.path, "-pubout", "-outform", "DER")[-64:]
        self.jwk = {"kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "use": "sig",
                    "x": base64url(point[:32]), "y": base64url(point[32:])}

    def sign(self, claims, **header):
        head = {"alg": "ES256", "typ": "at+jwt", "kid": self.kid, **header}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        signature = openssl("dgst", "-sha256", "-sign", self.path, given=text.encode())
        return text + "." + base64url(raw_signature(signature))


def key_set(*keys):
    return json.dumps({"keys": [key.jwk for key in keys]})


def claims(subject="ann", **more):
    now = int(time.time())
    return {"iss": ISSUER, "aud": "shop", "sub": subject, "iat": now - 5, "exp": now + 600, **more}
