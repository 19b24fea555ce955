// On which way requests travel (OWASP API8:2023).
#include <algorithm>
#include <set>

#include "audit/checks.h"
#include "audit/hosts.h"
#include "base/text.h"
#include "base/uri.h"
#include "finding/mask.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Server;
using finding::Severity;

// Each server once: most operations share those of the document.
std::vector<const Server*> all_servers(const contract::Contract& contract) {
  std::vector<const Server*> servers;
  std::set<std::pair<const json::Node*, std::string_view>> seen;
  const auto add = [&](const Server& server) {
    if (server.node != nullptr && seen.emplace(server.node, server.url).second) servers.push_back(&server);
  };
  for (const Server& server : contract.servers) add(server);
  for (const auto& operation : contract.operations) {
    for (const Server& server : operation.servers) add(server);
  }
  return servers;
}

std::vector<std::uint32_t> operations_at(const contract::Contract& contract, const Server& server) {
  std::vector<std::uint32_t> indexes;
  for (std::uint32_t i = 0; i < contract.operations.size(); ++i) {
    const bool at = std::ranges::any_of(contract.operations[i].servers, [&](const Server& other) {
      return other.node == server.node && other.url == server.url;
    });
    if (at) indexes.push_back(i);
  }
  return indexes;
}

// OpenAPI 2.0 writes one host and several schemes: one node, several servers.
std::string aspect_of(const contract::Contract& contract, const Server& server) {
  return contract.version == contract::Version::kSwagger20 ? server.scheme : std::string();
}

// A variable in the place of the scheme: the first of its values that is not encrypted, or empty.
std::string_view plain_choice(const Server& server) {
  const auto url = server.node->text_of("url");
  const auto close = url.find('}');
  if (!url.starts_with('{') || close == std::string_view::npos) return {};
  const json::Node* variables = server.node->find("variables");
  const json::Node* variable = variables == nullptr ? nullptr : variables->find(url.substr(1, close - 1));
  const json::Node* choices = variable == nullptr ? nullptr : variable->find("enum");
  if (choices == nullptr) return {};
  for (const json::Node* choice : choices->items()) {
    if (equal_ignoring_case(choice->text(), "http") || equal_ignoring_case(choice->text(), "ws")) return choice->text();
  }
  return {};
}

}  // namespace

void check_servers(const Subject& subject, Drafts& drafts) {
  for (const Server* server : all_servers(subject.contract)) {
    const std::string shown = printable(finding::without_user_information(server->url), 200);
    if (is_plain_http(server->url)) {
      drafts.push_back({.rule = finding::design_rule("transport-plain-http"),
                        .severity = Severity::kHigh,
                        .node = server->node,
                        .message = "the server " + shown + " is reached without TLS",
                        .aspect = aspect_of(subject.contract, *server),
                        .operations = operations_at(subject.contract, *server)});
    } else if (const auto choice = plain_choice(*server); !choice.empty() && !is_loopback(server->host)) {
      drafts.push_back(
          {.rule = finding::design_rule("transport-plain-http"),
           .severity = Severity::kMedium,
           .node = server->node,
           .message = "the server " + shown + " can be chosen with \"" + printable(choice) + "\", which is without TLS",
           .aspect = aspect_of(subject.contract, *server),
           .operations = operations_at(subject.contract, *server)});
    }
    const Uri uri = split_uri(server->url);
    if (!uri.authority || !uri.authority->contains('@')) continue;
    drafts.push_back({.rule = finding::design_rule("transport-credentials-in-server"),
                      .severity = Severity::kHigh,
                      .node = server->node,
                      .message = "the server's URL contains user information",
                      .evidence = shown,
                      .operations = operations_at(subject.contract, *server)});
  }
}

}  // namespace portico::audit
