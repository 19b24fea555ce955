// Line breaks that begin a new header field, a new command of a mail server, or a forged line of a log.
#include "injection/attack.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

// Such that people do not write at the start of a line.
constexpr Words<9> kStrong = {"set-cookie",      "location",          "bcc",
                              "content-length",  "transfer-encoding", "x-accel-redirect",
                              "x-forwarded-for", "x-forwarded-host",  "access-control-allow-origin"};
constexpr Words<8> kLevels = {"info", "warn", "warning", "error", "debug", "fatal", "critical", "notice"};

std::string_view field_name(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 40) return {};
  const std::string_view name = line.substr(0, colon);
  return std::ranges::all_of(name, [](char c) { return is_alnum(c) || c == '-'; }) ? name : std::string_view();
}

bool is_log_line(std::string_view line) {
  // A date or time, and the word for a level.
  const bool dated = line.size() > 8 && (line[0] == '[' || is_digit(line[0])) &&
                     std::ranges::count_if(line.substr(0, 24), is_digit) >= 6;
  if (!dated) return false;
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t from = at;
    while (at < line.size() && is_alpha(line[at])) ++at;
    if (is_among(kLevels, line.substr(from, at - from))) return true;
    if (at == from) ++at;
  }
  return false;
}

bool is_protocol(std::string_view line) {
  return line.starts_with("HTTP/1.") || starts_with_ignoring_case(line, "RCPT TO:") ||
         starts_with_ignoring_case(line, "MAIL FROM:") || line.find(" HTTP/1.") != std::string_view::npos;
}

// A message that somebody shows: it begins with the protocol's first line or a field itself.
bool is_shown_message(std::string_view first) {
  return is_protocol(first) || !field_name(first).empty() || first.starts_with("```") || first.starts_with("curl ");
}

}  // namespace

Verdict look_for_header(std::string_view text, const Context& context, bool breaks_hidden) {
  const auto found = [](std::string_view reason) { return Verdict{Attack::kHeader, reason}; };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0x1b || byte == 0 || byte == 0x08 || byte == 0x7f) return found("a control character");
    if (context.one_line && (c == '\r' || c == '\n')) return found("a line break in a value of one line");
  }
  const auto first_end = text.find_first_of("\r\n");
  if (first_end == std::string_view::npos) return {};
  const std::string_view first = text.substr(0, first_end);
  const bool shown = is_shown_message(first);
  const bool first_is_log = is_log_line(trimmed(first));
  for (std::size_t at = first_end; at < text.size();) {
    while (at < text.size() && (text[at] == '\r' || text[at] == '\n')) ++at;
    const auto end = std::min(text.find_first_of("\r\n", at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end;
    if (!shown) {
      const std::string_view name = field_name(line);
      if (!name.empty() && (breaks_hidden || is_among(kStrong, name))) {
        return found("a header field behind a line break");
      }
      if (breaks_hidden && is_protocol(line)) return found("a message behind a line break");
      if (line.starts_with("HTTP/1.1 ") || starts_with_ignoring_case(line, "RCPT TO:<")) {
        return found("a message behind a line break");
      }
    }
    if (!first_is_log && is_log_line(line)) return found("a forged line of a log");
  }
  return {};
}

}  // namespace portico::injection
