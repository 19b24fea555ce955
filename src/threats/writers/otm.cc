#include <array>

#include "json/writer.h"
#include "threats/writers/names.h"
#include "threats/writers/writers.h"

namespace portico::threats {
namespace {

using json::Writer;

constexpr int kHighest = 100;
constexpr int kSteps = 3;

int percent(int level) { return level * kHighest / kSteps; }

void write_zone(Writer& writer, std::string_view id, std::string_view name, int trust) {
  writer.begin_object();
  writer.key("id").string(id);
  writer.key("name").string(name);
  writer.key("risk").begin_object();
  writer.key("trustRating").integer(trust);
  writer.end_object();
  writer.end_object();
}

void begin_component(Writer& writer, std::string_view id, std::string_view name, std::string_view type,
                     std::string_view zone) {
  writer.begin_object();
  writer.key("id").string(id);
  writer.key("name").string(name);
  writer.key("type").string(type);
  writer.key("parent").begin_object();
  writer.key("trustZone").string(zone);
  writer.end_object();
}

std::string_view zone_of(ActorKind kind) { return kind == ActorKind::kOwner ? "service" : "internet"; }

std::string mitigation_id(const Kind& kind) { return "M-" + std::string(kind.name); }

void write_resource(Writer& writer, const Model& model, const Resource& resource) {
  begin_component(writer, resource.id, resource.name, "web-service", "service");
  writer.key("description").string(resource.path);
  writer.key("threats").begin_array();
  for (const auto operation : resource.operations) {
    for (const Decision& decision : model.surface[operation].decisions) {
      for (const auto index : decision.threats) {
        const Threat& threat = model.threats[index];
        writer.begin_object();
        writer.key("threat").string(threat.id);
        writer.key("state").string(threat.open() ? "exposed" : "mitigated");
        writer.key("mitigations").begin_array();
        writer.begin_object();
        writer.key("mitigation").string(mitigation_id(*threat.kind));
        writer.key("state").string(threat.open() ? "recommended" : "implemented");
        writer.end_object();
        writer.end_array();
        writer.end_object();
      }
    }
  }
  writer.end_array();
  writer.end_object();
}

void write_flow(Writer& writer, const Model& model, const Surface& surface) {
  const std::string& actor = model.actors[surface.actor].id;
  const std::string& resource = model.resources[surface.resource].id;
  writer.begin_object();
  writer.key("id").string("flow-" + surface.title);
  writer.key("name").string(surface.title);
  writer.key("description").string(surface.summary);
  writer.key("bidirectional").boolean(true);
  writer.key("source").string(actor);
  writer.key("destination").string(resource);
  writer.key("assets").begin_array();
  for (const auto data_class : surface.gives) writer.string("data-" + std::string(contract::name(data_class)));
  writer.end_array();
  writer.end_object();
}

void write_threat(Writer& writer, const Model& model, const Threat& threat) {
  writer.begin_object();
  writer.key("id").string(threat.id);
  writer.key("name").string(std::string(threat.kind->title) + ": " + model.surface[threat.operation].title);
  writer.key("description").string(threat.kind->scenario);
  writer.key("categories").begin_array().string(name(threat.kind->stride)).end_array();
  writer.key("cwes").begin_array().string("CWE-" + std::to_string(threat.kind->cwe)).end_array();
  writer.key("risk").begin_object();
  writer.key("likelihood").integer(percent(threat.likelihood));
  writer.key("impact").integer(percent(threat.impact));
  writer.end_object();
  writer.end_object();
}

void write_assets(Writer& writer) {
  using contract::DataClass;
  writer.key("assets").begin_array();
  for (int value = 1; value <= static_cast<int>(DataClass::kSecret); ++value) {
    const auto data_class = static_cast<DataClass>(value);
    writer.begin_object();
    writer.key("id").string("data-" + std::string(contract::name(data_class)));
    writer.key("name").string(contract::name(data_class));
    writer.key("risk").begin_object();
    writer.key("confidentiality").integer(contract::is_secret(data_class) ? kHighest : percent(2));
    writer.key("integrity").integer(percent(2));
    writer.key("availability").integer(percent(1));
    writer.end_object();
    writer.end_object();
  }
  writer.end_array();
}

void write_mitigations(Writer& writer) {
  constexpr int kReduction = 80;
  writer.key("mitigations").begin_array();
  for (const Kind& kind : kinds()) {
    writer.begin_object();
    writer.key("id").string(mitigation_id(kind));
    writer.key("name").string(kind.contract_remedy);
    writer.key("description").string(kind.policy_remedy);
    writer.key("riskReduction").integer(kReduction);
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace

std::string write_otm(const Model& model) {
  std::string out;
  Writer writer(out, Writer::Layout::kIndented);
  writer.begin_object();
  writer.key("otmVersion").string("0.2.0");
  writer.key("project").begin_object();
  writer.key("name").string(model.title);
  writer.key("id").string(uuid_of({"project", model.title}));
  writer.key("description").string("Made from the contract, version " + model.version);
  writer.text_unless_empty("owner", model.owner);
  writer.end_object();
  write_assets(writer);
  writer.key("trustZones").begin_array();
  write_zone(writer, "internet", "Internet", 1);
  write_zone(writer, "service", "Service", percent(2));
  writer.end_array();
  writer.key("components").begin_array();
  for (const Actor& actor : model.actors) {
    begin_component(writer, actor.id, actor.name, "client", zone_of(actor.kind));
    writer.key("description").string(actor.description);
    writer.end_object();
  }
  for (const Resource& resource : model.resources) write_resource(writer, model, resource);
  writer.end_array();
  writer.key("dataflows").begin_array();
  for (const Surface& surface : model.surface) write_flow(writer, model, surface);
  writer.end_array();
  writer.key("threats").begin_array();
  for (const Threat& threat : model.threats) write_threat(writer, model, threat);
  writer.end_array();
  write_mitigations(writer);
  writer.end_object();
  out += '\n';
  return out;
}

}  // namespace portico::threats
