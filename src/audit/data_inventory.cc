#include "audit/data_inventory.h"

#include <algorithm>
#include <array>
#include <map>

#include "audit/fields.h"
#include "audit/node_paths.h"
#include "audit/subject.h"
#include "base/text.h"
#include "json/pointer.h"
#include "json/writer.h"

namespace portico::audit {
namespace {

using contract::DataClass;
using contract::Operation;

std::string audience_of(const Operation& operation) {
  if (operation.open_to_nobody()) return "anyone";
  std::vector<std::string> alternatives;
  for (const auto& requirement : operation.security) {
    std::vector<std::string> needs;
    for (const auto& need : requirement.needs) {
      std::vector<std::string> scopes(need.scopes.begin(), need.scopes.end());
      needs.push_back(std::string(need.scheme) + (scopes.empty() ? "" : " (" + join(scopes, ", ") + ")"));
    }
    alternatives.push_back(join(needs, " and "));
  }
  return join(alternatives, " or ");
}

class Flows {
 public:
  void add(DataClass data_class, std::string_view name) {
    if (data_class == DataClass::kNone) return;
    auto& fields = by_class_[data_class];
    if (std::ranges::find(fields, name) == fields.end()) fields.emplace_back(name);
  }
  std::vector<DataFlow> take() {
    std::vector<DataFlow> flows;
    for (auto& [data_class, fields] : by_class_) flows.push_back({data_class, std::move(fields)});
    return flows;
  }

 private:
  std::map<DataClass, std::vector<std::string>> by_class_;
};

void write_flows(json::Writer& writer, std::string_view key, const std::vector<DataFlow>& flows) {
  writer.key(key).begin_array();
  for (const DataFlow& flow : flows) {
    writer.begin_object();
    writer.key("class").string(name(flow.data_class));
    writer.key("fields").begin_array();
    for (const auto& field : flow.fields) writer.string(field);
    writer.end_array().end_object();
  }
  writer.end_array();
}

std::string_view sensitivity_of(DataClass data_class) {
  switch (data_class) {
    case DataClass::kNone: return "public";
    case DataClass::kOnline:
    case DataClass::kPersonal: return "internal";
    case DataClass::kContact:
    case DataClass::kLocation:
    case DataClass::kFinancial: return "confidential";
    case DataClass::kGovernmentId:
    case DataClass::kHealth:
    case DataClass::kSpecial:
    case DataClass::kCredential:
    case DataClass::kSecret: break;
  }
  return "restricted";
}

// The registry's word for the class, and ours where it has none.
std::string_view category_of(DataClass data_class) {
  return data_class == DataClass::kPersonal ? "PII" : name(data_class);
}

bool is_labelled(const json::Node& schema) {
  return std::ranges::any_of(std::array{"x-data-classification", "x-sensitive-data", "x-pii"},
                             [&](const char* key) { return schema.find(key) != nullptr; });
}

}  // namespace

std::vector<OperationData> data_inventory(const contract::Contract& contract) {
  const SchemaUsage schemas(contract);
  const Fields fields(contract, schemas);
  std::vector<OperationData> inventory;
  for (std::uint32_t i = 0; i < contract.operations.size(); ++i) {
    const Operation& operation = contract.operations[i];
    Flows takes;
    Flows gives;
    for (const auto& parameter : operation.parameters) {
      const auto* schema = parameter.schema == nullptr ? nullptr : contract.resolve(*parameter.schema);
      takes.add(contract::classify(parameter.name, schema), parameter.name);
    }
    schemas.visit_request_properties(
        i, [&](const PropertyUse& property) { takes.add(fields.data_class(property), property.name); });
    schemas.visit_response_properties(i, success_of(operation), [&](const PropertyUse& property) {
      gives.add(fields.data_class(property), property.name);
    });
    OperationData data{.operation = operation.id,
                       .title = title_of(operation),
                       .audience = audience_of(operation),
                       .takes = takes.take(),
                       .gives = gives.take()};
    if (!data.takes.empty() || !data.gives.empty()) inventory.push_back(std::move(data));
  }
  return inventory;
}

std::string write_data_text(const std::vector<OperationData>& inventory) {
  std::string out;
  const auto write = [&](std::string_view verb, const std::vector<DataFlow>& flows) {
    for (const DataFlow& flow : flows) {
      out += "  " + std::string(verb) + " " + std::string(name(flow.data_class)) + ": " +
             printable(join(flow.fields, ", "), 400) + '\n';
    }
  };
  for (const OperationData& data : inventory) {
    out += printable(data.title, 200) + "  to " + printable(data.audience, 200) + '\n';
    write("takes", data.takes);
    write("gives", data.gives);
  }
  if (inventory.empty()) out = "no operation takes or gives classified data\n";
  return out;
}

std::string write_data_json(const std::vector<OperationData>& inventory, std::string_view target) {
  std::string out;
  json::Writer writer(out, json::Writer::Layout::kIndented);
  writer.begin_object();
  writer.key("format").string("portico-data/1");
  writer.key("target").string(target);
  writer.key("operations").begin_array();
  for (const OperationData& data : inventory) {
    writer.begin_object();
    writer.key("operation").string(data.operation);
    writer.key("title").string(data.title);
    writer.key("audience").string(data.audience);
    write_flows(writer, "takes", data.takes);
    write_flows(writer, "gives", data.gives);
    writer.end_object();
  }
  writer.end_array().end_object();
  out += '\n';
  return out;
}

std::vector<Repair> classification_labels(const contract::Contract& contract) {
  const SchemaUsage schemas(contract);
  const Fields fields(contract, schemas);
  std::vector<const json::Node*> nodes;
  std::map<const json::Node*, DataClass> classes;
  for (const Field& field : fields) {
    if (!contract::is_sensitive(field.data_class) || field.schema == nullptr || is_labelled(*field.schema)) continue;
    // A shared schema means different things under different names: only what is written at the property is labelled.
    const bool own = field.is_property() ? field.node == field.schema : true;
    if (own && classes.emplace(field.schema, field.data_class).second) nodes.push_back(field.schema);
  }
  const auto paths = find_paths(contract, nodes);
  const std::string& document = (*contract.documents)[0].name;
  std::vector<Repair> labels;
  for (const json::Node* node : nodes) {
    const auto path = paths.find(node);
    if (path == paths.end() || path->second.place.file != document) continue;
    std::string pointer = path->second.pointer;
    json::append_token(pointer, "x-data-classification");
    const DataClass data_class = classes.at(node);
    labels.push_back({"data class",
                      {{Edit::Kind::kSet, std::move(pointer),
                        "{\"category\": \"" + std::string(category_of(data_class)) + "\", \"sensitivity\": \"" +
                            std::string(sensitivity_of(data_class)) + "\"}"}}});
  }
  return labels;
}

}  // namespace portico::audit
