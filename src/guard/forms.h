// Forms: the fields of application/x-www-form-urlencoded and multipart/form-data bodies to the one object that their
// schema describes, by the contract's Encoding Objects.
//
// A field with a style is text in that style. One without is a document of its own: JSON where the schema has an object
// or `contentType` says so, bytes where it is binary, else text, typed by the schema. A field that is an array is
// repeated; any other may be there once. In multipart, a part's Content-Type must be one that the field may have, and a
// part with a filename is a file for most servers, so it is refused where the contract has text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "guard/media_plan.h"
#include "guard/pairs.h"
#include "http/multipart.h"
#include "json/parse.h"
#include "json/tape.h"

namespace portico::guard {

// Why a form is refused. `field` is a name that the contract has, or empty.
struct FormProblem {
  enum class Kind : std::uint8_t { kNone, kMalformed, kInvalid };
  Kind kind = Kind::kNone;
  std::string_view field;
  std::string_view detail;
};

// Splits a multipart body into sorted pairs.
http::MultipartProblem split_multipart(std::string_view body, const http::Boundary& boundary, std::vector<Pair>& pairs);

// Builds the object of one form. Cheap to make; one for each attempt.
class FormDecoder {
 public:
  FormDecoder(json::TapeBuilder& builder, json::Parser& parser, std::string& scratch, const MediaPlan& plan,
              Carrier carrier, Typing& typing)
      : builder_(builder), parser_(parser), scratch_(scratch), plan_(plan), carrier_(carrier), typing_(typing) {}

  // Appends the object of sorted pairs.
  FormProblem decode(std::span<Pair> pairs);

 private:
  const schema::ScalarPlan& plan_of(const FieldPlan& field) const;
  Shape shape_of(const FieldPlan& field) const;
  FormProblem spread(const FieldPlan& field, std::span<Pair> pairs);
  FormProblem named(std::string_view name, std::span<Pair> group);
  FormProblem styled(const FieldPlan& field, std::span<Pair> group);
  FormProblem documents(const FieldPlan& field, std::span<Pair> group);
  FormProblem document(const FieldPlan& field, const schema::ScalarPlan& plan, const Pair& pair, bool opens_array);
  FormProblem json(std::string_view raw);
  bool part_kind(const FieldPlan& field, const Pair& pair, BodyKind& kind) const;

  json::TapeBuilder& builder_;
  json::Parser& parser_;
  std::string& scratch_;
  const MediaPlan& plan_;
  Carrier carrier_;
  Typing& typing_;
};

// Appends bytes as a string that is as long as they are, in characters: "maxLength" of binary values counts bytes.
void append_bytes(json::TapeBuilder& builder, std::string& scratch, std::string_view bytes);

// Appends a value of another tape.
void append_tape(json::TapeBuilder& builder, json::TapeView tape);

}  // namespace portico::guard
