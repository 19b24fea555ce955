// What the policy's ownership makes of each operation.
#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "guard/ownership.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

using contract::ParameterIn;
using policy::IdPlace;
using policy::Ownership;
using In = IdPlace::In;

bool is_meant(const Ownership& ownership, const policy::IdUse& use, const contract::Contract& contract,
              const contract::Operation& operation) {
  if (!use.operations.empty()) return policy::selects(use.operations, contract, operation);
  return &use == &ownership.check || operation.method == contract::Method::kGet;
}

bool stands_at(const contract::Parameter& parameter, const IdPlace& place) {
  const bool named = parameter.in == ParameterIn::kHeader ? equal_ignoring_case(parameter.name, place.name)
                                                          : parameter.name == place.name;
  switch (place.in) {
    case In::kAnywhere: return named;
    case In::kPath: return named && parameter.in == ParameterIn::kPath;
    case In::kQuery: return named && parameter.in == ParameterIn::kQuery;
    case In::kHeader: return named && parameter.in == ParameterIn::kHeader;
    case In::kCookie: return named && parameter.in == ParameterIn::kCookie;
    case In::kBody: break;
  }
  return false;
}

// By what name an id that is learned at the place would be echoed.
std::string echoed_name(const IdPlace& place) {
  if (place.in != In::kBody) return place.name;
  const std::string last = place.name.substr(place.name.rfind('/') + 1);
  return last == "*" ? std::string() : last;
}

class PlanMaker {
 public:
  PlanMaker(const contract::Contract& contract, const contract::Operation& operation)
      : contract_(contract), operation_(operation) {}

  void add(const Ownership& ownership) {
    const bool checks = is_meant(ownership, ownership.check, contract_, operation_);
    const bool learns = is_meant(ownership, ownership.learn, contract_, operation_);
    if (!checks && !learns) return;
    plan_.kinds.push_back({.key = hash(ownership.id, hash(contract_.title)),
                           .allow_unknown = ownership.allow_unknown,
                           .ttl_ns = ownership.ttl_ns,
                           .status = static_cast<std::uint16_t>(ownership.status)});
    if (checks) {
      for (const IdPlace& place : ownership.check.at) watch(place, true);
    }
    if (!learns) return;
    for (const IdPlace& place : ownership.learn.at) {
      plan_.answer.push_back(member(place, false));
      if (const std::string name = echoed_name(place); !name.empty()) watch({.in = In::kAnywhere, .name = name}, false);
    }
  }

  std::shared_ptr<const OwnershipPlan> take() {
    if (plan_.parameters.empty() && plan_.body.empty() && plan_.answer.empty()) return nullptr;
    for (const contract::SecurityRequirement& requirement : operation_.security) {
      for (const auto& need : requirement.needs) {
        const contract::SecurityScheme* scheme = contract_.scheme(need.scheme);
        if (scheme == nullptr || scheme->type != contract::SchemeType::kApiKey) continue;
        auto& names = scheme->in == ParameterIn::kHeader ? plan_.key_headers : plan_.key_pairs;
        if (std::ranges::find(names, scheme->parameter) == names.end()) names.push_back(scheme->parameter);
      }
    }
    return std::make_shared<const OwnershipPlan>(std::move(plan_));
  }

 private:
  WatchedId member(const IdPlace& place, bool checked) const {
    return {.kind = static_cast<std::uint16_t>(plan_.kinds.size() - 1),
            .checked = checked,
            .parameter = nullptr,
            .anywhere = place.in == In::kAnywhere,
            .name = place.name};
  }

  void watch(const IdPlace& place, bool checked) {
    const auto kind = static_cast<std::uint16_t>(plan_.kinds.size() - 1);
    for (const contract::Parameter& parameter : operation_.parameters) {
      const bool known = std::ranges::any_of(
          plan_.parameters, [&](const auto& id) { return id.kind == kind && id.parameter == &parameter; });
      if (!stands_at(parameter, place) || known) continue;
      plan_.parameters.push_back({.kind = kind,
                                  .checked = checked,
                                  .parameter = &parameter,
                                  .anywhere = false,
                                  .name = std::string(parameter.name)});
    }
    if (!operation_.body || (place.in != In::kAnywhere && place.in != In::kBody)) return;
    const bool known = std::ranges::any_of(
        plan_.body, [&](const WatchedId& id) { return id.kind == kind && id.anywhere && id.name == place.name; });
    if (!known) plan_.body.push_back(member(place, checked));
  }

  const contract::Contract& contract_;
  const contract::Operation& operation_;
  OwnershipPlan plan_;
};

bool has_place(const contract::Operation& operation, const IdPlace& place) {
  if (place.in == In::kBody) return operation.body.has_value();
  return std::ranges::any_of(operation.parameters,
                             [&](const contract::Parameter& parameter) { return stands_at(parameter, place); });
}

}  // namespace

std::shared_ptr<const OwnershipPlan> make_ownership(const contract::Contract& contract, const policy::Policy& policy,
                                                    const contract::Operation& operation) {
  PlanMaker maker(contract, operation);
  for (const Ownership& ownership : policy.ownership) maker.add(ownership);
  return maker.take();
}

std::vector<Error> check_ownership(const contract::Contract& contract, const policy::Policy& policy) {
  std::vector<Error> problems;
  for (const Ownership& ownership : policy.ownership) {
    for (const IdPlace& place : ownership.check.at) {
      // A name may stand in bodies, and what those may hold only their schemas say.
      const bool known =
          place.in == In::kAnywhere || std::ranges::any_of(contract.operations, [&](const auto& operation) {
            return is_meant(ownership, ownership.check, contract, operation) && has_place(operation, place);
          });
      if (known) continue;
      problems.push_back({ErrorCode::kInvalid,
                          "none of the operations that are checked has \"" + printable(place.name) + "\" there",
                          ownership.place,
                          {}});
    }
  }
  return problems;
}

}  // namespace portico::guard
