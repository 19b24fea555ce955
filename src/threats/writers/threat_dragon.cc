// Resources are processes, actors stand on the left, flows go between them; threats hang on the processes.
#include <algorithm>
#include <set>

#include "json/writer.h"
#include "threats/writers/names.h"
#include "threats/writers/writers.h"

namespace portico::threats {
namespace {

using json::Writer;

constexpr std::string_view kVersion = "2.2.0";

constexpr int kRow = 140;
constexpr int kColumn = 520;

std::string actor_cell(const Actor& actor) { return uuid_of({"actor", actor.id}); }
std::string resource_cell(const Resource& resource) { return uuid_of({"resource", resource.id}); }

void write_number_pair(Writer& writer, std::string_view key, std::string_view a, int x, std::string_view b, int y) {
  writer.key(key).begin_object();
  writer.key(a).integer(x);
  writer.key(b).integer(y);
  writer.end_object();
}

// Threat Dragon knows three severities and TBD.
std::string_view severity_of(const Threat& threat) {
  switch (threat.severity()) {
    case finding::Severity::kCritical: return "Critical";
    case finding::Severity::kHigh: return "High";
    case finding::Severity::kMedium: return "Medium";
    case finding::Severity::kLow:
    case finding::Severity::kInfo: break;
  }
  return "Low";
}

class Page {
 public:
  Page(const Model& model, Writer& writer) : model_(model), writer_(writer) {}

  void write_cells() {
    writer_.key("cells").begin_array();
    int row = 0;
    for (const Actor& actor : model_.actors) write_actor(actor, row++);
    row = 0;
    for (const Resource& resource : model_.resources) write_resource(resource, row++);
    write_flows();
    write_boundary();
    writer_.end_array();
  }

  std::uint64_t threat_count() const { return number_; }

 private:
  void begin_cell(std::string_view id, std::string_view shape) {
    writer_.begin_object();
    writer_.key("id").string(id);
    writer_.key("shape").string(shape);
    writer_.key("zIndex").integer(++z_index_);
  }

  void begin_box(std::string_view id, std::string_view shape, int x, int row) {
    begin_cell(id, shape);
    write_number_pair(writer_, "position", "x", x, "y", row * kRow + kRow / 2);
    write_number_pair(writer_, "size", "width", 160, "height", 80);
    writer_.key("visible").boolean(true);
  }

  void write_data(std::string_view type, std::string_view name, std::string_view description, bool open) {
    writer_.key("type").string(type);
    writer_.key("name").string(name);
    writer_.key("description").string(description);
    writer_.key("outOfScope").boolean(false);
    writer_.key("hasOpenThreats").boolean(open);
  }

  void write_actor(const Actor& actor, int row) {
    begin_box(actor_cell(actor), "actor", kRow / 2, row);
    writer_.key("data").begin_object();
    write_data("tm.Actor", actor.name, actor.description, false);
    writer_.key("providesAuthentication").boolean(actor.kind == ActorKind::kIdentityProvider);
    writer_.end_object();
    writer_.end_object();
  }

  void write_resource(const Resource& resource, int row) {
    const bool open = std::ranges::any_of(resource.operations, [&](auto operation) {
      return std::ranges::any_of(model_.surface[operation].decisions,
                                 [](const Decision& decision) { return decision.status == Status::kThreat; });
    });
    begin_box(resource_cell(resource), "process", kColumn, row);
    writer_.key("data").begin_object();
    write_data("tm.Process", resource.name, resource.path, open);
    writer_.end_object();
    writer_.key("threats").begin_array();
    for (const auto operation : resource.operations) {
      for (const Decision& decision : model_.surface[operation].decisions) {
        for (const auto index : decision.threats) write_threat(model_.threats[index]);
      }
    }
    writer_.end_array();
    writer_.end_object();
  }

  void write_threat(const Threat& threat) {
    const std::string& operation = model_.surface[threat.operation].title;
    writer_.begin_object();
    writer_.key("number").unsigned_integer(++number_);
    writer_.key("threatId").string(uuid_of({"threat", threat.id}));
    writer_.key("title").string(std::string(threat.kind->title) + ": " + operation);
    writer_.key("status").string(threat.open() ? "Open" : "Mitigated");
    writer_.key("severity").string(severity_of(threat));
    writer_.key("type").string(name(threat.kind->stride));
    writer_.key("modelType").string("STRIDE");
    writer_.key("score").string(std::to_string(threat.likelihood * threat.impact));
    writer_.key("description")
        .string(std::string(threat.kind->scenario) +
                (threat.subject.empty() ? "" : " Attacked: " + threat.subject + ".") + " " +
                references_of(*threat.kind));
    writer_.key("mitigation").string(threat.open() ? gaps_of(threat) : mitigations_of(threat));
    writer_.end_object();
  }

  // One flow for each pair that meets.
  void write_flows() {
    std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (const Surface& surface : model_.surface) pairs.insert({surface.actor, surface.resource});
    for (const auto& [actor, resource] : pairs) {
      const std::string from = actor_cell(model_.actors[actor]);
      const std::string to = resource_cell(model_.resources[resource]);
      begin_cell(uuid_of({"flow", from, to}), "flow");
      writer_.key("connector").string("smooth");
      writer_.key("source").begin_object().key("cell").string(from).end_object();
      writer_.key("target").begin_object().key("cell").string(to).end_object();
      writer_.key("data").begin_object();
      write_data("tm.Flow", model_.resources[resource].name, "", false);
      writer_.key("protocol").string(model_.encrypted ? "HTTPS" : "HTTP");
      writer_.key("isEncrypted").boolean(model_.encrypted);
      writer_.key("isPublicNetwork").boolean(true);
      writer_.key("isBidirectional").boolean(true);
      writer_.end_object();
      writer_.end_object();
    }
  }

  void write_boundary() {
    const int height = static_cast<int>(model_.resources.size()) * kRow + kRow;
    begin_cell(uuid_of({"boundary", model_.title}), "trust-boundary-curve");
    write_number_pair(writer_, "source", "x", kColumn - kRow, "y", 0);
    write_number_pair(writer_, "target", "x", kColumn - kRow, "y", height);
    writer_.key("data").begin_object();
    write_data("tm.Boundary", "Network", "Everything on the left is outside", false);
    writer_.key("isTrustBoundary").boolean(true);
    writer_.end_object();
    writer_.end_object();
  }

  const Model& model_;
  Writer& writer_;
  std::uint64_t number_ = 0;
  int z_index_ = 0;
};

}  // namespace

std::string write_threat_dragon(const Model& model) {
  std::string out;
  Writer writer(out, Writer::Layout::kIndented);
  writer.begin_object();
  writer.key("version").string(kVersion);
  writer.key("summary").begin_object();
  writer.key("title").string(model.title);
  writer.key("owner").string(model.owner);
  writer.key("description").string("Made from the contract, version " + model.version);
  writer.key("id").integer(0);
  writer.end_object();
  writer.key("detail").begin_object();
  writer.key("contributors").begin_array().end_array();
  writer.key("diagrams").begin_array().begin_object();
  writer.key("id").integer(0);
  writer.key("version").string(kVersion);
  writer.key("title").string(model.title);
  writer.key("diagramType").string("STRIDE");
  writer.key("placeholder").string("Actors and resources of the API");
  writer.key("thumbnail").string("./public/content/images/thumbnail.stride.jpg");
  Page page(model, writer);
  page.write_cells();
  writer.end_object().end_array();
  writer.key("diagramTop").integer(1);
  writer.key("reviewer").string("");
  writer.key("threatTop").unsigned_integer(page.threat_count());
  writer.end_object();
  writer.end_object();
  out += '\n';
  return out;
}

}  // namespace portico::threats
