#include <algorithm>
#include <set>

#include "base/text.h"
#include "json/writer.h"
#include "threats/writers/names.h"
#include "threats/writers/writers.h"

namespace portico::threats {
namespace {

// Block YAML whose texts are written as JSON writes them, which YAML 1.2 reads alike.
class Yaml {
 public:
  explicit Yaml(std::string& out) : out_(out) {}

  void text(std::string_view key, std::string_view value) {
    begin(key);
    out_ += ' ';
    json::append_string(out_, value);
    out_ += '\n';
  }
  void word(std::string_view key, std::string_view value) {
    begin(key);
    out_.append(" ").append(value).append("\n");
  }
  void flag(std::string_view key, bool value) { word(key, value ? "true" : "false"); }
  void open(std::string_view key) {
    begin(key);
    out_ += '\n';
    ++depth_;
  }
  void close() { --depth_; }
  template <class Range>
  void list(std::string_view key, const Range& values) {
    begin(key);
    out_ += " [";
    bool first = true;
    for (const auto& value : values) {
      if (!first) out_ += ", ";
      first = false;
      json::append_string(out_, value);
    }
    out_ += "]\n";
  }

 private:
  void begin(std::string_view key) {
    out_.append(depth_ * 2, ' ');
    json::append_string(out_, key);
    out_ += ':';
  }

  std::string& out_;
  std::size_t depth_ = 0;
};

constexpr std::string_view kService = "api";

std::string asset_id(contract::DataClass data_class) { return "data-" + std::string(contract::name(data_class)); }

std::string_view confidentiality_of(contract::DataClass data_class) {
  if (contract::is_secret(data_class)) return "strictly-confidential";
  return data_class >= contract::DataClass::kLocation ? "confidential" : "restricted";
}

std::string_view authentication_of(const Actor& actor) {
  if (actor.kind == ActorKind::kAnybody) return "none";
  const bool mutual = actor.description.contains("client certificate");
  const bool basic = actor.description.contains("basic");
  return mutual ? "client-certificate" : basic ? "credentials" : "token";
}

// What goes between an actor and the API.
struct Traffic {
  std::set<std::string> sent;
  std::set<std::string> received;
  bool reads_only = true;
  std::size_t operations = 0;
};

Traffic traffic_of(const Model& model, std::uint32_t actor) {
  Traffic traffic;
  for (const Surface& surface : model.surface) {
    if (surface.actor != actor) continue;
    ++traffic.operations;
    for (const auto data_class : surface.takes) traffic.sent.insert(asset_id(data_class));
    for (const auto data_class : surface.gives) traffic.received.insert(asset_id(data_class));
    const auto writes = [](const Score& score) { return score.factor == "changes something"; };
    traffic.reads_only = traffic.reads_only && std::ranges::none_of(surface.scores, writes);
  }
  return traffic;
}

std::set<contract::DataClass> classes_of(const Model& model) {
  std::set<contract::DataClass> classes;
  for (const Surface& surface : model.surface) {
    classes.insert(surface.takes.begin(), surface.takes.end());
    classes.insert(surface.gives.begin(), surface.gives.end());
  }
  return classes;
}

void write_data_assets(Yaml& yaml, const std::set<contract::DataClass>& classes) {
  yaml.open("data_assets");
  for (const auto data_class : classes) {
    yaml.open("Data: " + std::string(contract::name(data_class)));
    yaml.text("id", asset_id(data_class));
    yaml.text("description", "Fields of the class " + std::string(contract::name(data_class)));
    yaml.word("usage", "business");
    yaml.word("quantity", "many");
    yaml.word("confidentiality", confidentiality_of(data_class));
    yaml.word("integrity", "critical");
    yaml.word("availability", "important");
    yaml.close();
  }
  if (classes.empty()) {
    yaml.open("Business data");
    yaml.text("id", "data-business");
    yaml.text("description", "What the API is about; no field of it is personal or secret by its name");
    yaml.word("usage", "business");
    yaml.word("quantity", "many");
    yaml.word("confidentiality", "internal");
    yaml.word("integrity", "important");
    yaml.word("availability", "operational");
    yaml.close();
  }
  yaml.close();
}

struct Asset {
  std::string_view id;
  std::string_view description;
  bool process = false;
  std::string_view technology;
  std::string_view owner;
  bool human = false;
};

void begin_asset(Yaml& yaml, std::string_view name, const Asset& asset) {
  yaml.open(name);
  yaml.text("id", asset.id);
  yaml.text("description", asset.description);
  yaml.word("type", asset.process ? "process" : "external-entity");
  yaml.word("usage", "business");
  yaml.flag("used_as_client_by_human", asset.human);
  yaml.flag("out_of_scope", !asset.process);
  yaml.word("size", asset.process ? "service" : "system");
  yaml.word("technology", asset.technology);
  yaml.flag("internet", true);
  yaml.word("machine", "virtual");
  yaml.word("encryption", "none");
  yaml.text("owner", asset.owner);
  yaml.word("confidentiality", "confidential");
  yaml.word("integrity", "critical");
  yaml.word("availability", "important");
  yaml.flag("multi_tenant", false);
  yaml.flag("redundant", false);
  yaml.flag("custom_developed_parts", asset.process);
}

void write_assets(Yaml& yaml, const Model& model, const std::set<contract::DataClass>& classes) {
  std::vector<std::string> all;
  for (const auto data_class : classes) all.push_back(asset_id(data_class));
  const std::vector<std::string> none;
  yaml.open("technical_assets");
  begin_asset(yaml, "API",
              {kService, "The service that the contract describes", true, "web-service-rest", model.owner});
  yaml.list("data_assets_processed", all);
  yaml.list("data_assets_stored", all);
  yaml.list("data_formats_accepted", std::vector<std::string>{"json"});
  yaml.word("communication_links", "{}");
  yaml.close();
  for (std::uint32_t i = 0; i < model.actors.size(); ++i) {
    const Actor& actor = model.actors[i];
    const Traffic traffic = traffic_of(model, i);
    if (traffic.operations == 0) continue;
    begin_asset(yaml, actor.name,
                {actor.id, actor.description, false, "client-system", "", actor.kind != ActorKind::kReceiver});
    yaml.list("data_assets_processed", none);
    yaml.list("data_assets_stored", none);
    yaml.list("data_formats_accepted", std::vector<std::string>{"json"});
    yaml.open("communication_links");
    yaml.open("Calls the API as " + actor.name);
    yaml.text("target", kService);
    yaml.text("description", std::to_string(traffic.operations) + " operations");
    yaml.word("protocol", model.encrypted ? "https" : "http");
    yaml.word("authentication", authentication_of(actor));
    yaml.word("authorization", actor.kind == ActorKind::kAnybody ? "none" : "end-user-identity-propagation");
    yaml.flag("vpn", false);
    yaml.flag("ip_filtered", false);
    yaml.flag("readonly", traffic.reads_only);
    yaml.word("usage", "business");
    yaml.list("data_assets_sent", traffic.sent);
    yaml.list("data_assets_received", traffic.received);
    yaml.close();
    yaml.close();
    yaml.close();
  }
  yaml.close();
}

void write_texts(Yaml& yaml, const Model& model) {
  yaml.open("abuse_cases");
  for (const auto index : open_by_severity(model)) {
    const Threat& threat = model.threats[index];
    const AbuseCase abuse = abuse_case_of(model, threat);
    std::string text = std::string(threat.kind->scenario) + " " + abuse.precondition;
    for (const auto& step : abuse.steps) text += " " + step + ".";
    yaml.text(abuse.title + " (" + threat.id + ")", text + " Expected: " + abuse.expected + ".");
  }
  yaml.close();
  yaml.open("questions");
  for (const Assumption& assumption : model.assumptions) yaml.text(assumption.question, assumption.answer);
  yaml.close();
  yaml.open("security_requirements");
  for (const Kind& kind : kinds())
    yaml.text(std::string(kind.title) + ": ASVS " + std::string(kind.asvs), kind.contract_remedy);
  yaml.close();
}

}  // namespace

std::string write_threagile(const Model& model) {
  std::string out;
  Yaml yaml(out);
  const auto classes = classes_of(model);
  yaml.text("threagile_version", "1.0.0");
  yaml.text("title", model.title);
  yaml.open("author");
  yaml.text("name", model.owner);
  yaml.close();
  yaml.word("business_criticality", "important");
  yaml.open("application_description");
  yaml.text("description", "Made from the contract, version " + model.version);
  yaml.close();
  write_texts(yaml, model);
  yaml.list("tags_available", std::vector<std::string>());
  write_data_assets(yaml, classes);
  write_assets(yaml, model, classes);
  yaml.open("trust_boundaries");
  yaml.open("Service network");
  yaml.text("id", "service-network");
  yaml.text("description", "Where the service runs");
  yaml.word("type", "network-cloud-provider");
  yaml.list("technical_assets_inside", std::vector<std::string>{std::string(kService)});
  yaml.list("trust_boundaries_nested", std::vector<std::string>());
  yaml.close();
  yaml.close();
  yaml.word("shared_runtimes", "{}");
  return out;
}

}  // namespace portico::threats
