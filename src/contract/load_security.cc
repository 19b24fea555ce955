// Security: the schemes that exist, and what an operation asks for.
#include <algorithm>

#include "base/text.h"
#include "contract/loading.h"

namespace portico::contract {
namespace {

using json::Node;

std::vector<std::string_view> scope_names(const Node& flow) {
  std::vector<std::string_view> names;
  if (const Node* scopes = object_in(flow, "scopes")) {
    for (const auto& [key, value] : scopes->members()) {
      if (!is_extension(key->text())) names.push_back(key->text());
    }
  }
  return names;
}

OAuthFlow read_flow(std::string_view name, const Node& node) {
  return {.name = name,
          .authorization_url = node.text_of("authorizationUrl"),
          .token_url = node.text_of("tokenUrl"),
          .refresh_url = node.text_of("refreshUrl"),
          .scopes = scope_names(node),
          .node = &node};
}

void read_flows(SecurityScheme& scheme, const Node& node) {
  if (const Node* flows = object_in(node, "flows")) {
    for (const auto& [key, flow] : flows->members()) {
      if (!is_extension(key->text()) && flow->is_object()) scheme.flows.push_back(read_flow(key->text(), *flow));
    }
  }
  // 2.0 has one flow a scheme, under older names.
  const std::string_view flow = node.text_of("flow");
  if (flow.empty()) return;
  const std::string_view name = flow == "application"  ? "clientCredentials"
                                : flow == "accessCode" ? "authorizationCode"
                                                       : flow;
  scheme.flows.push_back(read_flow(name, node));
}

SecurityScheme read_scheme(std::string_view name, const Node& node) {
  SecurityScheme scheme{.name = name, .node = &node};
  const std::string_view type = node.text_of("type");
  if (type == "apiKey") {
    scheme.type = SchemeType::kApiKey;
    const std::string_view in = node.text_of("in");
    scheme.in = in == "query" ? ParameterIn::kQuery : in == "cookie" ? ParameterIn::kCookie : ParameterIn::kHeader;
    scheme.parameter = node.text_of("name");
  } else if (type == "http" || type == "basic") {
    scheme.type = SchemeType::kHttp;
    scheme.scheme = type == "basic" ? type : node.text_of("scheme");  // 2.0 has "basic" for a type
    scheme.bearer_format = node.text_of("bearerFormat");
  } else if (type == "mutualTLS") {
    scheme.type = SchemeType::kMutualTls;
  } else if (type == "oauth2") {
    scheme.type = SchemeType::kOAuth2;
    read_flows(scheme, node);
  } else if (type == "openIdConnect") {
    scheme.type = SchemeType::kOpenIdConnect;
    scheme.open_id_connect_url = node.text_of("openIdConnectUrl");
  }
  return scheme;
}

}  // namespace

void read_schemes(Loading& loading) {
  const Node& root = *loading.contract->root;
  const Node* holder = &root;
  std::string_view field = "securityDefinitions";
  if (loading.contract->version != Version::kSwagger20) {
    holder = object_in(root, "components");
    field = "securitySchemes";
  }
  const Node* schemes = holder == nullptr ? nullptr : object_in(*holder, field);
  if (schemes == nullptr) return;
  for (const auto& [key, written] : schemes->members()) {
    const Node* node = follow(loading, written);
    if (node == nullptr || !node->is_object() || is_extension(key->text())) continue;
    loading.contract->schemes.push_back(read_scheme(key->text(), *node));
  }
}

std::vector<SecurityRequirement> read_requirements(Loading& loading, const Node& security) {
  std::vector<SecurityRequirement> requirements;
  for (const Node* item : security.items()) {
    if (!item->is_object()) continue;
    SecurityRequirement requirement{.needs = {}, .node = item};
    for (const auto& [key, scopes] : item->members()) {
      requirement.needs.push_back({key->text(), texts_in(*item, key->text())});
      if (loading.contract->scheme(key->text()) != nullptr) continue;
      std::string message = "there is no security scheme \"" + printable(key->text()) + "\"";
      std::vector<std::string_view> names;
      for (const SecurityScheme& scheme : loading.contract->schemes) names.push_back(scheme.name);
      if (const auto near = nearest(key->text(), names)) message += ": \"" + printable(*near) + "\" is meant, perhaps";
      loading.problem("security-scheme-undefined", Gravity::kFatal, *key, std::move(message));
    }
    requirements.push_back(std::move(requirement));
  }
  return requirements;
}

}  // namespace portico::contract
