// Personal data that a caller who is nobody receives (OWASP API3).
#include <algorithm>
#include <vector>

#include "audit/checks.h"
#include "audit/names.h"
#include "base/text.h"
#include "contract/data_class.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::DataClass;
using contract::Operation;
using finding::Severity;

struct PersonalProperty {
  const PropertyUse* use;
  DataClass data_class;
};

// A login answers with the account of whoever knew the password: that is no publication.
bool takes_credentials(const Subject& subject, const Operation& operation, std::uint32_t index) {
  if (!is_entry(operation)) return false;
  bool takes = false;
  subject.schemas.visit_request_properties(index, [&](const PropertyUse& property) {
    takes = takes || contract::is_secret(subject.fields.data_class(property));
  });
  return takes;
}

// A name or a nickname by itself is published every day; where somebody lives or what they earn is not.
bool is_grave(DataClass data_class) { return data_class != DataClass::kPersonal && data_class != DataClass::kOnline; }

// "mobile, email (contact); latitude (location)", the grave classes first.
std::string list_of(const std::vector<PersonalProperty>& properties) {
  constexpr std::size_t kShown = 12;
  std::vector<DataClass> classes;
  for (const auto& property : properties) {
    if (std::ranges::find(classes, property.data_class) == classes.end()) classes.push_back(property.data_class);
  }
  std::ranges::sort(classes, {}, [](DataClass c) { return std::pair(!is_grave(c), c); });
  std::string out;
  std::size_t shown = 0;
  for (const DataClass data_class : classes) {
    std::string names;
    for (const auto& property : properties) {
      if (property.data_class != data_class || shown == kShown) continue;
      names += (names.empty() ? "" : ", ") + printable(property.use->name);
      ++shown;
    }
    if (names.empty()) continue;
    out += (out.empty() ? "" : "; ") + names + " (" + std::string(name(data_class)) + ")";
  }
  if (properties.size() > shown) out += " and " + std::to_string(properties.size() - shown) + " more";
  return out;
}

Draft draft_for(const Operation& operation, const std::vector<PersonalProperty>& properties) {
  const bool grave = std::ranges::any_of(properties, is_grave, &PersonalProperty::data_class);
  Draft draft{.rule = finding::design_rule("data-personal-public"),
              .severity = grave ? Severity::kHigh : Severity::kMedium,
              .node = operation.node,
              .operation = &operation,
              .message = title_of(operation) + " returns personal data to anyone: " + list_of(properties)};
  for (const auto& property : properties) {
    if (draft.related.size() == finding::kMaxRelated) break;
    draft.related.push_back({property.use->schema, nullptr,
                             "\"" + printable(property.use->name) + "\": " + std::string(name(property.data_class))});
  }
  return draft;
}

}  // namespace

void check_personal_data(const Subject& subject, Drafts& drafts) {
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    if (operation.node == nullptr || !operation.open_to_nobody() || takes_credentials(subject, operation, i)) continue;
    std::vector<PersonalProperty> properties;
    subject.schemas.visit_response_properties(i, success_of(operation), [&](const PropertyUse& property) {
      const DataClass data_class = subject.fields.data_class(property);
      if (!contract::is_personal(data_class)) return;
      const bool known = std::ranges::any_of(properties, [&](const auto& other) {
        return other.use->name == property.name && other.data_class == data_class;
      });
      if (!known) properties.push_back({&property, data_class});
    });
    if (!properties.empty()) drafts.push_back(draft_for(operation, properties));
  }
}

}  // namespace portico::audit
