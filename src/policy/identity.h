// Who may call, as the policy says it: what the credentials that the contract's security schemes name are verified
// with. Schemes are named as the contract's `securitySchemes` has them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

// Whether tokens may, or must, be bound to something that their caller proves to have.
enum class Binding : std::uint8_t { kOff, kOptional, kRequired };

// Signed tokens (JWT) of one issuer.
struct TokenIssuer {
  std::vector<Text> schemes;
  std::string issuer;  // `iss`
  std::vector<std::string> audiences;
  std::string keys;           // path of a key set (JWK, JWK Set, PEM), or an https: URL of one
  bool fetches_keys = false;  // `keys` is a URL: `portico serve` fetches it into the policy's `state`
  std::vector<Text> algorithms;
  std::string type;  // `typ`
  std::int64_t max_lifetime_ns = INT64_C(86400) * 1'000'000'000;
  std::int64_t skew_ns = INT64_C(30) * 1'000'000'000;
  std::vector<std::string> required;  // claims
  std::string claims;                 // path of a JSON Schema
  std::string subject = "sub";        // claims by name or JSON pointer
  std::string scopes = "scope";
  bool one_time = false;
  Binding dpop = Binding::kOptional;         // RFC 9449
  Binding certificate = Binding::kOptional;  // RFC 8705
  Place place;
};

// API keys, kept as hashes in a file that `portico key` writes.
struct ApiKeyFile {
  std::vector<Text> schemes;
  std::string file;
  Place place;
};

// Client certificates that the server has verified.
struct CertificateRule {
  std::vector<Text> schemes;
  std::vector<std::string> subjects;  // distinguished names by RFC 4514; empty: any that the server verified
  Place place;
};

// What a request field tells the service of the verified caller.
enum class CallerField : std::uint8_t { kSubject, kIssuer, kCredential, kScopes, kMethod };

struct Identity {
  bool present = false;  // the policy has the section; without it credentials are asked for, not verified
  std::vector<TokenIssuer> tokens;
  std::vector<ApiKeyFile> api_keys;
  std::vector<CertificateRule> certificates;
  std::vector<Text> unverified;  // schemes whose credentials must be there and are the service's to verify
  std::string public_url;        // scheme and host as clients see them, where a proxy in front changes them
  std::vector<std::pair<CallerField, std::string>> forward;  // header fields for the service, in lower case
};

}  // namespace portico::policy
