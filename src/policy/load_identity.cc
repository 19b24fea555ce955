// The section `identity`.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "policy/sections.h"

namespace portico::policy {
namespace {

constexpr std::array kBindings = {std::pair{std::string_view("off"), Binding::kOff},
                                  std::pair{std::string_view("optional"), Binding::kOptional},
                                  std::pair{std::string_view("required"), Binding::kRequired}};

constexpr std::array kCallerFields = {std::pair{std::string_view("subject"), CallerField::kSubject},
                                      std::pair{std::string_view("issuer"), CallerField::kIssuer},
                                      std::pair{std::string_view("credential"), CallerField::kCredential},
                                      std::pair{std::string_view("scopes"), CallerField::kScopes},
                                      std::pair{std::string_view("method"), CallerField::kMethod}};

bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return is_alnum(c) || c == '-'; });
}

void read_forward(Mapping& forward, Identity& to) {
  for (const auto& [word, field] : kCallerFields) {
    std::string name;
    forward.text(word, name, "The request field that carries it to the service");
    if (name.empty()) continue;
    forward.check(is_field_name(name), "\"" + printable(name) + "\" is no name of a header field");
    to.forward.emplace_back(field, lower(name));
  }
}

}  // namespace

void read(Mapping& token, TokenIssuer& to) {
  token.texts("schemes", to.schemes, "The security schemes whose credentials are these tokens").required();
  token.text("issuer", to.issuer, "What iss must be").required();
  token.texts("audiences", to.audiences, "One of them must be in aud; without any a token with aud is not for us");
  std::string keys;
  token.text("keys", keys, "A file with a JWK Set, a JWK or PEM, or the https URL of a JWK Set").required();
  to.fetches_keys = keys.starts_with("https://");
  token.check(!keys.starts_with("http://"), "keys must not come over http, where anybody may change them");
  to.keys = to.fetches_keys ? keys : token.beside(keys);
  token.texts("algorithms", to.algorithms, "Signature algorithms that are allowed; all that the keys have otherwise");
  token.text("type", to.type, "What typ must be: at+jwt for access tokens by RFC 9068");
  token.duration("max_lifetime", to.max_lifetime_ns, "The longest time from iat to exp");
  token.duration("skew", to.skew_ns, "How far clocks may differ; 5m at most");
  token.texts("required", to.required, "Claims that must be there");
  token.file("claims", to.claims, "A file with a JSON Schema for all claims");
  token.text("subject", to.subject, "The claim that names the caller, by name or JSON pointer");
  token.text("scopes", to.scopes, "The claim with the scopes, by name or JSON pointer");
  token.flag("one_time", to.one_time, "Each token, by its jti, may be used once");
  token.choice<Binding>("dpop", to.dpop, kBindings, "Proofs of possession by RFC 9449");
  token.choice<Binding>("certificate_bound", to.certificate, kBindings,
                        "Tokens bound to a client certificate, RFC 8705");
}

void read(Mapping& keys, ApiKeyFile& to) {
  keys.texts("schemes", to.schemes, "The security schemes whose credentials are these keys").required();
  keys.file("file", to.file, "The file with the keys' hashes").required();
}

void read(Mapping& certificate, CertificateRule& to) {
  certificate.texts("schemes", to.schemes, "The security schemes of type mutualTLS that they serve").required();
  certificate.texts("subjects", to.subjects, "Distinguished names (RFC 4514) that may call; any if it is not there");
}

void read(Mapping& identity, Identity& to) {
  to.present = true;
  identity.list("tokens", to.tokens, "an entry of tokens", "Signed tokens, one entry an issuer");
  identity.list("api_keys", to.api_keys, "an entry of api_keys", "API keys");
  identity.list("certificates", to.certificates, "an entry of certificates", "Client certificates");
  identity.texts("unverified", to.unverified, "Security schemes whose credentials the service verifies itself");
  identity.text("public_url", to.public_url, "Scheme and host as clients see them: https://api.example.com");
  identity.mapping(
      "forward", "forward", [&](Mapping& forward) { read_forward(forward, to); },
      "What the service is told of the verified caller, and in which field; clients cannot send these fields");
}

}  // namespace portico::policy
