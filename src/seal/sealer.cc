#include "seal/sealer.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <vector>

#include "base/base64.h"

namespace portico::seal {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;
using Cipher = std::unique_ptr<EVP_CIPHER, FreeCipher>;

constexpr std::size_t kIv = 16;
constexpr std::size_t kBlock = 8;
constexpr unsigned kNumber = 0x10;  // in the plaintext's first byte, above the count of padding bytes

void append_part(std::string& out, std::string_view part) {
  const auto size = static_cast<std::uint32_t>(part.size());
  std::array<char, sizeof(size)> bytes{};
  std::memcpy(bytes.data(), &size, sizeof(size));
  out.append(bytes.data(), bytes.size());
  out += part;
}

// A number that is written as its value is, and fits.
bool plain_integer(std::string_view text, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  return text == "0" || !(text.starts_with('0') || text.starts_with("-0"));
}

void append_big_endian(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> shift) & 0xff));
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

// First byte: kind and count of padding bytes; then eight bytes of an integer, or the text and its padding.
void append_plaintext(std::string& out, const Id& id) {
  std::int64_t value = 0;
  if (id.is_number && plain_integer(id.text, value)) {
    out.push_back(static_cast<char>(kNumber | kBlock));
    append_big_endian(out, static_cast<std::uint64_t>(value));
    return;
  }
  const std::size_t padding = (kBlock - id.text.size() % kBlock) % kBlock;
  out.push_back(static_cast<char>((id.is_number ? kNumber : 0U) | padding));
  out += id.text;
  out.append(padding, '\0');
}

// The reverse. The plaintext is authentic, so it is one that append_plaintext() made.
void read_plaintext(std::string& plaintext, Id& id) {
  const auto first = static_cast<unsigned char>(plaintext.front());
  const std::size_t padding = first & (kNumber - 1);
  id.is_number = (first & kNumber) != 0;
  if (padding == kBlock) {
    const auto value = static_cast<std::int64_t>(big_endian(std::string_view(plaintext).substr(1)));
    plaintext = std::to_string(value);
    id.text = plaintext;
    return;
  }
  id.text = std::string_view(plaintext).substr(1, plaintext.size() - 1 - padding);
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

struct Sealer::State {
  // A cipher that has read one scope. OpenSSL's SIV takes one message only, so each id is sealed by a copy.
  struct Bound {
    std::string scope;
    Context context;
  };
  static constexpr std::size_t kBound = 8;

  struct Direction {
    Context keyed;
    std::array<Bound, kBound> bound;
    std::size_t next = 0;
  };

  struct Epoch {
    std::uint8_t number = 0;
    Direction seal;
    Direction open;
  };

  explicit State(std::span<const Key> keys) : cipher(EVP_CIPHER_fetch(nullptr, "AES-128-SIV", nullptr)) {
    for (const Key& key : keys) {
      Epoch& epoch = epochs.emplace_back();
      epoch.number = key.epoch;
      for (const int encrypts : {0, 1}) {
        Direction& direction = encrypts == 1 ? epoch.seal : epoch.open;
        direction.keyed.reset(EVP_CIPHER_CTX_new());
        EVP_CipherInit_ex2(direction.keyed.get(), cipher.get(), key.bytes.data(), nullptr, encrypts, nullptr);
        for (Bound& bound : direction.bound) bound.context.reset(EVP_CIPHER_CTX_new());
      }
    }
  }

  // `work` becomes a cipher that has read the scope; a few scopes are remembered, since ids come in lists.
  bool begin(Direction& direction, const Scope& scope) {
    aad.clear();
    append_part(aad, scope.api);
    append_part(aad, scope.type);
    append_part(aad, scope.subject);
    auto bound = std::ranges::find(direction.bound, aad, &Bound::scope);
    if (bound == direction.bound.end()) {
      bound = direction.bound.begin() + static_cast<std::ptrdiff_t>(direction.next++ % kBound);
      bound->scope.clear();
      int written = 0;
      if (EVP_CIPHER_CTX_copy(bound->context.get(), direction.keyed.get()) != 1 ||
          EVP_CipherUpdate(bound->context.get(), nullptr, &written, bytes_of(aad), static_cast<int>(aad.size())) != 1) {
        return false;
      }
      bound->scope = aad;
    }
    return EVP_CIPHER_CTX_copy(work.get(), bound->context.get()) == 1;
  }

  Cipher cipher;
  Context work{EVP_CIPHER_CTX_new()};
  std::vector<Epoch> epochs;
  std::string aad;
  std::string plaintext;
  std::string sealed;  // in bytes
};

Sealer::Sealer(std::span<const Key> keys) : state_(std::make_unique<State>(keys)) {}
Sealer::~Sealer() = default;
Sealer::Sealer(Sealer&&) noexcept = default;
Sealer& Sealer::operator=(Sealer&&) noexcept = default;

bool Sealer::seal(const Scope& scope, const Id& id, std::string& out) {
  State& state = *state_;
  if (id.text.size() > kMaxId || state.epochs.empty()) return false;
  State::Epoch& epoch = state.epochs.front();
  if (!state.begin(epoch.seal, scope)) return false;
  state.plaintext.clear();
  append_plaintext(state.plaintext, id);
  const std::size_t size = state.plaintext.size();
  state.sealed.assign(1 + kIv + size, static_cast<char>(epoch.number));
  unsigned char* iv = bytes_of(state.sealed) + 1;
  int written = 0;
  if (EVP_CipherUpdate(state.work.get(), iv + kIv, &written, bytes_of(state.plaintext), static_cast<int>(size)) != 1 ||
      EVP_CipherFinal_ex(state.work.get(), iv + kIv + size, &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(state.work.get(), EVP_CTRL_AEAD_GET_TAG, kIv, iv) != 1) {
    return false;
  }
  append_base64url(out, state.sealed);
  return true;
}

bool Sealer::open(const Scope& scope, std::string_view sealed, Id& id) {
  State& state = *state_;
  if (sealed.size() < kMinSealed || sealed.size() > kMaxSealed) return false;
  state.sealed.clear();
  if (!append_base64url_decoded(state.sealed, sealed)) return false;
  const auto number = static_cast<std::uint8_t>(state.sealed.front());
  const auto epoch = std::ranges::find(state.epochs, number, &State::Epoch::number);
  if (epoch == state.epochs.end() || !state.begin(epoch->open, scope)) return false;
  unsigned char* iv = bytes_of(state.sealed) + 1;
  const std::size_t size = state.sealed.size() - 1 - kIv;
  state.plaintext.assign(size, '\0');
  int written = 0;
  if (EVP_CIPHER_CTX_ctrl(state.work.get(), EVP_CTRL_AEAD_SET_TAG, kIv, iv) != 1 ||
      EVP_CipherUpdate(state.work.get(), bytes_of(state.plaintext), &written, iv + kIv, static_cast<int>(size)) != 1) {
    return false;
  }
  read_plaintext(state.plaintext, id);
  return true;
}

}  // namespace portico::seal
