#include "identity/api_key_file.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/base64.h"
#include "base/date.h"
#include "base/text.h"
#include "yaml/reader.h"

namespace portico::identity {
namespace {

constexpr std::size_t kSmallestSalt = 16;
constexpr std::size_t kLargestSalt = 64;
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kMostScopes = 200;

class FileReader {
 public:
  explicit FileReader(const json::Documents& documents) : documents_(documents) {}

  Result<ApiKeyFile> file(const json::Node& root);

 private:
  std::unexpected<Error> at(const json::Node& node, std::string message, std::string remedy = {}) const {
    return failure(ErrorCode::kInvalid, std::move(message), documents_.place(node), std::move(remedy));
  }
  Result<void> known_members(const json::Node& node, std::span<const std::string_view> names) const;
  Result<const json::Node*> member(const json::Node& node, std::string_view name) const;
  Result<std::string> text(const json::Node& node, std::string_view name) const;
  Result<std::string> bytes(const json::Node& node, std::string_view name) const;
  Result<std::int64_t> date(const json::Node& node, std::string_view name) const;
  Result<std::vector<std::string>> scopes(const json::Node& node) const;
  Result<ApiKeyEntry> key(const json::Node& node);

  const json::Documents& documents_;
  std::unordered_set<std::string> ids_;
  std::unordered_set<std::string> hashes_;
};

Result<void> FileReader::known_members(const json::Node& node, std::span<const std::string_view> names) const {
  if (!node.is_object()) return at(node, "must be a mapping");
  for (const auto& [key, value] : node.members()) {
    if (std::ranges::find(names, key->text()) != names.end()) continue;
    const auto near = nearest(key->text(), names);
    return at(*key, "unknown key \"" + printable(key->text()) + "\"",
              near ? "Did you mean \"" + std::string(*near) + "\"?" : "");
  }
  return {};
}

Result<const json::Node*> FileReader::member(const json::Node& node, std::string_view name) const {
  const json::Node* value = node.find(name);
  if (value == nullptr) return at(node, "\"" + std::string(name) + "\" is missing");
  return value;
}

Result<std::string> FileReader::text(const json::Node& node, std::string_view name) const {
  PORTICO_TRY(const json::Node* value, member(node, name));
  if (!value->is_string() || value->text().empty() || value->text().size() > kLongestName) {
    return at(*value, "must be a text of 1 to 200 bytes");
  }
  return std::string(value->text());
}

Result<std::string> FileReader::bytes(const json::Node& node, std::string_view name) const {
  PORTICO_TRY(const json::Node* value, member(node, name));
  std::string bytes;
  if (!value->is_string() || !append_base64url_decoded(bytes, value->text())) {
    return at(*value, "must be base64url without padding", "portico key makes it.");
  }
  return bytes;
}

// Seconds; 0 where there is none.
Result<std::int64_t> FileReader::date(const json::Node& node, std::string_view name) const {
  const json::Node* value = node.find(name);
  if (value == nullptr) return 0;
  const auto seconds = value->is_string() ? parse_date(value->text()) : std::nullopt;
  if (!seconds || *seconds <= 0) return at(*value, "must be a date such as 2027-01-31 or 2027-01-31T12:00:00Z");
  return *seconds;
}

Result<std::vector<std::string>> FileReader::scopes(const json::Node& node) const {
  std::vector<std::string> scopes;
  const json::Node* list = node.find("scopes");
  if (list == nullptr) return scopes;
  if (!list->is_array() || list->items().size() > kMostScopes) return at(*list, "must be a list of at most 200 scopes");
  for (const json::Node* item : list->items()) {
    const bool good = item->is_string() && !item->text().empty() && item->text().size() <= kLongestName &&
                      item->text().find_first_of(" \t\r\n") == std::string_view::npos;
    if (!good) return at(*item, "a scope is a word of 1 to 200 bytes");
    scopes.emplace_back(item->text());
  }
  return scopes;
}

Result<ApiKeyEntry> FileReader::key(const json::Node& node) {
  constexpr std::array<std::string_view, 6> kNames = {"id", "hash", "owner", "scopes", "issued", "expires"};
  PORTICO_CHECK_OK(known_members(node, kNames));
  ApiKeyEntry entry;
  PORTICO_TRY(entry.id, text(node, "id"));
  PORTICO_TRY(entry.owner, text(node, "owner"));
  PORTICO_TRY(entry.scopes, scopes(node));
  PORTICO_TRY(entry.issued_at_s, date(node, "issued"));
  PORTICO_TRY(entry.expires_at_s, date(node, "expires"));
  PORTICO_TRY(const std::string hash, bytes(node, "hash"));
  if (hash.size() != entry.hash.size()) return at(*node.find("hash"), "must be the 32 bytes of a hash");
  std::ranges::copy(hash, entry.hash.begin());
  if (!ids_.insert(entry.id).second) return at(*node.find("id"), "two keys have this id");
  if (!hashes_.insert(hash).second) return at(*node.find("hash"), "two entries are for the same key");
  return entry;
}

Result<ApiKeyFile> FileReader::file(const json::Node& root) {
  constexpr std::array<std::string_view, 3> kNames = {"version", "salt", "keys"};
  PORTICO_CHECK_OK(known_members(root, kNames));
  const json::Node* version = root.find("version");
  if (version == nullptr || version->integer() != 1) {
    return at(root, "a file of API keys begins with \"version: 1\"", "portico key writes one.");
  }
  ApiKeyFile file;
  PORTICO_TRY(file.salt, bytes(root, "salt"));
  if (file.salt.size() < kSmallestSalt || file.salt.size() > kLargestSalt) {
    return at(*root.find("salt"), "a salt has 16 to 64 bytes");
  }
  PORTICO_TRY(const json::Node* keys, member(root, "keys"));
  if (!keys->is_array()) return at(*keys, "must be a list");
  if (keys->items().size() > ApiKeys::kMaxKeys) return at(*keys, "more than 100,000 keys");
  for (const json::Node* item : keys->items()) {
    PORTICO_TRY(ApiKeyEntry entry, key(*item));
    file.keys.push_back(std::move(entry));
  }
  return file;
}

}  // namespace

Result<ApiKeyFile> read_api_key_file(std::string_view text, const std::string& name) {
  if (text.size() > ApiKeys::kMaxBytes) return failure(ErrorCode::kLimit, "more than 64 MiB", {.file = name});
  json::Documents documents;
  json::Document& document = documents.add(name, "file:" + name);
  json::ReadBudget budget{.max_depth = 8, .nodes = 20'000'000};
  PORTICO_CHECK_OK(yaml::read_document(text, document, budget));
  return FileReader(documents).file(*document.root);
}

}  // namespace portico::identity
