// Paths that leave their folder, or name files of the system.
#include "injection/attack.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

constexpr Words<37> kSensitive = {"etc/passwd",
                                  "etc/shadow",
                                  "etc/group",
                                  "etc/hosts",
                                  "etc/hostname",
                                  "etc/issue",
                                  "etc/crontab",
                                  "etc/ssh/sshd_config",
                                  "etc/nginx/nginx.conf",
                                  "etc/apache2/apache2.conf",
                                  "etc/my.cnf",
                                  "proc/self/environ",
                                  "proc/self/cmdline",
                                  "proc/version",
                                  "proc/self/maps",
                                  "var/log/auth.log",
                                  "var/log/apache2/access.log",
                                  "var/log/nginx/access.log",
                                  "root/.ssh/id_rsa",
                                  "root/.bash_history",
                                  ".ssh/id_rsa",
                                  ".aws/credentials",
                                  ".git/config",
                                  ".git/head",
                                  ".env",
                                  ".htaccess",
                                  ".htpasswd",
                                  "web.config",
                                  "wp-config.php",
                                  "windows/win.ini",
                                  "windows/system.ini",
                                  "boot.ini",
                                  "windows/system32/drivers/etc/hosts",
                                  "windows/system32/config/sam",
                                  "winnt/win.ini",
                                  "web-inf/web.xml",
                                  "appsettings.json"};

constexpr bool is_separator(char c) { return c == '/' || c == '\\'; }

// "..", and what some readers make one: "..;", "....", ".. " or "..\0".
bool is_parent(std::string_view segment) {
  if (!segment.starts_with("..")) return false;
  return std::ranges::all_of(segment.substr(2), [](char c) { return c == '.' || c == ';' || c == ' ' || c == '\0'; });
}

struct Climb {
  int parents = 0;        // segments that climb, at any place
  bool above = false;     // further than where the path began
  std::string_view rest;  // behind the last parent
};

Climb climb_of(std::string_view path) {
  Climb climb{.rest = path};
  int depth = 0;
  for (std::size_t at = 0; at <= path.size();) {
    auto end = at;
    while (end < path.size() && !is_separator(path[end])) ++end;
    const std::string_view segment = path.substr(at, end - at);
    if (is_parent(segment)) {
      ++climb.parents;
      climb.rest = path.substr(std::min(end + 1, path.size()));
      climb.above = climb.above || --depth < 0;
    } else if (!segment.empty() && segment != ".") {
      ++depth;
    }
    at = end + 1;
  }
  return climb;
}

// "/etc//passwd" and "/etc/x/../passwd" as the file that they are.
std::string_view resolved(std::string_view path, std::array<char, 512>& out) {
  std::array<std::size_t, 64> starts{};
  std::size_t depth = 0;
  std::size_t size = 0;
  for (std::size_t at = 0; at <= path.size();) {
    auto end = at;
    while (end < path.size() && !is_separator(path[end])) ++end;
    const std::string_view segment = path.substr(at, end - at);
    at = end + 1;
    if (segment.empty() || segment == ".") continue;
    if (is_parent(segment)) {
      if (depth > 0) size = starts[--depth];
      continue;
    }
    if (depth == starts.size() || size + segment.size() + 1 > out.size()) return path;
    starts[depth++] = size;
    out[size++] = '/';
    size += segment.copy(out.data() + size, segment.size());
  }
  return {out.data(), size};
}

bool names_sensitive(std::string_view path) {
  // "C:" and leading separators aside; what follows a NUL, a query or a fragment is for somebody else.
  if (path.size() > 2 && is_alpha(path[0]) && path[1] == ':') path.remove_prefix(2);
  path = path.substr(0, path.find_first_of(std::string_view("\0?#", 3)));
  std::array<char, 512> buffer;
  path = resolved(path, buffer);
  while (!path.empty() && is_separator(path.front())) path.remove_prefix(1);
  return std::ranges::any_of(kSensitive, [&](std::string_view sensitive) {
    if (path.size() < sensitive.size()) return false;
    const std::string_view end = path.substr(path.size() - sensitive.size());
    const bool whole = end.size() == path.size() || is_separator(path[path.size() - sensitive.size() - 1]);
    return whole &&
           std::ranges::equal(end, sensitive, [](char a, char b) { return to_lower(a == '\\' ? '/' : a) == b; });
  });
}

// What pages and programs refer to each other by.
bool is_page_resource(std::string_view path) {
  constexpr Words<20> kEndings = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".css", ".html", ".htm", ".md",
                                  ".js",  ".ts",  ".tsx",  ".jsx", ".vue", ".scss", ".pdf", ".h",    ".hpp", ".mjs"};
  return std::ranges::any_of(kEndings, [&](std::string_view ending) {
    return path.size() > ending.size() && equal_ignoring_case(path.substr(path.size() - ending.size()), ending);
  });
}

}  // namespace

Verdict look_for_path(std::string_view text) {
  const auto found = [](std::string_view reason) { return Verdict{Attack::kPath, reason}; };
  const std::string_view path = trimmed(text);
  if (path.find_first_of("/\\") == std::string_view::npos) return {};
  const bool alone = path.find_first_of(" \t\r\n,()\"'<>") == std::string_view::npos;
  const Climb climb = climb_of(path);
  if (alone) {
    if (names_sensitive(path) && (is_separator(path.front()) || climb.parents > 0 || path[1] == ':')) {
      return found("a file of the system");
    }
    if (climb.above && (climb.parents >= 2 || !is_page_resource(climb.rest))) return found("a path above its folder");
    if (climb.parents >= 3) return found("a path above its folder");
    if (climb.parents > 0 && path.find('\0') != std::string_view::npos) return found("a path cut short");
    return {};
  }
  // Within a text, only what climbs to somewhere that matters.
  for (auto at = text.find(".."); at != std::string_view::npos; at = text.find("..", at + 2)) {
    auto end = at;
    while (end < text.size() && !is_space(text[end]) && text[end] != '"' && text[end] != '\'' && text[end] != ')' &&
           text[end] != '<') {
      ++end;
    }
    const std::string_view part = text.substr(at, end - at);
    if (climb_of(part).parents >= 1 && names_sensitive(part)) return found("a file of the system");
    at = std::max(at, end > 2 ? end - 2 : end);
  }
  return {};
}

}  // namespace portico::injection
