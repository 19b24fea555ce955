// What people type to prove who they are: passwords and codes (OWASP API2; ASVS 5.0, chapter 6).
#include <algorithm>
#include <array>

#include "audit/checks.h"
#include "audit/names.h"
#include "audit/pattern_length.h"
#include "audit/shapes.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Operation;
using finding::design_rule;
using finding::Severity;
using json::Node;

constexpr std::int64_t kShortestPassword = 8;     // ASVS 5.0, 6.2.1
constexpr std::int64_t kLongestPassword = 64;     // 6.2.9: at least this must be possible
constexpr std::int64_t kLongestGuessable = 9;     // digits, or characters, that a program tries out
constexpr std::int64_t kLongestLifetime = 86400;  // seconds

// A person's own password, not one for a server, a link or a wireless network.
bool is_account_password(const Field& field) {
  if (!field.is_about(Topic::kPassword)) return false;
  const auto words = words_of(field.name);
  const bool plain = std::ranges::all_of(words, [](const auto& word) {
    return has_phrase({word},
                      "password|passwd|pwd|pass|word|passphrase|phrase|new|user|account|customer|admin|login|plain|"
                      "text|my|confirm|confirmation|repeat|repeated|initial|temporary|member|owner|x");
  });
  return plain && !has_phrase(words_of(field.parent),
                              "link|shared|config|configuration|webhook|hook|proxy|smtp|database|"
                              "connection|wifi|archive|certificate|import|source|server");
}

// A login takes whatever password there is; what is chosen here has to be good.
bool chooses(const Subject& subject, std::uint32_t index) {
  const Traits& traits = subject.traits[index];
  return !traits.safe && !has_phrase(traits.words, "login|log in|signin|sign in|session|token|authenticate|auth|logon");
}

Composition compose(const Subject& subject, const Field& field) {
  return {subject.contract, std::array<const Node*, 1>{field.schema}};
}

// How many characters a code has at most, where that is said; digits are counted by the range of an integer.
std::optional<std::int64_t> length_of_code(const Composition& schema) {
  if (schema.allows(kString)) {
    if (const auto most = integer_of(schema, "maxLength")) return most;
    const Node* pattern = schema.find("pattern");
    if (pattern == nullptr || !matches_digits_only(pattern->text()) || !bounds_length(pattern->text())) return {};
    // ^\d{6}$, ^[0-9]{4,6}$: the last number of the pattern.
    const auto text = pattern->text();
    const auto close = text.rfind('}');
    const auto open = text.find_last_of(",{", close);
    if (close == std::string_view::npos || open == std::string_view::npos) return 1;
    const auto most = parse_uint(text.substr(open + 1, close - open - 1));
    return most ? std::optional(static_cast<std::int64_t>(*most)) : std::nullopt;
  }
  if (!schema.allows(kInteger)) return {};
  const auto maximum = integer_of(schema, "maximum");
  if (!maximum) return {};
  return static_cast<std::int64_t>(std::to_string(*maximum).size());
}

bool limits_attempts(const Operation& operation) { return declares_exactly(operation, "429"); }

}  // namespace

void check_passwords(const Subject& subject, Drafts& drafts) {
  Sites shortest;
  Sites capped;
  Sites unmarked;
  for (const Field& field : subject.fields) {
    if (!field.is_property() || !field.in_request() || field.schema == nullptr || !is_account_password(field)) continue;
    const Composition schema = compose(subject, field);
    if (!schema.allows(kString)) continue;
    auto operations = subject.fields.operations(field, kRequest);
    const Node* format = schema.find("format");
    const Node* hidden = schema.find("writeOnly");
    const bool marked = hidden != nullptr && hidden->is_true();
    if (!marked && (format == nullptr || format->text() != "password"))
      unmarked.add(*field.node, field.label(), kRequest, operations);
    std::erase_if(operations, [&](auto index) { return !chooses(subject, index); });
    if (operations.empty()) continue;
    const auto least = integer_of(schema, "minLength");
    if (!least || *least < kShortestPassword) shortest.add(*field.node, field.label(), kRequest, operations);
    const auto most = integer_of(schema, "maxLength");
    if (most && *most < kLongestPassword - 1) capped.add(*field.node, field.label(), kRequest, operations);
  }
  for (const Site& site : shortest) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-password-short"), Severity::kMedium,
                              describe(site) + " may have fewer than eight characters"));
  }
  for (const Site& site : capped) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-password-capped"), Severity::kLow,
                              describe(site) + " may not have 64 characters"));
  }
  for (const Site& site : unmarked) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-password-unmarked"), Severity::kLow,
                              describe(site) + " is not marked by format: password"));
  }
}

void check_short_codes(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const Field& field : subject.fields) {
    if (!field.in_request() || field.schema == nullptr) continue;
    const bool code = field.is_about(Topic::kShortCode);
    const bool plain = words_of(field.name).size() == 1 && words_of(field.name)[0] == "code";
    if (!code && !plain) continue;
    const Composition schema = compose(subject, field);
    if (schema.has("enum")) continue;
    const auto length = length_of_code(schema);
    if (!length || *length > kLongestGuessable) continue;
    auto operations = subject.fields.operations(field, kRequest);
    std::erase_if(operations, [&](auto index) {
      const Operation& operation = subject.contract.operations[index];
      const bool entry = subject.traits[index].entry;
      return limits_attempts(operation) || (plain && !entry);
    });
    if (!operations.empty()) sites.add(*field.node, field.label(), kRequest, operations);
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-secret-low-entropy"), Severity::kMedium,
                              describe(site) + " is short enough to be tried out, and no limit (429) is declared"));
  }
}

// A default is looked at for this one thing: that everybody's first password is the same.
void check_default_credentials(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const Field& field : subject.fields) {
    if (!contract::is_secret(field.data_class) || field.schema == nullptr) continue;
    const Node* value = compose(subject, field).find("default");
    if (value == nullptr || !(value->is_string() || value->is_number()) || value->text().empty()) continue;
    sites.add(*field.node, field.label(), field.directions, subject.fields.operations(field, field.directions));
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-credential-default"), Severity::kHigh,
                              describe(site) + " is a credential with a default value"));
  }
}

void check_token_lifetime(const Subject& subject, Drafts& drafts) {
  Sites sites;
  for (const Field& field : subject.fields) {
    const auto words = words_of(field.name);
    if (!has_phrase(words, "expires in|expiresin|expires_in|token lifetime|token ttl|access token lifetime")) continue;
    if (field.schema == nullptr) continue;
    const Composition schema = compose(subject, field);
    if (!schema.allows(kInteger | kNumber)) continue;
    for (const std::string_view keyword : {"minimum", "const", "default", "example"}) {
      const auto seconds = integer_of(schema, keyword);
      if (!seconds || *seconds <= kLongestLifetime) continue;
      sites.add(*field.node, field.label(), field.directions, subject.fields.operations(field, field.directions));
      break;
    }
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("auth-token-lifetime"), Severity::kMedium,
                              describe(site) + " is more than a day"));
  }
}

}  // namespace portico::audit
