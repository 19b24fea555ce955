// The section `ownership`: whose objects are whose, as far as answers tell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

// Where ids stand in a message.
struct IdPlace {
  enum class In : std::uint8_t {
    kAnywhere,  // a parameter, or a property of the body at any depth, of that name
    kPath,
    kQuery,
    kHeader,
    kCookie,
    kBody,  // `name` is a JSON pointer without its first slash; * is any name or index
  };
  In in = In::kAnywhere;
  std::string name;
};

struct IdUse {
  Selectors operations;
  std::vector<IdPlace> at;
};

// One kind of objects. Callers may use the ids that answers gave them, and no others.
struct Ownership {
  std::string id;              // names the kind
  IdUse learn;                 // of answers. Without operations: all that read
  IdUse check;                 // of requests. Without operations: all
  bool allow_unknown = false;  // ids that nobody was given yet pass; only what is another caller's is refused
  std::int64_t ttl_ns = INT64_C(7) * 24 * 3600 * 1'000'000'000;
  std::uint64_t status = 403;
  Place place;
};

// "accountId", "path/orderId", "body/items/*/id".
IdPlace parse_id_place(std::string_view text);

}  // namespace portico::policy
