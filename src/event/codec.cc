#include "event/codec.h"

#include <algorithm>

#include "base/clock.h"
#include "event/scrub.h"
#include "json/writer.h"

namespace portico::event {
namespace {

constexpr std::size_t kLongestText = 256;
constexpr std::size_t kMostReasons = 8;

std::string_view bounded(std::string_view text) { return text.substr(0, kLongestText); }

void write_reasons(json::Writer& out, std::span<const Reason> reasons) {
  if (reasons.empty()) return;
  out.key("rules").begin_array();
  for (const Reason& reason : reasons.first(std::min(reasons.size(), kMostReasons))) out.string(reason.rule);
  out.end_array();
  out.key("reasons").begin_array();
  for (const Reason& reason : reasons.first(std::min(reasons.size(), kMostReasons))) {
    out.begin_object();
    out.key("rule").string(reason.rule);
    out.text_unless_empty("place", bounded(reason.place));
    out.text_unless_empty("detail", bounded(reason.detail));
    out.text_unless_empty("contract", bounded(reason.contract));
    if (reason.reported) out.key("reported").boolean(true);
    out.end_object();
  }
  out.end_array();
}

// Nothing for counts of zero.
void write_counts(json::Writer& out, std::string_view key, std::span<const Count> counts) {
  if (std::ranges::none_of(counts, [](const Count& count) { return count.count != 0; })) return;
  out.key(key).begin_object();
  for (const Count& count : counts) {
    if (count.count != 0) out.key(count.name).unsigned_integer(count.count);
  }
  out.end_object();
}

void write_caller(json::Writer& out, const Caller& caller, std::string& scratch) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (caller.method.empty() && !caller.unverified) return;
  out.key("caller").begin_object();
  out.text_unless_empty("method", caller.method);
  out.text_unless_empty("issuer", bounded(caller.issuer));
  if (!caller.subject.empty()) {
    scratch.clear();
    append_scrubbed_text(scratch, caller.subject);
    out.key("subject").string(scratch);
  }
  out.text_unless_empty("id", bounded(caller.id));
  if (!caller.digest.empty()) {
    scratch.clear();
    for (const std::uint8_t byte : caller.digest.first(std::min<std::size_t>(caller.digest.size(), 8))) {
      scratch += kHex[byte >> 4];
      scratch += kHex[byte & 15];
    }
    out.key("credential").string(scratch);
  }
  if (caller.unverified) out.key("unverified").boolean(true);
  out.end_object();
}

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAllowed: return "allowed";
    case Verdict::kRefused: return "refused";
    case Verdict::kReported: return "reported";
  }
  return "";
}

void append_line(std::string& line, const Transaction& t) {
  thread_local std::string scratch;
  const auto scrubbed = [&](auto append, std::string_view text) -> std::string_view {
    scratch.clear();
    append(scratch, text);
    return scratch;
  };
  json::Writer out(line);
  out.begin_object();
  out.key("type").string("transaction");
  scratch.clear();
  append_rfc3339(scratch, t.time_us);
  out.key("time").string(scratch);
  out.key("request_id").string(bounded(t.request_id));
  out.key("api").string(bounded(t.api));
  out.text_unless_empty("operation", bounded(t.operation));
  out.key("method").string(t.method.substr(0, 32));
  out.text_unless_empty("path_template", bounded(t.path_template));
  out.key("path").string(scrubbed([](auto& to, auto text) { append_scrubbed_path(to, text); }, t.path));
  out.text_unless_empty("host", bounded(t.host));
  out.text_unless_empty("protocol", t.protocol);
  out.key("address").string(t.address);
  write_caller(out, t.caller, scratch);
  if (!t.user_agent.empty()) {
    out.key("user_agent").string(scrubbed([](auto& to, auto text) { append_scrubbed_text(to, text); }, t.user_agent));
  }
  out.key("status").unsigned_integer(t.status);
  if (t.upstream_status != 0) out.key("upstream_status").unsigned_integer(t.upstream_status);
  out.key("verdict").string(name(t.verdict));
  write_reasons(out, t.reasons);
  out.key("request_bytes").unsigned_integer(t.request_bytes);
  out.key("response_bytes").unsigned_integer(t.response_bytes);
  out.key("duration_us").unsigned_integer(t.duration_us);
  if (t.upstream_us != 0) out.key("upstream_us").unsigned_integer(t.upstream_us);
  out.key("guard_us").unsigned_integer(t.guard_us);
  write_counts(out, "repairs", t.repairs);
  write_counts(out, "personal", t.personal);
  if (t.client_gone) out.key("client_gone").boolean(true);
  out.end_object();
  line += '\n';
}

}  // namespace portico::event
