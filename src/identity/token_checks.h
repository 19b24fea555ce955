// What a token whose signature is right must still be: its claims (RFC 7519, section 4.1). Internal to the verifier.
#pragma once

#include <vector>

#include "identity/record.h"
#include "identity/token_verifier.h"
#include "schema/validate.h"

namespace portico::identity {

class TokenChecks {
 public:
  // `texts` is scratch memory.
  TokenChecks(const IssuerOptions& options, schema::Validator& validator, std::vector<std::string_view>& texts,
              std::int64_t now_s)
      : options_(options), validator_(validator), texts_(texts), now_s_(now_s) {}

  // The `typ` of the header.
  static bool is_wanted_type(const IssuerOptions& options, bool has_type, std::string_view type);

  // Whether `exp` is there and has passed.
  static bool is_over(const IssuerOptions& options, json::TapeView claims, std::int64_t now_s);

  // Checks the record's claims and sets what an Identity says of them. Only `problem` and `detail` are used.
  TokenVerdict run(Record& record);

 private:
  TokenVerdict times(Record& record) const;
  TokenVerdict audience(const Record& record);
  TokenVerdict names(Record& record);
  TokenVerdict confirmation(Record& record) const;
  TokenVerdict rest(const Record& record);

  const IssuerOptions& options_;
  schema::Validator& validator_;
  std::vector<std::string_view>& texts_;
  std::int64_t now_s_;
};

}  // namespace portico::identity
