// Who may call at all (OWASP API2). Three different things look alike in a report of "no security" and are told apart
// here: nothing is said, the requirement is taken away (`security: []`), the requirement is optional (`{}`).
#include <algorithm>
#include <array>

#include "audit/checks.h"
#include "audit/names.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Method;
using contract::Operation;
using finding::Severity;

enum class Access : std::uint8_t { kProtected, kNotSaid, kDisabled, kOptional };

Access access_of(const Operation& operation) {
  const auto is_empty = [](const contract::SecurityRequirement& requirement) { return requirement.needs.empty(); };
  if (operation.security_node == nullptr) return Access::kNotSaid;
  if (std::ranges::all_of(operation.security, is_empty)) return Access::kDisabled;
  return std::ranges::any_of(operation.security, is_empty) ? Access::kOptional : Access::kProtected;
}

// What cannot ask for credentials, and what nobody minds: only worth a note. Else a change is worse than a look; and a
// look that nobody decided upon is worse than one that somebody did.
Severity severity_of(const Operation& operation, Access access) {
  if (is_entry(operation) || is_published(operation)) {
    return access == Access::kNotSaid ? Severity::kLow : Severity::kInfo;
  }
  if (!is_safe(operation.method)) return Severity::kHigh;
  return access == Access::kNotSaid ? Severity::kMedium : Severity::kLow;
}

const finding::Rule* rule_of(Access access) {
  switch (access) {
    case Access::kDisabled: return finding::design_rule("auth-disabled");
    case Access::kOptional: return finding::design_rule("auth-optional");
    case Access::kNotSaid:
    case Access::kProtected: break;
  }
  return finding::design_rule("auth-none");
}

std::string_view reason_of(Access access) {
  switch (access) {
    case Access::kDisabled: return "its security requirement is empty";
    case Access::kOptional: return "an empty requirement ({}) is among its alternatives";
    case Access::kNotSaid:
    case Access::kProtected: break;
  }
  return "neither it nor the document has a security requirement";
}

// The operation's own `security` where it is at fault, else the operation.
const json::Node* place_of(const Operation& operation) {
  const json::Node* own = operation.node->find("security");
  return own != nullptr && own == operation.security_node ? own : operation.node;
}

}  // namespace

void check_operation_security(const Subject& subject, Drafts& drafts) {
  for (const Operation& operation : subject.contract.operations) {
    // A CORS preflight never carries credentials (Fetch Standard, section 3.2.2).
    if (operation.method == Method::kOptions || operation.node == nullptr) continue;
    const Access access = access_of(operation);
    if (access == Access::kProtected) continue;
    const std::string reason = ": " + std::string(reason_of(access));
    if (is_management(operation) && !is_entry(operation)) {
      drafts.push_back({.rule = finding::design_rule("auth-admin-open"),
                        .severity = is_safe(operation.method) ? Severity::kHigh : Severity::kCritical,
                        .node = place_of(operation),
                        .operation = &operation,
                        .message = title_of(operation) + " is a management operation that anyone can call" + reason});
      continue;
    }
    drafts.push_back({.rule = rule_of(access),
                      .severity = severity_of(operation, access),
                      .node = place_of(operation),
                      .operation = &operation,
                      .message = title_of(operation) + " can be called without credentials" + reason});
  }
}

void check_scopes(const Subject& subject, Drafts& drafts) {
  for (const Operation& operation : subject.contract.operations) {
    for (const auto& requirement : operation.security) {
      for (const auto& need : requirement.needs) {
        const contract::SecurityScheme* scheme = subject.contract.scheme(need.scheme);
        // The scopes of OpenID Connect are listed at the provider.
        if (scheme == nullptr || scheme->type != contract::SchemeType::kOAuth2) continue;
        for (const auto scope : need.scopes) {
          const bool defined = std::ranges::any_of(scheme->flows, [&](const auto& flow) {
            return std::ranges::find(flow.scopes, scope) != flow.scopes.end();
          });
          if (defined) continue;
          drafts.push_back({.rule = finding::design_rule("auth-scope-undefined"),
                            .severity = Severity::kMedium,
                            .node = requirement.node,
                            .message = "no flow of the scheme \"" + printable(need.scheme) + "\" offers the scope \"" +
                                       printable(scope) + "\"",
                            .aspect = std::string(need.scheme) + " " + std::string(scope)});
        }
      }
    }
  }
}

}  // namespace portico::audit
