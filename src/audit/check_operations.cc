// Rules about single operations, as a table: a test of the operation, and what to say.
#include <algorithm>
#include <array>

#include "audit/checks.h"
#include "audit/names.h"
#include "audit/shapes.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Method;
using contract::Operation;
using contract::ParameterIn;
using finding::design_rule;

bool has_request_field(const Subject& subject, std::uint32_t index, Topic topic) {
  const auto& operation = subject.contract.operations[index];
  bool has = std::ranges::any_of(operation.parameters, [&](const auto& parameter) {
    return (subject.fields.topics(parameter.name) & bit(topic)) != 0;
  });
  subject.schemas.visit_request_properties(index, [&](const PropertyUse& property) {
    has = has || (subject.fields.topics(property.name) & bit(topic)) != 0;
  });
  return has;
}

bool has_response_field(const Subject& subject, std::uint32_t index, Topic topic) {
  bool has = false;
  const auto& operation = subject.contract.operations[index];
  subject.schemas.visit_response_properties(index, success_of(operation), [&](const PropertyUse& property) {
    has = has || (subject.fields.topics(property.name) & bit(topic)) != 0;
  });
  return has;
}

bool has_header(const Operation& operation, std::string_view name, const SchemaUsage::StatusFilter& filter) {
  return std::ranges::any_of(operation.responses, [&](const auto& response) {
    return filter(response.status) && std::ranges::any_of(response.headers, [&](const auto& header) {
             return equal_ignoring_case(header.name, name);
           });
  });
}

// --- the methods ---

bool traces(const Subject& subject, std::uint32_t index) {
  const auto name = subject.contract.operations[index].method_name;
  return name == "TRACE" || name == "TRACK" || name == "CONNECT";
}

// A form without fields, as generators write it, is no body.
bool is_nothing(const Subject& subject, const contract::RequestBody& body) {
  return !body.required && std::ranges::all_of(body.content, [&](const auto& media) {
    if (media.schema == nullptr) return false;
    const Composition schema(subject.contract, std::array<const json::Node*, 1>{media.schema});
    const json::Node* properties = schema.find("properties");
    return properties != nullptr && properties->size() == 0;
  });
}

bool has_meaningless_body(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  return operation.body && (operation.method == Method::kGet || operation.method == Method::kHead) &&
         !is_nothing(subject, *operation.body);
}

// A verb of change where only a look is promised: at the front of the operationId, or as the last segment.
bool changes_by_look(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  if (operation.method != Method::kGet && operation.method != Method::kHead) return false;
  constexpr std::string_view kChanges =
      "delete|remove|create|update|destroy|logout|log out|signout|sign out|activate|deactivate|disable|enable|"
      "unsubscribe|cancel|revoke|purge|wipe|restart|reboot|shutdown|approve|reject|transfer|purchase|execute|"
      "unlock|reset|confirm delete|drop|truncate|terminate|set|add|edit|modify|insert|kill|stop|start|send";
  const auto leads = [&](std::vector<std::string> words) {
    if (words.empty()) return false;
    words.resize(1);
    return has_phrase(words, kChanges);
  };
  const auto slash = operation.path.rfind('/');
  const auto last = operation.path.substr(slash + 1);
  if (!last.contains('{') && leads(words_of(last)) && words_of(last).size() <= 3) return true;
  return leads(subject.traits[index].action);
}

bool deletes_collection(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  if (operation.method != Method::kDelete || operation.path.ends_with('}') || operation.body) return false;
  const bool selects = std::ranges::any_of(operation.parameters,
                                           [](const auto& p) { return p.in == ParameterIn::kQuery && p.required; });
  if (selects) return false;
  // It is a collection where its elements have paths of their own.
  const std::string element = std::string(operation.path) + "/{";
  return std::ranges::any_of(subject.contract.operations, [&](const Operation& other) {
    return other.path.starts_with(element) && other.path.find('/', element.size()) == std::string_view::npos;
  });
}

// --- objects ---

bool refuses_nobody(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  const Traits& traits = subject.traits[index];
  if (traits.open || !traits.names_object || traits.published) return false;
  return !declares(operation, "403") && !declares(operation, "404");
}

bool asserts_location(const Subject& subject, std::uint32_t index) {
  const Traits& traits = subject.traits[index];
  if (traits.safe || !has_phrase(traits.words,
                                 "open|unlock|door|gate|check in|checkin|checkins|clock in|attendance|"
                                 "unlocks|enter|entry|start|presence|redeem|pickup|collect|deliver")) {
    return false;
  }
  bool has = std::ranges::any_of(subject.contract.operations[index].parameters, [&](const auto& parameter) {
    return contract::classify(parameter.name, nullptr) == contract::DataClass::kLocation;
  });
  subject.schemas.visit_request_properties(index, [&](const PropertyUse& property) {
    const auto words = words_of(property.name);
    has = has || subject.fields.data_class(property) == contract::DataClass::kLocation ||
          has_phrase(words, "latitude|longitude|location|position|coordinates|gps");
  });
  return has;
}

// --- changing credentials ---

bool changes_password(const Subject& subject, std::uint32_t index) {
  const Traits& traits = subject.traits[index];
  if (traits.open || traits.safe || traits.entry || traits.management) return false;
  const bool of_password = has_phrase(traits.path_words, "password") || has_phrase(traits.words,
                                                                                   "change password|"
                                                                                   "set password|update password");
  if (has_phrase(traits.words, "reset|forgot|recover|login")) return false;
  bool takes_new = false;
  subject.schemas.visit_request_properties(index, [&](const PropertyUse& property) {
    if (takes_new || (subject.fields.topics(property.name) & bit(Topic::kPassword)) == 0) return;
    takes_new = of_password || has_phrase(words_of(property.name), "new password");
  });
  if (!takes_new) return false;
  bool proves = false;
  subject.schemas.visit_request_properties(index, [&](const PropertyUse& property) {
    proves = proves || (subject.fields.topics(property.name) & bit(Topic::kProof)) != 0;
  });
  return !proves;
}

bool changes_email(const Subject& subject, std::uint32_t index) {
  const Traits& traits = subject.traits[index];
  const Operation& operation = subject.contract.operations[index];
  if (traits.open || traits.management ||
      (operation.method != Method::kPut && operation.method != Method::kPatch && operation.method != Method::kPost)) {
    return false;
  }
  const auto last = words_of(operation.path.substr(operation.path.rfind('/') + 1));
  const bool of_email = has_phrase(last, "email") && std::ranges::all_of(last, [](const auto& word) {
                          return has_phrase({word}, "email|e|mail|address|change|update|new|my");
                        });
  if (!of_email && !has_phrase(traits.words, "change email|update email")) return false;
  return !has_request_field(subject, index, Topic::kProof) && !has_request_field(subject, index, Topic::kPassword);
}

bool gives_tokens(const Subject& subject, std::uint32_t index) {
  return subject.traits[index].entry && has_response_field(subject, index, Topic::kAccessToken);
}

bool gives_endless_tokens(const Subject& subject, std::uint32_t index) {
  return gives_tokens(subject, index) && !has_response_field(subject, index, Topic::kLifetime);
}

bool gives_cachable_tokens(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  return gives_tokens(subject, index) && !has_header(operation, "Cache-Control", success_of(operation)) &&
         operation.method == Method::kGet;
}

// --- enumeration ---

bool tells_accounts(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  const Traits& traits = subject.traits[index];
  if (!traits.open || operation.path.contains('{')) return false;
  const auto has_status = [&](std::string_view status) {
    return std::ranges::any_of(operation.responses, [&](const auto& r) { return r.status == status; });
  };
  if (has_phrase(traits.words,
                 "login|signin|sign in|forgot|forgotten|recover|recovery|reset|password reset|session|"
                 "authenticate|logon|password|passwords|otp|magic link")) {
    return has_status("404") || has_status("410");
  }
  if (has_phrase(traits.words, "register|registration|signup|sign up|user|account|customer|enroll|member") &&
      operation.method == Method::kPost) {
    return has_status("409");
  }
  if (!has_phrase(traits.words,
                  "exist|exists|available|availability|check email|check username|check user|taken|"
                  "lookup|email available|username available|is registered")) {
    return false;
  }
  bool asks = false;
  for (const auto& parameter : operation.parameters) {
    const auto data_class = contract::classify(parameter.name, parameter.schema);
    asks = asks || data_class == contract::DataClass::kContact || data_class == contract::DataClass::kOnline;
  }
  subject.schemas.visit_request_properties(index, [&](const PropertyUse& property) {
    const auto data_class = subject.fields.data_class(property);
    asks = asks || data_class == contract::DataClass::kContact || data_class == contract::DataClass::kOnline;
  });
  return asks;
}

// --- inventory ---

// Words of a segment that stand for diagnosis and left-overs, whoever may call.
bool is_debug_path(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  for (const auto segment : split(operation.path, '/')) {
    if (segment.empty() || segment.contains('{')) continue;
    const std::string text = lower(segment);
    for (const std::string_view end : {".bak", ".old", ".orig", ".sql", ".env", ".git", ".swp", ".log", ".dump", "~"}) {
      if (text.ends_with(end) && !(end == ".log" && text.size() > 4)) return true;
    }
    const auto words = words_of(segment);
    if (has_phrase(words,
                   "debug|actuator|phpinfo|heapdump|threaddump|jolokia|pprof|trace dump|test data|seed data|"
                   "fixture|fixtures|testing|sandbox reset|backdoor|devtools|dev tools|console|phpmyadmin|"
                   "swagger ui|graphiql|playground|dump|core dump|memory dump|env dump|stacktrace|profiler")) {
      return true;
    }
    const bool whole = words.size() == 1 && has_phrase(words,
                                                       "test|tests|dev|env|internal|private|backup|backups|diag|"
                                                       "diagnostics|diagnostic|tmp|temp|mock|metrics|staging");
    if (whole && segment == split(operation.path, '/').back() && has_phrase(words, "test|tests")) {
      // ".../hooks/{id}/test" is a function of the API; "/test" is not.
      if (operation.path.contains('{')) continue;
      return true;
    }
    const auto second = operation.path.find('/', 1);
    const bool leading = operation.path.substr(1, second == std::string_view::npos ? second : second - 1) == segment ||
                         words_of(operation.path).front().starts_with('v') || words_of(operation.path).front() == "api";
    if (whole && leading && !operation.path.contains('{')) return true;
    if (whole && leading && has_phrase(words, "internal|test|debug|dev|diag")) return true;
  }
  return false;
}

// Only where a version stands: at the front, after an "api" or a number at most.
bool is_unstable_path(const Subject& subject, std::uint32_t index) {
  const auto segments = split(subject.contract.operations[index].path, '/');
  for (std::size_t i = 1; i < std::min<std::size_t>(segments.size(), 4); ++i) {
    const auto words = words_of(segments[i]);
    if (words.empty() || segments[i].contains('{')) return false;
    const std::string text = lower(segments[i]);
    const bool numbered = text[0] == 'v' && text.size() > 1 && is_digit(text[1]);
    if (numbered && (text.contains("beta") || text.contains("alpha") || text.contains("preview") || text == "v0")) {
      return true;
    }
    if (words.size() <= 2 && has_phrase(words,
                                        "beta|alpha|experimental|preview|legacy|deprecated|obsolete|old|unstable|"
                                        "canary")) {
      return true;
    }
    if (!numbered && words.front() != "api" && words.front() != "rest") return false;
  }
  return false;
}

bool is_marked_internal(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  const auto marked = [](const json::Node* node) {
    for (const std::string_view key : {"x-internal", "x-private", "x-hidden"}) {
      const auto* mark = node == nullptr ? nullptr : node->find(key);
      if (mark != nullptr && (mark->is_true() || (mark->is_string() && mark->text() != "false"))) return true;
    }
    return false;
  };
  const bool tagged = std::ranges::any_of(operation.tags, [](std::string_view tag) {
    const auto words = words_of(tag);
    return !words.empty() && (words[0] == "internal" || words.back() == "internal") && words.size() <= 2;
  });
  return tagged || marked(operation.node) || marked(operation.path_node);
}

bool has_date(std::string_view text) {
  for (std::size_t i = 0; i + 6 < text.size(); ++i) {
    if (text[i] == '2' && text[i + 1] == '0' && is_digit(text[i + 2]) && is_digit(text[i + 3]) && text[i + 4] == '-' &&
        is_digit(text[i + 5])) {
      return true;
    }
  }
  constexpr std::string_view kMonths =
      "january|february|march|april|may|june|july|august|september|october|november|"
      "december|sunset|end of life|eol";
  return has_phrase(words_of(text), kMonths);
}

bool is_deprecated_without_end(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  if (!operation.deprecated) return false;
  const auto any = [](std::string_view) { return true; };
  if (has_header(operation, "Sunset", any) || has_header(operation, "Deprecation", any)) return false;
  const bool extended = std::ranges::any_of(operation.node->members(), [](const json::Member& member) {
    const auto key = member.key->text();
    return key.starts_with("x-") && (contains_ignoring_case(key, "sunset") || contains_ignoring_case(key, "removal") ||
                                     contains_ignoring_case(key, "deprecat") || contains_ignoring_case(key, "eol"));
  });
  return !extended && !has_date(operation.node->text_of("description")) && !has_date(operation.summary);
}

// --- other parties ---

// "/webhooks/stripe", "/payment-callback": not "/webhooks", where webhooks are set up, nor what belongs to one of them.
bool is_receiver(const Operation& operation) {
  if (operation.path.contains('{')) return false;
  constexpr std::string_view kReceivers = "webhook|webhooks|hook|hooks|callback|callbacks|ipn|postback|notify";
  const auto segments = split(operation.path, '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto words = words_of(segments[i]);
    const bool last = i + 1 == segments.size();
    if (words.empty() || !has_phrase(words, kReceivers)) continue;
    if (!last) return true;
    return words.size() > 1 || !words.back().ends_with('s');
  }
  return false;
}

bool receives_unsigned(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  const Traits& traits = subject.traits[index];
  if (!traits.open || operation.method != Method::kPost || !operation.body) return false;
  const bool named = has_phrase(traits.action, "receive webhook|handle webhook|receive event|webhook") &&
                     !has_phrase(traits.action, "create|register|add|list|ping|redeliver|test");
  if (!is_receiver(operation) && !named) return false;
  return std::ranges::none_of(operation.parameters, [&](const auto& parameter) {
    return parameter.in == ParameterIn::kHeader &&
           (subject.fields.topics(parameter.name) & bit(Topic::kSignature)) != 0;
  });
}

bool answers_html(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  return std::ranges::any_of(operation.responses, [](const auto& response) {
    return response.status.starts_with('2') && std::ranges::any_of(response.content, [](const auto& media) {
             return contains_ignoring_case(media.range, "text/html");
           });
  });
}

struct OperationRule {
  const finding::Rule* rule;
  bool (*test)(const Subject& subject, std::uint32_t index);
  std::string_view message;  // after "GET /orders"
};

constexpr OperationRule kRules[] = {
    {design_rule("config-trace-method"), traces, " echoes requests"},
    {design_rule("config-get-body"), has_meaningless_body, " has a body, and HTTP gives it no meaning"},
    {design_rule("config-get-changes-state"), changes_by_look, " changes something, by its name"},
    {design_rule("config-html-response"), answers_html, " answers as text/html"},
    {design_rule("config-cache-undeclared"), gives_cachable_tokens,
     " gives out tokens, and caches may keep the answer"},
    {design_rule("access-collection-deleted"), deletes_collection, " deletes the whole collection"},
    {design_rule("access-object-unchecked"), refuses_nobody,
     " names an object, and declares neither 403 nor 404 for somebody else's"},
    {design_rule("access-location-asserted"), asserts_location, " decides by a position that the client claims"},
    {design_rule("auth-password-change-unverified"), changes_password, " sets a password without asking for a proof"},
    {design_rule("auth-email-change-unverified"), changes_email, " changes the e-mail address without a proof"},
    {design_rule("auth-token-no-expiry"), gives_endless_tokens, " gives out tokens without saying how long they live"},
    {design_rule("data-account-enumeration"), tells_accounts, " tells anyone whether an account exists"},
    {design_rule("inventory-debug-path"), is_debug_path, " is for developers, by its path"},
    {design_rule("inventory-unstable-path"), is_unstable_path, " is unfinished or old, by its path"},
    {design_rule("inventory-internal-operation"), is_marked_internal, " is marked as internal"},
    {design_rule("inventory-deprecated-no-sunset"), is_deprecated_without_end,
     " is deprecated, and nothing says until when it lives"},
    {design_rule("consume-webhook-unsigned"), receives_unsigned, " takes messages from anyone, without a signature"},
};

}  // namespace

void check_operations(const Subject& subject, Drafts& drafts) {
  const auto& operations = subject.contract.operations;
  for (const OperationRule& rule : kRules) {
    for (std::uint32_t i = 0; i < operations.size(); ++i) {
      if (!rule.test(subject, i)) continue;
      drafts.push_back({.rule = rule.rule,
                        .severity = rule.rule->severity,
                        .node = operations[i].node,
                        .operation = &operations[i],
                        .message = title_of(operations[i]) + std::string(rule.message)});
    }
  }
}

}  // namespace portico::audit
