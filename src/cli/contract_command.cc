// `portico contract`: an API at a glance.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "contract/base_paths.h"
#include "contract/load.h"
#include "contract/model.h"
#include "json/writer.h"

namespace portico::cli {
namespace {

using contract::Contract;
using contract::Operation;

constexpr std::array kPositionals = {
    Positional{"FILE", "The OpenAPI document (2.0, 3.0, 3.1 or 3.2; YAML or JSON)"},
};

constexpr std::array kOptions = {
    Option{"--format", "FORMAT", "How to write it", "text", "text|json"},
    Option{"--routes", "", "List the methods and whole paths, base paths of all servers included, and nothing else"},
    Option{"--root", "FOLDER", "Where referenced files may be (the document's own folder unless given)"},
};

// Counts for the first look.
struct Counts {
  std::map<std::string_view, std::size_t> methods;
  std::set<std::string_view> paths;
  std::size_t open = 0;  // operations that need no credentials
  std::size_t deprecated = 0;
  std::size_t parameters = 0;
  std::size_t fatal = 0;

  explicit Counts(const Contract& contract) {
    for (const Operation& operation : contract.operations) {
      ++methods[operation.method_name];
      paths.insert(operation.path);
      open += operation.open_to_nobody() ? 1U : 0U;
      deprecated += operation.deprecated ? 1U : 0U;
      parameters += operation.parameters.size();
    }
    for (const auto& problem : contract.problems) fatal += problem.fatal ? 1U : 0U;
  }
};

// Those that were read; schemas made for OpenAPI 2.0 live in one that was not.
std::size_t document_count(const Contract& contract) {
  return static_cast<std::size_t>(
      std::ranges::count_if(*contract.documents, [](const auto& document) { return document.root != nullptr; }));
}

// "session and key(read, write) or none": what a caller must have.
std::string security_of(const Operation& operation) {
  if (operation.security.empty()) return "none";
  std::vector<std::string> alternatives;
  for (const auto& requirement : operation.security) {
    std::vector<std::string> needs;
    for (const auto& need : requirement.needs) {
      const std::vector<std::string> scopes(need.scopes.begin(), need.scopes.end());
      needs.push_back(printable(need.scheme) + (scopes.empty() ? "" : "(" + printable(join(scopes, ", "), 200) + ")"));
    }
    alternatives.push_back(needs.empty() ? "none" : join(needs, " and "));
  }
  return join(alternatives, " or ");
}

std::string description_of(const contract::SecurityScheme& scheme) {
  using contract::SchemeType;
  switch (scheme.type) {
    case SchemeType::kApiKey: {
      constexpr std::string_view kPlaces[] = {"path", "query", "header", "cookie"};
      return "API key in the " + std::string(kPlaces[static_cast<std::size_t>(scheme.in)]) + " \"" +
             printable(scheme.parameter) + "\"";
    }
    case SchemeType::kHttp: return "HTTP " + printable(scheme.scheme);
    case SchemeType::kMutualTls: return "mutual TLS";
    case SchemeType::kOAuth2: {
      std::vector<std::string> flows;
      for (const auto& flow : scheme.flows) flows.push_back(printable(flow.name));
      return "OAuth 2.0 (" + join(flows, ", ") + ")";
    }
    case SchemeType::kOpenIdConnect: return "OpenID Connect";
    case SchemeType::kUnknown: break;
  }
  return "of an unknown type";
}

// "GET /v1/orders/{id}", one for each base path in force.
std::vector<std::pair<std::string, const Operation*>> routes_of(const Contract& contract) {
  std::vector<std::pair<std::string, const Operation*>> routes;
  for (const Operation& operation : contract.operations) {
    for (const std::string& base : contract::base_paths(operation)) {
      routes.emplace_back(base + std::string(operation.path), &operation);
    }
  }
  std::ranges::stable_sort(routes, {}, [](const auto& route) { return std::string_view(route.first); });
  return routes;
}

void append_line(std::string& out, std::string_view label, const std::string& text) {
  out += label;
  out.append(label.size() < 12 ? 12 - label.size() : 1, ' ');
  out += text + '\n';
}

void append_padded(std::string& out, const std::string& text, std::size_t width) {
  out += text;
  out.append(text.size() < width ? width - text.size() : 0, ' ');
}

std::string overview(const Contract& contract, const std::string& path) {
  const Counts counts(contract);
  std::string out = printable(contract.title, 200) + ' ' + printable(contract.api_version) + '\n';
  append_line(out, "contract", path + ", OpenAPI " + printable(contract.version_text));
  for (const auto& server : contract.servers) append_line(out, "server", printable(server.url, 200));
  for (const auto& scheme : contract.schemes) {
    append_line(out, "security", printable(scheme.name) + ": " + description_of(scheme));
  }
  std::vector<std::string> methods;
  for (const auto& [method, count] : counts.methods) methods.push_back(std::to_string(count) + ' ' + printable(method));
  const std::string by_method = methods.empty() ? "" : ": " + join(methods, ", ");
  append_line(
      out, "operations",
      std::to_string(contract.operations.size()) + " on " + std::to_string(counts.paths.size()) + " paths" + by_method);
  append_line(out, "",
              std::to_string(counts.open) + " need no credentials, " + std::to_string(counts.deprecated) +
                  " deprecated, " + std::to_string(counts.parameters) + " parameters");
  append_line(out, "documents", std::to_string(document_count(contract)));
  append_line(out, "problems",
              std::to_string(contract.problems.size()) + ", of which " + std::to_string(counts.fatal) +
                  " keep the guard from running");
  return out;
}

void append_operations(std::string& out, const Contract& contract) {
  std::size_t width = 0;
  for (const Operation& operation : contract.operations) {
    width = std::max(width, std::min<std::size_t>(operation.path.size(), 60));
  }
  if (!contract.operations.empty()) out += '\n';
  for (const Operation& operation : contract.operations) {
    append_padded(out, printable(operation.method_name), 8);
    append_padded(out, printable(operation.path, 300), width + 2);
    out += security_of(operation);
    if (operation.deprecated) out += "  (deprecated)";
    out += '\n';
  }
}

void append_problems(std::string& out, const Contract& contract) {
  if (!contract.problems.empty()) out += '\n';
  for (const auto& problem : contract.problems) {
    const std::string place = to_string(problem.place);
    out += (place.empty() ? "" : place + ": ") + (problem.fatal ? "fatal: " : "") + problem.message + " [" +
           std::string(problem.code) + "]\n";
  }
}

std::string routes_as_text(const Contract& contract) {
  std::string out;
  for (const auto& [path, operation] : routes_of(contract)) {
    append_padded(out, printable(operation->method_name), 8);
    out += printable(path, 400) + '\n';
  }
  return out;
}

void write_place(json::Writer& writer, const Place& place) {
  writer.key("file").string(place.file);
  writer.key("line").unsigned_integer(place.line);
  writer.key("column").unsigned_integer(place.column);
}

void write_operation(json::Writer& writer, const Contract& contract, const Operation& operation) {
  writer.begin_object();
  writer.key("id").string(operation.id);
  writer.key("method").string(operation.method_name);
  writer.key("path").string(operation.path);
  writer.text_unless_empty("summary", operation.summary);
  writer.key("deprecated").boolean(operation.deprecated);
  writer.key("security").begin_array();
  for (const auto& requirement : operation.security) {
    writer.begin_object();
    for (const auto& need : requirement.needs) {
      writer.key(need.scheme).begin_array();
      for (const std::string_view scope : need.scopes) writer.string(scope);
      writer.end_array();
    }
    writer.end_object();
  }
  writer.end_array();
  writer.key("parameters").unsigned_integer(operation.parameters.size());
  writer.key("body").begin_array();
  if (operation.body) {
    for (const auto& media : operation.body->content) writer.string(media.range);
  }
  writer.end_array();
  writer.key("responses").begin_array();
  for (const auto& response : operation.responses) writer.string(response.status);
  writer.end_array();
  write_place(writer, contract.place(*operation.node));
  writer.end_object();
}

std::string as_json(const Contract& contract) {
  std::string out;
  json::Writer writer(out, json::Writer::Layout::kIndented);
  writer.begin_object();
  writer.key("title").string(contract.title);
  writer.key("version").string(contract.api_version);
  writer.key("openapi").string(contract.version_text);
  writer.key("servers").begin_array();
  for (const auto& server : contract.servers) writer.string(server.url);
  writer.end_array();
  writer.key("security_schemes").begin_object();
  for (const auto& scheme : contract.schemes) writer.key(scheme.name).string(description_of(scheme));
  writer.end_object();
  const Counts counts(contract);
  writer.key("counts").begin_object();
  writer.key("operations").unsigned_integer(contract.operations.size());
  writer.key("paths").unsigned_integer(counts.paths.size());
  writer.key("without_credentials").unsigned_integer(counts.open);
  writer.key("deprecated").unsigned_integer(counts.deprecated);
  writer.key("documents").unsigned_integer(document_count(contract));
  writer.end_object();
  writer.key("operations").begin_array();
  for (const Operation& operation : contract.operations) write_operation(writer, contract, operation);
  writer.end_array();
  writer.key("problems").begin_array();
  for (const auto& problem : contract.problems) {
    writer.begin_object();
    writer.key("code").string(problem.code);
    writer.key("fatal").boolean(problem.fatal);
    writer.key("message").string(problem.message);
    write_place(writer, problem.place);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return out + '\n';
}

std::string routes_as_json(const Contract& contract) {
  std::string out;
  json::Writer writer(out, json::Writer::Layout::kIndented);
  writer.begin_array();
  for (const auto& [path, operation] : routes_of(contract)) {
    writer.begin_object();
    writer.key("method").string(operation->method_name);
    writer.key("path").string(path);
    writer.key("operation").string(operation->id);
    writer.end_object();
  }
  writer.end_array();
  return out + '\n';
}

int run_contract(const Arguments& arguments) {
  const std::string path(arguments.positional());
  const auto contract = contract::load(path, {.root = arguments.text("--root")});
  if (!contract) return fail(contract.error());
  const bool json = arguments.get("--format") == "json";
  if (arguments.has("--routes")) {
    print(json ? routes_as_json(*contract) : routes_as_text(*contract));
  } else if (json) {
    print(as_json(*contract));
  } else {
    std::string out = overview(*contract, path);
    append_operations(out, *contract);
    append_problems(out, *contract);
    print(out);
  }
  return contract->usable() ? kSuccess : kGateFailed;
}

}  // namespace

const Command kContractCommand = {
    .name = "contract",
    .summary = "Show an API at a glance",
    .description =
        "Reads an OpenAPI document and everything that it refers to, and prints its version, servers, security schemes "
        "and operations, each with what a caller must have, and all that is wrong with the document's structure. Exits "
        "with 1 when something is so wrong that the guard would not run with it.",
    .positionals = kPositionals,
    .options = kOptions,
    .example = "portico contract api.yaml --routes",
    .run = run_contract,
};

}  // namespace portico::cli
