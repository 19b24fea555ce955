#include "guard/pairs.h"

#include <algorithm>

#include "base/text.h"
#include "http/target.h"

namespace portico::guard {
namespace {

// The next part of `rest`, which is moved behind the separator.
std::string_view take_part(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

Pair split_pair(std::string_view part) {
  const auto equals = part.find('=');
  Pair pair{.raw_name = part.substr(0, equals), .has_value = equals != std::string_view::npos};
  if (pair.has_value) pair.raw_value = part.substr(equals + 1);
  return pair;
}

}  // namespace

bool split_query(std::string_view text, bool plus_is_space, std::size_t limit, std::vector<Pair>& pairs,
                 std::string& storage) {
  pairs.clear();
  storage.clear();
  // Decoding never lengthens, so the pairs' views stay valid.
  storage.reserve(text.size());
  while (!text.empty()) {
    const auto part = take_part(text, '&');
    if (part.empty()) continue;
    if (pairs.size() == limit) return false;
    Pair pair = split_pair(part);
    const auto start = storage.size();
    if (!http::append_percent_decoded(storage, pair.raw_name, plus_is_space)) return false;
    pair.name = std::string_view(storage).substr(start);
    if (pair.name.find('\0') != std::string_view::npos || invalid_utf8(pair.name) != std::string_view::npos) {
      return false;
    }
    pairs.push_back(pair);
  }
  sort_pairs(pairs);
  return true;
}

bool split_cookies(std::string_view text, std::size_t limit, std::vector<Pair>& pairs) {
  pairs.clear();
  while (!text.empty()) {
    const auto part = trim(take_part(text, ';'));
    Pair pair = split_pair(part);
    if (!pair.has_value || pair.raw_name.empty()) continue;
    if (pairs.size() == limit) return false;
    pair.name = pair.raw_name;
    pairs.push_back(pair);
  }
  sort_pairs(pairs);
  return true;
}

void sort_pairs(std::vector<Pair>& pairs) {
  std::ranges::sort(pairs, [](const Pair& a, const Pair& b) {
    const int order = a.name.compare(b.name);
    return order != 0 ? order < 0 : a.raw_name.data() < b.raw_name.data();  // all point into one text
  });
}

std::span<Pair> pairs_named(std::span<Pair> pairs, std::string_view name) {
  const auto found = std::ranges::equal_range(pairs, name, {}, &Pair::name);
  return {found.begin(), found.end()};
}

std::span<Pair> first_group(std::span<Pair> pairs) {
  const auto end = std::ranges::upper_bound(pairs, pairs.front().name, {}, &Pair::name);
  return {pairs.begin(), end};
}

}  // namespace portico::guard
