// injection/ tells text from somebody else's syntax: SQL, JavaScript of document stores, commands, paths, templates,
// entities, addresses of inner networks, line breaks. It knows no contract and no format: it is given one string.
//
// Nothing here is a list of bad words. An injection is a fragment that leaves the place that it was put in and goes on
// as code; so each language has a lexer and a few rules about what may follow where, and prose or a whole program, of
// the kind that people write to one another, is none. One file a language.
//
// Linear in the text, no allocation once the scratch has grown, deterministic.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>

namespace portico::injection {

enum class Attack : std::uint8_t { kNone, kSql, kNoSql, kCommand, kPath, kTemplate, kXxe, kSsrf, kHeader, kCount };

using Attacks = std::bitset<static_cast<std::size_t>(Attack::kCount)>;

struct Verdict {
  Attack attack = Attack::kNone;
  std::string_view reason;  // what stands out: "a condition behind a closing quote"; nothing of the text

  explicit operator bool() const { return attack != Attack::kNone; }
};

// Where the text stands.
struct Context {
  bool one_line = false;  // a parameter or a header field: line breaks have no business there
};

// Memory that is reused; one a thread.
struct Scratch {
  std::string decoded;
  std::string again;
};

// The first attack that is found, of those asked for.
Verdict look(std::string_view text, const Attacks& wanted, const Context& context, Scratch& scratch);

// Whether a member's name is an operator of a document store's query: "$ne".
bool is_query_operator(std::string_view name);

// The languages, each given a text that is decoded as far as it goes.
Verdict look_for_sql(std::string_view text);
Verdict look_for_nosql(std::string_view text);
Verdict look_for_command(std::string_view text);
Verdict look_for_path(std::string_view text);
Verdict look_for_template(std::string_view text);
Verdict look_for_xxe(std::string_view text);
Verdict look_for_ssrf(std::string_view text);
Verdict look_for_header(std::string_view text, const Context& context, bool breaks_hidden);

}  // namespace portico::injection
