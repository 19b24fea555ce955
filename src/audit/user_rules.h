// Rules of the user's own, beside the catalogue: a YAML file that says what they look at, when they apply and what must
// be true (docs/design.md, "Rules of your own").
//
//   rules:
//     - id: acme-owner
//       title: Operation without an owner
//       on: operation
//       when: operation.method != 'OPTIONS'
//       require: "'x-owner' in operation.extensions"
//       message: names no owner
//
// Expressions are CEL (docs/cel.md) over the typed model; they are compiled, and their names checked, at load.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/subject.h"
#include "base/result.h"
#include "finding/rule.h"

namespace portico::audit {

class UserRules {
 public:
  static Result<UserRules> load(const std::string& path);
  static Result<UserRules> load_text(std::string_view text, const std::string& name);

  // A finding for each thing that a rule looks at and whose `require` is not true: what cannot be decided is not. Where
  // `when` is there, only for those for which it is true.
  void check(const Subject& subject, Drafts& drafts) const;

  // Findings point to these.
  const std::deque<finding::Rule>& rules() const;

  UserRules(UserRules&&) noexcept;
  UserRules& operator=(UserRules&&) noexcept;
  ~UserRules();

 private:
  struct State;
  explicit UserRules(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace portico::audit
