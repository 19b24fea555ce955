#include "guard/fields.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "policy/status_range.h"

namespace portico::guard {
namespace {

using Action = FieldChange::Action;

// Fields by which services tell what they are made of.
constexpr std::array<std::string_view, 12> kTelling = {
    "Server",        "X-Powered-By",       "X-AspNet-Version",   "X-AspNetMvc-Version",
    "X-Runtime",     "X-Generator",        "X-Powered-By-Plesk", "X-Backend-Server",
    "X-Debug-Token", "X-Debug-Token-Link", "X-Version",          "X-Drupal-Cache"};

}  // namespace

std::string_view FieldsPlan::keep(std::string text) { return texts_.emplace_back(std::move(text)); }

void FieldsPlan::push(Entry entry) {
  const FieldChange& added = entry.conditional.change;
  if (added.action != Action::kAppend) {
    // Entries for other statuses stay: what is added later is applied later.
    std::erase_if(entries_, [&](const Entry& other) {
      return other.conditional.change.action != Action::kAppend && entry.from <= other.from && other.to <= entry.to &&
             equal_ignoring_case(other.conditional.change.name, added.name);
    });
  }
  entries_.push_back(entry);
}

void FieldsPlan::add(Action action, std::string name, std::string value, std::uint16_t from, std::uint16_t to) {
  const auto kept_name = keep(std::move(name));
  const auto kept_value = keep(std::move(value));
  push({.conditional = {.change = {.action = action, .name = kept_name, .value = kept_value, .unless = {}}},
        .from = from,
        .to = to});
}

void FieldsPlan::add(FieldCondition condition, Action action, std::string_view name, std::string_view value,
                     std::string_view unless) {
  push({.conditional = {.change = {.action = action, .name = name, .value = value, .unless = unless},
                        .condition = condition}});
}

void FieldsPlan::forget(std::string_view name) {
  std::erase_if(entries_, [&](const Entry& e) { return equal_ignoring_case(e.conditional.change.name, name); });
}

bool FieldsPlan::supplies(std::string_view name) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    const FieldChange& change = entry.conditional.change;
    return change.action != Action::kRemove && equal_ignoring_case(change.name, name);
  });
}

void FieldsPlan::collect(std::uint16_t status, bool tls, bool page, std::vector<FieldChange>& to) const {
  for (const Entry& entry : entries_) {
    if (status < entry.from || status > entry.to) continue;
    if (entry.conditional.condition == FieldCondition::kTls && !tls) continue;
    if (entry.conditional.condition == FieldCondition::kNotPage && page) continue;
    to.push_back(entry.conditional.change);
  }
}

void add_default_fields(FieldsPlan& plan, const policy::Headers& headers, bool authenticated) {
  if (!headers.defaults) return;
  for (const std::string_view name : kTelling) {
    plan.add(FieldCondition::kAlways, Action::kRemove, name, {});
  }
  plan.add(FieldCondition::kAlways, Action::kSet, "X-Content-Type-Options", "nosniff");
  plan.add(FieldCondition::kAlways, Action::kAdd, "Referrer-Policy", "no-referrer");
  plan.add(FieldCondition::kNotPage, Action::kAdd, "Content-Security-Policy",
           "default-src 'none'; frame-ancestors 'none'");
  plan.add(FieldCondition::kNotPage, Action::kAdd, "X-Frame-Options", "DENY");
  plan.add(FieldCondition::kTls, Action::kAdd, "Strict-Transport-Security", "max-age=31536000");
  if (authenticated) plan.add(FieldCondition::kAlways, Action::kSet, "Cache-Control", "no-store", "no-store");
  for (const std::string& name : headers.global.keep) plan.forget(name);
}

void add_policy_fields(FieldsPlan& plan, const policy::FieldRules& rules) {
  const auto add = [&](Action action, const std::string& name, const std::string& value) {
    if (rules.statuses.empty()) return plan.add(action, name, value);
    for (const std::string& status : rules.statuses) {
      const auto [from, to] = policy::parse_status_range(status).value_or(policy::StatusRange{});
      plan.add(action, name, value, from, to);
    }
  };
  for (const std::string& name : rules.keep) plan.forget(name);
  for (const auto& [name, value] : rules.set) add(Action::kSet, name, value);
  for (const auto& [name, value] : rules.add) add(Action::kAdd, name, value);
  for (const std::string& name : rules.remove) add(Action::kRemove, name, {});
}

bool is_page(std::string_view content_type) {
  const auto media = trim(content_type.substr(0, content_type.find(';')));
  constexpr std::array<std::string_view, 3> kPages = {"text/html", "application/xhtml+xml", "image/svg+xml"};
  return std::ranges::any_of(kPages, [&](std::string_view page) { return equal_ignoring_case(page, media); });
}

}  // namespace portico::guard
