#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_map>

#include "audit/names.h"
#include "base/text.h"
#include "finding/catalogue.h"
#include "threats/actors.h"
#include "threats/assumptions.h"
#include "threats/exposure.h"
#include "threats/facts.h"
#include "threats/resources.h"
#include "threats/stride.h"
#include "threats/threats.h"

namespace portico::threats {
namespace {

using contract::Operation;

// The audit's findings by the operations that they concern.
class Cited {
 public:
  explicit Cited(std::span<const finding::Finding> findings) {
    for (const auto& finding : findings) {
      if (!finding.location.operation.empty()) by_operation_[finding.location.operation].push_back(&finding);
      for (const auto& related : finding.related) {
        if (!related.location.operation.empty()) by_operation_[related.location.operation].push_back(&finding);
      }
    }
  }

  const finding::Finding* find(const std::string& operation, std::string_view rule) const {
    const auto found = by_operation_.find(operation);
    if (found == by_operation_.end()) return nullptr;
    const auto finding = std::ranges::find_if(found->second, [&](const auto* f) { return f->rule->id == rule; });
    return finding == found->second.end() ? nullptr : *finding;
  }

 private:
  std::unordered_map<std::string, std::vector<const finding::Finding*>> by_operation_;
};

std::string verb_of(const Facts& facts) {
  using contract::Method;
  const bool item = facts.operation->path.ends_with('}');
  switch (facts.operation->method) {
    case Method::kGet:
    case Method::kHead:
    case Method::kQuery: return facts.collection && !item ? "lists" : "reads";
    case Method::kPost: return facts.entry ? "uses" : "creates or runs";
    case Method::kPut: return "replaces";
    case Method::kPatch: return "changes";
    case Method::kDelete: return "deletes";
    case Method::kOptions:
    case Method::kTrace:
    case Method::kOther: break;
  }
  return "calls";
}

void add_class(std::vector<contract::DataClass>& classes, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (field.data_class != contract::DataClass::kNone) classes.push_back(field.data_class);
  }
  std::ranges::sort(classes);
  classes.erase(std::ranges::unique(classes).begin(), classes.end());
}

class Builder {
 public:
  Builder(const contract::Contract& contract, const policy::Policy& policy, std::span<const finding::Finding> findings)
      : contract_(contract), policy_(policy), cited_(findings), facts_(facts_of(contract, policy)) {}

  Model build() {
    describe();
    for (Facts& facts : facts_) {
      facts.sequential = cited_.find(facts.operation->id, "access-id-sequential") != nullptr;
    }
    Actors actors = actors_of(contract_, policy_, facts_);
    Resources resources = resources_of(facts_);
    model_.actors = std::move(actors.all);
    model_.resources = std::move(resources.all);
    for (std::uint32_t i = 0; i < facts_.size(); ++i) {
      add_operation(facts_[i], actors.of_operation[i], resources.of_operation[i]);
    }
    rank();
    model_.assumptions = assumptions_of(contract_, policy_, facts_, model_.resources);
    return std::move(model_);
  }

 private:
  void describe() {
    model_.title = contract_.title;
    model_.version = contract_.api_version;
    model_.owner = policy_.owner.team;
    for (const auto& server : contract_.servers) {
      model_.servers.push_back(server.url);
      model_.encrypted = model_.encrypted && server.scheme != "http" && server.scheme != "ws";
    }
    setting_.guarded = policy_.upstream.named();
    setting_.has_scopes = std::ranges::any_of(facts_, &Facts::scoped);
  }

  void add_operation(const Facts& facts, std::uint32_t actor, std::uint32_t resource) {
    const Operation& operation = *facts.operation;
    Surface surface{.id = operation.id,
                    .title = std::string(operation.method_name) + " " + std::string(operation.path),
                    .actor = actor,
                    .resource = resource,
                    .scores = scores_of(facts)};
    surface.summary = model_.actors[actor].name + " " + verb_of(facts) + " " + model_.resources[resource].name;
    if (!operation.summary.empty()) surface.summary += ": " + std::string(operation.summary);
    if (operation.node != nullptr) surface.place = contract_.place(*operation.node);
    add_class(surface.takes, facts.sent);
    add_class(surface.gives, facts.returned);
    model_.surface.push_back(std::move(surface));
    for (const Stride stride : all_stride()) decide(facts, stride);
  }

  void decide(const Facts& facts, Stride stride) {
    Surface& surface = model_.surface.back();
    Decision& decision = surface.decisions[static_cast<std::size_t>(stride)];
    bool open = false;
    for (const Kind& kind : kinds()) {
      if (kind.stride != stride) continue;
      auto judgement = judge(setting_, facts, kind.id);
      if (!judgement) continue;
      decision.threats.push_back(static_cast<std::uint32_t>(model_.threats.size()));
      add_threat(kind, *std::move(judgement));
      const Threat& threat = model_.threats.back();
      open = open || threat.open();
      for (const auto& mitigation : threat.mitigations) note(decision.reason, mitigation.text);
    }
    decision.status = decision.threats.empty() ? Status::kNotApplicable : open ? Status::kThreat : Status::kMitigated;
    if (decision.status == Status::kNotApplicable) decision.reason = reason_not_applicable(facts, stride);
  }

  // Evidence, each piece once.
  static void note(std::string& reason, const std::string& text) {
    if (reason.contains(text)) return;
    reason += (reason.empty() ? "" : "; ") + text;
  }

  void add_threat(const Kind& kind, Judgement judgement) {
    const Surface& surface = model_.surface.back();
    Threat threat{.id = id_of("T", {kind.name, surface.title}),
                  .kind = &kind,
                  .operation = static_cast<std::uint32_t>(model_.surface.size() - 1),
                  .likelihood = judgement.likelihood,
                  .impact = judgement.impact,
                  .subject = std::move(judgement.subject),
                  .mitigations = std::move(judgement.mitigations)};
    if (!judgement.mitigated) add_gaps(kind, surface.id, threat);
    model_.threats.push_back(std::move(threat));
  }

  void add_gaps(const Kind& kind, const std::string& operation, Threat& threat) {
    for (const auto rule : kind.rules) {
      const finding::Finding* finding = rule.empty() ? nullptr : cited_.find(operation, rule);
      if (finding == nullptr) continue;
      threat.gaps.push_back({finding->rule, finding->fingerprint, std::string(finding->rule->remedy)});
    }
    if (threat.gaps.empty()) threat.gaps.push_back({nullptr, {}, std::string(kind.contract_remedy)});
    if (!kind.policy_remedy.empty()) threat.gaps.push_back({nullptr, {}, "Policy: " + std::string(kind.policy_remedy)});
  }

  void rank() {
    model_.by_rank.resize(model_.surface.size());
    std::iota(model_.by_rank.begin(), model_.by_rank.end(), 0U);
    std::ranges::stable_sort(model_.by_rank, std::ranges::greater(), [&](auto i) { return model_.surface[i].rank(); });
  }

  const contract::Contract& contract_;
  const policy::Policy& policy_;
  Cited cited_;
  std::vector<Facts> facts_;
  Setting setting_{.contract = contract_, .policy = policy_};
  Model model_;
};

}  // namespace

finding::Severity Threat::severity() const {
  constexpr int kCritical = 9;
  constexpr int kHigh = 6;
  constexpr int kMedium = 3;
  const int risk = likelihood * impact;
  if (risk >= kCritical) return finding::Severity::kCritical;
  if (risk >= kHigh) return finding::Severity::kHigh;
  return risk >= kMedium ? finding::Severity::kMedium : finding::Severity::kLow;
}

std::uint32_t Surface::rank() const {
  return std::accumulate(scores.begin(), scores.end(), 0U,
                         [](auto sum, const Score& score) { return sum + score.points; });
}

std::string_view name(Status status) {
  switch (status) {
    case Status::kThreat: return "threat";
    case Status::kMitigated: return "mitigated";
    case Status::kNotApplicable: break;
  }
  return "not-applicable";
}

Model model_of(const contract::Contract& contract, const policy::Policy& policy,
               std::span<const finding::Finding> findings) {
  return Builder(contract, policy, findings).build();
}

}  // namespace portico::threats
