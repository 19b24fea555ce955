#include "audit/names.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"

namespace portico::audit {
namespace {

using Words = std::vector<std::string>;

bool contains(std::span<const std::string_view> set, std::string_view word) {
  return std::ranges::find(set, word) != set.end();
}

constexpr std::array<std::string_view, 8> kIdentifierWords = {"id", "ids",        "uid",         "oid",
                                                              "pk", "identifier", "identifiers", "guid"};

// Cursors of paging, and identifiers that no object is addressed by.
constexpr std::array<std::string_view, 21> kNoObjectWords = {
    "since",  "after", "before", "max",   "min",    "next", "previous", "request", "correlation", "trace",   "span",
    "cursor", "page",  "last",   "color", "colour", "type", "status",   "locale",  "timezone",    "currency"};

// "userid" in one word.
constexpr std::array<std::string_view, 16> kOwners = {"user",    "account", "customer", "order",   "member", "client",
                                                      "group",   "project", "item",     "product", "object", "device",
                                                      "session", "parcel",  "team",     "person"};

constexpr std::array<std::string_view, 6> kNumberWords = {"number", "no", "nr", "num", "nbr", "serial"};

constexpr std::array<std::string_view, 30> kNotNumbered = {
    "phone", "telephone", "mobile", "fax",     "page",  "line",  "row",     "column", "house", "street",
    "port",  "part",      "index",  "version", "chunk", "retry", "attempt", "week",   "day",   "month",
    "year",  "max",       "min",    "total",   "room",  "floor", "build",   "tax",    "iban",  "position"};

constexpr std::array<std::string_view, 40> kMeasures = {
    "page",   "version",  "year",      "month",    "day",   "date",   "week",  "hour",     "minute",    "width",
    "height", "size",     "limit",     "offset",   "zoom",  "x",      "y",     "z",        "lat",       "lng",
    "lon",    "latitude", "longitude", "count",    "depth", "level",  "scale", "quality",  "timestamp", "port",
    "amount", "rank",     "index",     "position", "row",   "column", "line",  "quantity", "days",      "limits"};

constexpr std::array<std::string_view, 23> kManagement = {
    "admin",    "administration", "administrator", "mgmt",       "management", "actuator",
    "debug",    "diag",           "diagnose",      "diagnosis",  "diagnostic", "diagnostics",
    "console",  "shell",          "bash",          "powershell", "exec",       "cmd",
    "sysadmin", "superuser",      "jolokia",       "heapdump",   "phpinfo"};

constexpr std::array<std::string_view, 24> kEntry = {
    "login",    "logon",   "signin",          "sign in",        "authenticate",   "authentication",
    "auth",     "token",   "tokens",          "authorize",      "register",       "registration",
    "signup",   "sign up", "forgot password", "reset password", "password reset", "password resets",
    "callback", "otp",     "verify",          "session",        "sessions",       "refresh token"};

// Everything below these is on the way to an account.
constexpr std::array<std::string_view, 6> kEntryFolders = {"oauth",  "onboarding",   "login",
                                                           "signup", "registration", "signin"};

constexpr std::array<std::string_view, 20> kPublished = {
    "health", "healthz",  "healthcheck", "health check", "livez",   "readyz",  "ready",
    "live",   "liveness", "readiness",   "ping",         "status",  "version", "openapi",
    "jwks",   "robots",   "security",    "well known",   "favicon", "swagger"};

// "/v1/auth/sign-in" -> "sign in": the words of the last segment that is no variable.
std::string last_segment(std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  const auto segments = split(path, '/');
  const std::string_view last = segments.back();
  const auto dot = last.find('.', 1);
  return join(words_of(last.substr(0, dot)), " ");
}

}  // namespace

bool is_identifier(std::string_view name) {
  const Words words = words_of(name);
  if (words.empty()) return false;
  if (std::ranges::any_of(words, [](const auto& word) { return contains(kNoObjectWords, word); })) return false;
  const std::string& last = words.back();
  if (contains(kIdentifierWords, last)) return true;
  return last.ends_with("id") && contains(kOwners, std::string_view(last).substr(0, last.size() - 2));
}

bool is_serial_number(std::string_view name) {
  const Words words = words_of(name);
  if (words.empty() || !contains(kNumberWords, words.back())) return false;
  return std::ranges::none_of(words, [](const auto& word) { return contains(kNotNumbered, word); });
}

bool is_account_identifier(std::string_view name, std::string_view parent) {
  constexpr std::array<std::string_view, 9> kPeople = {"user",    "account", "customer", "member",    "person",
                                                       "profile", "patient", "employee", "subscriber"};
  const Words words = words_of(name);
  if (words.empty() || !contains(kIdentifierWords, words.back())) {
    return words.size() == 1 && (words[0] == "userid" || words[0] == "accountid");
  }
  if (words.size() > 1) return contains(kPeople, words[words.size() - 2]);
  const Words owner = words_of(parent);
  return words.back() == "uid" || (!owner.empty() && contains(kPeople, owner.back()));
}

bool is_measure(std::string_view name) {
  const Words words = words_of(name);
  return !words.empty() && (contains(kMeasures, words.back()) || contains(kNotNumbered, words.front()));
}

bool is_credential(std::string_view name) {
  constexpr std::array<std::string_view, 9> kAlways = {"password", "passwd",     "pwd", "secret",  "jwt",
                                                       "apikey",   "passphrase", "pin", "passcode"};
  // Tokens and keys are only credentials when they are said to be of such a kind: a "page_token" is a cursor.
  constexpr std::array<std::string_view, 16> kTokenKinds = {
      "access",       "refresh", "auth",  "oauth",    "bearer",   "api", "session", "reset",
      "verification", "user",    "login", "security", "personal", "jwt", "sso",     "password"};
  constexpr std::array<std::string_view, 6> kKeyKinds = {"api", "access", "private", "secret", "auth", "subscription"};
  const Words words = words_of(name);
  if (words.empty()) return false;
  const std::string& last = words.back();
  if (contains(kAlways, last)) return true;
  const std::string_view kind = words.size() > 1 ? std::string_view(words[words.size() - 2]) : std::string_view();
  if (last == "token") return words.size() == 1 || contains(kTokenKinds, kind);
  return last == "key" && contains(kKeyKinds, kind);
}

bool is_session_id(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames = {"session id", "sessionid", "jsessionid", "phpsessid", "sid"};
  return contains(kNames, join(words_of(name), " "));
}

bool is_management(const contract::Operation& operation) {
  const auto is_management_word = [](const std::string& word) { return contains(kManagement, word); };
  // Words of variables do not count: /repos/{admin} is somebody's.
  for (const auto segment : split(operation.path, '/')) {
    if (!segment.contains('{') && std::ranges::any_of(words_of(segment), is_management_word)) return true;
  }
  // A tag has to say nothing else: the operations of "enterprise-admin" are those for a customer's own staff.
  return std::ranges::any_of(operation.tags, [&](std::string_view tag) {
    const Words words = words_of(tag);
    return !words.empty() && std::ranges::all_of(words, is_management_word);
  });
}

bool is_entry(const contract::Operation& operation) {
  if (operation.path.contains('{')) return false;
  // OAuth endpoints, for one, authenticate clients by what is in the body (RFC 6749, section 2.3.1).
  const bool below = std::ranges::any_of(split(operation.path, '/'), [](std::string_view segment) {
    const Words words = words_of(segment);
    return !words.empty() && contains(kEntryFolders, words.front());
  });
  return below || contains(kEntry, last_segment(operation.path));
}

bool is_published(const contract::Operation& operation) {
  if (!is_safe(operation.method) || operation.path.contains('{')) return false;
  return operation.path.starts_with("/.well-known/") || contains(kPublished, last_segment(operation.path));
}

bool is_safe(contract::Method method) {
  switch (method) {
    case contract::Method::kGet:
    case contract::Method::kHead:
    case contract::Method::kOptions:
    case contract::Method::kTrace:
    case contract::Method::kQuery: return true;
    case contract::Method::kPost:
    case contract::Method::kPut:
    case contract::Method::kDelete:
    case contract::Method::kPatch:
    case contract::Method::kOther: break;
  }
  return false;
}

}  // namespace portico::audit
