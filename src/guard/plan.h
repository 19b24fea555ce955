// What the guard makes of a contract and a policy before traffic comes: for each operation everything that a check
// needs, compiled. Plans point into the contract and are immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "guard/limits.h"
#include "guard/parameters.h"
#include "http/media_type.h"
#include "policy/policy.h"
#include "schema/compile.h"

namespace portico::guard {

// How a body of a media type is read before its schema is asked.
enum class BodyKind : std::uint8_t {
  kJson,
  kForm,        // application/x-www-form-urlencoded
  kText,        // one string
  kOpaque,      // bytes without structure: passes as it is
  kUnreadable,  // has a structure that the guard does not read: refused
};

struct MediaPlan {
  http::MediaType range;
  schema::Program program;
  schema::ScalarPlan plan;  // for forms
};

// What a message's own media type says: a contract's range may be wider.
BodyKind kind_of(const http::MediaType& media);

struct ParameterPlan {
  const contract::Parameter* parameter = nullptr;
  schema::Program program;
  schema::ScalarPlan plan;
  bool is_document = false;  // `content`: the value is a JSON document
  bool sensitive = false;    // personal or secret: never shown in events
  bool ambiguous = false;    // may be read as text where the narrow reading fails

  Shape shape() const;
};

struct ResponsePlan {
  std::string_view status;  // "200", "2XX", "default"
  std::vector<MediaPlan> media;
};

// One credential that a security requirement asks for.
struct CredentialPlan {
  enum class Where : std::uint8_t { kHeader, kQuery, kCookie, kAuthorization, kConnection };
  Where where = Where::kAuthorization;
  std::string_view name;  // of the header, query parameter or cookie; of the authentication scheme
};

struct LimitPlan {
  std::uint64_t id = 0;  // the same for the same limit after a reload
  Bucket bucket;
};

struct OperationPlan {
  const contract::Operation* operation = nullptr;
  std::vector<ParameterPlan> path;
  std::vector<ParameterPlan> query;
  std::vector<ParameterPlan> header;
  std::vector<ParameterPlan> cookie;
  std::vector<std::vector<CredentialPlan>> credentials;  // alternatives; empty: nobody has to say who they are
  std::vector<std::string_view> query_credentials;       // API keys in the query: declared by their scheme alone
  std::string_view challenge;
  bool body_required = false;
  std::vector<MediaPlan> request_media;
  std::vector<ResponsePlan> responses;
  std::vector<LimitPlan> limits;
};

// How the contract's Schema Objects are read.
schema::Dialect dialect_of(contract::SchemaDialect dialect);

// Compiles one plan for each operation of the contract, in the contract's order. `notes` gets what the owner should
// know.
Result<std::vector<OperationPlan>> make_plans(const contract::Contract& contract, const policy::Policy& policy,
                                              std::vector<std::string>& notes);

// The plan that fits a message's media type best; null when none does.
const MediaPlan* find_media(const std::vector<MediaPlan>& plans, const http::MediaType& message);

}  // namespace portico::guard
