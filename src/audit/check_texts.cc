// Texts that people read: scripts in descriptions, and secrets that were left in examples. The only checks that look at
// examples, defaults and extensions, and for secrets alone.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "audit/checks.h"
#include "base/text.h"
#include "contract/data_class.h"
#include "finding/mask.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using finding::design_rule;
using finding::Severity;
using json::Node;

bool has_script(std::string_view text) {
  constexpr std::array<std::string_view, 9> kScripts = {
      "<script", "javascript:", "<iframe", "onerror=", "onload=", "eval(", "<object ", "<svg/onload", "onclick="};
  if (text.find_first_of("<(:=") == std::string_view::npos) return false;
  const std::string low = lower(text);
  return std::ranges::any_of(kScripts, [&](auto part) {
    const auto at = low.find(part);
    if (at == std::string::npos) return false;
    // What is shown as code is not run.
    return std::count(low.begin(), low.begin() + static_cast<std::ptrdiff_t>(at), '`') % 2 == 0;
  });
}

// The forms of real keys: a prefix that a vendor chose so that they can be found, and how long the rest is.
struct KeyForm {
  std::string_view prefix;
  std::size_t least;  // characters after it
};
constexpr std::array<KeyForm, 24> kKeyForms = {
    {{"AKIA", 16},    {"ASIA", 16},        {"ghp_", 30},   {"gho_", 30},     {"ghu_", 30},     {"ghs_", 30},
     {"ghr_", 30},    {"github_pat_", 40}, {"glpat-", 18}, {"sk_live_", 16}, {"rk_live_", 16}, {"xoxb-", 20},
     {"xoxp-", 20},   {"xoxa-", 20},       {"AIza", 30},   {"ya29.", 20},    {"SG.", 40},      {"npm_", 30},
     {"sk-ant-", 20}, {"sk-proj-", 20},    {"shpat_", 28}, {"dop_v1_", 40},  {"hvs.", 20},     {"pypi-AgE", 20}}};

bool is_key_character(char c) {
  return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '+' || c == '=';
}

// Placeholders are written so that nobody takes them for real: repeated letters, words, ellipses.
bool is_placeholder(std::string_view text) {
  const std::string low = lower(text);
  for (const std::string_view word : {"example", "xxxx", "...", "your", "sample", "dummy", "placeholder", "redacted",
                                      "12345678", "abcdefgh", "aaaa", "0000", "test_key", "fake", "changeme", "****"}) {
    if (low.contains(word)) return true;
  }
  return false;
}

// eyJ<base64url>.eyJ<base64url>.<base64url>: a signed token (RFC 7519).
bool is_jwt(std::string_view text) {
  if (!text.starts_with("eyJ")) return false;
  const auto first = text.find('.');
  if (first == std::string_view::npos || !text.substr(first + 1).starts_with("eyJ")) return false;
  const auto second = text.find('.', first + 1);
  return second != std::string_view::npos && text.size() - second > 20;
}

std::string_view key_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_key_character(text[end])) ++end;
  return text.substr(at, end - at);
}

// What in the text looks like a secret, or nothing.
std::string_view secret_in(std::string_view text) {
  if (text.size() < 16) return {};
  for (std::size_t i = 0; i + 16 <= text.size(); ++i) {
    const char c = text[i];
    if (i > 0 && is_alnum(text[i - 1])) continue;
    if (c == 'e' && text.substr(i).starts_with("eyJ")) {
      const auto key = key_at(text, i);
      if (is_jwt(key)) return key;
    } else if (c == '-' && text.substr(i).starts_with("-----BEGIN ") && text.substr(i, 40).contains("PRIVATE KEY")) {
      const auto rest = text.substr(i);
      if (rest.size() > 80 && !is_placeholder(rest.substr(0, 120))) return rest.substr(0, 27);
    } else {
      for (const KeyForm& form : kKeyForms) {
        if (form.prefix[0] != c || !text.substr(i).starts_with(form.prefix)) continue;
        const auto key = key_at(text, i);
        if (key.size() >= form.prefix.size() + form.least && !is_placeholder(key)) return key;
      }
    }
  }
  return {};
}

// A credential's own example that was not made up to look like one: long, and of letters and digits mixed.
bool is_random(std::string_view text) {
  if (text.size() < 20 || text.size() > 200 || is_placeholder(text)) return false;
  if (!std::ranges::all_of(text, is_key_character)) return false;
  std::array<int, 256> counts{};
  int digits = 0;
  int upper = 0;
  int lowers = 0;
  int kinds = 0;
  for (const char c : text) {
    if (counts[static_cast<unsigned char>(c)]++ == 0) ++kinds;
    if (is_digit(c)) ++digits;
    if (c >= 'A' && c <= 'Z') ++upper;
    if (c >= 'a' && c <= 'z') ++lowers;
  }
  return kinds >= 12 && digits >= 3 && upper + lowers >= 6 && !text.starts_with('/') && !text.contains("//");
}

class TextWalk {
 public:
  TextWalk(const Subject& subject, Drafts& drafts) : subject_(&subject), drafts_(&drafts) {}

  void run() {
    for (const json::Document& document : *subject_->contract.documents) {
      if (document.root != nullptr) visit(*document.root, nullptr);
    }
  }

 private:
  void visit(const Node& node, const Node* key) {
    if (node.is_string()) {
      look(node, key == nullptr ? std::string_view() : key->text());
      return;
    }
    for (const json::Member& member : node.members()) {
      const Node* before = credential_;
      const bool outside = is_free_;
      const auto name = member.key->text();
      const bool extended = is_extension_;
      is_extension_ = is_extension_ || name.starts_with("x-");
      is_free_ = is_free_ || name.starts_with("x-") || name == "example" || name == "examples";
      if (member.value->is_object() && contract::is_secret(class_of(*member.key, *member.value)))
        credential_ = member.value;
      visit(*member.value, member.key);
      credential_ = before;
      is_free_ = outside;
      is_extension_ = extended;
    }
    for (const Node* item : node.items()) visit(*item, key);
  }

  // Only where an example or a default stands beside: asking costs more than looking.
  contract::DataClass class_of(const Node& key, const Node& value) const {
    if (value.find("example") == nullptr && value.find("default") == nullptr) return contract::DataClass::kNone;
    return value.find("type") == nullptr ? contract::DataClass::kNone : contract::classify(key.text(), &value);
  }

  void look(const Node& node, std::string_view key) {
    const auto text = node.text();
    if ((key == "description" || key == "summary" || key == "title") && has_script(text)) {
      drafts_->push_back({.rule = design_rule("config-markdown-script"),
                          .severity = Severity::kMedium,
                          .node = &node,
                          .message = "the " + std::string(key) + " contains a script"});
    }
    if (key == "pattern" || key == "$ref" || key == "operationId") return;
    auto secret = secret_in(text);
    auto severity = Severity::kHigh;
    if (secret.empty() && is_free_ && !key.empty() && text.size() >= 20 && is_secret_name(key) && is_random(text)) {
      secret = text;
      if (!is_extension_) severity = Severity::kMedium;  // a name and a look: examples are often made up well
    }
    if (secret.empty() && credential_ != nullptr && (key == "example" || key == "default") && is_random(text))
      secret = text;
    if (secret.empty()) return;
    drafts_->push_back({.rule = design_rule("config-example-secret"),
                        .severity = severity,
                        .node = &node,
                        .message = "a " + (key.empty() ? std::string("value") : printable(key)) +
                                   " holds what looks like a real key or token",
                        .evidence = finding::masked(secret)});
  }

  // The key of a value in an example or extension says that it is a secret.
  bool is_secret_name(std::string_view key) {
    const auto [found, added] = secret_names_.try_emplace(key, false);
    if (added) found->second = contract::is_secret(contract::classify(key, nullptr));
    return found->second;
  }

  const Subject* subject_;
  Drafts* drafts_;
  const Node* credential_ = nullptr;
  bool is_free_ = false;  // within an example or an extension
  bool is_extension_ = false;
  std::unordered_map<std::string_view, bool> secret_names_;
};

}  // namespace

void check_texts(const Subject& subject, Drafts& drafts) { TextWalk(subject, drafts).run(); }

}  // namespace portico::audit
