#include "regex/translate.h"

#include <array>
#include <charconv>

#include "base/text.h"

namespace portico::regex {
namespace {

constexpr std::uint32_t kRe2MostRepetitions = 1000;
constexpr std::uint32_t kPcre2MostRepetitions = 65535;
// A class that nothing is in.
constexpr std::string_view kNothing = "[^\\x{0}-\\x{10FFFF}]";

class Writer {
 public:
  Writer(Language language, std::string& out) : language_(language), out_(out) {}

  bool write(const Tree& tree);

 private:
  bool re2() const { return language_ == Language::kRe2; }
  void code_point(std::uint32_t c);
  bool set(const CharSet& set);
  bool property(const CharSet::Property& property);
  bool repeat(const Tree& tree);
  bool look(const Tree& tree);
  bool children(const Tree& tree, std::string_view separator);

  Language language_;
  std::string& out_;
};

void Writer::code_point(std::uint32_t c) {
  if (c < 0x80 && is_alnum(static_cast<char>(c))) {
    out_ += static_cast<char>(c);
    return;
  }
  std::array<char, 8> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), c, 16).ptr;
  out_ += "\\x{";
  out_.append(digits.data(), end);
  out_ += '}';
}

bool Writer::property(const CharSet::Property& property) {
  if (re2() && property.exotic) return false;
  out_ += property.negated ? "\\P{" : "\\p{";
  out_ += property.name;
  out_ += '}';
  return true;
}

bool Writer::set(const CharSet& set) {
  // UTF-8 has no surrogates, and the engines refuse to name them.
  std::vector<Range> ranges;
  for (const Range& range : set.ranges) {
    if (range.low < 0xd800) ranges.push_back({range.low, std::min(range.high, 0xd7ffU)});
    if (range.high > 0xdfff) ranges.push_back({std::max(range.low, 0xe000U), range.high});
  }
  if (ranges.empty() && set.properties.empty()) {
    out_ += set.negated ? "[\\x{0}-\\x{10FFFF}]" : kNothing;
    return true;
  }
  const bool single = ranges.size() == 1 && ranges[0].low == ranges[0].high;
  if (single && set.properties.empty() && !set.negated) {
    code_point(ranges[0].low);
    return true;
  }
  out_ += set.negated ? "[^" : "[";
  for (const Range& range : ranges) {
    code_point(range.low);
    if (range.high == range.low) continue;
    out_ += '-';
    code_point(range.high);
  }
  for (const CharSet::Property& p : set.properties) {
    if (!property(p)) return false;
  }
  out_ += ']';
  return true;
}

bool Writer::children(const Tree& tree, std::string_view separator) {
  bool first = true;
  for (const auto& child : tree.children) {
    if (!first) out_ += separator;
    first = false;
    if (!write(*child)) return false;
  }
  return true;
}

bool Writer::repeat(const Tree& tree) {
  const bool unlimited = tree.max == Tree::kNoLimit;
  const std::uint32_t most = re2() ? kRe2MostRepetitions : kPcre2MostRepetitions;
  if (tree.min > most || (!unlimited && tree.max > most)) return false;
  out_ += "(?:";
  if (!children(tree, "")) return false;
  out_ += ')';
  if (tree.min == 0 && unlimited) {
    out_ += '*';
  } else if (tree.min == 1 && unlimited) {
    out_ += '+';
  } else {
    out_ += '{' + std::to_string(tree.min);
    if (unlimited)
      out_ += ',';
    else if (tree.max != tree.min)
      out_ += ',' + std::to_string(tree.max);
    out_ += '}';
  }
  if (tree.lazy) out_ += '?';
  return true;
}

bool Writer::look(const Tree& tree) {
  if (re2()) return false;
  out_ += tree.behind ? "(?<" : "(?";
  out_ += tree.negated ? '!' : '=';
  if (!children(tree, "")) return false;
  out_ += ')';
  return true;
}

bool Writer::write(const Tree& tree) {
  switch (tree.kind) {
    case Tree::Kind::kEmpty: out_ += "(?:)"; return true;
    case Tree::Kind::kSet: return set(tree.set);
    case Tree::Kind::kStart: out_ += "\\A"; return true;
    case Tree::Kind::kEnd: out_ += "\\z"; return true;
    case Tree::Kind::kWordBoundary: out_ += "\\b"; return true;
    case Tree::Kind::kNotWordBoundary: out_ += "\\B"; return true;
    case Tree::Kind::kConcat: return children(tree, "");
    case Tree::Kind::kAlternate:
      out_ += "(?:";
      if (!children(tree, "|")) return false;
      out_ += ')';
      return true;
    case Tree::Kind::kRepeat: return repeat(tree);
    case Tree::Kind::kGroup:
      // Only references need a group's number, and RE2 has none.
      out_ += re2() ? "(?:" : "(";
      if (!children(tree, "")) return false;
      out_ += ')';
      return true;
    case Tree::Kind::kLook: return look(tree);
    case Tree::Kind::kBackward:
      if (re2()) return false;
      // A group that has not taken part matches the empty string in ECMA-262; PCRE2's option sees to it.
      out_ += "\\g{" + std::to_string(tree.group) + "}";
      return true;
  }
  return false;
}

}  // namespace

bool translate(const Tree& tree, Language language, std::string& out) { return Writer(language, out).write(tree); }

}  // namespace portico::regex
