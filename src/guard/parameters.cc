#include "guard/parameters.h"

#include <algorithm>

#include "base/text.h"
#include "http/target.h"

namespace portico::guard {
namespace {

using contract::Style;
using schema::ScalarPlan;
using schema::TypeMask;

constexpr TypeMask kNumeric = schema::kTypeInteger | schema::kTypeNumber;

const ScalarPlan& any_plan() {
  static const ScalarPlan kAny;
  return kAny;
}

const ScalarPlan& items_of(const ScalarPlan& plan) { return plan.items.empty() ? any_plan() : plan.items.front(); }

const ScalarPlan& property_of(const ScalarPlan& plan, std::string_view name) {
  if (const ScalarPlan* known = plan.property(name)) return *known;
  return plan.additional.empty() ? any_plan() : plan.additional.front();
}

// The delimiter of a style in a query; spaces and pipes must be percent-encoded, and often are not.
std::size_t find_delimiter(std::string_view text, Style style, std::size_t& length) {
  const auto first_of = [&](std::initializer_list<std::string_view> spellings) {
    std::size_t best = std::string_view::npos;
    for (const auto spelling : spellings) {
      const auto at = text.find(spelling);
      if (at < best) {
        best = at;
        length = spelling.size();
      }
    }
    return best;
  };
  switch (style) {
    case Style::kSpaceDelimited: return first_of({"%20", "+", " "});
    case Style::kPipeDelimited: return first_of({"|", "%7C", "%7c"});
    case Style::kTabDelimited: return first_of({"%09", "\t"});
    default: return first_of({","});
  }
}

}  // namespace

bool may_be_text(const ScalarPlan& plan) {
  if ((plan.types & schema::kTypeString) != 0 && (plan.types & ~schema::kTypeString) != 0) return true;
  return std::ranges::any_of(plan.items, may_be_text) || std::ranges::any_of(plan.additional, may_be_text) ||
         std::ranges::any_of(plan.properties, [](const auto& property) { return may_be_text(property.plan); });
}

bool split_pairs(std::string_view text, char separator, bool plus_is_space, std::size_t limit, std::vector<Pair>& pairs,
                 std::string& storage) {
  pairs.clear();
  storage.clear();
  // Decoding never lengthens, so the pairs' views stay valid.
  storage.reserve(text.size());
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (separator == ';') part = trim(part);
    if (part.empty()) continue;
    if (pairs.size() == limit) return false;
    const auto equals = part.find('=');
    Pair pair{.raw_name = part.substr(0, equals), .has_value = equals != std::string_view::npos};
    if (pair.has_value) pair.raw_value = part.substr(equals + 1);
    const auto start = storage.size();
    if (!http::append_percent_decoded(storage, pair.raw_name, plus_is_space)) return false;
    pair.name = std::string_view(storage).substr(start);
    pairs.push_back(pair);
  }
  return true;
}

bool ParameterDecoder::decode(std::string_view raw) {
  scratch_.clear();
  if (percent_encoded_) {
    if (!http::append_percent_decoded(scratch_, raw, plus_is_space_)) return false;
  } else {
    scratch_ = raw;
  }
  // Two readers agree on text only if it is text.
  return invalid_utf8(scratch_) == std::string_view::npos && scratch_.find('\0') == std::string::npos;
}

void ParameterDecoder::typed(const ScalarPlan& plan, std::string_view text) {
  if (reading_ == Reading::kNarrow || (plan.types & schema::kTypeString) == 0) {
    if ((plan.types & kNumeric) != 0 && builder_.number_literal(text)) return;
    if ((plan.types & schema::kTypeBoolean) != 0 && (text == "true" || text == "false")) {
      return builder_.boolean(text == "true");
    }
    // Styles have no spelling for null; an empty value of something that cannot be an empty text is the usual one.
    if ((plan.types & schema::kTypeNull) != 0 && (text == "null" || text.empty())) return builder_.null();
  }
  builder_.string(text);
}

bool ParameterDecoder::scalar(const ScalarPlan& plan, std::string_view raw) {
  if (!decode(raw)) return false;
  typed(plan, scratch_);
  return true;
}

bool ParameterDecoder::list(const Shape& shape, std::string_view raw, std::string_view separator) {
  builder_.begin_array();
  const ScalarPlan& plan = items_of(*shape.plan);
  // An empty text is the empty list: there is no spelling for a list of one empty text.
  while (!raw.empty()) {
    std::size_t length = separator.size();
    const auto at = separator.empty() ? find_delimiter(raw, shape.style, length) : raw.find(separator);
    if (!scalar(plan, raw.substr(0, at))) return false;
    if (at == std::string_view::npos) break;
    raw.remove_prefix(at + length);
    if (raw.empty() && !scalar(plan, raw)) return false;
  }
  builder_.end_array();
  return true;
}

bool ParameterDecoder::member(const Shape& shape, std::string_view raw_name, std::string_view raw_value) {
  if (!decode(raw_name)) return false;
  builder_.key(scratch_);
  return scalar(property_of(*shape.plan, scratch_), raw_value);
}

// "R,100,G,200" or, exploded, "R=100,G=200".
bool ParameterDecoder::key_value_list(const Shape& shape, std::string_view raw, std::string_view separator,
                                      bool exploded) {
  builder_.begin_object();
  const auto take = [&](std::string_view& rest) {
    std::size_t length = separator.size();
    const auto at = separator.empty() ? find_delimiter(rest, shape.style, length) : rest.find(separator);
    const auto part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + length);
    return std::pair(part, at != std::string_view::npos);
  };
  while (!raw.empty()) {
    const auto [name, more] = take(raw);
    if (exploded) {
      const auto equals = name.find('=');
      if (equals == std::string_view::npos || !member(shape, name.substr(0, equals), name.substr(equals + 1))) {
        return false;
      }
      continue;
    }
    if (!more || !member(shape, name, take(raw).first)) return false;
  }
  builder_.end_object();
  return true;
}

Decoded ParameterDecoder::single(const Shape& shape, std::span<Pair> pairs, std::string_view separator) {
  Pair* found = nullptr;
  for (Pair& pair : pairs) {
    if (pair.name != shape.name) continue;
    pair.taken_by = shape.plan;
    if (found != nullptr) return Decoded::kRepeated;
    found = &pair;
  }
  if (found == nullptr) return Decoded::kAbsent;
  bool good = false;
  if (shape.is_array()) {
    good = list(shape, found->raw_value, separator);
  } else if (shape.is_object()) {
    good = key_value_list(shape, found->raw_value, separator, false);
  } else {
    good = scalar(*shape.plan, found->raw_value);
  }
  return good ? Decoded::kValue : Decoded::kMalformed;
}

Decoded ParameterDecoder::exploded_array(const Shape& shape, std::span<Pair> pairs) {
  if (std::ranges::none_of(pairs, [&](const Pair& pair) { return pair.name == shape.name; })) return Decoded::kAbsent;
  builder_.begin_array();
  for (Pair& pair : pairs) {
    if (pair.name != shape.name) continue;
    pair.taken_by = shape.plan;
    if (!scalar(items_of(*shape.plan), pair.raw_value)) return Decoded::kMalformed;
  }
  builder_.end_array();
  return Decoded::kValue;
}

// One property of an object spread over pairs; `first` is where its name is met for the first time.
Decoded ParameterDecoder::property(const ScalarPlan& plan, std::string_view key, std::size_t first,
                                   std::span<Pair> pairs) {
  const auto same = [name = pairs[first].name](const Pair& other) { return other.name == name; };
  builder_.key(key);
  if ((plan.types & schema::kTypeArray) == 0 || plan.types == schema::kTypeAny) {
    if (std::ranges::count_if(pairs, same) > 1) return Decoded::kRepeated;
    return scalar(plan, pairs[first].raw_value) ? Decoded::kValue : Decoded::kMalformed;
  }
  builder_.begin_array();
  for (const Pair& pair : pairs.subspan(first)) {
    if (same(pair) && !scalar(items_of(plan), pair.raw_value)) return Decoded::kMalformed;
  }
  builder_.end_array();
  return Decoded::kValue;
}

// Every pair that no other parameter took and that names a property of the object: the properties stand side by side
// with other parameters, and only their names say whose they are.
Decoded ParameterDecoder::exploded_object(const Shape& shape, std::span<Pair> pairs) {
  const auto belongs = [&](const Pair& pair) {
    return (pair.taken_by == nullptr || pair.taken_by == shape.plan) &&
           (shape.plan->property(pair.name) != nullptr || shape.plan->properties.empty());
  };
  if (std::ranges::none_of(pairs, belongs)) return Decoded::kAbsent;
  builder_.begin_object();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!belongs(pairs[i])) continue;
    pairs[i].taken_by = shape.plan;
    if (std::ranges::find(pairs.first(i), pairs[i].name, &Pair::name) != pairs.first(i).end()) continue;
    const auto decoded = property(property_of(*shape.plan, pairs[i].name), pairs[i].name, i, pairs);
    if (decoded != Decoded::kValue) return decoded;
  }
  builder_.end_object();
  return Decoded::kValue;
}

Decoded ParameterDecoder::whole_form(const Shape& shape, std::span<Pair> pairs) {
  builder_.reset();
  builder_.begin_object();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (std::ranges::find(pairs.first(i), pairs[i].name, &Pair::name) != pairs.first(i).end()) continue;
    const auto decoded = property(property_of(*shape.plan, pairs[i].name), pairs[i].name, i, pairs);
    if (decoded != Decoded::kValue) return decoded;
  }
  builder_.end_object();
  return Decoded::kValue;
}

// "filter[color]=red": one level, as the standard defines it. Deeper brackets are malformed: servers read them in
// different ways.
Decoded ParameterDecoder::deep_object(const Shape& shape, std::span<Pair> pairs) {
  bool found = false;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    std::string_view name = pairs[i].name;
    if (!name.starts_with(shape.name) || name.size() == shape.name.size() || name[shape.name.size()] != '[') continue;
    pairs[i].taken_by = shape.plan;
    if (!found) builder_.begin_object();
    found = true;
    name.remove_prefix(shape.name.size() + 1);
    if (name.size() < 2 || name.find_first_of("[]") != name.size() - 1) return Decoded::kMalformed;
    if (std::ranges::find(pairs.first(i), pairs[i].name, &Pair::name) != pairs.first(i).end()) continue;
    name.remove_suffix(1);
    const auto decoded = property(property_of(*shape.plan, name), name, i, pairs);
    if (decoded != Decoded::kValue) return decoded;
  }
  if (!found) return Decoded::kAbsent;
  builder_.end_object();
  return Decoded::kValue;
}

Decoded ParameterDecoder::from_pairs(const Shape& shape, std::span<Pair> pairs) {
  builder_.reset();
  percent_encoded_ = true;
  if (shape.style == Style::kDeepObject) return deep_object(shape, pairs);
  if (shape.style == Style::kForm && shape.explode) {
    if (shape.is_array()) return exploded_array(shape, pairs);
    if (shape.is_object()) return exploded_object(shape, pairs);
  }
  // Explode is undefined for delimited styles; repeated names are the reading that all servers share.
  if (shape.explode && shape.is_array()) {
    const auto named = [&](const Pair& pair) { return pair.name == shape.name; };
    if (std::ranges::count_if(pairs, named) > 1) return exploded_array(shape, pairs);
  }
  return single(shape, pairs, {});
}

// Styles label and, without explode, matrix: the value stands behind a prefix.
Decoded ParameterDecoder::prefixed(const Shape& shape, std::string_view raw, std::string_view prefix,
                                   std::string_view separator) {
  if (!raw.starts_with(prefix)) return Decoded::kMalformed;
  raw.remove_prefix(prefix.size());
  bool good = false;
  if (shape.is_array()) {
    good = list(shape, raw, separator);
  } else if (shape.is_object()) {
    good = key_value_list(shape, raw, separator, shape.explode);
  } else {
    good = scalar(*shape.plan, raw);
  }
  return good ? Decoded::kValue : Decoded::kMalformed;
}

Decoded ParameterDecoder::matrix(const Shape& shape, std::string_view raw) {
  const std::string prefix = ';' + std::string(shape.name);
  if (shape.explode && shape.is_object()) return prefixed(shape, raw, ";", ";");
  // ";color" alone is the empty value (RFC 6570, section 3.2.7).
  if (raw == prefix) return prefixed(shape, raw, prefix, ",");
  if (shape.explode && shape.is_array()) return prefixed(shape, raw, prefix + "=", prefix + "=");
  return prefixed(shape, raw, prefix + "=", ",");
}

Decoded ParameterDecoder::from_text(const Shape& shape, std::string_view raw, bool percent_encoded) {
  builder_.reset();
  percent_encoded_ = percent_encoded;
  switch (shape.style) {
    case Style::kLabel: {
      const bool dots = shape.explode || shape.delimiter_repeats_prefix;
      return prefixed(shape, raw, ".", dots ? "." : ",");
    }
    case Style::kMatrix: return matrix(shape, raw);
    default: return prefixed(shape, raw, "", ",");
  }
}

}  // namespace portico::guard
