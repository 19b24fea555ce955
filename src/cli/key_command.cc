// `portico key`: hands out an API key. The key is shown once; the file keeps its hash.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/base64.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/secret_input.h"
#include "identity/api_key_file.h"
#include "identity/api_keys.h"
#include "identity/digest.h"
#include "json/writer.h"
#include "seal/keys.h"

namespace portico::cli {
namespace {

using identity::ApiKeyEntry;
using identity::ApiKeyFile;

constexpr unsigned kMode = 0640;
constexpr std::size_t kShortestOwnKey = 24;
constexpr std::size_t kFewestCharacters = 10;
constexpr std::uint64_t kMostSealKeys = 16;

constexpr std::array kPositionals = {
    Positional{"FILE", "The file of API keys, or of seal keys, that the policy names; made if it is not there"}};

constexpr std::array kOptions = {
    Option{"--owner", "NAME", "Who gets the key: the subject of its requests"},
    Option{"--id", "ID", "Names the key in events and blocks [made from its hash]"},
    Option{"--scopes", "WORDS", "What it may be used for, separated by spaces or commas"},
    Option{"--expires", "TIME", "A date, or how long: 90d [never]"},
    Option{"--stdin", "", "Take the key from standard input, where it is in use already"},
    Option{"--print", "", "Change nothing: show the entry to be added"},
    Option{"--list", "", "Show the keys of FILE"},
    Option{"--seal", "", "Make or rotate a file of keys that seal ids, in place of an API key"},
    Option{"--keep", "NUMBER", "With --seal: so many older keys still open what they sealed", "1"},
    Option{"--format", "FORMAT", "How to show them", "text", "text|json"},
};

std::string date_text(std::int64_t seconds) {
  std::string text;
  append_rfc3339(text, seconds * 1'000'000);
  return text.substr(0, text.find('.')) + "Z";
}

std::string base64url(std::string_view bytes) {
  std::string out;
  append_base64url(out, bytes);
  return out;
}

// The entry as it stands in the file: a mapping on one line, with texts in quotes.
std::string entry_text(const ApiKeyEntry& entry) {
  std::string text = "{";
  const auto member = [&](std::string_view name, std::string_view value) {
    if (text.size() > 1) text += ", ";
    (text += name) += ": ";
    json::append_string(text, value);
  };
  member("id", entry.id);
  member("hash", base64url(identity::as_text(entry.hash)));
  member("owner", entry.owner);
  if (!entry.scopes.empty()) {
    text += ", scopes: [";
    for (const std::string& scope : entry.scopes) {
      if (!text.ends_with('[')) text += ", ";
      json::append_string(text, scope);
    }
    text += ']';
  }
  if (entry.issued_at_s != 0) member("issued", date_text(entry.issued_at_s));
  if (entry.expires_at_s != 0) member("expires", date_text(entry.expires_at_s));
  return text + "}";
}

// The members of an object that is open; all but the hash, which is nobody's business but the file's.
void write_members(json::Writer& writer, const ApiKeyEntry& entry) {
  writer.key("id").string(entry.id).key("owner").string(entry.owner).key("scopes").begin_array();
  for (const std::string& scope : entry.scopes) writer.string(scope);
  writer.end_array();
  if (entry.issued_at_s != 0) writer.key("issued").string(date_text(entry.issued_at_s));
  if (entry.expires_at_s != 0) writer.key("expires").string(date_text(entry.expires_at_s));
}

Result<std::int64_t> expiry_of(std::string_view text, std::int64_t now_s) {
  if (text.empty()) return 0;
  if (const auto duration = parse_duration(text)) return now_s + *duration / 1'000'000'000;
  const auto date = parse_date(text);
  if (!date) {
    return failure(ErrorCode::kInvalidArgument, "--expires \"" + printable(text) + "\" is no time", {},
                   "Examples: 90d, 2027-01-31, 2027-01-31T12:00:00Z");
  }
  if (*date <= now_s) return failure(ErrorCode::kInvalidArgument, "--expires is in the past");
  return *date;
}

Result<std::string> key_from_input() {
  PORTICO_TRY(std::string text, secret_from_input("the key", identity::ApiKeys::kMaxKeyBytes));
  std::string distinct = text;
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (text.size() < kShortestOwnKey || distinct.size() < kFewestCharacters) {
    return failure(ErrorCode::kInvalidArgument, "the key on standard input could be guessed", {},
                   "It needs 24 characters of chance. Without --stdin portico key makes one.");
  }
  return text;
}

Result<ApiKeyFile> read_keys(const std::string& path) {
  PORTICO_TRY(const std::string text, read_file(path, identity::ApiKeys::kMaxBytes));
  return identity::read_api_key_file(text, path);
}

Result<ApiKeyEntry> entry_of(const Arguments& arguments, std::string_view salt, std::string_view key) {
  const std::int64_t now_s = wall_us() / 1'000'000;
  ApiKeyEntry entry{.id = arguments.text("--id"),
                    .hash = identity::api_key_hash(salt, key),
                    .owner = arguments.text("--owner"),
                    .issued_at_s = now_s};
  if (entry.owner.empty())
    return failure(ErrorCode::kInvalidArgument, "a key needs an owner", {}, "Name it with --owner.");
  if (entry.id.empty()) entry.id = "key-" + base64url(identity::as_text(entry.hash)).substr(0, 8);
  std::string scopes = arguments.text("--scopes");
  std::ranges::replace(scopes, ',', ' ');
  for (const std::string_view scope : split(scopes, ' ')) {
    if (!scope.empty()) entry.scopes.emplace_back(scope);
  }
  PORTICO_TRY(entry.expires_at_s, expiry_of(arguments.get("--expires"), now_s));
  return entry;
}

// The file with the entry at its end. What comes out is read again: an entry that went astray would be no key.
Result<std::string> with_entry(const std::string& path, std::string text, std::size_t keys, const ApiKeyEntry& entry) {
  if (!text.ends_with('\n')) text += '\n';
  text += "  - " + entry_text(entry) + "\n";
  const auto after = identity::read_api_key_file(text, path);
  if (after && after->keys.size() == keys + 1 && after->keys.back().hash == entry.hash) return text;
  if (!after && after.error().code == ErrorCode::kInvalid) return std::unexpected(after.error());
  return failure(ErrorCode::kUnsupported, "the keys are not a list at the end of the file", {.file = path},
                 "Use --print, and add the entry by hand.");
}

// `to_add`: what belongs in the file.
void show(const Arguments& arguments, std::string_view key, const ApiKeyEntry& entry, std::string_view to_add) {
  const bool own = arguments.has("--stdin");
  std::string out;
  if (arguments.get("--format") == "json") {
    json::Writer writer(out);
    writer.begin_object();
    write_members(writer, entry);
    if (!own) writer.key("key").string(key);
    if (arguments.has("--print")) writer.key("entry").string(to_add);
    writer.end_object();
    return print(out + "\n");
  }
  if (!own) out = "The key, which is shown only now:\n\n  " + std::string(key) + "\n\n";
  if (arguments.has("--print")) {
    out += "For " + std::string(arguments.positional()) + ":\n\n" + std::string(to_add);
  } else {
    out += "Its entry \"" + entry.id + "\" is in " + std::string(arguments.positional()) +
           ". A reload of the guard (SIGHUP) makes it known.\n";
  }
  print(out);
}

Result<int> list(const Arguments& arguments) {
  PORTICO_TRY(const ApiKeyFile file, read_keys(std::string(arguments.positional())));
  std::string out;
  if (arguments.get("--format") == "json") {
    json::Writer writer(out, json::Writer::Layout::kIndented);
    writer.begin_array();
    for (const ApiKeyEntry& entry : file.keys) {
      writer.begin_object();
      write_members(writer, entry);
      writer.end_object();
    }
    writer.end_array();
    print(out + "\n");
    return kSuccess;
  }
  for (const ApiKeyEntry& entry : file.keys) {
    out += printable(entry.id) + "  " + printable(entry.owner) + "  [" + printable(join(entry.scopes, " ")) + "]";
    if (entry.expires_at_s != 0) out += "  until " + date_text(entry.expires_at_s);
    if (entry.expires_at_s != 0 && entry.expires_at_s <= wall_us() / 1'000'000) out += ", which is past";
    out += '\n';
  }
  print(out);
  return kSuccess;
}

// Makes the file of seal keys, or puts a new key before those that it has.
Result<int> rotate_seal(const Arguments& arguments) {
  const std::string path(arguments.positional());
  const auto kept = parse_uint(arguments.get("--keep"));
  if (!kept || *kept > kMostSealKeys) {
    return failure(ErrorCode::kInvalidArgument, "--keep must be a number up to " + std::to_string(kMostSealKeys));
  }
  std::vector<seal::Key> before;
  struct stat status{};
  unsigned mode = kMode;
  if (::stat(path.c_str(), &status) == 0) {
    PORTICO_TRY(before, seal::read_keys(path));
    mode = status.st_mode & 0770;
  }
  PORTICO_TRY(const std::string text, seal::rotated_keys(before, static_cast<std::size_t>(*kept)));
  PORTICO_TRY(const std::vector<seal::Key> after, seal::read_keys_text(text, path));
  PORTICO_CHECK_OK(write_file(path, text, mode));
  std::string out = "Ids are sealed by key " + std::to_string(after.front().epoch) + " of " + path;
  if (after.size() > 1) out += "; " + std::to_string(after.size() - 1) + " older still open what they sealed";
  print(out + ".\nA reload of the guard (SIGHUP) makes it known.\n");
  return kSuccess;
}

Result<int> make(const Arguments& arguments) {
  if (arguments.has("--list")) return list(arguments);
  if (arguments.has("--seal")) return rotate_seal(arguments);
  const std::string path(arguments.positional());
  std::string text = "version: 1\nsalt: \"" + base64url(identity::generate_salt()) + "\"\nkeys:\n";
  ApiKeyFile file;
  unsigned mode = kMode;
  bool is_new = false;
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) {
    PORTICO_TRY(text, read_file(path, identity::ApiKeys::kMaxBytes));
    PORTICO_TRY(file, identity::read_api_key_file(text, path));
    mode = status.st_mode & 0777;
  } else {
    PORTICO_TRY(file, identity::read_api_key_file(text + "  []\n", path));
    is_new = true;
  }
  std::string key = identity::generate_api_key();
  if (arguments.has("--stdin")) {
    PORTICO_TRY(key, key_from_input());
  }
  PORTICO_TRY(const ApiKeyEntry entry, entry_of(arguments, file.salt, key));
  if (is_new || !arguments.has("--print")) {
    PORTICO_TRY(text, with_entry(path, std::move(text), file.keys.size(), entry));
  }
  if (!arguments.has("--print")) PORTICO_CHECK_OK(write_file(path, text, mode));
  show(arguments, key, entry, is_new ? text : "  - " + entry_text(entry) + "\n");
  return kSuccess;
}

int run_key(const Arguments& arguments) {
  const auto code = make(arguments);
  return code ? *code : fail(code.error());
}

}  // namespace

const Command kKeyCommand = {
    .name = "key",
    .summary = "Hand out an API key",
    .description =
        "Makes an API key of 256 bits of chance, shows it once, and adds its salted hash with owner, scopes and expiry "
        "to "
        "the file of keys that a policy names under identity. A key is taken back by deleting its entry and reloading "
        "the "
        "guard, or at once by portico block ID --kind credential.",
    .positionals = kPositionals,
    .options = kOptions,
    .example = "portico key keys.yaml --owner billing --scopes 'orders.read orders.write' --expires 90d",
    .run = run_key,
};

}  // namespace portico::cli
