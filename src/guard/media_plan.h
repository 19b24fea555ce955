// How bodies of one media type are read and checked: made of a contract's Media Type Object before traffic comes.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "contract/model.h"
#include "guard/parameters.h"
#include "guard/xml_plan.h"
#include "http/media_type.h"
#include "schema/compile.h"
#include "schema/places.h"

namespace portico::repair {
struct Plan;
}

namespace portico::guard {

// How a body of a media type is read before its schema is asked.
enum class BodyKind : std::uint8_t {
  kJson,
  kForm,        // application/x-www-form-urlencoded
  kMultipart,   // multipart/form-data
  kXml,         // application/xml, text/xml and types ending in +xml
  kText,        // one string, or what the schema makes of it
  kOpaque,      // bytes without structure: passes as it is
  kUnreadable,  // has a structure that the guard does not read (multipart/mixed and its kin): refused
};

// What a message's own media type says: a contract's range may be wider.
BodyKind kind_of(const http::MediaType& media);

// One property of a form: the contract's Encoding Object for it, or what holds where there is none.
struct FieldPlan {
  static constexpr std::size_t kUndeclared = std::numeric_limits<std::size_t>::max();

  std::string_view name;
  std::size_t property = kUndeclared;  // its index in MediaPlan::plan.properties
  // A style says how values stand in text; without one each value is a document of `kind`.
  bool has_style = false;
  contract::Style style = contract::Style::kForm;
  bool explode = true;
  Structure structure = Structure::kScalar;  // with a style and without explode
  BodyKind kind = BodyKind::kText;
  std::vector<http::MediaType> content_types;  // of parts, by `contentType`; empty: the default
};

// Moved, never copied: fields have their names from `plan`.
struct MediaPlan {
  http::MediaType range;
  BodyKind kind = BodyKind::kOpaque;  // of the range
  schema::Program program;
  schema::ScalarPlan plan;        // for forms and text
  std::vector<FieldPlan> fields;  // for forms; by name
  FieldPlan other_fields;         // for forms: of every other name
  XmlPlan xml;
  schema::PlaceId place = schema::kAnyPlace;  // for what is inspected: see Inspection and Injection
  std::shared_ptr<const repair::Plan> seal;   // of ids; null: the operation's (SealPlan::body)

  const FieldPlan* field(std::string_view name) const;
};
static_assert(std::is_nothrow_move_constructible_v<MediaPlan>);

// Compiles the plan of a Media Type Object. `notes` gets what the owner should know, beginning with `where`.
Result<MediaPlan> make_media_plan(const contract::Contract& contract, schema::Compiler& compiler, XmlPlanner& xml,
                                  const contract::MediaType& declared, schema::Direction direction,
                                  const std::string& where, std::vector<std::string>& notes);

// The plan that fits a message's media type best; null when none does.
const MediaPlan* find_media(const std::vector<MediaPlan>& plans, const http::MediaType& message);

// Whether a body of bytes without structure may pass for that plan: not where a range such as "*/*" has a schema that
// asks for a structure, which such a body would get around.
bool takes_opaque(const MediaPlan& plan);

}  // namespace portico::guard
