// Parameters on the wire: from raw text to a typed value on a tape, by the style that the contract declares (OpenAPI,
// "Style Values"). Delimiters are found before percent-encoding is undone, and it is undone once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/model.h"
#include "json/tape.h"
#include "schema/compile.h"

namespace portico::guard {

// One name=value of a query, form or Cookie field.
struct Pair {
  std::string_view raw_name;
  std::string_view raw_value;
  std::string_view name;                         // decoded
  bool has_value = false;                        // false for "?flag"
  const schema::ScalarPlan* taken_by = nullptr;  // the plan of the parameter that took it
};

// What a style needs to know about the parameter.
struct Shape {
  std::string_view name;
  contract::Style style = contract::Style::kForm;
  bool explode = false;
  bool delimiter_repeats_prefix = false;
  const schema::ScalarPlan* plan = nullptr;

  bool is_array() const { return (plan->types & schema::kTypeArray) != 0; }
  bool is_object() const { return (plan->types & schema::kTypeObject) != 0; }
};

enum class Decoded : std::uint8_t {
  kValue,      // a value is on the builder
  kAbsent,     // the message does not have the parameter
  kMalformed,  // bad percent-encoding, or not of the declared style
  kRepeated,   // given more than once, and it takes one value
};

// How text that could be several types is read. A value is tried as kNarrow first; if the schema refuses it and it may
// be a string too, again as kText.
enum class Reading : std::uint8_t { kNarrow, kText };

// Splits `text` at `separator` ('&' or ';') into pairs; names are decoded into `storage`, which the pairs then point
// to. False when a name's percent-encoding is malformed or there are more than `limit` pairs.
bool split_pairs(std::string_view text, char separator, bool plus_is_space, std::size_t limit, std::vector<Pair>& pairs,
                 std::string& storage);

// Decodes the values of one parameter.
class ParameterDecoder {
 public:
  // `plus_is_space`: for forms (application/x-www-form-urlencoded).
  ParameterDecoder(json::TapeBuilder& builder, std::string& scratch, Reading reading, bool plus_is_space = false)
      : builder_(builder), scratch_(scratch), reading_(reading), plus_is_space_(plus_is_space) {}

  // Styles form, spaceDelimited, pipeDelimited, tabDelimited and deepObject, from a query, form or Cookie field.
  Decoded from_pairs(const Shape& shape, std::span<Pair> pairs);

  // A whole form: one object of all pairs, also of none.
  Decoded whole_form(const Shape& shape, std::span<Pair> pairs);

  // Styles simple, label and matrix, from a path segment (percent-encoded) or a header field (as it is).
  Decoded from_text(const Shape& shape, std::string_view raw, bool percent_encoded);

 private:
  bool scalar(const schema::ScalarPlan& plan, std::string_view raw);
  void typed(const schema::ScalarPlan& plan, std::string_view text);
  bool list(const Shape& shape, std::string_view raw, std::string_view separator);
  bool key_value_list(const Shape& shape, std::string_view raw, std::string_view separator, bool exploded);
  bool member(const Shape& shape, std::string_view raw_name, std::string_view raw_value);
  Decoded single(const Shape& shape, std::span<Pair> pairs, std::string_view separator);
  Decoded exploded_array(const Shape& shape, std::span<Pair> pairs);
  Decoded exploded_object(const Shape& shape, std::span<Pair> pairs);
  Decoded property(const schema::ScalarPlan& plan, std::string_view name, std::size_t first, std::span<Pair> pairs);
  Decoded deep_object(const Shape& shape, std::span<Pair> pairs);
  Decoded prefixed(const Shape& shape, std::string_view raw, std::string_view prefix, std::string_view separator);
  Decoded matrix(const Shape& shape, std::string_view raw);
  bool decode(std::string_view raw);

  json::TapeBuilder& builder_;
  std::string& scratch_;
  Reading reading_;
  bool plus_is_space_;
  bool percent_encoded_ = true;
};

// Whether text of the wire can also be read another way than kNarrow reads it.
bool may_be_text(const schema::ScalarPlan& plan);

}  // namespace portico::guard
