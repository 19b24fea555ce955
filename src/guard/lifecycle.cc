#include "guard/lifecycle.h"

#include <algorithm>
#include <optional>

#include "base/date.h"
#include "base/text.h"
#include "guard/checks.h"
#include "http/media_type.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

using Action = FieldChange::Action;

// An extension of the operation, or of all operations of its path.
Result<std::optional<std::int64_t>> date_extension(const contract::Contract& contract,
                                                   const contract::Operation& operation, std::string_view name) {
  for (const json::Node* owner : {operation.node, operation.path_node}) {
    const json::Node* value = owner == nullptr ? nullptr : owner->find(name);
    if (value == nullptr) continue;
    const auto date = parse_date(value->text());
    if (date) return date;
    return failure(ErrorCode::kInvalid, std::string(name) + " is not a date", contract.place(*value),
                   "Write 2026-12-31, or a date with a time (RFC 3339).");
  }
  return std::nullopt;
}

void add_link(FieldsPlan& fields, std::string_view uri, std::string_view relation) {
  if (uri.empty()) return;
  fields.add(Action::kAppend, "Link", "<" + std::string(uri) + ">; rel=\"" + std::string(relation) + '"');
}

// The elements of a list, outside of quotes.
template <class Use>
void for_each_element(std::string_view list, const Use& use) {
  std::size_t start = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && list[i] == '"') quoted = !quoted;
    if (i < list.size() && (list[i] != ',' || quoted)) continue;
    use(trim(list.substr(start, i - start)));
    start = i + 1;
  }
}

}  // namespace

Result<LifecyclePlan> make_lifecycle_plan(const policy::Policy& policy, const contract::Contract& contract,
                                          const contract::Operation& operation, FieldsPlan& fields,
                                          std::vector<std::string>& notes) {
  PORTICO_TRY(std::optional<std::int64_t> deprecated, date_extension(contract, operation, "x-deprecated-at"));
  PORTICO_TRY(std::optional<std::int64_t> sunset, date_extension(contract, operation, "x-sunset"));
  for (const policy::Deprecation& deprecation : policy.lifecycle.deprecations) {
    if (!policy::selects(deprecation.operations, contract, operation)) continue;
    if (deprecation.deprecated) deprecated = deprecation.deprecated;
    if (deprecation.sunset) sunset = deprecation.sunset;
    add_link(fields, deprecation.documentation, "deprecation");
    add_link(fields, deprecation.successor, "successor-version");
  }
  if (operation.deprecated && !deprecated) {
    notes.push_back(portico::to_string(contract.place(*operation.node)) + ": " + operation.id +
                    " is deprecated, but not since when: callers are not told (x-deprecated-at, or lifecycle in the "
                    "policy)");
  }
  if (deprecated) fields.add(Action::kSet, "Deprecation", "@" + std::to_string(*deprecated));
  if (!sunset) return LifecyclePlan{};
  fields.add(Action::kSet, "Sunset", http_date(*sunset));
  return LifecyclePlan{.sunset = *sunset};
}

VersionCheck::VersionCheck(const policy::Version& version, std::string_view api_version)
    : header_(version.header),
      parameter_(lower(version.media_type)),
      value_(version.value.empty() ? std::string(api_version) : version.value),
      required_(version.required) {}

Decision VersionCheck::operator()(const RequestHead& head) const {
  if (header_.empty() && parameter_.empty()) return {};
  bool named = false;
  for (const HeaderField& field : head.headers) {
    if (!header_.empty() && equal_ignoring_case(field.name, header_)) {
      named = true;
      if (trim(field.value) != value_) {
        return refuse(RuleId::kRequestVersionUndeclared, "header/" + lower(header_), "must be " + value_);
      }
    }
    const bool is_accept = equal_ignoring_case(field.name, "accept");
    if (parameter_.empty() || (!is_accept && !equal_ignoring_case(field.name, "content-type"))) continue;
    bool wrong = false;
    bool right = false;
    for_each_element(field.value, [&](std::string_view element) {
      const auto media = http::parse_media_type(element);
      const std::string* version = media ? media->parameter(parameter_) : nullptr;
      wrong = wrong || (version != nullptr && *version != value_);
      right = right || version == nullptr || *version == value_;
    });
    // Of what is accepted, one is enough.
    if (!wrong || (is_accept && right)) continue;
    return refuse(RuleId::kRequestVersionUndeclared, is_accept ? "header/accept" : "header/content-type",
                  parameter_ + " must be " + value_);
  }
  if (named || header_.empty() || !required_) return {};
  return refuse(RuleId::kRequestVersionUndeclared, "header/" + lower(header_), "is missing");
}

}  // namespace portico::guard
