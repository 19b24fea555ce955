// The compiled form: one array of 16-byte operations and the tables that they index.
//
// A block is what a schema (or a conjunction of schemas) became: operations that must all hold for one value, up to
// kReturn. Blocks refer to one another by index only; nothing points into memory, and nothing is written after
// compiling. While compiling, references are numbers of blocks; link.cc turns them into indexes of operations.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "json/tape.h"
#include "regex/pattern.h"
#include "schema/compile.h"
#include "schema/formats.h"
#include "schema/key_table.h"
#include "schema/keyword.h"
#include "schema/number.h"

namespace portico::schema {

enum class Code : std::uint8_t {
  // Leaves: true or false at once.
  kTypes,       // n: types allowed (wide mask)
  kFail,        // n: why (FailReason)
  kConst,       // a: constant
  kEnum,        // a: Tables::enums
  kMinimum,     // a: bound, n: 1 when exclusive
  kMaximum,     // a: bound, n: 1 when exclusive
  kMultipleOf,  // a: bound
  kMinLength,   // a: code points
  kMaxLength,
  kPattern,   // a: pattern
  kFormat,    // n: format
  kContent,   // n: 1 base64, 2 JSON, 3 both
  kMinItems,  // a
  kMaxItems,
  kUnique,
  kMinProperties,
  kMaxProperties,
  kRequired,           // a: Tables::requirements; what kObject has no bits for
  kDependentRequired,  // a: Tables::dependencies
  kLastLeaf = kDependentRequired,
  // Flow within a value
  kReturn,
  kCall,              // a: block
  kAnyOf,             // a: Tables::choices
  kOneOf,             // a: Tables::choices
  kNot,               // a: block
  kIf,                // a: if, b: then, c: else; kNoBlock when absent
  kDependentSchemas,  // a: Tables::dependencies
  // Into children
  kObject,         // a: Tables::objects; n: 1 when Machine::walk() can run it
  kArray,          // a: Tables::arrays; n: the same
  kContains,       // a: Tables::counts
  kPropertyNames,  // a: Tables::children
  // Evaluated properties and items
  kTrackBegin,
  kUnevaluated,  // a: Tables::children; n: 1 for properties, 2 for items
  kTrackEnd,
};

constexpr std::uint8_t kMark = 1;  // Op::flags: report evaluated properties or items to the set in force

enum class FailReason : std::uint16_t {
  kNever,  // the schema is `false`
  kUndeclared,
  kUnevaluated,
  kReadOnly,
  kWriteOnly,
  kRefusedPattern,
  kNoItem,
};

constexpr std::uint32_t kNoBlock = 0xffffffff;

struct Op {
  Code code;
  std::uint8_t flags = 0;
  std::uint16_t n = 0;
  std::uint32_t a = kNoBlock;
  std::uint32_t b = kNoBlock;
  std::uint32_t c = kNoBlock;
};
static_assert(sizeof(Op) == 16);

// The type of a word on the tape, as an index: null, boolean, integer, number, string, array, object, big number.
constexpr std::size_t type_index(char letter) {
  switch (letter) {
    case json::tape::kNull: return 0;
    case json::tape::kTrue:
    case json::tape::kFalse: return 1;
    case json::tape::kInteger:
    case json::tape::kUnsigned: return 2;
    case json::tape::kDouble: return 3;
    case json::tape::kString: return 4;
    case json::tape::kArray: return 5;
    case json::tape::kObject: return 6;
    default: return 7;
  }
}

// TypeMask and one bit more: numbers with a fraction part of zero count as integers.
using WideTypes = std::uint16_t;
constexpr WideTypes kTypeWhole = 128;
constexpr WideTypes kWideAny = kTypeAny;

// How the fast pass decides a child once its type is known to be allowed.
enum class Way : std::uint8_t {
  kDone,     // nothing remains
  kBlock,    // by running `rest`
  kLeaves,   // `rest` holds leaves only, and needs no frame
  kSize,     // leaves that strings of `low` to `high` bytes are sure to pass
  kRange,    // leaves that 64-bit integers from `low` to `high` are sure to pass
  kChoice,   // Tables::choices[low] alone: often the value's type tells; else by running `rest`
  kStrings,  // one leaf: strings of Tables::enums[low], maybe other values
};

// A schema to be applied to a child (or a branch to be tried). Simple ones are decided without leaving the parent.
struct Child {
  std::uint32_t full = kNoBlock;  // the whole block; kNoBlock: anything goes
  std::uint32_t rest = kNoBlock;  // after `types` have been checked; kNoBlock: nothing remains
  WideTypes types = kWideAny;
  Way way = Way::kDone;
  bool evaluates = false;                // counts as evaluated
  std::uint8_t required = kNotRequired;  // objects: the bit of ObjectTable::required that the property stands for

  // A bit that is never asked for, so that setting it needs no question.
  static constexpr std::uint8_t kNotRequired = 63;

  std::int64_t low = 0;
  std::int64_t high = 0;
};
static_assert(sizeof(Child) == 32);

struct Required {
  std::uint32_t key;  // index in the object's key table
  std::uint32_t source;
};

struct PatternChild {
  std::uint32_t pattern;
  Child child;
};

struct ObjectTable {
  KeyTable keys;  // declared and required properties
  std::uint32_t first_child = 0;
  std::uint32_t first_follower = 0;  // Scratch::followers: one for the start and one a key
  std::uint64_t required = 0;
  std::uint32_t first_required = 0;  // Tables::required, one a bit
  std::uint32_t first_pattern = 0;
  std::uint32_t pattern_count = 0;
  bool evaluates_others = false;
  Child others;  // undeclared properties that match no pattern
};

struct ArrayTable {
  std::uint32_t first_prefix = 0;
  std::uint32_t prefix_count = 0;
  bool has_items = false;
  Child items;
};

struct CountTable {  // contains
  Child child;
  std::uint64_t min = 1;
  std::uint64_t max = UINT64_MAX;
  std::uint32_t min_source = 0;
  std::uint32_t max_source = 0;
};

struct EnumTable {
  KeyTable strings;
  std::uint32_t first = 0;  // Tables::constant_places: what is no string
  std::uint32_t count = 0;
};

struct Requirement {  // names that must all be there
  KeyTable names;
};

struct Dependencies {
  KeyTable keys;
  std::uint32_t first = 0;  // of entries, in either list
  std::uint32_t count = 0;
};
struct DependentNames {  // in Tables::dependent_names
  std::uint32_t trigger;
  std::uint32_t needed;
};
struct DependentSchema {  // in Tables::dependent_schemas
  std::uint32_t trigger;
  std::uint32_t block;
};

constexpr std::uint32_t kMaxMasked = 64;  // branches that fit a mask
constexpr std::size_t kTypeCount = 8;     // see type_index()

struct Choice {
  std::uint32_t first = 0;  // Tables::branches
  std::uint32_t count = 0;
  std::uint64_t by_type[kTypeCount] = {};  // which branches a value of that type can match; up to kMaxMasked branches
  std::uint32_t selector = kNoBlock;       // Tables::selectors
  std::uint32_t discriminator = kNoBlock;  // Tables::selectors: the declared one, for explanations
};

// Which branches an object can match, from the names and values of its members. Only what would fail is ruled out.
struct Selector {
  KeyTable keys;
  std::uint32_t first_rule = 0;
  std::uint64_t others = UINT64_MAX;  // branches that allow properties not in `keys`
  std::uint64_t required_keys = 0;    // keys whose rule has `required_by`; at most kMaxMasked keys
};
struct SelectorRule {
  std::uint64_t by_type[kTypeCount];  // branches that allow the property with a value of that type
  std::uint64_t required_by = 0;      // branches that fail without it
  KeyTable values;                    // known strings
  std::uint32_t first_mask = 0;       // Tables::value_masks, one a known string
  std::uint64_t other_values = UINT64_MAX;
};

// Where an operation comes from.
struct Source {
  std::uint32_t path = 0;  // Tables::paths: the schema
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint16_t document = 0;  // Tables::documents
  Keyword keyword = Keyword::kNone;
};
struct PathStep {  // a JSON pointer, a token a step
  std::uint32_t parent;
  std::uint32_t token;  // offset in Tables::texts
  std::uint32_t size;
};

struct Tables {
  std::vector<Op> ops;
  std::vector<std::uint32_t> op_sources;  // one an operation
  NamePools names;
  std::vector<Child> children;  // of objects (one a key), of arrays' prefixes
  std::vector<Required> required;
  std::vector<ObjectTable> objects;
  std::vector<PatternChild> pattern_children;
  std::vector<ArrayTable> arrays;
  std::vector<CountTable> counts;
  std::vector<EnumTable> enums;
  std::vector<Requirement> requirements;
  std::vector<Dependencies> dependencies;
  std::vector<DependentNames> dependent_names;
  std::vector<DependentSchema> dependent_schemas;
  std::vector<Choice> choices;
  std::vector<Child> branches;
  std::vector<Selector> selectors;
  std::vector<SelectorRule> selector_rules;
  std::vector<std::uint64_t> value_masks;
  std::vector<Bound> bounds;
  std::vector<regex::Pattern> patterns;
  json::TapeBuilder constants;
  std::vector<std::uint32_t> constant_places;
  // Cold: explanations only.
  std::vector<Source> sources;
  std::vector<PathStep> paths;
  std::vector<std::string> documents;  // names
  std::string texts;                   // tokens, literals, formats
  std::vector<std::string> messages;   // of unknown shape: enums as text

  std::size_t footprint() const;
};

}  // namespace portico::schema
