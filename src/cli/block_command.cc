// `portico block`: refuses a caller at once, in every worker, until a time or until it is lifted.
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "address/ip.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/secret_input.h"
#include "cli/state_path.h"
#include "identity/digest_name.h"
#include "json/writer.h"
#include "state/writer.h"

namespace portico::cli {
namespace {

using state::Kind;
using state::Restriction;

constexpr std::array kPositionals = {
    Positional{"TARGET", "An address, a network, a subject or a token; - reads it from standard input", false}};

constexpr std::array kOptions = {
    Option{"--for", "TIME", "How long: 30s, 15m, 1h, 7d [until it is lifted]"},
    Option{"--why", "TEXT", "The reason, for who reads the list"},
    Option{"--kind", "KIND", "What TARGET is; auto knows addresses and tokens, and takes the rest for subjects", "auto",
           "auto|address|subject|token|token-id|credential|key"},
    Option{"--issuer", "ISSUER", "Only as this issuer (iss) says it [whoever says it]"},
    Option{"--issued-before", "TIME",
           "Refuse tokens issued earlier, of the subject or of the whole issuer: RFC 3339, or now"},
    Option{"--list", "", "Show what is blocked"},
    Option{"--format", "FORMAT", "How to show the list", "text", "text|json"},
    Option{"--lift", "", "Lift the block of TARGET, which may be an id of the list"},
    kStatePolicy,
    kState,
};

// Who asks, as far as the system knows: sudo hides it behind root.
std::string who() {
  if (const char* name = std::getenv("SUDO_USER"); name != nullptr && ::geteuid() == 0) return name;
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? std::to_string(::getuid()) : entry->pw_name;
}

std::optional<Kind> kind_of(std::string_view word) {
  for (std::size_t i = 0; i < state::kKinds; ++i) {
    if (state::word_of(static_cast<Kind>(i)) == word) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

// Three or five parts of base64url: nobody is called that.
bool looks_like_token(std::string_view text) {
  const auto parts = std::ranges::count(text, '.') + 1;
  return text.size() > 40 && (parts == 3 || parts == 5) && text.starts_with("eyJ") &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

Kind guess_kind(std::string_view target) {
  if (address::parse_network(target)) return Kind::kAddress;
  return looks_like_token(target) ? Kind::kToken : Kind::kSubject;
}

Result<std::string> target_of(const Arguments& arguments) {
  if (arguments.positional() != "-") return std::string(arguments.positional());
  constexpr std::size_t kLongest = 64 << 10;
  return secret_from_input("the target", kLongest);
}

Result<std::int64_t> seconds_of(std::string_view text) {
  if (text == "now") return wall_us() / 1'000'000;
  if (const auto at = parse_rfc3339(text)) return *at / 1'000'000;
  return failure(ErrorCode::kInvalidArgument, "--issued-before \"" + printable(text) + "\" is no time", {},
                 "Give it as 2026-11-24T10:00:00Z, or now.");
}

Result<Restriction> restriction_of(const Arguments& arguments) {
  Restriction restriction{.issuer = arguments.text("--issuer"), .why = arguments.text("--why"), .by = who()};
  PORTICO_TRY(restriction.name, target_of(arguments));
  const std::string_view word = arguments.get("--kind");
  restriction.kind = word == "auto" ? guess_kind(restriction.name) : *kind_of(word);
  // A revocation names a token by its digest, whoever else may read the file.
  if (restriction.kind == Kind::kToken) {
    restriction.name = identity::DigestName(identity::token_digest(restriction.name)).view();
  }
  if (arguments.has("--issued-before")) {
    if (restriction.name.empty() && restriction.issuer.empty()) {
      return failure(ErrorCode::kInvalidArgument, "--issued-before needs a subject, or --issuer");
    }
    if (word != "auto" && restriction.kind != Kind::kSubject) {
      return failure(ErrorCode::kInvalidArgument, "--issued-before is about subjects and issuers");
    }
    restriction.kind = restriction.name.empty() ? Kind::kIssuerIssuedBefore : Kind::kSubjectIssuedBefore;
    if (!arguments.has("--lift")) {
      PORTICO_TRY(restriction.issued_before_s, seconds_of(arguments.get("--issued-before")));
    }
  } else if (restriction.name.empty()) {
    return failure(ErrorCode::kInvalidArgument, "there is nothing to block", {}, "Name it, or use --list.");
  }
  if (restriction.kind == Kind::kAddress && !restriction.issuer.empty()) {
    return failure(ErrorCode::kInvalidArgument, "an address has no issuer");
  }
  if (arguments.has("--for")) {
    const auto duration = parse_duration(arguments.get("--for"));
    if (!duration) {
      return failure(ErrorCode::kInvalidArgument, "--for \"" + printable(arguments.get("--for")) + "\" is no duration",
                     {}, "Examples: 30s, 15m, 1h, 7d");
    }
    restriction.until_us = wall_us() + *duration / 1000;
  }
  return restriction;
}

std::string time_text(std::int64_t wall_us) {
  std::string text;
  append_rfc3339(text, wall_us);
  return text.substr(0, text.find('.')) + "Z";
}

// "subject alice of https://id.example": never a token.
std::string describe(const Restriction& r) {
  std::string text(state::word_of(r.kind));
  if (r.kind != Kind::kToken && !r.name.empty()) text += ' ' + printable(r.name, 200);
  if (!r.issuer.empty()) text += " of " + printable(r.issuer, 200);
  if (r.issued_before_s != 0) text += ' ' + time_text(r.issued_before_s * 1'000'000);
  return text;
}

std::string until(const Restriction& r) {
  return r.until_us == state::kForEver ? "until it is lifted" : "until " + time_text(r.until_us);
}

void list_text(const std::vector<Restriction>& list) {
  std::string out;
  for (const Restriction& r : list) {
    out += r.id + "  " + describe(r) + ", " + until(r);
    if (!r.by.empty()) out += ", by " + r.by;
    if (!r.why.empty()) out += ": " + r.why;
    out += '\n';
  }
  print(out.empty() ? "nothing is blocked\n" : out);
}

void list_json(const std::vector<Restriction>& list) {
  std::string out;
  json::Writer writer(out, json::Writer::Layout::kIndented);
  writer.begin_array();
  for (const Restriction& r : list) {
    writer.begin_object();
    writer.key("id").string(r.id);
    writer.key("kind").string(state::word_of(r.kind));
    writer.text_unless_empty("name", r.name);
    writer.text_unless_empty("issuer", r.issuer);
    if (r.issued_before_s != 0) writer.key("issued_before").string(time_text(r.issued_before_s * 1'000'000));
    writer.key("since").string(time_text(r.created_us));
    if (r.until_us != state::kForEver) writer.key("until").string(time_text(r.until_us));
    writer.text_unless_empty("by", r.by);
    writer.text_unless_empty("why", r.why);
    writer.end_object();
  }
  writer.end_array();
  print(out + '\n');
}

Result<int> lift(state::Writer& writer, const Arguments& arguments) {
  if (writer.lift_id(arguments.positional())) {
    print("lifted " + std::string(arguments.positional()) + "\n");
    return kSuccess;
  }
  PORTICO_TRY(const Restriction what, restriction_of(arguments));
  PORTICO_TRY(const bool lifted, writer.lift(what));
  if (!lifted) return fail(describe(what) + " is not blocked");
  print("lifted " + describe(what) + "\n");
  return kSuccess;
}

Result<int> run(const Arguments& arguments) {
  if (arguments.has("--list") && (arguments.has("--lift") || !arguments.positional().empty())) {
    return failure(ErrorCode::kInvalidArgument, "--list shows all, and does nothing else");
  }
  PORTICO_TRY(const std::string path, state_path(arguments));
  // What is said on the command line is judged before the file is locked.
  std::optional<Restriction> added;
  if (!arguments.has("--list") && !arguments.has("--lift")) {
    PORTICO_TRY(added, restriction_of(arguments));
  }
  PORTICO_TRY(state::Writer writer, state::Writer::open(path));
  if (arguments.has("--lift")) return lift(writer, arguments);
  if (!added) {
    const auto list = writer.list(wall_us());
    arguments.get("--format") == "json" ? list_json(list) : list_text(list);
    return kSuccess;
  }
  PORTICO_CHECK_OK(writer.add(*added));
  print("blocked " + describe(*added) + ", " + until(*added) + "\n");
  return kSuccess;
}

int run_block(const Arguments& arguments) {
  const auto code = run(arguments);
  return code ? *code : fail(code.error());
}

}  // namespace

const Command kBlockCommand = {
    .name = "block",
    .summary = "Refuse an address, a subject or a token at once",
    .description =
        "Puts a block into the state file that the guard's workers read with every request, so that it acts at once "
        "and "
        "without a reload; it outlasts reloads and restarts. A subject is who a token's sub or an API key's owner "
        "says; a token is refused by all of its bytes, a token-id by its jti, a credential by its name in the policy's "
        "files, a key by its kid. --issued-before refuses all older tokens of a subject or an issuer. --list shows "
        "what "
        "is blocked, and --lift takes a block away, by its target or its id.",
    .positionals = kPositionals,
    .options = kOptions,
    .example = "portico block 192.0.2.0/24 --for 1h --why \"password guessing\"",
    .run = run_block,
};

}  // namespace portico::cli
