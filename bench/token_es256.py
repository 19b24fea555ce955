"""A key pair and a token signed with it (ES256), by the openssl program."""
import base64
import json
import subprocess


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, text=b""):
    return subprocess.run(["openssl", *arguments], input=text, capture_output=True, check=True, timeout=60).stdout


def integers(der):
    """The two integers of an ECDSA signature in DER, 32 bytes each: what JWS wants (RFC 7518, section 3.4)."""
    at, out = 2, b""
    for _ in range(2):
        size = der[at + 1]
        out += int.from_bytes(der[at + 2:at + 2 + size], "big").to_bytes(32, "big")
        at += 2 + size
    return out


def make(folder, claims):
    """Writes folder/keys.json, a JWK set; the token."""
    key = folder / "key.pem"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    point = openssl("ec", "-in", key, "-pubout", "-outform", "DER")[-64:]
    jwk = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "bench", "x": base64url(point[:32]),
           "y": base64url(point[32:])}
    (folder / "keys.json").write_text(json.dumps({"keys": [jwk]}))
    header = {"alg": "ES256", "typ": "at+jwt", "kid": "bench"}
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return signed + "." + base64url(integers(openssl("dgst", "-sha256", "-sign", key, text=signed.encode())))
