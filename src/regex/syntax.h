// The syntax of ECMA-262 patterns as a tree, and its reader.
//
// Sets of code points are ranges, plus Unicode properties that only an engine's own tables can resolve.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace portico::regex {

struct Range {
  std::uint32_t low;
  std::uint32_t high;
  friend bool operator==(const Range&, const Range&) = default;
};

constexpr std::uint32_t kLastCodePoint = 0x10ffff;

struct CharSet {
  struct Property {
    std::string name;  // as RE2 and PCRE2 spell it: "L", "Greek"
    bool negated = false;
    bool exotic = false;  // PCRE2 alone knows it
  };
  std::vector<Range> ranges;  // sorted and merged by normalize()
  std::vector<Property> properties;
  bool negated = false;  // of the whole

  void add(std::uint32_t low, std::uint32_t high) { ranges.push_back({low, high}); }
  void add(const CharSet& other);  // which must not have properties unless it is not negated
  void normalize();
  // The same set without `negated`; only for sets without properties.
  std::vector<Range> plain_ranges() const;
};

std::vector<Range> complement(const std::vector<Range>& ranges);

// \d, \w, \s and '.' as ECMA-262 means them.
const CharSet& digit_set();
const CharSet& word_set();
const CharSet& space_set();
const CharSet& dot_set();

// What \p{name} stands for; false for names that Unicode does not have.
bool property_set(std::string_view name, bool negated, CharSet& out);

struct Tree {
  enum class Kind : std::uint8_t {
    kEmpty,
    kSet,
    kStart,
    kEnd,
    kWordBoundary,
    kNotWordBoundary,
    kConcat,
    kAlternate,
    kRepeat,
    kGroup,     // capturing
    kLook,      // negated, behind
    kBackward,  // reference to a group
  };
  static constexpr std::uint32_t kNoLimit = 0xffffffff;

  Kind kind = Kind::kEmpty;
  CharSet set;
  std::vector<std::unique_ptr<Tree>> children;
  std::uint32_t min = 0;  // kRepeat
  std::uint32_t max = 0;
  bool lazy = false;
  bool negated = false;     // kLook
  bool behind = false;      // kLook
  std::uint32_t group = 0;  // kGroup: number; kBackward: the group meant

  // What the tree uses, at any depth.
  bool looks = false;
  bool refers = false;
  bool exotic = false;  // properties that RE2 does not know
};

using TreePtr = std::unique_ptr<Tree>;

enum class Grammar : std::uint8_t { kUnicode, kAnnexB };

// An Error of kSyntax with what is wrong and at which offset.
Result<TreePtr> parse(std::string_view pattern, Grammar grammar);

}  // namespace portico::regex
