#include "seal/keys.h"

#include <openssl/rand.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/base64.h"
#include "base/file.h"
#include "json/tree.h"
#include "yaml/reader.h"

namespace portico::seal {
namespace {

constexpr std::uint64_t kMaxBytes = UINT64_C(64) << 10;
constexpr int kMaxEpoch = 255;

class Reader {
 public:
  explicit Reader(const json::Documents& documents) : documents_(documents) {}

  Result<std::vector<Key>> keys(const json::Node& root) const {
    const json::Node* version = root.find("version");
    const json::Node* list = root.find("keys");
    if (version == nullptr || version->integer() != 1) {
      return at(root, "a key file begins with \"version: 1\"", "portico key --seal writes one.");
    }
    if (list == nullptr || !list->is_array() || list->items().empty())
      return at(root, "\"keys\" must be a list of keys");
    std::vector<Key> keys;
    for (const json::Node* item : list->items()) {
      PORTICO_TRY(const Key key, this->key(*item));
      if (std::ranges::find(keys, key.epoch, &Key::epoch) != keys.end()) return at(*item, "two keys have this epoch");
      keys.push_back(key);
    }
    return keys;
  }

 private:
  std::unexpected<Error> at(const json::Node& node, std::string message, std::string remedy = {}) const {
    return failure(ErrorCode::kInvalid, std::move(message), documents_.place(node), std::move(remedy));
  }

  Result<Key> key(const json::Node& node) const {
    const json::Node* epoch = node.find("epoch");
    const json::Node* text = node.find("key");
    if (epoch == nullptr || text == nullptr || node.members().size() != 2)
      return at(node, "a key has an epoch and a key");
    const auto number = epoch->integer();
    if (!number || *number < 1 || *number > kMaxEpoch) return at(*epoch, "an epoch is a number from 1 to 255");
    Key key{.epoch = static_cast<std::uint8_t>(*number)};
    std::string bytes;
    if (!append_base64url_decoded(bytes, text->text()) || bytes.size() != key.bytes.size()) {
      return at(*text, "a key is 32 bytes in base64url", "portico key --seal makes one.");
    }
    std::ranges::copy(bytes, key.bytes.begin());
    return key;
  }

  const json::Documents& documents_;
};

}  // namespace

Result<std::vector<Key>> read_keys_text(std::string_view text, const std::string& name) {
  json::Documents documents;
  json::Document& document = documents.add(name, "file:" + name);
  PORTICO_CHECK_OK(yaml::read_yaml(text, document));
  return Reader(documents).keys(*document.root);
}

Result<std::vector<Key>> read_keys(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return io_failure("cannot read", path, errno);
  if ((status.st_mode & S_IRWXO) != 0) {
    return failure(ErrorCode::kForbidden, "everybody on this machine may read or write the key file", {.file = path},
                   "chmod 640 the file, and give it the group that the workers run as.");
  }
  PORTICO_TRY(const std::string text, read_file(path, kMaxBytes));
  return read_keys_text(text, path);
}

Result<std::string> rotated_keys(const std::vector<Key>& before, std::size_t kept) {
  Key fresh;
  const auto taken = [&](int epoch) { return std::ranges::find(before, epoch, &Key::epoch) != before.end(); };
  int epoch = before.empty() ? 1 : before.front().epoch % kMaxEpoch + 1;
  while (taken(epoch)) epoch = epoch % kMaxEpoch + 1;
  fresh.epoch = static_cast<std::uint8_t>(epoch);
  if (RAND_bytes(fresh.bytes.data(), static_cast<int>(fresh.bytes.size())) != 1) {
    return failure(ErrorCode::kIo, "the operating system gives no random numbers");
  }
  std::vector<Key> keys{fresh};
  keys.insert(keys.end(), before.begin(), before.begin() + static_cast<std::ptrdiff_t>(std::min(kept, before.size())));
  std::string text = "version: 1\nkeys:\n";
  for (const Key& key : keys) {
    text += "  - {epoch: " + std::to_string(key.epoch) + ", key: \"";
    append_base64url(text, {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()});
    text += "\"}\n";
  }
  return text;
}

}  // namespace portico::seal
