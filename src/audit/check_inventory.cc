// Which servers and versions there are (OWASP API9), and how they are named (API8).
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "audit/checks.h"
#include "audit/hosts.h"
#include "audit/sites.h"
#include "base/text.h"
#include "base/uri.h"
#include "finding/mask.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Operation;
using contract::Server;
using finding::design_rule;
using finding::Severity;
using json::Node;

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

std::optional<std::array<std::uint64_t, 4>> ipv4_of(std::string_view host) {
  const auto parts = split(host, '.');
  if (parts.size() != 4) return {};
  std::array<std::uint64_t, 4> bytes{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto byte = parse_uint(parts[i]);
    if (!byte || *byte > 255) return {};
    bytes[i] = *byte;
  }
  return bytes;
}

// RFC 1918, loopback, link-local, and the names that no public name server knows.
bool is_private(std::string_view host) {
  if (is_loopback(host)) return true;
  host = without_port(host);
  if (const auto ip = ipv4_of(host)) {
    const auto& b = *ip;
    return b[0] == 10 || b[0] == 0 || (b[0] == 172 && b[1] >= 16 && b[1] <= 31) || (b[0] == 192 && b[1] == 168) ||
           (b[0] == 169 && b[1] == 254);
  }
  for (const std::string_view end : {".local", ".internal", ".lan", ".intranet", ".corp", ".home", ".localdomain"}) {
    if (host.ends_with(end)) return true;
  }
  return !host.empty() && !host.contains('.') && !host.starts_with('[') && !host.contains('{');
}

bool is_address(std::string_view host) { return host.starts_with('[') || ipv4_of(without_port(host)).has_value(); }

constexpr std::string_view kTestWords =
    "staging|stage|stg|dev|develop|development|test|testing|qa|uat|preprod|preview|"
    "pre production|nonprod|non production|demo|int|integration|beta|canary|local";

bool is_nonproduction(const Server& server, std::string_view host) {
  for (const auto label : split(without_port(host), '.')) {
    const auto words = words_of(label);
    // The registrable name may be anything ("test.com" is a name, "test.example.com" a test).
    if (has_phrase(words, kTestWords) && host.find('.') != host.rfind('.')) return true;
  }
  const auto words = words_of(server.node == nullptr ? std::string_view() : server.node->text_of("description"));
  return has_phrase(words,
                    "staging|development|test server|test environment|testing|qa|uat|preprod|pre production|"
                    "non production|nonproduction|integration environment|dev|dev server|development server|stage");
}

struct Seen {
  const Server* server;
  std::vector<std::uint32_t> operations;
};

// Each server once, with the operations whose server it is.
std::vector<Seen> servers_of(const contract::Contract& contract) {
  std::vector<Seen> seen;
  std::map<std::pair<const Node*, std::string_view>, std::size_t> index;
  const auto add = [&](const Server& server) -> Seen* {
    if (server.node == nullptr) return nullptr;
    const auto [found, added] = index.try_emplace({server.node, server.url}, seen.size());
    if (added) seen.push_back({&server, {}});
    return &seen[found->second];
  };
  for (const Server& server : contract.servers) add(server);
  for (std::uint32_t i = 0; i < contract.operations.size(); ++i) {
    for (const Server& server : contract.operations[i].servers) {
      if (Seen* at = add(server)) at->operations.push_back(i);
    }
  }
  return seen;
}

Draft draft_for(const Seen& seen, const finding::Rule* rule, std::string_view what) {
  return {.rule = rule,
          .severity = rule->severity,
          .node = seen.server->node,
          .message =
              "the server " + printable(finding::without_user_information(seen.server->url), 200) + std::string(what),
          .aspect = rule->id == "transport-server-open" ? std::string() : seen.server->scheme,
          .operations = seen.operations};
}

// A variable in the place of the host, or a part of it that decides who answers, without a list of its values.
bool is_open_host(const Server& server) {
  const auto url = server.node->text_of("url");
  const auto slashes = url.find("//");
  if (slashes == std::string_view::npos) return url.starts_with('{') && !url.starts_with("{scheme}");
  const auto authority = url.substr(slashes + 2, url.find('/', slashes + 2) - slashes - 2);
  // "{tenant}.example.com" stays within a domain.
  const auto close = authority.rfind('}');
  if (close == std::string_view::npos) return false;
  const auto rest = authority.substr(close + 1);
  const bool rest_is_domain = rest.starts_with('.') && rest.find('.', 1) != std::string_view::npos;
  if (rest_is_domain) return false;
  const auto open = authority.rfind('{', close);
  const bool is_port = open > 0 && authority[open - 1] == ':';
  if (is_port) return false;
  const Node* variables = server.node->find("variables");
  const Node* variable = variables == nullptr ? nullptr : variables->find(authority.substr(open + 1, close - open - 1));
  return variable == nullptr || variable->find("enum") == nullptr;
}

// "v2" of "/v2/orders" and of "https://api.example/v2": the major version, or nothing.
std::optional<std::uint64_t> version_of(std::string_view path) {
  for (const auto segment : split(path, '/')) {
    if (segment.size() < 2 || to_lower(segment[0]) != 'v' || !is_digit(segment[1])) continue;
    const auto digits = segment.substr(1, segment.find_first_not_of("0123456789", 1) - 1);
    if (const auto number = parse_uint(digits); number && digits.size() <= 3) return number;
  }
  return {};
}

}  // namespace

void check_server_names(const Subject& subject, Drafts& drafts) {
  const auto servers = servers_of(subject.contract);
  for (const Seen& seen : servers) {
    const Server& server = *seen.server;
    if (server.host.empty() && !server.url.contains('{')) continue;
    if (is_open_host(server)) {
      drafts.push_back(draft_for(seen, design_rule("transport-server-open"), " is whatever the client fills in"));
      continue;
    }
    if (is_private(server.host)) {
      drafts.push_back(draft_for(seen, design_rule("transport-server-local"), " is a private or local one"));
    } else if (is_address(server.host)) {
      drafts.push_back(draft_for(seen, design_rule("transport-server-address"), " is named by its address"));
    }
    if (is_nonproduction(server, server.host)) {
      drafts.push_back(draft_for(seen, design_rule("inventory-server-nonproduction"), " is for tests, by its name"));
    }
  }
  const Node* list = subject.contract.root->find("servers");
  if (list == nullptr || list->size() < 2) return;
  for (const Seen& seen : servers) {
    const Node& node = *seen.server->node;
    const bool marked =
        std::ranges::any_of(node.members(), [](const json::Member& m) { return m.key->text().starts_with("x-"); });
    if (!node.text_of("description").empty() || marked || subject.contract.version == contract::Version::kSwagger20)
      continue;
    drafts.push_back(
        draft_for(seen, design_rule("inventory-server-undescribed"), " is one of several, without a description"));
  }
}

void check_server_missing(const Subject& subject, Drafts& drafts) {
  const Node& root = *subject.contract.root;
  const bool swagger = subject.contract.version == contract::Version::kSwagger20;
  const Node* servers = root.find("servers");
  const bool said = swagger ? root.find("schemes") != nullptr : servers != nullptr && servers->size() != 0;
  const bool elsewhere = std::ranges::any_of(subject.contract.operations, [&](const Operation& operation) {
    return std::ranges::any_of(operation.servers, [](const Server& server) { return !server.scheme.empty(); });
  });
  if (said || (elsewhere && !swagger) || subject.contract.operations.empty()) return;
  drafts.push_back({.rule = design_rule("transport-undeclared"),
                    .severity = Severity::kLow,
                    .node = swagger && root.find("host") != nullptr ? root.find("host") : &root,
                    .message = swagger ? "no `schemes` say that TLS is needed" : "no server is named",
                    .operations = subject.all_operations()});
}

void check_versions(const Subject& subject, Drafts& drafts) {
  std::map<std::uint64_t, std::vector<std::uint32_t>> versions;
  for (std::uint32_t i = 0; i < subject.contract.operations.size(); ++i) {
    const Operation& operation = subject.contract.operations[i];
    if (const auto version = version_of(operation.path)) versions[*version].push_back(i);
  }
  if (versions.size() > 1) {
    const auto newest = versions.rbegin()->first;
    for (const auto& [version, operations] : versions) {
      std::vector<std::uint32_t> live;
      std::ranges::copy_if(operations, std::back_inserter(live),
                           [&](auto index) { return !subject.contract.operations[index].deprecated; });
      if (version == newest || live.empty()) continue;
      const Site site{.node = subject.contract.operations[live.front()].path_node, .label = {}, .operations = live};
      Draft draft =
          draft_of(subject, site, design_rule("inventory-version-old"), Severity::kLow,
                   "version " + std::to_string(version) + " is still live beside version " + std::to_string(newest));
      draft.aspect = std::to_string(version);
      drafts.push_back(std::move(draft));
    }
    return;
  }
  std::optional<std::uint64_t> said;
  // A corner of the API that has a version of its own says nothing of the whole.
  if (!versions.empty() && versions.begin()->second.size() * 2 > subject.contract.operations.size()) {
    said = versions.begin()->first;
  }
  for (const Server& server : subject.contract.servers) {
    if (!said) said = version_of(server.base_path);
  }
  const auto text = subject.contract.api_version;
  const auto major =
      parse_uint(text.substr(text.starts_with('v') ? 1 : 0, text.find('.') - (text.starts_with('v') ? 1 : 0)));
  if (!said || !major || *major == *said || *major > 1000 || *major == 0) return;
  const Node* info = subject.contract.root->find("info");
  drafts.push_back(
      {.rule = design_rule("inventory-version-drift"),
       .severity = Severity::kInfo,
       .node = info == nullptr ? nullptr : info->find("version"),
       .message = "the contract is version " + printable(text) + ", its paths are version " + std::to_string(*said)});
}

// One call that returns the sensitive data of many.
void check_sensitive_lists(const Subject& subject, Drafts& drafts) {
  const auto& operations = subject.contract.operations;
  std::vector<bool> lists(operations.size());
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    if (operations[i].method != contract::Method::kGet || operations[i].path.ends_with('}')) continue;
    if (has_phrase(subject.traits[i].path_words, "me|self|my|own|current|mine")) continue;  // the caller's own
    const auto is_success = success_of(operations[i]);
    for (const auto& response : operations[i].responses) {
      if (!is_success(response.status) || response.content.empty() || response.content.front().schema == nullptr)
        continue;
      const Composition body(subject.contract, std::array<const Node*, 1>{response.content.front().schema});
      if (body.allows(kArray)) lists[i] = true;
      const Node* properties = body.find("properties");
      if (properties == nullptr) continue;
      for (const auto& [name, value] : properties->members()) {
        const std::string text = lower(name->text());
        const bool wrapper =
            has_phrase({text}, "data|items|results|entries|records|list|content|rows|elements|values") ||
            operations[i].path.ends_with(text);
        if (!wrapper || !value->is_object()) continue;
        lists[i] = lists[i] || Composition(subject.contract, std::array<const Node*, 1>{value}).allows(kArray);
      }
    }
  }
  Sites sites;
  for (const Field& field : subject.fields) {
    if (!field.is_property() || !field.in_response()) continue;
    using contract::DataClass;
    const bool grave = field.data_class == DataClass::kGovernmentId || field.data_class == DataClass::kHealth ||
                       field.data_class == DataClass::kSpecial ||
                       (field.data_class == DataClass::kFinancial &&
                        has_phrase(words_of(field.name), "iban|account number|card number|salary|income|tax id"));
    if (!grave) continue;
    auto reached = subject.fields.operations(field, kResponse);
    std::erase_if(reached, [&](auto index) { return !lists[index]; });
    if (!reached.empty()) sites.add(*field.node, field.label(), kResponse, reached);
  }
  for (const Site& site : sites) {
    drafts.push_back(draft_of(subject, site, design_rule("data-sensitive-in-list"), Severity::kMedium,
                              describe(site) + " is sensitive, and returned for many at once"));
  }
}

}  // namespace portico::audit
