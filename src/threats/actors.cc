#include "threats/actors.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"

namespace portico::threats {
namespace {

using contract::SchemeType;
using contract::SecurityScheme;

std::string kind_of(const SecurityScheme& scheme) {
  switch (scheme.type) {
    case SchemeType::kApiKey: return "API key";
    case SchemeType::kHttp: return "HTTP " + printable(scheme.scheme);
    case SchemeType::kMutualTls: return "client certificate";
    case SchemeType::kOAuth2: return "OAuth 2 token";
    case SchemeType::kOpenIdConnect: return "OpenID Connect token";
    case SchemeType::kUnknown: break;
  }
  return "credential";
}

class Builder {
 public:
  Builder(const contract::Contract& contract, const policy::Policy& policy, std::span<const Facts> facts)
      : contract_(contract), policy_(policy), facts_(facts) {}

  Actors build() {
    add_callers();
    add_others();
    return std::move(actors_);
  }

 private:
  std::uint32_t add(std::string id, std::string name, std::string description, ActorKind kind) {
    const auto [found, added] = index_.try_emplace(id, static_cast<std::uint32_t>(actors_.all.size()));
    if (added) actors_.all.push_back({std::move(id), std::move(name), std::move(description), kind});
    return found->second;
  }

  std::uint32_t caller_of(const Facts& facts) {
    if (facts.requirement == nullptr) {
      return add("anybody", "Anybody", "Whoever reaches the server, with no credentials", ActorKind::kAnybody);
    }
    std::string id = "caller";
    std::string description;
    for (const auto& need : facts.requirement->needs) {
      id += "-" + printable(need.scheme);
      const SecurityScheme* scheme = contract_.scheme(need.scheme);
      description += (description.empty() ? "Holds: " : ", ") + (scheme == nullptr ? "credential" : kind_of(*scheme)) +
                     " (" + printable(need.scheme) + ")";
    }
    const std::string name = "Caller with " + printable(facts.requirement->needs.front().scheme);
    if (!facts.management) return add(std::move(id), name, std::move(description), ActorKind::kCaller);
    return add("administrator", "Administrator", "Uses the operations for administration. " + description,
               ActorKind::kAdministrator);
  }

  void add_callers() {
    for (const Facts& facts : facts_) actors_.of_operation.push_back(caller_of(facts));
  }

  void add_others() {
    const bool issues_tokens = std::ranges::any_of(contract_.schemes, [](const SecurityScheme& scheme) {
      return scheme.type == SchemeType::kOAuth2 || scheme.type == SchemeType::kOpenIdConnect;
    });
    if (issues_tokens) {
      add("identity-provider", "Identity provider", "Issues the tokens that callers bring",
          ActorKind::kIdentityProvider);
    }
    const bool calls_back = contract_.root->find("webhooks") != nullptr ||
                            std::ranges::any_of(contract_.operations, [](const contract::Operation& operation) {
                              return operation.node != nullptr && operation.node->find("callbacks") != nullptr;
                            });
    if (calls_back) {
      add("receiver", "Receiver of callbacks", "A server of the caller's that this one calls", ActorKind::kReceiver);
    }
    const std::string team = policy_.owner.team.empty() ? "Service owner" : policy_.owner.team;
    add("owner", team, "Runs the service and answers for it", ActorKind::kOwner);
  }

  const contract::Contract& contract_;
  const policy::Policy& policy_;
  std::span<const Facts> facts_;
  Actors actors_;
  std::map<std::string, std::uint32_t> index_;
};

}  // namespace

Actors actors_of(const contract::Contract& contract, const policy::Policy& policy, std::span<const Facts> facts) {
  return Builder(contract, policy, facts).build();
}

}  // namespace portico::threats
