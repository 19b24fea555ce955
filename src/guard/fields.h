// Header fields of answers: what is set, added and removed, compiled for each operation and status at load.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "guard/guard.h"
#include "policy/browser.h"

namespace portico::guard {

enum class FieldCondition : std::uint8_t {
  kAlways,
  kTls,      // the client's connection is
  kNotPage,  // the answer is no HTML or SVG, which a browser would show as a page
};

struct ConditionalChange {
  FieldChange change;
  FieldCondition condition = FieldCondition::kAlways;
};

// The changes to the answers of one operation. Owns the texts that they point to, and may be moved.
class FieldsPlan {
 public:
  // The last one for a name wins, but for kAppend, which stands beside others. From a status up to and with another.
  void add(FieldChange::Action action, std::string name, std::string value, std::uint16_t from = 100,
           std::uint16_t to = 599);
  void add(FieldCondition condition, FieldChange::Action action, std::string_view name, std::string_view value,
           std::string_view unless = {});
  void remove(std::string_view name) { add(FieldChange::Action::kRemove, std::string(name), {}); }
  // Takes back what was added for the name so far.
  void forget(std::string_view name);

  // Whether some answers get a field of the name.
  bool supplies(std::string_view name) const;
  // Appends the changes to an answer.
  void collect(std::uint16_t status, bool tls, bool page, std::vector<FieldChange>& to) const;

 private:
  struct Entry {
    ConditionalChange conditional;
    std::uint16_t from = 100;
    std::uint16_t to = 599;
  };
  void push(Entry entry);
  std::string_view keep(std::string text);

  std::deque<std::string> texts_;
  std::vector<Entry> entries_;
};

// The fields that are good for every API, unless the policy has its own. `authenticated`: the operation asks for
// credentials, so its answers are for nobody else.
void add_default_fields(FieldsPlan& plan, const policy::Headers& headers, bool authenticated);
void add_policy_fields(FieldsPlan& plan, const policy::FieldRules& rules);

// Whether a media type is one that browsers show as a page of its own.
bool is_page(std::string_view content_type);

}  // namespace portico::guard
