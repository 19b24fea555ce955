#include "json/writer.h"

#include "threats/writers/names.h"
#include "threats/writers/writers.h"

namespace portico::threats {
namespace {

using json::Writer;

void write_place(Writer& writer, const Place& place) {
  if (!place.file.empty()) writer.key("place").string(to_string(place));
}

void write_actor(Writer& writer, const Actor& actor) {
  writer.begin_object();
  writer.key("id").string(actor.id);
  writer.key("name").string(actor.name);
  writer.key("description").string(actor.description);
  writer.end_object();
}

void write_classes(Writer& writer, std::string_view key, const std::vector<contract::DataClass>& classes) {
  writer.key(key).begin_array();
  for (const auto data_class : classes) writer.string(contract::name(data_class));
  writer.end_array();
}

void write_decisions(Writer& writer, const Model& model, const Surface& surface) {
  writer.key("stride").begin_object();
  for (const Stride stride : all_stride()) {
    const Decision& decision = surface.decisions[static_cast<std::size_t>(stride)];
    writer.key(token(stride)).begin_object();
    writer.key("status").string(name(decision.status));
    writer.text_unless_empty("reason", decision.reason);
    writer.key("threats").begin_array();
    for (const auto index : decision.threats) writer.string(model.threats[index].id);
    writer.end_array();
    writer.end_object();
  }
  writer.end_object();
}

void write_surface(Writer& writer, const Model& model, const Surface& surface) {
  writer.begin_object();
  writer.key("operation").string(surface.id);
  writer.key("title").string(surface.title);
  writer.key("use_case").string(surface.summary);
  writer.key("actor").string(model.actors[surface.actor].id);
  writer.key("resource").string(model.resources[surface.resource].id);
  writer.key("rank").unsigned_integer(surface.rank());
  writer.key("factors").begin_array();
  for (const Score& score : surface.scores) {
    writer.begin_object();
    writer.key("factor").string(score.factor);
    writer.key("points").unsigned_integer(score.points);
    writer.end_object();
  }
  writer.end_array();
  write_classes(writer, "takes", surface.takes);
  write_classes(writer, "gives", surface.gives);
  write_place(writer, surface.place);
  write_decisions(writer, model, surface);
  writer.end_object();
}

void write_resource(Writer& writer, const Model& model, const Resource& resource) {
  writer.begin_object();
  writer.key("id").string(resource.id);
  writer.key("name").string(resource.name);
  if (resource.parent >= 0) writer.key("parent").string(model.resources[static_cast<std::size_t>(resource.parent)].id);
  writer.text_unless_empty("key", resource.key);
  writer.key("guessable").boolean(resource.guessable);
  writer.key("personal").boolean(resource.personal);
  writer.text_unless_empty("owner", resource.owner);
  for (const auto& [key, operations] :
       {std::pair("operations", &resource.operations), std::pair("given_by", &resource.given_by)}) {
    writer.key(key).begin_array();
    for (const auto index : *operations) writer.string(model.surface[index].id);
    writer.end_array();
  }
  writer.end_object();
}

void write_abuse_case(Writer& writer, const AbuseCase& abuse) {
  writer.key("abuse_case").begin_object();
  writer.key("precondition").string(abuse.precondition);
  writer.key("steps").begin_array();
  for (const auto& step : abuse.steps) writer.string(step);
  writer.end_array();
  writer.key("expected").string(abuse.expected);
  writer.end_object();
}

void write_threat(Writer& writer, const Model& model, const Threat& threat) {
  const Kind& kind = *threat.kind;
  writer.begin_object();
  writer.key("id").string(threat.id);
  writer.key("kind").string(kind.name);
  writer.key("title").string(kind.title);
  writer.key("operation").string(model.surface[threat.operation].id);
  writer.key("stride").string(token(kind.stride));
  writer.key("status").string(threat.open() ? "open" : "mitigated");
  writer.key("severity").string(name(threat.severity()));
  writer.key("likelihood").unsigned_integer(threat.likelihood);
  writer.key("impact").unsigned_integer(threat.impact);
  writer.text_unless_empty("subject", threat.subject);
  writer.text_unless_empty("owasp", owasp_of(kind));
  writer.key("cwe").unsigned_integer(kind.cwe);
  writer.key("capec").unsigned_integer(kind.capec);
  writer.key("asvs").string(kind.asvs);
  writer.key("mitigations").begin_array();
  for (const auto& mitigation : threat.mitigations) {
    writer.begin_object();
    writer.key("text").string(mitigation.text);
    writer.key("by").string(mitigation.in_policy ? "policy" : "contract");
    write_place(writer, mitigation.place);
    writer.end_object();
  }
  writer.end_array();
  writer.key("missing").begin_array();
  for (const auto& gap : threat.gaps) {
    writer.begin_object();
    writer.key("text").string(gap.text);
    if (gap.rule != nullptr) writer.key("rule").string(gap.rule->id);
    writer.text_unless_empty("fingerprint", gap.fingerprint);
    writer.end_object();
  }
  writer.end_array();
  write_abuse_case(writer, abuse_case_of(model, threat));
  writer.end_object();
}

void write_assumption(Writer& writer, const Assumption& assumption) {
  writer.begin_object();
  writer.key("id").string(assumption.id);
  writer.key("question").string(assumption.question);
  writer.key("owner").string(assumption.owner);
  writer.key("status").string(assumption.status);
  writer.text_unless_empty("answer", assumption.answer);
  writer.end_object();
}

void write_shifts(Writer& writer, std::string_view key, const std::vector<Shift>& shifts) {
  writer.key(key).begin_array();
  for (const Shift& shift : shifts) {
    writer.begin_object();
    writer.key("operation").string(shift.title);
    writer.key("before").unsigned_integer(shift.before);
    writer.key("after").unsigned_integer(shift.after);
    writer.key("factors").begin_array();
    for (const auto& factor : shift.factors) writer.string(factor);
    writer.end_array();
    writer.end_object();
  }
  writer.end_array();
}

void write_changes(Writer& writer, std::string_view key, const std::vector<ThreatChange>& changes) {
  writer.key(key).begin_array();
  for (const ThreatChange& change : changes) {
    writer.begin_object();
    writer.key("id").string(change.id);
    writer.key("title").string(change.title);
    writer.key("severity").string(name(change.severity));
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace

std::string write_json(const Model& model) {
  std::string out;
  Writer writer(out, Writer::Layout::kIndented);
  writer.begin_object();
  writer.key("title").string(model.title);
  writer.key("version").string(model.version);
  writer.text_unless_empty("owner", model.owner);
  writer.key("servers").begin_array();
  for (const auto& server : model.servers) writer.string(server);
  writer.end_array();
  writer.key("actors").begin_array();
  for (const Actor& actor : model.actors) write_actor(writer, actor);
  writer.end_array();
  writer.key("surface").begin_array();
  for (const auto index : model.by_rank) write_surface(writer, model, model.surface[index]);
  writer.end_array();
  writer.key("resources").begin_array();
  for (const Resource& resource : model.resources) write_resource(writer, model, resource);
  writer.end_array();
  writer.key("threats").begin_array();
  for (const Threat& threat : model.threats) write_threat(writer, model, threat);
  writer.end_array();
  writer.key("assumptions").begin_array();
  for (const Assumption& assumption : model.assumptions) write_assumption(writer, assumption);
  writer.end_array();
  writer.end_object();
  out += '\n';
  return out;
}

std::string write_json(const Difference& difference) {
  std::string out;
  Writer writer(out, Writer::Layout::kIndented);
  writer.begin_object();
  writer.key("widens").boolean(difference.widens());
  write_shifts(writer, "added", difference.added);
  write_shifts(writer, "removed", difference.removed);
  write_shifts(writer, "changed", difference.changed);
  write_changes(writer, "opened", difference.opened);
  write_changes(writer, "closed", difference.closed);
  writer.end_object();
  out += '\n';
  return out;
}

}  // namespace portico::threats
