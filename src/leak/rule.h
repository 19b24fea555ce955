// leak/ finds in texts what should not leave a service: secrets, stack traces, error pages, internal addresses; and
// personal data, to be counted. It knows no contract, no policy and no format of documents: it is given bytes.
//
// One pass of Hyperscan (scanner.h) over all of a text finds candidates; a second step (verify.h) looks at each: its
// exact length, its alphabet, its checksum or check digits where the format has them, how random it looks where not.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace portico::leak {

enum class Kind : std::uint8_t {
  kSecret,    // what proves an identity: keys, tokens, passwords and their hashes
  kTrace,     // stack traces of a program
  kError,     // messages of databases, error and debug pages of frameworks
  kAddress,   // addresses and names of an internal network
  kPersonal,  // about a person
};
constexpr std::size_t kKinds = 5;

// Whether what is found has a beginning and an end, and can be taken out of its text; of the others only an end is
// known.
constexpr bool has_extent(Kind kind) { return kind != Kind::kTrace && kind != Kind::kError; }

std::string_view name(Kind kind);  // "secret", ...

// What the text around a candidate is like.
enum class Edge : std::uint8_t {
  kNone,
  kWord,   // no letter, digit or underscore may touch it
  kToken,  // nor a hyphen
};

enum class Letters : std::uint8_t {
  kNone,    // the pattern matches all of it
  kAlnum,   // A-Z a-z 0-9
  kWord,    // and _
  kUrl,     // and - (base64url)
  kBase64,  // A-Z a-z 0-9 + / =
  kHex,     // 0-9 a-f
  kDotted,  // base64url and .
  kLine,    // up to the end of the line
};

struct Candidate {
  std::string_view text;  // all of the text
  std::size_t begin = 0;
  std::size_t end = 0;

  std::string_view view() const { return text.substr(begin, end - begin); }
};

// Says whether a candidate is what it looks like; may move its ends.
using Verify = bool (*)(Candidate& candidate);

struct Rule {
  std::string_view id;  // stable, in kebab-case: "github-token"
  Kind kind;
  std::string_view pattern;       // of Hyperscan; matches a fixed number of characters wherever it can
  Letters tail = Letters::kNone;  // the candidate goes on as long as these do
  std::uint16_t longest = 0;      // and must not be longer; 0: whatever
  double entropy = 0;             // bits a character that the candidate has at least
  Edge edge = Edge::kToken;
  Verify verify = nullptr;
  bool any_case = false;
  std::string_view data_class{};  // kPersonal: "contact", "financial", "government-id"
};

using RuleId = std::uint16_t;

std::span<const Rule> rules();  // indexed by RuleId

}  // namespace portico::leak
