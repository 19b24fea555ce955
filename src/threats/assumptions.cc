#include "threats/assumptions.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "finding/fingerprint.h"

namespace portico::threats {
namespace {

class Collector {
 public:
  explicit Collector(const policy::Policy& policy)
      : policy_(policy), owner_(policy.owner.team.empty() ? "service owner" : policy.owner.team) {}

  void ask(std::string_view topic, std::string_view about, std::string question, std::string answer = {}) {
    Assumption& assumption = assumptions_.emplace_back();
    assumption.id = id_of("A", {topic, about});
    assumption.question = std::move(question);
    assumption.owner = owner_;
    assumption.status = answer.empty() ? "open" : "answered";
    assumption.answer = std::move(answer);
    const auto given = std::ranges::find(policy_.assumptions, assumption.id, &policy::Answer::assumption);
    if (given == policy_.assumptions.end()) return;
    assumption.status = name(given->status);
    if (!given->owner.empty()) assumption.owner = given->owner;
    if (!given->answer.empty()) assumption.answer = given->answer;
  }

  std::vector<Assumption> take() { return std::move(assumptions_); }

 private:
  static std::string_view name(policy::AnswerStatus status) {
    switch (status) {
      case policy::AnswerStatus::kOpen: return "open";
      case policy::AnswerStatus::kAccepted: return "accepted";
      case policy::AnswerStatus::kAnswered: break;
    }
    return "answered";
  }

  const policy::Policy& policy_;
  std::string owner_;
  std::vector<Assumption> assumptions_;
};

void ask_about_schemes(const contract::Contract& contract, std::span<const Facts> facts, Collector& collector) {
  std::set<std::string_view> used;
  for (const Facts& operation : facts) {
    for (const auto& requirement : operation.operation->security) {
      for (const auto& need : requirement.needs) used.insert(need.scheme);
    }
  }
  for (const auto& scheme : contract.schemes) {
    if (!used.contains(scheme.name)) continue;
    const std::string name = printable(scheme.name);
    switch (scheme.type) {
      case contract::SchemeType::kOAuth2:
      case contract::SchemeType::kOpenIdConnect:
        collector.ask("token", scheme.name,
                      "Who verifies the tokens of " + name + " (signature, issuer, audience, expiry, revocation)?");
        break;
      case contract::SchemeType::kMutualTls:
        collector.ask("certificate", scheme.name,
                      "Which authorities issue the certificates of " + name + ", and who revokes them?");
        break;
      case contract::SchemeType::kApiKey:
      case contract::SchemeType::kHttp:
      case contract::SchemeType::kUnknown:
        collector.ask("credential", scheme.name,
                      "Who hands out the credentials of " + name + ", how are they kept, and how are they withdrawn?");
        break;
    }
  }
}

void ask_about_objects(std::span<const Resource> resources, Collector& collector) {
  for (const Resource& resource : resources) {
    if (resource.key.empty() || resource.operations.empty()) continue;
    collector.ask("ownership", resource.path,
                  "Does the service check that the " + printable(resource.name) + " named by {" +
                      printable(resource.key) + "} in " + printable(resource.path) + " belongs to the caller?");
  }
}

void ask_about_facts(std::span<const Facts> facts, Collector& collector) {
  for (const Facts& operation : facts) {
    for (const Field& field : operation.sent) {
      if (!operation.side_effect || (field.traits & kFact) == 0) continue;
      collector.ask("fact", std::string(operation.operation->id) + " " + std::string(field.name),
                    "Does " + printable(operation.operation->id) + " rely on \"" + printable(field.name) +
                        "\" as the client states it?");
    }
  }
}

}  // namespace

std::string id_of(std::string_view letter, std::initializer_list<std::string_view> parts) {
  constexpr std::size_t kDigits = 12;
  return std::string(letter) + "-" + finding::fingerprint("threats", parts).substr(0, kDigits);
}

std::vector<Assumption> assumptions_of(const contract::Contract& contract, const policy::Policy& policy,
                                       std::span<const Facts> facts, std::span<const Resource> resources) {
  Collector collector(policy);
  const bool encrypted =
      std::ranges::all_of(contract.servers, [](const auto& server) { return server.scheme == "https"; });
  collector.ask("tls", "", "Where does TLS end, and is the way behind it trusted?",
                encrypted && policy.upstream.encrypted() ? "All servers and the upstream have TLS" : "");
  collector.ask("limits", "", "Are callers limited somewhere before the service?",
                policy.limits.empty() ? "" : std::to_string(policy.limits.size()) + " limits of the policy");
  collector.ask("log", "", "Is every call kept where its author cannot change it?",
                !policy.upstream.named() ? "" : "The guard writes an event for each");
  collector.ask("environments", "",
                "Which environments answer to this contract, and do all of them hold test data only but one?");
  ask_about_schemes(contract, facts, collector);
  ask_about_objects(resources, collector);
  ask_about_facts(facts, collector);
  return collector.take();
}

}  // namespace portico::threats
