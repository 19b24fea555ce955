// Who holds this bearer token? A file of SHA-256 hashes stands in for the identity provider's introspection.
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");

// Express middleware: sets req.subject, or answers 401.
module.exports = function bearer(path) {
  const subjects = JSON.parse(readFileSync(path, "utf8"));
  return (req, res, next) => {
    const [scheme, token] = (req.get("Authorization") || "").split(" ");
    const hash = createHash("sha256").update(token || "").digest("hex");
    if (!/^bearer$/i.test(scheme) || !Object.hasOwn(subjects, hash)) {
      return res.status(401).set("WWW-Authenticate", "Bearer").json({ error: "no valid access token" });
    }
    req.subject = subjects[hash];
    next();
  };
};
