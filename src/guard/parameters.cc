#include "guard/parameters.h"

#include <algorithm>

#include "base/text.h"
#include "http/target.h"

namespace portico::guard {
namespace {

using contract::Style;
using schema::ScalarPlan;

// Of one object in one value: names are compared with one another.
constexpr int kMaxMembers = 256;

char delimiter_of(const Shape& shape) {
  switch (shape.style) {
    case Style::kSpaceDelimited: return ' ';
    case Style::kPipeDelimited: return '|';
    case Style::kTabDelimited: return '\t';
    case Style::kLabel: return shape.explode || shape.delimiter_repeats_prefix ? '.' : ',';
    default: return ',';
  }
}

bool has_member(const json::TapeView& tape, std::size_t first, std::string_view name) {
  for (std::size_t i = first; i < tape.count; i = tape.next(i + 1)) {
    if (tape.text(i) == name) return true;
  }
  return false;
}

}  // namespace

bool is_spread(const Shape& shape) {
  return shape.explode && shape.style != Style::kDeepObject && (shape.plan->types & schema::kTypeObject) != 0 &&
         (shape.plan->types != schema::kTypeAny || !shape.plan->properties.empty());
}

// The parts of a text between delimiters. There is always one, if only an empty one.
class ParameterDecoder::Splitter {
 public:
  Splitter(std::string_view text, char delimiter, Carrier carrier)
      : rest_(text), delimiter_(delimiter), carrier_(carrier) {}

  bool next(std::string_view& part) {
    if (done_) return false;
    std::size_t at = 0;
    std::size_t length = 0;
    while (at < rest_.size() && (length = delimiter_at(at)) == 0) ++at;
    part = rest_.substr(0, at);
    done_ = at == rest_.size();
    rest_.remove_prefix(at + length);
    return true;
  }

 private:
  // Spaces, pipes and tabs must be percent-encoded in URIs (OpenAPI, appendix "Percent-Encoding"); pipes often are not,
  // and clients that write forms spell the space "+".
  std::size_t delimiter_at(std::size_t at) const {
    if (carrier_ == Carrier::kHeader || carrier_ == Carrier::kPlain) return rest_[at] == delimiter_ ? 1 : 0;
    const std::string_view here = rest_.substr(at, 3);
    switch (delimiter_) {
      case ' ': return here == "%20" ? 3 : (here.front() == '+' ? 1 : 0);
      case '|': return here == "%7C" || here == "%7c" ? 3 : (here.front() == '|' ? 1 : 0);
      case '\t': return here == "%09" ? 3 : 0;
      default: return here.front() == delimiter_ ? 1 : 0;
    }
  }

  std::string_view rest_;
  char delimiter_;
  Carrier carrier_;
  bool done_ = false;
};

bool ParameterDecoder::decode(std::string_view raw) {
  scratch_.clear();
  switch (carrier_) {
    case Carrier::kUri:
    case Carrier::kForm:
      if (!http::append_percent_decoded(scratch_, raw, carrier_ == Carrier::kForm)) return false;
      break;
    case Carrier::kHeader: scratch_ = trim(raw); break;
    case Carrier::kPlain: scratch_ = raw; break;
  }
  // Two readers agree on text only if it is text.
  return scratch_.find('\0') == std::string::npos && invalid_utf8(scratch_) == std::string_view::npos;
}

bool ParameterDecoder::scalar(const ScalarPlan& plan, std::string_view raw) {
  if (!decode(raw)) return false;
  append_typed(builder_, plan.types, scratch_, typing_);
  return true;
}

bool ParameterDecoder::list(const Shape& shape, Splitter parts) {
  builder_.begin_array();
  const ScalarPlan& items = items_of(*shape.plan);
  for (std::string_view part; parts.next(part);) {
    if (!scalar(items, part)) return false;
  }
  builder_.end_array();
  return true;
}

// `members` is where the object's members start on the tape.
bool ParameterDecoder::member(const Shape& shape, std::size_t members, std::string_view raw_name,
                              std::string_view raw_value) {
  if (!decode(raw_name) || scratch_.empty() || has_member(builder_.view(), members, scratch_)) return false;
  builder_.key(scratch_);
  return scalar(property_of(*shape.plan, scratch_), raw_value);
}

// "R,100,G,200" or, exploded, "R=100,G=200".
bool ParameterDecoder::object(const Shape& shape, Splitter parts, bool exploded) {
  builder_.begin_object();
  const std::size_t members = builder_.position();
  int count = 0;
  for (std::string_view name, value; parts.next(name);) {
    if (++count > kMaxMembers) return false;
    if (exploded) {
      const auto equals = name.find('=');
      // Matrix leaves the sign out before an empty value (RFC 6570, section 3.2.7).
      if (equals == std::string_view::npos && shape.style != Style::kMatrix) return false;
      value = equals == std::string_view::npos ? std::string_view() : name.substr(equals + 1);
      name = name.substr(0, equals);
    } else if (!parts.next(value)) {
      return false;
    }
    if (!member(shape, members, name, value)) return false;
  }
  builder_.end_object();
  return true;
}

bool ParameterDecoder::value(const Shape& shape, std::string_view raw, char delimiter) {
  switch (structure_) {
    case Structure::kScalar: return scalar(*shape.plan, raw);
    case Structure::kArray: return list(shape, Splitter(raw, delimiter, carrier_));
    case Structure::kObject: break;
  }
  // In pairs an exploded object has no text of its own, so one that is met here is not exploded.
  const bool exploded = shape.explode && (shape.style == Style::kSimple || shape.style == Style::kLabel);
  return object(shape, Splitter(raw, delimiter, carrier_), exploded);
}

// Whether a part of a matrix is of the parameter's name: ";color=blue", or ";color" for an empty value.
bool ParameterDecoder::matrix_name(const Shape& shape, std::string_view part, std::string_view& raw_value) {
  const auto equals = part.find('=');
  raw_value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
  return decode(part.substr(0, equals)) && scratch_ == shape.name;
}

bool ParameterDecoder::matrix(const Shape& shape, std::string_view raw) {
  if (!raw.starts_with(';')) return false;
  raw.remove_prefix(1);
  Splitter parts(raw, ';', carrier_);
  if (shape.explode && structure_ == Structure::kObject) return object(shape, parts, true);
  std::string_view part;
  std::string_view text;
  if (shape.explode && structure_ == Structure::kArray) {
    builder_.begin_array();
    while (parts.next(part)) {
      if (!matrix_name(shape, part, text) || !scalar(items_of(*shape.plan), text)) return false;
    }
    builder_.end_array();
    return true;
  }
  // A second part would be a second parameter for other readers.
  if (!parts.next(part) || !matrix_name(shape, part, text) || parts.next(part)) return false;
  return value(shape, text, ',');
}

Decoded ParameterDecoder::from_text(const Shape& shape, std::string_view raw) {
  carrier_ = shape.carrier;
  bool good = false;
  if (shape.style == Style::kMatrix) {
    good = matrix(shape, raw);
  } else if (shape.style == Style::kLabel) {
    good = raw.starts_with('.') && value(shape, raw.substr(1), delimiter_of(shape));
  } else {
    good = value(shape, raw, delimiter_of(shape));
  }
  return good ? Decoded::kValue : Decoded::kMalformed;
}

Decoded ParameterDecoder::single(const Shape& shape, std::span<Pair> pairs) {
  const auto group = pairs_named(pairs, shape.name);
  for (Pair& pair : group) pair.taken_by = shape.plan;
  if (group.empty()) return Decoded::kAbsent;
  if (group.size() > 1) return Decoded::kRepeated;
  return from_text(shape, group.front().raw_value);
}

Decoded ParameterDecoder::exploded_array(const Shape& shape, std::span<Pair> pairs) {
  const auto group = pairs_named(pairs, shape.name);
  if (group.empty()) return Decoded::kAbsent;
  builder_.begin_array();
  for (Pair& pair : group) {
    pair.taken_by = shape.plan;
    if (!scalar(items_of(*shape.plan), pair.raw_value)) return Decoded::kMalformed;
  }
  builder_.end_array();
  return Decoded::kValue;
}

Decoded ParameterDecoder::from_group(const ScalarPlan& plan, Carrier carrier, std::span<const Pair> group) {
  carrier_ = carrier;
  const bool array = reads_as_array(plan, group.size());
  if (!array && group.size() > 1) return Decoded::kRepeated;
  if (array) builder_.begin_array();
  for (const Pair& pair : group) {
    if (!scalar(array ? items_of(plan) : plan, pair.raw_value)) return Decoded::kMalformed;
  }
  if (array) builder_.end_array();
  return Decoded::kValue;
}

// Every pair that no other parameter took and that names a property of the object: the properties stand side by side
// with other parameters, and only their names say whose they are.
Decoded ParameterDecoder::exploded_object(const Shape& shape, std::span<Pair> pairs) {
  bool found = false;
  while (!pairs.empty()) {
    const auto group = first_group(pairs);
    pairs = pairs.subspan(group.size());
    const auto& name = group.front().name;
    const bool free = group.front().taken_by == nullptr || group.front().taken_by == shape.plan;
    const bool declared =
        std::ranges::find(shape.plan->properties, name, &ScalarPlan::Property::name) != shape.plan->properties.end();
    if (!free || (!declared && !shape.takes_others)) continue;
    for (Pair& pair : group) pair.taken_by = shape.plan;
    if (!found) builder_.begin_object();
    found = true;
    builder_.key(name);
    const auto decoded = from_group(property_of(*shape.plan, name), shape.carrier, group);
    if (decoded != Decoded::kValue) return decoded;
  }
  if (!found) return Decoded::kAbsent;
  builder_.end_object();
  return Decoded::kValue;
}

Decoded ParameterDecoder::deep_object(const Shape& shape, std::span<Pair> pairs) {
  bool found = false;
  while (!pairs.empty()) {
    const auto group = first_group(pairs);
    pairs = pairs.subspan(group.size());
    std::string_view name = group.front().name;
    if (!name.starts_with(shape.name) || name.size() == shape.name.size() || name[shape.name.size()] != '[') continue;
    for (Pair& pair : group) pair.taken_by = shape.plan;
    if (!found) builder_.begin_object();
    found = true;
    name.remove_prefix(shape.name.size() + 1);
    if (name.size() < 2 || !name.ends_with(']') || name.find_first_of("[]") != name.size() - 1) {
      return Decoded::kMalformed;
    }
    name.remove_suffix(1);
    builder_.key(name);
    const auto decoded = from_group(property_of(*shape.plan, name), shape.carrier, group);
    if (decoded != Decoded::kValue) return decoded;
  }
  if (!found) return Decoded::kAbsent;
  builder_.end_object();
  return Decoded::kValue;
}

Decoded ParameterDecoder::from_pairs(const Shape& shape, std::span<Pair> pairs) {
  carrier_ = shape.carrier;
  if (shape.style == Style::kDeepObject) return deep_object(shape, pairs);
  if (shape.explode && structure_ == Structure::kArray) return exploded_array(shape, pairs);
  if (shape.explode && structure_ == Structure::kObject) return exploded_object(shape, pairs);
  return single(shape, pairs);
}

}  // namespace portico::guard
