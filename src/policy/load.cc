#include "policy/load.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>

#include "base/file.h"
#include "base/text.h"
#include "json/tree.h"
#include "yaml/reader.h"

namespace portico::policy {
namespace {

constexpr std::uint64_t kMaxBytes = UINT64_C(1) << 20;

// One key that an object may have, and what reads its value.
struct Key {
  std::string_view name;
  std::function<Result<void>(const json::Node& value)> read;
};

// An IP address, or one with a prefix length (RFC 4632).
bool is_network(std::string_view text) {
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  const bool v4 = ::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
  if (!v4 && ::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return false;
  if (slash == std::string_view::npos) return true;
  const auto length = parse_uint(text.substr(slash + 1));
  return length && *length <= (v4 ? 32U : 128U);
}

class Loader {
 public:
  explicit Loader(const json::Documents& documents) : documents_(documents) {}

  Result<Policy> policy(const json::Node& root);

 private:
  std::unexpected<Error> at(const json::Node& node, std::string message, std::string remedy = {}) const {
    return failure(ErrorCode::kInvalid, std::move(message), documents_.place(node), std::move(remedy));
  }

  Result<void> object(const json::Node& node, std::string_view what, std::span<const Key> keys) const;
  Result<void> text(const json::Node& node, std::string& to) const;
  Result<void> texts(const json::Node& node, std::vector<std::string>& to) const;
  Result<void> networks(const json::Node& node, std::vector<std::string>& to) const;
  Result<void> flag(const json::Node& node, bool& to) const;
  Result<void> size(const json::Node& node, std::uint64_t& to) const;
  Result<void> mode(const json::Node& node, Mode& to) const;
  Result<void> limits(const json::Node& node, std::vector<Limit>& to) const;
  Result<void> limit(const json::Node& node, Limit& to) const;
  Result<void> version(const json::Node& node) const;

  const json::Documents& documents_;
};

Result<void> Loader::object(const json::Node& node, std::string_view what, std::span<const Key> keys) const {
  if (!node.is_object()) return at(node, std::string(what) + " must be a mapping");
  for (const auto& [key, value] : node.members()) {
    const auto known = std::ranges::find(keys, key->text(), &Key::name);
    if (known == keys.end()) {
      std::vector<std::string_view> names;
      for (const Key& candidate : keys) names.push_back(candidate.name);
      const auto near = nearest(key->text(), names);
      return at(*key, "unknown key \"" + printable(key->text()) + "\" in " + std::string(what),
                near ? "Did you mean \"" + std::string(*near) + "\"?" : "");
    }
    PORTICO_CHECK_OK(known->read(*value));
  }
  return {};
}

Result<void> Loader::text(const json::Node& node, std::string& to) const {
  if (!node.is_string() || node.text().empty()) return at(node, "must be a text that is not empty");
  to = node.text();
  return {};
}

Result<void> Loader::texts(const json::Node& node, std::vector<std::string>& to) const {
  if (!node.is_array() || node.items().empty()) return at(node, "must be a list of texts that is not empty");
  for (const json::Node* item : node.items()) PORTICO_CHECK_OK(text(*item, to.emplace_back()));
  return {};
}

Result<void> Loader::networks(const json::Node& node, std::vector<std::string>& to) const {
  PORTICO_CHECK_OK(texts(node, to));
  for (const json::Node* item : node.items()) {
    if (is_network(item->text())) continue;
    return at(*item, "must be an IP address or a range such as 10.0.0.0/8 or 2001:db8::/32");
  }
  return {};
}

Result<void> Loader::flag(const json::Node& node, bool& to) const {
  if (!node.is_boolean()) return at(node, "must be true or false");
  to = node.is_true();
  return {};
}

Result<void> Loader::size(const json::Node& node, std::uint64_t& to) const {
  const auto value = parse_size(node.text());
  if ((!node.is_string() && !node.is_number()) || !value) return at(node, "must be a size such as 64k or 1MiB");
  to = *value;
  return {};
}

Result<void> Loader::mode(const json::Node& node, Mode& to) const {
  if (node.text() != "block" && node.text() != "monitor") return at(node, "mode must be block or monitor");
  to = node.text() == "block" ? Mode::kBlock : Mode::kMonitor;
  return {};
}

Result<void> Loader::version(const json::Node& node) const {
  if (node.integer() != 1) return at(node, "unknown version of the policy format", "This program reads version 1.");
  return {};
}

Result<void> Loader::limits(const json::Node& node, std::vector<Limit>& to) const {
  if (!node.is_array()) return at(node, "limits must be a list");
  for (const json::Node* item : node.items()) PORTICO_CHECK_OK(limit(*item, to.emplace_back()));
  return {};
}

Result<void> Loader::limit(const json::Node& node, Limit& to) const {
  to.place = documents_.place(node);
  const std::array keys = {
      Key{"operations", [&](const auto& value) { return texts(value, to.operations); }},
      Key{"per",
          [&](const json::Node& value) -> Result<void> {
            if (value.text() != "address") return at(value, "a limit is per address");
            return {};
          }},
      Key{"rate",
          [&](const json::Node& value) -> Result<void> {
            auto parsed = parse_rate(value.text(), to);
            if (!parsed) return at(value, parsed.error().message, parsed.error().remedy);
            return {};
          }},
      Key{"burst",
          [&](const json::Node& value) -> Result<void> {
            const auto count = value.integer();
            if (!count || *count < 1 || *count > 1'000'000)
              return at(value, "burst must be a number from 1 to 1000000");
            to.burst = static_cast<std::uint64_t>(*count);
            return {};
          }},
  };
  PORTICO_CHECK_OK(object(node, "a limit", keys));
  if (to.operations.empty()) return at(node, "a limit needs operations");
  if (to.rate == 0) return at(node, "a limit needs a rate");
  return {};
}

Result<Policy> Loader::policy(const json::Node& root) {
  Policy policy;
  const std::array owner = {
      Key{"team", [&](const auto& value) { return text(value, policy.owner.team); }},
      Key{"contact", [&](const auto& value) { return text(value, policy.owner.contact); }},
  };
  const std::array requests = {
      Key{"max_body", [&](const auto& value) { return size(value, policy.requests.max_body); }},
      Key{"allow_undeclared_query",
          [&](const auto& value) { return flag(value, policy.requests.allow_undeclared_query); }},
  };
  const std::array responses = {
      Key{"max_body", [&](const auto& value) { return size(value, policy.responses.max_body); }},
      Key{"allow_undeclared_status",
          [&](const auto& value) { return flag(value, policy.responses.allow_undeclared_status); }},
  };
  const std::array keys = {
      Key{"version", [&](const auto& value) { return version(value); }},
      Key{"contract", [&](const auto& value) { return text(value, policy.contract); }},
      Key{"upstream", [&](const auto& value) { return text(value, policy.upstream); }},
      Key{"listen", [&](const auto& value) { return text(value, policy.listen); }},
      Key{"mode", [&](const auto& value) { return mode(value, policy.mode); }},
      Key{"owner", [&](const auto& value) { return object(value, "owner", owner); }},
      Key{"hosts", [&](const auto& value) { return texts(value, policy.hosts); }},
      Key{"trusted_proxies", [&](const auto& value) { return networks(value, policy.trusted_proxies); }},
      Key{"requests", [&](const auto& value) { return object(value, "requests", requests); }},
      Key{"responses", [&](const auto& value) { return object(value, "responses", responses); }},
      Key{"limits", [&](const auto& value) { return limits(value, policy.limits); }},
      Key{"events", [&](const auto& value) { return text(value, policy.events); }},
  };
  PORTICO_CHECK_OK(object(root, "the policy", keys));
  if (root.find("version") == nullptr) return at(root, "the policy has no version", "Begin it with \"version: 1\".");
  for (std::string& host : policy.hosts) host = lower(host);
  return policy;
}

// Paths in a policy are relative to the policy's own folder.
std::string beside(const std::string& file, const std::string& path) {
  if (path.empty() || path == "-") return path;
  return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
}

}  // namespace

Result<void> parse_rate(std::string_view text, Limit& limit) {
  struct Unit {
    std::string_view name;
    std::int64_t seconds;
  };
  constexpr std::array kUnits = {Unit{"second", 1},  Unit{"s", 1},    Unit{"minute", 60}, Unit{"m", 60},
                                 Unit{"hour", 3600}, Unit{"h", 3600}, Unit{"day", 86400}, Unit{"d", 86400}};
  const auto slash = text.find('/');
  const auto wrong = [&] {
    return failure(ErrorCode::kInvalid, "a rate is a number per second, minute, hour or day", {}, "Example: 6/minute");
  };
  if (slash == std::string_view::npos) return wrong();
  const auto count = parse_uint(trim(text.substr(0, slash)));
  const auto unit = std::ranges::find(kUnits, trim(text.substr(slash + 1)), &Unit::name);
  constexpr std::uint64_t kHighest = 1'000'000'000;
  if (!count || *count == 0 || *count > kHighest || unit == kUnits.end()) return wrong();
  limit.rate = *count;
  limit.period_ns = unit->seconds * 1'000'000'000;
  limit.text = text;
  return {};
}

Result<Policy> load_text(std::string_view text, const std::string& name) {
  json::Documents documents;
  json::Document& document = documents.add(name, "file:" + name);
  PORTICO_CHECK_OK(yaml::read_yaml(text, document));
  PORTICO_TRY(Policy policy, Loader(documents).policy(*document.root));
  policy.contract = beside(name, policy.contract);
  policy.events = beside(name, policy.events);
  return policy;
}

Result<Policy> load(const std::string& path) {
  PORTICO_TRY(const std::string text, read_file(path, kMaxBytes));
  return load_text(text, path);
}

Result<void> check(const Policy& policy, const contract::Contract& contract) {
  for (const Limit& limit : policy.limits) {
    for (const std::string& id : limit.operations) {
      if (id == "*" || contract.operation(id) != nullptr) continue;
      std::vector<std::string_view> ids;
      for (const auto& operation : contract.operations) ids.push_back(operation.id);
      const auto near = nearest(id, ids);
      return failure(ErrorCode::kInvalid, "the contract has no operation \"" + printable(id) + "\"", limit.place,
                     near ? "Did you mean \"" + std::string(*near) + "\"?" : "");
    }
  }
  return {};
}

}  // namespace portico::policy
