// What the readers of JSON and YAML have in common: containers that are open, budgets, duplicate keys. A reader calls
// open, key, scalar and close as it meets them and takes the root at the end. Nesting lives on a heap-allocated stack,
// so depth never touches the machine's. Internal to json/ and yaml/.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/reader.h"
#include "json/tree.h"

namespace portico::json {

// A finished value with its cost, which a YAML alias pays again.
struct Built {
  const Node* node = nullptr;
  std::uint64_t nodes = 0;   // keys and values within, itself included
  std::uint32_t height = 0;  // containers nested within, itself included: 0 for a scalar
};

class Assembly {
 public:
  Assembly(Document& document, ReadBudget& budget);

  // Begins an array or an object where a value may stand.
  Result<void> open(Kind kind, Mark mark);
  Result<Built> key(std::string_view text, Mark mark);
  Result<Built> scalar(Kind kind, std::string_view text, Mark mark);
  // A finished value once more. `at` is where it is used.
  Result<void> share(const Built& built, Mark at);
  // Ends the innermost container.
  Result<Built> close();

  bool in_container() const { return !frames_.empty(); }
  bool in_object() const { return !frames_.empty() && frames_.back().kind == Kind::kObject; }
  bool expects_key() const { return in_object() && frames_.back().key == nullptr; }

  // Members of the innermost object so far, for YAML's merge keys; and what to have instead of them.
  std::span<const Member> members() const { return std::span(members_).subspan(frames_.back().begin); }
  void replace_members(std::span<const Member> members);

  // The finished root, or null.
  const Node* root() const { return root_; }

  std::unexpected<Error> error(ErrorCode code, std::string message, Mark mark, std::string remedy = {}) const;
  std::unexpected<Error> duplicate(const Node& earlier, const Node& later) const;

 private:
  struct Frame {
    Kind kind;
    Mark mark;
    std::size_t begin;  // of its elements in items_ or members_
    std::uint64_t nodes = 1;
    std::uint32_t height = 1;
    const Node* key = nullptr;  // the key that waits for its value
  };

  Result<void> spend(std::uint64_t nodes, Mark mark);
  void add(const Built& built);

  Document* document_;
  ReadBudget* budget_;
  TreeBuilder builder_;
  std::vector<Frame> frames_;
  std::vector<const Node*> items_;
  std::vector<Member> members_;
  const Node* root_ = nullptr;
};

}  // namespace portico::json
