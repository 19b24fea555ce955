// Text to values of the types that a schema allows.
//
// Text has no types, and a schema may allow several. So a value has a list of readings, the narrowest first, and is in
// order if the schema accepts one of them. Where the schema names no type at all, nobody knows what the service will
// take "12" for: then the value must be in order both as a number and as text, or "maxLength" and "pattern" would not
// hold for digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "contract/model.h"
#include "json/tape.h"
#include "schema/compile.h"

namespace portico::guard {

enum class Structure : std::uint8_t { kScalar, kArray, kObject };

struct Reading {
  Structure structure = Structure::kScalar;
  bool text = false;  // what looks like a number, true, false or null is text, wherever the schema allows both
};

// Every way to read a value of that plan, in the order in which they are tried; never empty.
std::vector<Reading> readings_of(const schema::ScalarPlan& plan, contract::Style style);

// How the texts within one value are typed.
struct Typing {
  bool text = false;              // where the schema allows text and something narrower: as text
  bool untyped_as_text = false;   // where it names no type: as text
  bool narrowed_untyped = false;  // set when there was such a text, and it was read as something narrower
};

// Appends text as what it looks like among `types`: number, boolean, null, else as a string. Numbers are those of JSON,
// within the limits that bodies have.
void append_typed(json::TapeBuilder& builder, schema::TypeMask types, std::string_view text, Typing& typing);
// The same where white space around `bare` belongs to a text, and to nothing else.
void append_typed(json::TapeBuilder& builder, schema::TypeMask types, std::string_view bare, std::string_view text,
                  Typing& typing);

// The plan of an array's elements, and of an object's property; a plan of anything where none is known.
const schema::ScalarPlan& items_of(const schema::ScalarPlan& plan);
const schema::ScalarPlan& property_of(const schema::ScalarPlan& plan, std::string_view name);

// Whether `count` values of one name are to be read as an array.
bool reads_as_array(const schema::ScalarPlan& plan, std::size_t count);

}  // namespace portico::guard
