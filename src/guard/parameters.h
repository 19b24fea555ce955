// Parameters on the wire: from raw text to a typed value on a tape, by the style that the contract declares (OpenAPI,
// "Style Values" and "Style Examples"). Delimiters are found before percent-encoding is undone, and it is undone once.
//
// Where the standard leaves a combination undefined, one reading is taken and the others refused:
//   - deepObject: one level, "filter[color]=red"; a property that is an array may be repeated. Deeper or empty brackets
//     are malformed, since servers read them in different ways.
//   - spaceDelimited, pipeDelimited with explode: repeated names, as for form.
//   - An empty text is one empty value, also in a list: no style spells the empty list but by leaving the parameter
//   out.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/model.h"
#include "guard/pairs.h"
#include "guard/typed_text.h"
#include "json/tape.h"
#include "schema/compile.h"

namespace portico::guard {

// What carries the text decides how delimiters are spelled and what is escaped.
enum class Carrier : std::uint8_t {
  kUri,     // percent-encoding: path, query; cookies of style form
  kForm,    // percent-encoding, and '+' for a space: application/x-www-form-urlencoded
  kHeader,  // no escapes; white space around the elements of a list is not part of them (RFC 9110, section 5.6.1)
  kPlain,   // no escapes: multipart/form-data, text, cookies of style cookie
};

// What a style needs to know about the parameter. Views and the plan belong to the contract and its plans.
struct Shape {
  std::string_view name;
  contract::Style style = contract::Style::kForm;
  bool explode = false;
  bool delimiter_repeats_prefix = false;
  bool takes_others = false;  // an object spread over pairs takes undeclared names too
  Carrier carrier = Carrier::kUri;
  const schema::ScalarPlan* plan = nullptr;
};

// Whether the parameter is an object of which the properties are pairs of their own.
bool is_spread(const Shape& shape);

enum class Decoded : std::uint8_t {
  kValue,      // a value was appended to the builder
  kAbsent,     // the message does not have the parameter; nothing was appended
  kMalformed,  // bad percent-encoding, not UTF-8, or not of the declared style; the builder holds a part
  kRepeated,   // given more than once, and it takes one value; the builder holds a part
};

// Decodes the values of one parameter by one reading; appends to the builder. Cheap to make; one for each value.
class ParameterDecoder {
 public:
  ParameterDecoder(json::TapeBuilder& builder, std::string& scratch, Structure structure, Typing& typing)
      : builder_(builder), scratch_(scratch), structure_(structure), typing_(typing) {}

  // Styles form, spaceDelimited, pipeDelimited, tabDelimited and deepObject: out of sorted pairs.
  Decoded from_pairs(const Shape& shape, std::span<Pair> pairs);

  // Styles simple, label and matrix, and the delimited ones of 2.0: the text of a path segment, a header field, or of
  // the one pair that bears the parameter's name.
  Decoded from_text(const Shape& shape, std::string_view raw);

  // Pairs of one name: the value of a property, repeated where it is an array.
  Decoded from_group(const schema::ScalarPlan& plan, Carrier carrier, std::span<const Pair> group);

 private:
  class Splitter;

  bool decode(std::string_view raw);
  bool scalar(const schema::ScalarPlan& plan, std::string_view raw);
  bool value(const Shape& shape, std::string_view raw, char delimiter);
  bool list(const Shape& shape, Splitter parts);
  bool member(const Shape& shape, std::size_t object, std::string_view raw_name, std::string_view raw_value);
  bool object(const Shape& shape, Splitter parts, bool exploded);
  bool matrix(const Shape& shape, std::string_view raw);
  bool matrix_name(const Shape& shape, std::string_view part, std::string_view& raw_value);
  Decoded single(const Shape& shape, std::span<Pair> pairs);
  Decoded exploded_array(const Shape& shape, std::span<Pair> pairs);
  Decoded exploded_object(const Shape& shape, std::span<Pair> pairs);
  Decoded deep_object(const Shape& shape, std::span<Pair> pairs);

  json::TapeBuilder& builder_;
  std::string& scratch_;
  Structure structure_;
  Typing& typing_;
  Carrier carrier_ = Carrier::kUri;
};

}  // namespace portico::guard
