#include "guard/limit_check.h"

#include <algorithm>
#include <charconv>

#include "base/hash.h"
#include "base/text.h"
#include "guard/checks.h"
#include "guard/rule_check.h"
#include "guard/value_hash.h"
#include "http/target.h"

namespace portico::guard {
namespace {

using Counts = policy::Limit::Counts;
using policy::LimitValue;
using From = LimitValue::From;

constexpr std::int64_t kSecond = 1'000'000'000;

std::string_view bytes_of(const auto& value) { return {reinterpret_cast<const char*>(&value), sizeof(value)}; }

std::uint32_t seconds_up(std::int64_t ns) {
  constexpr std::int64_t kMost = INT64_C(0x7fffffff);
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>((ns + kSecond - 1) / kSecond, 1, kMost));
}

Decision refused(RuleId rule, std::int64_t wait_ns) {
  Decision decision = refuse(rule);
  decision.retry_after_s = seconds_up(wait_ns);
  return decision;
}

// The scalar that a JSON pointer without its first slash leads to.
std::uint64_t hash_member(json::TapeView tape, std::string_view pointer, std::uint64_t seed, bool fold,
                          std::string& scratch) {
  if (tape.words == nullptr) return 0;
  std::size_t at = json::TapeView::kFirst;
  while (!pointer.empty()) {
    const std::size_t slash = std::min(pointer.find('/'), pointer.size());
    scratch.clear();
    for (std::size_t i = 0; i < slash; ++i) {
      const bool escaped = pointer[i] == '~' && i + 1 < slash;
      scratch += escaped ? (pointer[i + 1] == '1' ? '/' : '~') : pointer[i];
      if (escaped) ++i;
    }
    pointer.remove_prefix(std::min(slash + 1, pointer.size()));
    if (tape.type(at) != json::tape::kObject) return 0;
    const std::size_t end = tape.after(at) - 1;
    std::size_t member = at + 1;
    while (member < end && tape.text(member) != scratch) member = tape.next(member + 1);
    if (member >= end) return 0;
    at = member + 1;
  }
  return hash_scalar(tape, at, seed, fold, scratch);
}

std::uint64_t hash_pairs(std::span<Pair> pairs, std::string_view name, std::uint64_t seed, bool fold, bool decode,
                         std::string& text, std::string& scratch) {
  const auto group = pairs_named(pairs, name);
  if (group.empty()) return 0;
  text.clear();
  // A list is one value.
  for (const Pair& pair : group) {
    if (!text.empty()) text += ',';
    if (!decode || !http::append_percent_decoded(text, pair.raw_value)) text += pair.raw_value;
  }
  return hash_text(text, seed, fold, scratch);
}

}  // namespace

// 0: the request has no such value. `fold`: letter case does not matter, for who counts attempts on a name.
std::uint64_t LimitCheck::value_of(const LimitValue& value, const CompiledKey* key, const LimitFacts& facts,
                                   bool fold) const {
  std::string& text = worker_.text;
  std::string& scratch = worker_.document;
  const std::uint64_t seed = table_.seed();
  switch (value.from) {
    case From::kAddress: break;
    case From::kNotFound: return hash(facts.path, 6);
    case From::kSubject: return facts.subject.empty() ? 0 : hash(facts.subject, hash(facts.issuer, 4));
    case From::kCredential: return facts.credential.empty() ? 0 : hash(facts.credential, 5);
    case From::kBody: return hash_member(facts.body, value.name, seed, fold, scratch);
    case From::kQuery: return hash_pairs(worker_.query, value.name, seed, fold, true, text, scratch);
    case From::kCookie: return hash_pairs(worker_.cookies, value.name, seed, fold, false, text, scratch);
    case From::kCel:
      if (key == nullptr || facts.transaction == nullptr) return 0;
      return hash_scalar(evaluate_scalar(worker_, *facts.transaction, key->program,
                                         facts.body.words == nullptr ? nullptr : &worker_.value),
                         seed, fold, scratch);
    case From::kPath:
      for (const contract::PathArgument& argument : facts.arguments) {
        if (*argument.name != value.name) continue;
        text.clear();
        http::append_percent_decoded(text, argument.value);
        return hash_text(text, seed, fold, scratch);
      }
      return 0;
    case From::kHeader:
      for (const HeaderField& field : facts.headers) {
        if (equal_ignoring_case(field.name, value.name)) return hash_text(trim(field.value), seed, fold, scratch);
      }
      return 0;
  }
  return hash_address(facts.client, seed);
}

Decision LimitCheck::take(LimitPhase phase, const LimitFacts& facts) {
  const std::size_t taken_before = trail_.taken_count;
  const std::size_t open_before = trail_.open_count;
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (plans_[i].phase != phase) continue;
    Decision decision = ask(plans_[i], facts, i);
    if (decision.allowed()) continue;
    undo(taken_before);
    trail_.open_count = static_cast<std::uint8_t>(open_before);
    return decision;
  }
  remember_items(open_before);
  return {};
}

// Once nothing of the phase refuses: what was asked for is known from now on, and whoever goes on asking for it is
// never held for it.
void LimitCheck::remember_items(std::size_t from) {
  std::size_t kept = from;
  for (std::size_t i = from; i < trail_.open_count; ++i) {
    const LimitTrail::Open& open = trail_.open[i];
    const LimitPlan& plan = plans_[open.limit];
    if (plan.counts == Counts::kDistinct && plan.distinct.from != From::kNotFound) {
      table_.remember(open.item, now_ns_ + plan.period_ns, now_ns_);
    } else {
      trail_.open[kept++] = open;
    }
  }
  trail_.open_count = static_cast<std::uint8_t>(kept);
}

Decision LimitCheck::ask(const LimitPlan& plan, const LimitFacts& facts, std::size_t index) {
  std::uint64_t value = value_of(plan.per, plan.per_key, facts, true);
  if (value == 0) value = value_of({}, nullptr, facts, true);
  const std::uint64_t key = hash(bytes_of(value), table_.seed() ^ plan.windows.front().id);
  switch (plan.counts) {
    case Counts::kRequests: return take_windows(plan, value, index);
    case Counts::kDistinct: return ask_distinct(plan, facts, index, key);
    case Counts::kFailures: break;
  }
  if (const auto locked = table_.full_at(~key) - now_ns_; plan.lock_ns != 0 && locked > 0) {
    return refused(RuleId::kRequestCallerLocked, locked);
  }
  // Taken now and given back if the answer is no failure: many attempts at once are no way around.
  const auto wait = table_.take(key, plan.windows.front().bucket, now_ns_);
  if (wait > 0) return refused(RuleId::kRequestCallerLocked, wait);
  trail_.taken[trail_.taken_count++] = {.key = key, .limit = static_cast<std::uint16_t>(index), .window = 0};
  trail_.open[trail_.open_count++] = {.key = key, .item = 0, .limit = static_cast<std::uint16_t>(index)};
  return {};
}

Decision LimitCheck::ask_distinct(const LimitPlan& plan, const LimitFacts& facts, std::size_t index,
                                  std::uint64_t key) {
  const std::uint64_t value = value_of(plan.distinct, plan.distinct_key, facts, false);
  if (value == 0) return {};
  const Bucket& bucket = plan.windows.front().bucket;
  const std::uint64_t item = hash(bytes_of(value), key);
  const bool seen = table_.full_at(item) > now_ns_;
  const auto limit = static_cast<std::uint16_t>(index);
  // Whether a path is not found only the answer tells.
  const bool settles_later = plan.distinct.from == From::kNotFound;
  if (!seen) {
    const auto wait = settles_later ? table_.wait(key, bucket, now_ns_) : table_.take(key, bucket, now_ns_);
    if (wait > 0) return refused(RuleId::kRequestEnumeration, wait);
    if (!settles_later) trail_.taken[trail_.taken_count++] = {.key = key, .limit = limit, .window = 0};
  }
  trail_.open[trail_.open_count++] = {.key = key, .item = item, .limit = limit};
  return {};
}

Decision LimitCheck::take_windows(const LimitPlan& plan, std::uint64_t value, std::size_t index) {
  std::int64_t longest = 0;
  for (std::size_t window = 0; window < plan.windows.size(); ++window) {
    const LimitWindow& asked = plan.windows[window];
    const std::uint64_t key = hash(bytes_of(value), table_.seed() ^ asked.id);
    const auto wait = table_.take(key, asked.bucket, now_ns_, plan.cost);
    longest = std::max(longest, wait);
    if (wait <= 0 && trail_.taken_count < trail_.taken.size()) {
      trail_.taken[trail_.taken_count++] = {
          .key = key, .limit = static_cast<std::uint16_t>(index), .window = static_cast<std::uint8_t>(window)};
    }
    show(index, window, key);
  }
  return longest > 0 ? refused(RuleId::kRequestLimitExceeded, longest) : Decision{};
}

void LimitCheck::undo(std::size_t from) {
  while (trail_.taken_count > from) {
    const LimitTrail::Taken& taken = trail_.taken[--trail_.taken_count];
    const LimitPlan& plan = plans_[taken.limit];
    table_.give_back(taken.key, plan.windows[taken.window].bucket, plan.cost);
  }
}

void LimitCheck::show(std::size_t index, std::size_t window, std::uint64_t key) {
  if (trail_.shown_count == trail_.shown.size()) return;
  const Bucket& bucket = plans_[index].windows[window].bucket;
  const std::int64_t debt = std::max<std::int64_t>(table_.full_at(key) - now_ns_, 0);
  const std::int64_t left = bucket.tolerance_ns + bucket.interval_ns - debt;
  trail_.shown[trail_.shown_count++] = {
      .remaining = static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0) / bucket.interval_ns),
      .reset_s = debt == 0 ? 0 : seconds_up(debt),
      .limit = static_cast<std::uint16_t>(index),
      .window = static_cast<std::uint8_t>(window)};
}

void LimitCheck::settle(const Ending& ending) {
  constexpr std::uint16_t kNotFound = 404;
  constexpr std::uint16_t kClientClosed = 499;
  const bool unknown = ending.status == 0 || ending.status == kClientClosed;
  for (std::size_t i = 0; i < trail_.open_count; ++i) {
    const LimitTrail::Open& open = trail_.open[i];
    const LimitPlan& plan = plans_[open.limit];
    const Bucket& bucket = plan.windows.front().bucket;
    if (plan.counts == Counts::kDistinct) {
      if (ending.status != kNotFound && ending.upstream_status != kNotFound) continue;
      if (!table_.remember(open.item, now_ns_ + plan.period_ns, now_ns_)) table_.take(open.key, bucket, now_ns_);
      continue;
    }
    const bool failed = std::ranges::any_of(plan.statuses, [&](const std::uint16_t status) {
      return status == ending.status || status == ending.upstream_status;
    });
    if (!unknown && !failed) {
      table_.give_back(open.key, bucket);
      continue;
    }
    if (plan.lock_ns == 0) continue;
    // Counted again by themselves: among those that were taken may be attempts whose answer is still to come.
    const std::uint64_t settled = open.key + 1;
    table_.take(settled, bucket, now_ns_);
    if (table_.wait(settled, bucket, now_ns_) > 0) table_.remember(~open.key, now_ns_ + plan.lock_ns, now_ns_);
  }
  trail_.open_count = 0;
}

void append_limit_fields(const LimitTrail& trail, std::string& policy, std::string& state) {
  std::array<char, 20> digits{};
  const auto number = [&](std::string& out, std::uint64_t value) {
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), written.ptr);
  };
  // A Structured Fields string (RFC 9651, section 3.3.3).
  const auto name = [](std::string& out, std::string_view text) {
    if (!out.empty()) out += ", ";
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      if (c >= ' ' && c <= '~') out += c;
    }
    out += '"';
  };
  for (std::size_t i = 0; i < trail.shown_count; ++i) {
    const LimitTrail::Shown& shown = trail.shown[i];
    const LimitWindow& window = (*trail.plans)[shown.limit].windows[shown.window];
    name(policy, window.name);
    number(policy += ";q=", window.quota);
    number(policy += ";w=", window.seconds);
    name(state, window.name);
    number(state += ";r=", shown.remaining);
    number(state += ";t=", shown.reset_s);
  }
}

}  // namespace portico::guard
