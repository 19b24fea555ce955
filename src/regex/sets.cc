// Sets of code points: algebra, and the classes that ECMA-262 defines.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "regex/syntax.h"

namespace portico::regex {
namespace {

CharSet set_of(std::initializer_list<Range> ranges) {
  CharSet set;
  set.ranges = ranges;
  return set;
}

using NamePair = std::pair<std::string_view, std::string_view>;

// General_Category values, long to short (Unicode's PropertyValueAliases).
constexpr std::array<NamePair, 39> kCategories = {{{"Cased_Letter", "LC"},
                                                   {"Close_Punctuation", "Pe"},
                                                   {"Connector_Punctuation", "Pc"},
                                                   {"Control", "Cc"},
                                                   {"cntrl", "Cc"},
                                                   {"Currency_Symbol", "Sc"},
                                                   {"Dash_Punctuation", "Pd"},
                                                   {"Decimal_Number", "Nd"},
                                                   {"digit", "Nd"},
                                                   {"Enclosing_Mark", "Me"},
                                                   {"Final_Punctuation", "Pf"},
                                                   {"Format", "Cf"},
                                                   {"Initial_Punctuation", "Pi"},
                                                   {"Letter", "L"},
                                                   {"Letter_Number", "Nl"},
                                                   {"Line_Separator", "Zl"},
                                                   {"Lowercase_Letter", "Ll"},
                                                   {"Mark", "M"},
                                                   {"Combining_Mark", "M"},
                                                   {"Math_Symbol", "Sm"},
                                                   {"Modifier_Letter", "Lm"},
                                                   {"Modifier_Symbol", "Sk"},
                                                   {"Nonspacing_Mark", "Mn"},
                                                   {"Number", "N"},
                                                   {"Open_Punctuation", "Ps"},
                                                   {"Other", "C"},
                                                   {"Other_Letter", "Lo"},
                                                   {"Other_Number", "No"},
                                                   {"Other_Punctuation", "Po"},
                                                   {"Other_Symbol", "So"},
                                                   {"Paragraph_Separator", "Zp"},
                                                   {"Private_Use", "Co"},
                                                   {"Punctuation", "P"},
                                                   {"punct", "P"},
                                                   {"Separator", "Z"},
                                                   {"Space_Separator", "Zs"},
                                                   {"Spacing_Mark", "Mc"},
                                                   {"Symbol", "S"},
                                                   {"Uppercase_Letter", "Lu"}}};
// Titlecase_Letter, Surrogate and Unassigned are left to the engines' own spelling.
constexpr std::array<std::string_view, 37> kShort = {
    "C", "Cc", "Cf", "Co", "Cs", "L",  "Ll", "Lm", "Lo", "Lt", "Lu", "M",  "Mc", "Me", "Mn", "N",  "Nd", "Nl", "No",
    "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S",  "Sc", "Sk", "Sm", "So", "Z",  "Zl", "Zp", "Zs", "Cn"};

// Binary properties of ECMA-262's table that PCRE2 has under the same name.
constexpr std::array<std::string_view, 30> kBinary = {"Alphabetic",
                                                      "Alpha",
                                                      "ASCII_Hex_Digit",
                                                      "Case_Ignorable",
                                                      "Cased",
                                                      "Dash",
                                                      "Default_Ignorable_Code_Point",
                                                      "Diacritic",
                                                      "Emoji",
                                                      "Emoji_Component",
                                                      "Emoji_Modifier",
                                                      "Emoji_Modifier_Base",
                                                      "Emoji_Presentation",
                                                      "Extended_Pictographic",
                                                      "Extender",
                                                      "Grapheme_Base",
                                                      "Grapheme_Extend",
                                                      "Hex_Digit",
                                                      "ID_Continue",
                                                      "ID_Start",
                                                      "Ideographic",
                                                      "Lowercase",
                                                      "Math",
                                                      "Quotation_Mark",
                                                      "Sentence_Terminal",
                                                      "Unified_Ideograph",
                                                      "Uppercase",
                                                      "White_Space",
                                                      "XID_Continue",
                                                      "XID_Start"};

bool category(std::string_view name, std::string& out) {
  if (name == "Titlecase_Letter") name = "Lt";
  if (name == "Surrogate") name = "Cs";
  if (name == "Unassigned") name = "Cn";
  for (const auto& [spelled, code] : kCategories) {
    if (spelled == name) name = code;
  }
  if (name != "LC" && std::ranges::find(kShort, name) == kShort.end()) return false;
  out = name;
  return true;
}

bool is_word(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return is_alnum(c) || c == '_'; });
}

}  // namespace

void CharSet::add(const CharSet& other) {
  const auto plain = other.negated ? complement(other.ranges) : other.ranges;
  ranges.insert(ranges.end(), plain.begin(), plain.end());
  properties.insert(properties.end(), other.properties.begin(), other.properties.end());
}

void CharSet::normalize() {
  std::ranges::sort(ranges, {}, &Range::low);
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    if (!merged.empty() && range.low <= merged.back().high + 1) {
      merged.back().high = std::max(merged.back().high, range.high);
    } else {
      merged.push_back(range);
    }
  }
  ranges = std::move(merged);
}

std::vector<Range> complement(const std::vector<Range>& ranges) {
  std::vector<Range> out;
  std::uint32_t next = 0;
  for (const Range& range : ranges) {
    if (range.low > next) out.push_back({next, range.low - 1});
    next = range.high + 1;
  }
  if (next <= kLastCodePoint) out.push_back({next, kLastCodePoint});
  return out;
}

std::vector<Range> CharSet::plain_ranges() const { return negated ? complement(ranges) : ranges; }

const CharSet& digit_set() {
  static const CharSet set = set_of({{'0', '9'}});
  return set;
}

const CharSet& word_set() {
  static const CharSet set = set_of({{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}});
  return set;
}

// WhiteSpace and LineTerminator of ECMA-262: more than Perl's, and U+FEFF.
const CharSet& space_set() {
  static const CharSet set = set_of({{'\t', '\r'},
                                     {' ', ' '},
                                     {0xa0, 0xa0},
                                     {0x1680, 0x1680},
                                     {0x2000, 0x200a},
                                     {0x2028, 0x2029},
                                     {0x202f, 0x202f},
                                     {0x205f, 0x205f},
                                     {0x3000, 0x3000},
                                     {0xfeff, 0xfeff}});
  return set;
}

const CharSet& dot_set() {
  static const CharSet set = [] {
    CharSet terminators = set_of({{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}});
    terminators.ranges = complement(terminators.ranges);
    return terminators;
  }();
  return set;
}

bool property_set(std::string_view name, bool negated, CharSet& out) {
  const std::size_t equals = name.find('=');
  std::string spelled;
  if (equals != std::string_view::npos) {
    const std::string_view key = name.substr(0, equals);
    const std::string_view value = name.substr(equals + 1);
    if (key == "General_Category" || key == "gc") {
      if (!category(value, spelled)) return false;
    } else if (key == "Script" || key == "sc") {
      if (!is_word(value)) return false;
      spelled = value;
    } else if (key == "Script_Extensions" || key == "scx") {
      if (!is_word(value)) return false;
      out.properties.push_back({"scx:" + std::string(value), negated, true});
      return true;
    } else {
      return false;
    }
    // RE2 has neither LC nor Cn.
    out.properties.push_back({spelled == "LC" ? "L&" : spelled, negated, spelled == "LC" || spelled == "Cn"});
    return true;
  }
  if (name == "Any" || name == "ASCII") {
    CharSet plain = set_of({{0, name == "Any" ? kLastCodePoint : 0x7f}});
    plain.negated = negated;
    out.add(plain);
    return true;
  }
  if (name == "Assigned") {
    out.properties.push_back({"Cn", !negated, true});
    return true;
  }
  if (category(name, spelled)) {
    out.properties.push_back({spelled == "LC" ? "L&" : spelled, negated, spelled == "LC" || spelled == "Cn"});
    return true;
  }
  if (std::ranges::find(kBinary, name) == kBinary.end()) return false;
  out.properties.push_back({std::string(name), negated, true});
  return true;
}

}  // namespace portico::regex
