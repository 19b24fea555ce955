// Requests that the service sends: callbacks and webhooks (OWASP API7, API10).
#include <algorithm>
#include <array>

#include "audit/checks.h"
#include "audit/hosts.h"
#include "audit/shapes.h"
#include "audit/sites.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Callback;
using contract::DataClass;
using contract::Operation;
using finding::design_rule;
using json::Node;

std::string title_of(const Callback& callback) {
  return (callback.owner == Callback::kNoOwner ? "the webhook \"" : "the callback \"") + printable(callback.name) +
         "\"";
}

Draft draft_for(const Subject& subject, const Callback& callback, const finding::Rule* rule, std::string what) {
  Draft draft{
      .rule = rule, .severity = rule->severity, .node = callback.node, .message = title_of(callback) + std::move(what)};
  if (callback.owner != Callback::kNoOwner) draft.operation = &subject.contract.operations[callback.owner];
  return draft;
}

bool is_signed(const Subject& subject, const Operation& operation) {
  // What the document requires of its own callers says nothing about what is sent.
  const Node* own = operation.node->find("security");
  if (own != nullptr && own == operation.security_node && !operation.open_to_nobody()) return true;
  return std::ranges::any_of(operation.parameters, [&](const auto& parameter) {
    return parameter.in == contract::ParameterIn::kHeader &&
           (subject.fields.topics(parameter.name) & bit(Topic::kSignature)) != 0;
  });
}

// Whether the URL's host comes from the request: "{$request.body#/url}", "https://{$request.query.host}/x".
bool chooses_host(std::string_view expression) {
  const auto request = expression.find("{$request");
  if (request == std::string_view::npos) return false;
  const auto slashes = expression.find("//");
  const auto path = slashes == std::string_view::npos ? std::string_view::npos : expression.find('/', slashes + 2);
  return request < path;
}

// Whether the value that the expression names is bound to listed hosts.
bool is_bound(const Subject& subject, const Callback& callback) {
  constexpr std::string_view kBody = "{$request.body#/";
  const Operation& owner = subject.contract.operations[callback.owner];
  std::string_view name;
  if (const auto at = callback.expression.find(kBody); at != std::string_view::npos) {
    name = callback.expression.substr(at + kBody.size());
  } else if (const auto dot = callback.expression.find("{$request."); dot != std::string_view::npos) {
    name = callback.expression.substr(dot + 10);
    name = name.substr(std::min(name.find('.'), name.size() - 1) + 1);
  }
  name = name.substr(0, name.find('}'));
  const auto bound = [&](const Node* schema) { return is_bound_to_hosts(subject.contract, schema); };
  for (const auto& parameter : owner.parameters) {
    if (parameter.name == name && bound(parameter.schema)) return true;
  }
  bool held = false;
  subject.schemas.visit_request_properties(callback.owner, [&](const PropertyUse& property) {
    held = held || (property.name == name && bound(property.resolved));
  });
  return held;
}

bool is_grave(DataClass data_class) {
  return data_class == DataClass::kSecret || data_class == DataClass::kCredential || data_class == DataClass::kHealth ||
         data_class == DataClass::kSpecial || data_class == DataClass::kGovernmentId ||
         data_class == DataClass::kFinancial;
}

// The first property of the body, in one level and what it refers to, that should not be sent away.
std::string grave_property(const Subject& subject, const Operation& operation) {
  if (!operation.body) return {};
  for (const auto& media : operation.body->content) {
    if (media.schema == nullptr) continue;
    const Composition body(subject.contract, std::array<const Node*, 1>{media.schema});
    for (const Node* part : body.parts()) {
      const Node* properties = part->find("properties");
      if (properties == nullptr) continue;
      for (const auto& [name, schema] : properties->members()) {
        const Node* resolved = subject.contract.resolve(*schema);
        if (is_grave(contract::classify(name->text(), resolved))) return std::string(name->text());
      }
    }
  }
  return {};
}

}  // namespace

void check_callbacks(const Subject& subject, Drafts& drafts) {
  for (const Callback& callback : subject.contract.callbacks) {
    if (chooses_host(callback.expression) && !is_bound(subject, callback)) {
      drafts.push_back(
          draft_for(subject, callback, design_rule("url-callback-chosen"), " goes to a URL of the caller's"));
    }
    if (is_plain_http(callback.expression)) {
      drafts.push_back(
          draft_for(subject, callback, design_rule("transport-callback-plain-http"), " is sent without TLS"));
    }
    for (const Operation& operation : callback.operations) {
      if (!is_signed(subject, operation)) {
        drafts.push_back(draft_for(subject, callback, design_rule("consume-callback-unverified"),
                                   " has neither a security requirement nor a signature header"));
      }
      if (const auto property = grave_property(subject, operation); !property.empty()) {
        drafts.push_back(draft_for(subject, callback, design_rule("consume-callback-data"),
                                   " carries \"" + printable(property) + "\""));
      }
    }
  }
}

}  // namespace portico::audit
