// schema/ is the language of JSON Schema: compile.h turns a schema into a flat program, validate.h runs programs over
// tapes (json/tape.h) and explains refusals. It knows nothing of OpenAPI documents beyond the dialects of their Schema
// Objects.
//
//   Compiler compiler({.documents = &documents}, {.dialect = Dialect::kOpenApi30});
//   auto request = compiler.compile(*schema_node, Direction::kRequest);
//   auto response = compiler.compile(*other_node, Direction::kResponse);
//
// All programs of one Compiler share their tables: a component that many operations refer to is compiled once for each
// direction. Compiling is single-threaded, and no program may run while its compiler compiles another: compile all of a
// contract first. After that programs are immutable and may be run by many threads and, after fork, by many processes.
// A Program keeps the tables alive; it needs neither the compiler nor the documents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/tree.h"

namespace portico::schema {

// Which reading a schema gets where no `$schema` says otherwise. OpenAPI 3.1 and 3.2 are kJsonSchema202012.
enum class Dialect : std::uint8_t {
  kDraft4,
  kDraft6,
  kDraft7,
  kDraft201909,
  kJsonSchema202012,
  kOpenApi20,
  kOpenApi30,
};

// Which way the value travels: decides what readOnly and writeOnly mean.
enum class Direction : std::uint8_t { kNeither, kRequest, kResponse };

// What becomes of a readOnly property in a request and of a writeOnly one in a response.
enum class Misdirected : std::uint8_t {
  kReject,  // its presence is a failure
  kIgnore,  // validated like any other
};

enum class Formats : std::uint8_t {
  kAssert,        // a value of the wrong format is a failure
  kByVocabulary,  // only where the meta-schema's format-assertion vocabulary asks for it; draft 4 to 7: assert
  kAnnotate,      // never
};

// Properties that an object schema does not mention.
enum class Additional : std::uint8_t {
  kAsDeclared,  // as the schema says: allowed where it says nothing
  kOpened,      // allowed everywhere: `additionalProperties` and `unevaluatedProperties` of `false` are not read
  kClosed,      // refused where the schema declares properties and says nothing about others
};

// JSON types as a set of bits.
using TypeMask = std::uint8_t;
constexpr TypeMask kTypeNull = 1;
constexpr TypeMask kTypeBoolean = 2;
constexpr TypeMask kTypeInteger = 4;
constexpr TypeMask kTypeNumber = 8;  // numbers that are no integers; "number" is both bits
constexpr TypeMask kTypeString = 16;
constexpr TypeMask kTypeArray = 32;
constexpr TypeMask kTypeObject = 64;
constexpr TypeMask kTypeAny = 127;

// The document() of nodes that live outside of Environment::documents.
constexpr std::uint16_t kNoDocument = 0xffff;

struct Environment {
  // Where schema nodes live: gives base URIs and places, and is searched first for referenced documents.
  const json::Documents* documents = nullptr;
  // Asked for a document that is not among `documents`, by absolute URI without fragment: the root node, whose
  // document() must be an index into `documents` or kNoDocument. Empty: such references are errors.
  std::function<Result<const json::Node*>(std::string_view absolute_uri)> load;
};

struct CompileOptions {
  Dialect dialect = Dialect::kOpenApi30;
  Misdirected misdirected = Misdirected::kReject;
  Formats formats = Formats::kAssert;
  Additional additional = Additional::kAsDeclared;
  bool content = false;  // contentMediaType and contentEncoding assert (base64, application/json)
  // Over a limit is an Error of kLimit.
  std::uint32_t max_operations = 4'000'000;
  std::uint32_t max_dynamic_scopes = 256;
};

// Something that the owner of the schema should know; the program works all the same.
struct Note {
  enum class Kind : std::uint8_t {
    kUnknownFormat,       // not asserted; said once a format
    kBacktrackingRegex,   // only PCRE2 can run it: bounded, but slow
    kRefusedRegex,        // nothing runs it safely: values that it would test are refused
    kIgnoredKeyword,      // a keyword of the wrong shape, or one that has no effect here
    kUnsatisfiable,       // nothing can ever match
    kDiscriminatorValue,  // a mapping that leads nowhere
  };
  Kind kind;
  std::string subject;  // the format or the pattern
  std::string message;
  Place place;
};

// How to read text (a parameter, a form field) as the typed value that a schema wants: which types may stand at the
// root, in an array's elements, in an object's properties. Types beyond a few levels are kTypeAny.
struct ScalarPlan {
  TypeMask types = kTypeAny;
  std::vector<ScalarPlan> items;  // empty: unknown; else one plan for every element
  struct Property;
  std::vector<Property> properties;    // declared ones, by name
  std::vector<ScalarPlan> additional;  // empty: unknown; else one plan for every other property

  const ScalarPlan* property(std::string_view name) const;
};
struct ScalarPlan::Property {
  std::string name;
  ScalarPlan plan;
};

struct Tables;  // program.h: internal

// A compiled schema: an entry point into shared tables. Cheap to copy.
class Program {
 public:
  Program() = default;  // accepts everything
  Program(std::shared_ptr<const Tables> tables, std::uint32_t entry, TypeMask root_types)
      : tables_(std::move(tables)), entry_(entry), root_types_(root_types) {}

  // JSON types that the root may take: a superset of what is accepted.
  TypeMask root_types() const { return root_types_; }
  bool accepts_everything() const;

  const Tables* tables() const { return tables_.get(); }
  std::uint32_t entry() const { return entry_; }
  // Bytes of the tables that it shares with its compiler's other programs.
  std::size_t footprint() const;

 private:
  std::shared_ptr<const Tables> tables_;
  std::uint32_t entry_ = 0;
  TypeMask root_types_ = kTypeAny;
};

class Compiler {
 public:
  explicit Compiler(Environment environment, CompileOptions options = {});
  ~Compiler();
  Compiler(Compiler&&) noexcept;
  Compiler& operator=(Compiler&&) noexcept;

  // The program of the schema at `schema`. The same node and direction give the same entry point. An Error (a broken
  // reference, a schema that refers to itself without descending, a limit) leaves earlier programs intact.
  Result<Program> compile(const json::Node& schema, Direction direction = Direction::kNeither);

  // How to type a parameter or form that the schema describes.
  Result<ScalarPlan> scalar_plan(const json::Node& schema);

  // All notes so far, each once.
  const std::vector<Note>& notes() const;

  std::size_t footprint() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One schema alone.
Result<Program> compile(const json::Node& schema, Environment environment, CompileOptions options = {},
                        Direction direction = Direction::kNeither);

}  // namespace portico::schema
