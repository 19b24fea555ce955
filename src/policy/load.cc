#include "policy/load.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "json/tree.h"
#include "policy/operations.h"
#include "policy/sections.h"
#include "yaml/reader.h"

namespace portico::policy {
namespace {

constexpr std::uint64_t kMaxBytes = UINT64_C(1) << 20;

constexpr std::array kProxyFields = {std::pair{std::string_view("X-Forwarded-For"), ProxyField::kXForwardedFor},
                                     std::pair{std::string_view("Forwarded"), ProxyField::kForwarded}};

// What the schemas of keys refer to.
constexpr std::array<SchemaMember, 6> kDefinitions = {{
    {"text", R"({"type": "string", "minLength": 1})"},
    {"texts", R"({"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/text"}})"},
    {"size", R"({"description": "Bytes; units are of 1024: 64k, 1MiB", "type": ["integer", "string"], "minimum": 0, )"
             R"("pattern": "^[0-9]+[ \\t]*([bB]|[kKmMgG]([iI]?[bB])?)?$"})"},
    {"duration", R"({"description": "30s, 5m, 1h, 7d", "type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"})"},
    {"rate", R"({"description": "6/minute", "type": "string", )"
             R"("pattern": "^[ \\t]*[0-9]+[ \\t]*/[ \\t]*(second|s|minute|m|hour|h|day|d)[ \\t]*$"})"},
    {"operations", R"({"description": "Each an operationId, METHOD /path/{template}, tag:NAME, or * for all", )"
                   R"("type": "array", "minItems": 1, "items": {"$ref": "#/$defs/text"}})"},
}};

void read_owner(Mapping& owner, Owner& to) {
  owner.text("team", to.team, "Who answers for the API");
  owner.text("contact", to.contact, "How to reach them: a URI");
}

void read_requests(Mapping& requests, Requests& to) {
  requests.size("max_body", to.max_body, "The longest request body");
  requests.flag("allow_undeclared_query", to.allow_undeclared_query,
                "Let query parameters pass that the operation does not declare");
  requests.flag("canonical", to.canonical, "Write JSON bodies anew for the service, from what was validated");
}

void read_responses(Mapping& responses, Responses& to) {
  responses.size("max_body", to.max_body, "The longest body that is held for the verdict");
  responses.flag("allow_undeclared_status", to.allow_undeclared_status,
                 "Let answers pass whose status the operation does not declare");
}

// The whole policy.
void read_policy(Mapping& policy, Policy& to) {
  Cors ignored_cors;
  Seal ignored_seal;
  const auto version = [](const json::Node& value) -> Result<void> {
    if (value.is_number() && value.integer() == 1) return {};
    return failure(ErrorCode::kInvalid, "unknown version of the policy format", {}, "This program reads version 1.");
  };
  policy.value("version", {{"const", "1"}}, version, "The format's version");
  policy.required();
  policy.file("contract", to.contract, "The OpenAPI document");
  std::string server;
  policy.text_or_mapping(
      "upstream", server, "upstream", [&](Mapping& upstream) { read(upstream, to.upstream); },
      "The service: http://HOST:PORT or https://HOST:PORT, or a mapping that says more");
  if (!server.empty()) to.upstream.servers = {server};
  policy.text_or_mapping(
      "listen", to.listen.address, "listen", [&](Mapping& listen) { read(listen, to.listen); },
      "Where the guard listens: ADDRESS:PORT, or a mapping that says more");
  read_mode(policy, to.mode, "Refuse what breaks the contract, only report it, or do not check");
  policy.list("checks", to.checks, "an entry of checks",
              "Other modes for some checks; the last entry that matches wins");
  policy.mapping("owner", "owner", [&](Mapping& owner) { read_owner(owner, to.owner); }, "Who answers for the API");
  policy.texts("hosts", to.hosts, "Values of Host that are served, with or without port");
  policy.networks("trusted_proxies", to.trusted_proxies,
                  "Addresses and ranges of the proxies that tell the client's address");
  policy.choice<ProxyField>("proxy_field", to.proxy_field, kProxyFields, "The field by which they tell it");
  policy.mapping(
      "addresses", "addresses", [&](Mapping& addresses) { read(addresses, to.addresses); }, "Who may call at all");
  policy.mapping(
      "requests", "requests", [&](Mapping& requests) { read_requests(requests, to.requests); },
      "What holds for every request");
  policy.mapping(
      "responses", "responses", [&](Mapping& responses) { read_responses(responses, to.responses); },
      "What holds for every answer of the service");
  policy.mapping(
      "identity", "identity", [&](Mapping& identity) { read(identity, to.identity); },
      "How the credentials are verified that the contract asks for");
  policy.selectors("anonymous", to.anonymous, "Operations that nobody has to say who they are for");
  policy.list("rules", to.rules, "a rule", "What must be true of requests and answers, beyond the contract");
  policy.list("limits", to.limits, "a limit", "How often somebody may call");
  policy.list("ownership", to.ownership, "an entry of ownership", "Callers may name only objects that they were given");
  policy.list("uniform", to.uniform, "an entry of uniform", "Answers that do not tell whether something is there");
  policy.list("repair", to.repair, "an entry of repair", "What is changed in answers, where they could be refused");
  policy.list("injection", to.injection, "an entry of injection",
              "What is looked for in requests, where strings are free");
  policy.list("leaks", to.leaks, "an entry of leaks", "What is looked for in answers that should not leave");
  policy.mapping(
      "seal", "seal", [&](Mapping& seal) { read(seal, seal.describes() ? ignored_seal : to.seal.emplace()); },
      "Ids that leave encrypted for their caller");
  policy.file("state", to.state, "The file shared with portico block and portico serve");
  policy.mapping(
      "cors", "cors", [&](Mapping& cors) { read(cors, cors.describes() ? ignored_cors : to.cors.emplace()); },
      "Which sites' scripts may call (CORS); without it that is the service's own affair");
  policy.mapping("csrf", "csrf", [&](Mapping& csrf) { read(csrf, to.csrf); }, "Calls that other sites forge (CSRF)");
  policy.mapping(
      "headers", "headers", [&](Mapping& headers) { read(headers, to.headers); }, "The header fields of answers");
  policy.mapping(
      "lifecycle", "lifecycle", [&](Mapping& lifecycle) { read(lifecycle, to.lifecycle); },
      "Versions, and operations that are to go");
  policy.list("assumptions", to.assumptions, "an answer", "Answers to the questions of the threat model");
  policy.list("waivers", to.waivers, "a waiver", "Findings that somebody answers for, for a while");
  policy.file("events", to.events, "The event log; - is standard output");
}

}  // namespace

std::vector<Error> load_text(std::string_view text, const std::string& name, Policy& to) {
  json::Documents documents;
  json::Document& document = documents.add(name, "file:" + name);
  if (auto parsed = yaml::read_yaml(text, document); !parsed) return {std::move(parsed).error()};
  to.file = name;
  Reader reader(documents, name);
  Mapping::read_mapping(reader, *document.root, "the policy", [&](Mapping& root) { read_policy(root, to); });
  for (std::string& host : to.hosts) host = lower(host);
  to.selectors = reader.take_selectors();
  return reader.take_problems();
}

Result<Policy> load_text(std::string_view text, const std::string& name) {
  Policy policy;
  auto problems = load_text(text, name, policy);
  if (!problems.empty()) return std::unexpected(std::move(problems.front()));
  return policy;
}

Result<Policy> load(const std::string& path) {
  PORTICO_TRY(const std::string text, read_file(path, kMaxBytes));
  return load_text(text, path);
}

std::vector<Error> load(const std::string& path, Policy& to) {
  auto text = read_file(path, kMaxBytes);
  return text ? load_text(*text, path, to) : std::vector{std::move(text).error()};
}

std::vector<Error> problems_with(const Policy& policy, const contract::Contract& contract) {
  std::vector<Error> problems;
  for (const Text& selector : policy.selectors) {
    if (auto checked = check_selector(selector, contract); !checked) problems.push_back(std::move(checked).error());
  }
  return problems;
}

Result<void> check(const Policy& policy, const contract::Contract& contract) {
  auto problems = problems_with(policy, contract);
  if (!problems.empty()) return std::unexpected(std::move(problems.front()));
  return {};
}

std::string json_schema() {
  std::string out;
  json::Writer writer(out, json::Writer::Layout::kIndented);
  writer.begin_object();
  writer.key("$schema").string("https://json-schema.org/draft/2020-12/schema");
  writer.key("title").string("portico.yaml");
  writer.key("description").string("What the owner of an API adds to the promise of its contract");
  Mapping::describe(writer, [](Mapping& root) {
    Policy ignored;
    read_policy(root, ignored);
  });
  writer.key("$defs").begin_object();
  for (const auto& [name, schema] : kDefinitions) writer.key(name).raw(schema);
  writer.end_object().end_object();
  return out + '\n';
}

}  // namespace portico::policy
