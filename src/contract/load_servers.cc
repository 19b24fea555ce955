// Servers: where the API is said to be.
#include <algorithm>

#include "base/text.h"
#include "base/uri.h"
#include "contract/loading.h"

namespace portico::contract {
namespace {

using json::Node;

// Fills scheme, host and base path from the URL.
void take_apart(Server& server) {
  const Uri uri = split_uri(server.url);
  if (uri.scheme) server.scheme = lower(*uri.scheme);
  if (uri.authority) {
    const auto user = uri.authority->rfind('@');
    server.host = lower(user == std::string_view::npos ? *uri.authority : uri.authority->substr(user + 1));
  }
  server.base_path = base_path_of(server.url);
}

// The URL with each {variable} replaced by its default.
std::string expand(Loading& loading, const Node& server, const Node& url) {
  const Node* variables = object_in(server, "variables");
  std::string out;
  std::string_view rest = url.text();
  for (;;) {
    const auto open = rest.find('{');
    const auto close = open == std::string_view::npos ? open : rest.find('}', open);
    if (close == std::string_view::npos) {
      if (open != std::string_view::npos) {
        loading.problem("server-url", Gravity::kNotice, url, "the server's URL has a \"{\" without a \"}\"");
      }
      return out.append(rest);
    }
    out.append(rest.substr(0, open));
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    const Node* variable = variables == nullptr ? nullptr : object_in(*variables, name);
    if (variable == nullptr) {
      loading.problem("server-variable-undefined", Gravity::kNotice, url,
                      "the server's URL uses \"{" + printable(name) + "}\", which is not among its variables");
      out.append(rest.substr(open, close - open + 1));
    } else {
      const Node* value = variable->find("default");
      if (value != nullptr && !value->is_object() && !value->is_array()) out.append(value->text());
    }
    rest.remove_prefix(close + 1);
  }
}

void check_defaults(Loading& loading, const Node& server) {
  const Node* variables = object_in(server, "variables");
  if (variables == nullptr) return;
  for (const auto& [key, variable] : variables->members()) {
    const auto allowed = texts_in(*variable, "enum");
    const Node* value = variable->find("default");
    if (allowed.empty() || value == nullptr || std::ranges::find(allowed, value->text()) != allowed.end()) continue;
    loading.problem("server-variable-default", Gravity::kNotice, *value,
                    "the default of \"" + printable(key->text()) + "\" is not among its enum");
  }
}

Server root_server() {
  Server server;
  server.url = "/";
  return server;
}

}  // namespace

std::string base_path_of(std::string_view url) {
  const std::string_view given = split_uri(url).path;
  // A relative URL is relative to where the document is published, which nobody knows: taken from the host's root.
  std::string path = remove_dot_segments(given.starts_with('/') ? std::string(given) : '/' + std::string(given));
  while (path.ends_with('/')) path.pop_back();
  return path;
}

std::vector<Server> read_servers(Loading& loading, const Node& holder) {
  std::vector<Server> servers;
  if (const Node* list = array_in(holder, "servers")) {
    for (const Node* item : list->items()) {
      const Node* url = item->find("url");
      if (url == nullptr || !url->is_string()) continue;
      Server server;
      server.url = expand(loading, *item, *url);
      server.node = item;
      take_apart(server);
      check_defaults(loading, *item);
      servers.push_back(std::move(server));
    }
  }
  if (servers.empty() && &holder == loading.contract->root) servers.push_back(root_server());
  return servers;
}

std::vector<Server> read_swagger_servers(Loading& loading, const Node& holder) {
  const Node& root = *loading.contract->root;
  std::vector<std::string_view> schemes = texts_in(holder, "schemes");
  if (&holder != &root && schemes.empty()) return {};
  const std::string_view host = root.text_of("host");
  // Without a scheme the document's own is meant, which is not known: "//host/path" is how a URI says that.
  if (schemes.empty() || host.empty()) schemes.assign(1, "");
  std::vector<Server> servers;
  for (const std::string_view scheme : schemes) {
    Server server;
    if (!scheme.empty()) (server.url += scheme) += ':';
    if (!host.empty()) (server.url += "//") += host;
    server.url += root.text_of("basePath");
    if (server.url.empty()) server.url = "/";
    const Node* at = root.find(host.empty() ? "basePath" : "host");
    server.node = at;
    take_apart(server);
    servers.push_back(std::move(server));
  }
  return servers;
}

}  // namespace portico::contract
