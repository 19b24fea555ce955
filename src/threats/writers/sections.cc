#include "threats/writers/sections.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "threats/writers/names.h"

namespace portico::threats {
namespace {

// A diagram with more boxes than this is no picture any more.
constexpr std::size_t kMostBoxes = 60;

// A text inside of a Mermaid label: no quotes, no brackets.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '"') {
      out += "#quot;";
    } else if (c == '<' || c == '>' || c == '{' || c == '}' || c == '[' || c == ']' || c == '|' || c == '`') {
      out += "#" + std::to_string(static_cast<int>(c)) + ";";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// Actors and the resources that they reach, the most exposed first.
std::string flow_diagram(const Model& model) {
  std::vector<std::uint32_t> resources;
  for (const auto operation : model.by_rank) {
    const auto resource = model.surface[operation].resource;
    if (std::ranges::find(resources, resource) == resources.end()) resources.push_back(resource);
    if (resources.size() == kMostBoxes) break;
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  std::set<std::uint32_t> actors;
  for (const Surface& surface : model.surface) {
    if (std::ranges::find(resources, surface.resource) == resources.end()) continue;
    pairs.insert({surface.actor, surface.resource});
    actors.insert(surface.actor);
  }
  std::string out = "flowchart LR\n";
  for (const auto actor : actors)
    out += "  a" + std::to_string(actor) + "[\"" + label(model.actors[actor].name) + "\"]\n";
  out += "  subgraph service [\"" + label(model.title) + "\"]\n";
  std::ranges::sort(resources);
  for (const auto resource : resources) {
    out += "    r" + std::to_string(resource) + "([\"" + label(model.resources[resource].path) + "\"])\n";
  }
  out += "  end\n";
  for (const auto& [actor, resource] : pairs)
    out += "  a" + std::to_string(actor) + " --> r" + std::to_string(resource) + "\n";
  return out;
}

std::string resource_diagram(const Model& model) {
  std::string out = "flowchart TD\n";
  std::size_t boxes = 0;
  for (std::uint32_t i = 0; i < model.resources.size() && boxes < kMostBoxes; ++i) {
    const Resource& resource = model.resources[i];
    if (resource.key.empty()) continue;
    ++boxes;
    out +=
        "  r" + std::to_string(i) + "[\"" + label(resource.name) + (resource.guessable ? " (countable)" : "") + "\"]\n";
    if (resource.parent >= 0) out += "  r" + std::to_string(resource.parent) + " -->|has| r" + std::to_string(i) + "\n";
  }
  return boxes == 0 ? std::string() : out;
}

Section summary_of(const Model& model) {
  std::string text = std::to_string(model.surface.size()) + " operations. Open threats:";
  const auto counts = count_open(model);
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] > 0)
      text += " " + std::to_string(counts[i]) + " " + std::string(name(static_cast<finding::Severity>(i)));
  }
  Section section{.title = "Summary", .text = text + ".", .diagram = flow_diagram(model)};
  section.table.head = {"actor", "who that is"};
  for (const Actor& actor : model.actors) section.table.rows.push_back({actor.name, actor.description});
  return section;
}

std::string factors_of(const Surface& surface) {
  std::string out;
  for (const Score& score : surface.scores) out += (out.empty() ? "" : ", ") + std::string(score.factor);
  return out;
}

Section surface_of(const Model& model) {
  Section section{.title = "Attack surface", .text = "Every operation, the most exposed first."};
  section.table.head = {"rank", "operation", "actor", "takes", "gives", "why"};
  for (const auto index : model.by_rank) {
    const Surface& surface = model.surface[index];
    section.table.rows.push_back({std::to_string(surface.rank()), surface.title, model.actors[surface.actor].name,
                                  list_of(surface.takes), list_of(surface.gives), factors_of(surface)});
  }
  return section;
}

Section use_cases_of(const Model& model) {
  Section section{.title = "Use cases"};
  section.table.head = {"operation", "use case"};
  for (const Surface& surface : model.surface) section.table.rows.push_back({surface.title, surface.summary});
  return section;
}

Section stride_of(const Model& model) {
  Section section{.title = "STRIDE",
                  .text = "Every operation against every class: a threat, mitigated, or not applicable (-)."};
  section.table.head = {"operation"};
  for (const Stride stride : all_stride()) section.table.head.emplace_back(name(stride));
  for (const Surface& surface : model.surface) {
    auto& row = section.table.rows.emplace_back();
    row.push_back(surface.title);
    for (const Decision& decision : surface.decisions) {
      if (decision.status == Status::kNotApplicable) {
        row.push_back("- " + decision.reason);
        continue;
      }
      std::string cell = std::string(name(decision.status)) + ":";
      for (const auto index : decision.threats) {
        const Threat& threat = model.threats[index];
        if (threat.open() == (decision.status == Status::kThreat)) cell += " " + std::string(threat.kind->name);
      }
      if (decision.status == Status::kMitigated) cell += " (" + decision.reason + ")";
      row.push_back(std::move(cell));
    }
  }
  return section;
}

Section threats_of(const Model& model) {
  Section section{.title = "Threats and abuse cases", .text = "Open ones, the most severe first."};
  section.table.head = {"severity", "id", "threat", "abuse case", "expected", "in place", "missing", "references"};
  for (const auto index : open_by_severity(model)) {
    const Threat& threat = model.threats[index];
    const AbuseCase abuse = abuse_case_of(model, threat);
    std::string steps = abuse.precondition;
    for (const auto& step : abuse.steps) steps += " " + step + ".";
    std::string title = abuse.title;
    if (!threat.subject.empty()) title += " (" + threat.subject + ")";
    std::string references = references_of(*threat.kind);
    if (const std::string owasp = owasp_of(*threat.kind); !owasp.empty()) references.insert(0, owasp + ", ");
    section.table.rows.push_back({std::string(name(threat.severity())), threat.id, title, steps, abuse.expected,
                                  mitigations_of(threat), gaps_of(threat), references});
  }
  return section;
}

Section resources_of(const Model& model) {
  Section section{
      .title = "Resources and owners",
      .text =
          "Who owns what, as far as the paths say; a resource with a key and no owner is where a caller may "
          "reach what is not theirs.",
      .diagram = resource_diagram(model)};
  section.table.head = {"resource", "key", "belongs to", "ids come from", "operations"};
  for (const Resource& resource : model.resources) {
    if (resource.operations.empty()) continue;
    std::string given;
    constexpr std::size_t kShown = 4;
    for (std::size_t i = 0; i < std::min(kShown, resource.given_by.size()); ++i) {
      given += (given.empty() ? "" : ", ") + model.surface[resource.given_by[i]].title;
    }
    const std::string key = resource.key + (resource.guessable ? " (can be counted up)" : "");
    section.table.rows.push_back({resource.path, key, resource.owner.empty() ? "not said" : resource.owner, given,
                                  std::to_string(resource.operations.size())});
  }
  return section;
}

Section assumptions_section(const Model& model) {
  Section section{.title = "Assumptions", .text = "What neither contract nor policy can show."};
  section.table.head = {"id", "question", "owner", "status", "answer"};
  for (const Assumption& assumption : model.assumptions) {
    section.table.rows.push_back(
        {assumption.id, assumption.question, assumption.owner, assumption.status, assumption.answer});
  }
  return section;
}

}  // namespace

std::vector<Section> sections_of(const Model& model) {
  return {summary_of(model), surface_of(model),   use_cases_of(model),       stride_of(model),
          threats_of(model), resources_of(model), assumptions_section(model)};
}

}  // namespace portico::threats
