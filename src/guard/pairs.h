// Fields that are lists of name=value pairs: a query, a form, a Cookie field. Pairs come sorted by name, so all that
// bear one name stand side by side, in the order of the message.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/compile.h"

namespace portico::guard {

// Views point into the message, and `name` may point into the storage that the pairs were split with.
struct Pair {
  std::string_view name;  // decoded
  std::string_view raw_name;
  std::string_view raw_value;
  bool has_value = false;                        // false for "?flag"
  const schema::ScalarPlan* taken_by = nullptr;  // the plan of the parameter that took it

  // Of the parts of a multipart/form-data body only.
  std::string_view content_type;
  bool is_file = false;
};

// Splits a query or an application/x-www-form-urlencoded body at '&'. Names are decoded into `storage`; values are left
// as they are. False when there are more than `limit` pairs, or a name is malformed: its percent-encoding, not UTF-8,
// or with a NUL in it, at which some servers end it.
bool split_query(std::string_view text, bool plus_is_space, std::size_t limit, std::vector<Pair>& pairs,
                 std::string& storage);

// Splits Cookie fields (RFC 6265, section 4.2.1), already joined by "; ". Names are taken as they are: to decode them
// lets one cookie pass for another. A part without '=' names nothing and is left out. False: more than `limit` pairs.
bool split_cookies(std::string_view text, std::size_t limit, std::vector<Pair>& pairs);

void sort_pairs(std::vector<Pair>& pairs);

// The pairs of that name, out of sorted ones.
std::span<Pair> pairs_named(std::span<Pair> pairs, std::string_view name);

// The pairs of the first one's name; `pairs` is sorted and not empty.
std::span<Pair> first_group(std::span<Pair> pairs);

}  // namespace portico::guard
