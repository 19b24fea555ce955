#include "identity/key_set.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "identity/jwk.h"
#include "identity/openssl.h"
#include "json/reader.h"

namespace portico::identity {
namespace {

template <auto kFree>
using OpenSslText = std::unique_ptr<char, Freed<kFree>>;

void free_text(char* text) { OPENSSL_free(text); }
void free_bytes(unsigned char* bytes) { OPENSSL_free(bytes); }

}  // namespace

class KeySetReader {
 public:
  explicit KeySetReader(const KeySetOptions& options) : options_(options) {}

  Result<KeySet> json(std::string_view text);
  Result<KeySet> pem(std::string_view text);
  Result<void> add(Key key, const Place& place);
  Result<KeySet> finish();

 private:
  Result<void> jwk(const json::Node& node, const Place& place);
  Result<void> pem_block(std::string_view kind, std::string_view der, const Place& place);
  void note(std::string_view about, std::string_view text) {
    set_.notes_.push_back(std::string(about) + ": " + std::string(text));
  }

  const KeySetOptions& options_;
  KeySet set_;
};

Result<void> KeySetReader::add(Key key, const Place& place) {
  const auto wrong = [&](std::string message, std::string remedy) {
    return failure(ErrorCode::kInvalid, std::move(message), place, std::move(remedy));
  };
  for (const Key& other : set_.keys_) {
    if (!key.key_id().empty() && other.key_id() == key.key_id()) {
      return wrong("two keys have the kid \"" + printable(key.key_id()) + "\"", "A kid must name one key.");
    }
    if (is_symmetric(other.algorithm()) != is_symmetric(key.algorithm())) {
      return wrong("the set has public keys and shared secrets", "Keep them in sets of their own.");
    }
  }
  set_.keys_.push_back(std::move(key));
  return {};
}

Result<void> KeySetReader::jwk(const json::Node& node, const Place& place) {
  const std::string about = to_string(place) + ": key \"" + printable(node.text_of("kid")) + "\"";
  auto read = read_jwk(node, options_.algorithms);
  if (!read && options_.bad_key == BadKey::kLeaveOut) {
    note(about, "left out: " + read.error().message);
    return {};
  }
  if (!read) return failure(read.error().code, read.error().message, place, read.error().remedy);
  if (read->has_private_part) {
    note(about, "its private part does not belong here: whoever reads it can sign tokens");
  }
  if (const auto* unusable = std::get_if<Unusable>(&read->key)) {
    note(about, "left out: " + unusable->why);
    return {};
  }
  return add(std::get<Key>(std::move(read->key)), place);
}

Result<KeySet> KeySetReader::json(std::string_view text) {
  json::Documents documents;
  json::Document& document = documents.add(options_.name, "file:" + options_.name);
  json::ReadBudget budget{.max_depth = 16, .nodes = 100'000};
  PORTICO_CHECK_OK(json::read_json(text, document, budget));
  const json::Node& root = *document.root;
  const json::Node* keys = root.find("keys");
  if (keys == nullptr) {
    PORTICO_CHECK_OK(jwk(root, documents.place(root)));
    return finish();
  }
  if (!keys->is_array()) return failure(ErrorCode::kInvalid, "\"keys\" must be a list", documents.place(*keys));
  if (keys->items().size() > KeySet::kMaxKeys) {
    return failure(ErrorCode::kLimit, "more than 1000 keys", documents.place(*keys));
  }
  for (const json::Node* key : keys->items()) PORTICO_CHECK_OK(jwk(*key, documents.place(*key)));
  return finish();
}

Result<void> KeySetReader::pem_block(std::string_view kind, std::string_view der, const Place& place) {
  if (kind.ends_with("PRIVATE KEY")) {
    return failure(ErrorCode::kForbidden, "this is a private key", place,
                   "Verifying needs the public one: openssl pkey -in FILE -pubout");
  }
  KeyHandle handle;
  const unsigned char* at = bytes_of(der);
  if (kind == "PUBLIC KEY") {
    handle.reset(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  } else if (kind == "CERTIFICATE") {
    const X509Handle certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (certificate) handle.reset(X509_get_pubkey(certificate.get()));
  } else {
    return failure(ErrorCode::kUnsupported, "PEM of type \"" + printable(kind) + "\" is not read", place,
                   "Give a PUBLIC KEY or a CERTIFICATE.");
  }
  if (!handle || at != bytes_of(der) + der.size()) {
    return failure(ErrorCode::kSyntax, "the PEM block holds no key that OpenSSL reads", place);
  }
  auto algorithm = algorithm_for(handle.get(), options_.algorithms);
  if (!algorithm) return failure(algorithm.error().code, algorithm.error().message, place, algorithm.error().remedy);
  if (!*algorithm) {
    note(to_string(place), "left out: its algorithm is not allowed");
    return {};
  }
  auto key = Key::asymmetric(std::move(handle), **algorithm);
  if (!key) return failure(key.error().code, key.error().message, place, key.error().remedy);
  return add(*std::move(key), place);
}

Result<KeySet> KeySetReader::pem(std::string_view text) {
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const Place place{.file = options_.name};
  for (;;) {
    char* kind = nullptr;
    char* header = nullptr;
    unsigned char* der = nullptr;
    long size = 0;
    if (PEM_read_bio(bio.get(), &kind, &header, &der, &size) != 1) {
      const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      ERR_clear_error();
      if (at_end) return finish();
      return failure(ErrorCode::kSyntax, "a block of PEM is broken", place);
    }
    const OpenSslText<free_text> kind_owner(kind);
    const OpenSslText<free_text> header_owner(header);
    const std::unique_ptr<unsigned char, Freed<free_bytes>> der_owner(der);
    PORTICO_CHECK_OK(pem_block(kind, text_of(std::span(der, static_cast<std::size_t>(size))), place));
    if (set_.keys_.size() > KeySet::kMaxKeys) return failure(ErrorCode::kLimit, "more than 1000 keys", place);
  }
}

Result<KeySet> KeySetReader::finish() {
  if (!set_.keys_.empty()) return std::move(set_);
  return failure(ErrorCode::kInvalid, "no key here verifies signatures", {.file = options_.name},
                 set_.notes_.empty() ? "" : set_.notes_.front());
}

Result<KeySet> KeySet::parse(std::string_view text, const KeySetOptions& options) {
  const Place place{.file = options.name};
  if (text.size() > kMaxBytes) return failure(ErrorCode::kLimit, "more than 1 MiB of keys", place);
  if (text.find("-----BEGIN ") != std::string_view::npos && text.find_first_of("{[") == std::string_view::npos) {
    return KeySetReader(options).pem(text);
  }
  if (text.find('{') == std::string_view::npos) {
    return failure(ErrorCode::kSyntax, "these are no keys: neither JSON nor PEM", place,
                   R"(A shared secret is written as {"kty":"oct","alg":"HS256","k":"base64url"}.)");
  }
  return KeySetReader(options).json(text);
}

Result<KeySet> KeySet::read_file(const std::string& path, KeySetOptions options) {
  options.name = path;
  PORTICO_TRY(const std::string text, portico::read_file(path, kMaxBytes));
  PORTICO_TRY(KeySet set, parse(text, options));
  struct stat status{};
  const bool shared = is_symmetric(set.keys_.front().algorithm());
  if (shared && ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    set.notes_.push_back(path + ": everybody on this machine may read the secret; chmod 640 the file");
  }
  return set;
}

Result<KeySet> KeySet::secret(std::string_view secret, const KeySetOptions& options) {
  const Place place{.file = options.name};
  if (options.algorithms.size() != 1 || !is_symmetric(options.algorithms.front())) {
    return failure(ErrorCode::kInvalid, "a secret needs exactly one of HS256, HS384, HS512", place);
  }
  auto key = configured_secret(secret, options.algorithms.front(), {});
  if (!key) return failure(key.error().code, key.error().message, place, key.error().remedy);
  KeySetReader reader(options);
  PORTICO_CHECK_OK(reader.add(*std::move(key), place));
  return reader.finish();
}

const Key* KeySet::find(const std::string_view* key_id, std::string_view algorithm) const {
  if (key_id != nullptr) {
    const auto named = std::ranges::find(keys_, *key_id, &Key::key_id);
    if (named != keys_.end() && !key_id->empty()) {
      return names_algorithm(algorithm, named->algorithm()) ? &*named : nullptr;
    }
    if (keys_.size() != 1 || !keys_.front().key_id().empty()) return nullptr;
  }
  const Key* fitting = nullptr;
  for (const Key& key : keys_) {
    if (!names_algorithm(algorithm, key.algorithm())) continue;
    if (fitting != nullptr) return nullptr;
    fitting = &key;
  }
  return fitting;
}

}  // namespace portico::identity
