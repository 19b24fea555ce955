#include "identity/api_keys.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <deque>

#include "base/file.h"
#include "identity/api_key_file.h"
#include "identity/digest.h"
#include "identity/random.h"
#include "identity/record.h"

namespace portico::identity {
namespace {

constexpr std::string_view kPrefix = "portico_";
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kCharacters = 43;  // of 62 kinds: 256 bits
constexpr std::size_t kSaltBytes = 16;

}  // namespace

std::string_view name(ApiKeyProblem problem) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "unknown", "expired", "revoked"};
  return kNames[static_cast<std::size_t>(problem)];
}

// An open hash table of records, by the first bytes of their hashes, which are as good as random.
struct ApiKeys::State {
  std::string salt;
  std::deque<Record> records;
  std::vector<const Record*> table;

  static std::size_t start(const Digest& hash) {
    std::size_t word = 0;
    std::memcpy(&word, hash.data(), sizeof(word));
    return word;
  }
  void index();
  const Record* find(const Digest& hash) const;
};

void ApiKeys::State::index() {
  table.assign(std::bit_ceil(records.size() * 2 + 1), nullptr);
  for (const Record& record : records) {
    std::size_t at = start(record.digest);
    while (table[at & (table.size() - 1)] != nullptr) ++at;
    table[at & (table.size() - 1)] = &record;
  }
}

const Record* ApiKeys::State::find(const Digest& hash) const {
  for (std::size_t at = start(hash);; ++at) {
    const Record* record = table[at & (table.size() - 1)];
    if (record == nullptr) return nullptr;
    if (equal_in_constant_time(as_text(record->digest), as_text(hash))) return record;
  }
}

ApiKeys::ApiKeys(std::unique_ptr<State> state) : state_(std::move(state)) {}
ApiKeys::ApiKeys(ApiKeys&&) noexcept = default;
ApiKeys& ApiKeys::operator=(ApiKeys&&) noexcept = default;
ApiKeys::~ApiKeys() = default;
std::size_t ApiKeys::size() const { return state_->records.size(); }
std::string_view ApiKeys::salt() const { return state_->salt; }

Result<ApiKeys> ApiKeys::parse(std::string_view text, const std::string& name) {
  PORTICO_TRY(ApiKeyFile file, read_api_key_file(text, name));
  auto state = std::make_unique<State>();
  state->salt = std::move(file.salt);
  json::TapeBuilder claims;
  for (ApiKeyEntry& entry : file.keys) {
    Record& record = state->records.emplace_back();
    record.holders = Record::kUncounted;
    record.method = Method::kApiKey;
    record.digest = entry.hash;
    record.issued_at_s = entry.issued_at_s;
    record.expires_at_s = entry.expires_at_s;
    claims.reset();
    claims.begin_object();
    claims.key("id");
    claims.string(entry.id);
    claims.key("owner");
    claims.string(entry.owner);
    claims.key("scopes");
    claims.begin_array();
    for (const std::string& scope : entry.scopes) claims.string(scope);
    claims.end_array();
    claims.end_object();
    record.keep_claims(claims.finish());
    record.texts = std::move(entry.scopes);
    record.scope_list.assign(record.texts.begin(), record.texts.end());
    record.scopes = record.scope_list;
    // Keys and values of the members in their order, from the copy.
    constexpr std::size_t kId = json::TapeView::kFirst + 2;
    record.id = record.claims.text(kId);
    record.subject = record.claims.text(kId + 2);
  }
  state->index();
  return ApiKeys(std::move(state));
}

Result<ApiKeys> ApiKeys::read_file(const std::string& path) {
  PORTICO_TRY(const std::string text, portico::read_file(path, kMaxBytes));
  return parse(text, path);
}

ApiKeyVerdict ApiKeys::verify(std::string_view key, std::int64_t now_s, const RevocationView* revocations) const {
  if (key.empty() || key.size() > kMaxKeyBytes) return {.problem = ApiKeyProblem::kUnknown};
  const Record* record = state_->find(api_key_hash(state_->salt, key));
  if (record == nullptr) return {.problem = ApiKeyProblem::kUnknown};
  if (record->expires_at_s != 0 && record->expires_at_s <= now_s) return {.problem = ApiKeyProblem::kExpired};
  if (revocations != nullptr && revocations->revoked(*record, now_s)) return {.problem = ApiKeyProblem::kRevoked};
  return {.identity = record};
}

std::string generate_api_key() {
  std::string key(kPrefix);
  while (key.size() < kPrefix.size() + kCharacters) {
    std::array<unsigned char, 64> bytes;
    random_bytes(bytes);
    for (const unsigned char byte : bytes) {
      // What lies beyond the largest multiple of 62 would make some characters likelier than others.
      constexpr unsigned kFair = 256 / kAlphabet.size() * kAlphabet.size();
      if (byte < kFair && key.size() < kPrefix.size() + kCharacters) key += kAlphabet[byte % kAlphabet.size()];
    }
  }
  return key;
}

std::string generate_salt() {
  std::array<unsigned char, kSaltBytes> bytes;
  random_bytes(bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Digest api_key_hash(std::string_view salt, std::string_view key) { return sha256(salt, key); }

}  // namespace portico::identity
