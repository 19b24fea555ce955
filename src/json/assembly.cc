#include "json/assembly.h"

#include <algorithm>

#include "base/text.h"

namespace portico::json {

Assembly::Assembly(Document& document, ReadBudget& budget)
    : document_(&document), budget_(&budget), builder_(document.arena, document.index) {}

Result<void> Assembly::open(Kind kind, Mark mark) {
  if (frames_.size() >= budget_->max_depth) {
    return error(ErrorCode::kLimit, "nested deeper than " + std::to_string(budget_->max_depth) + " levels", mark,
                 "raise max_depth if the document is meant to be that deep");
  }
  PORTICO_CHECK_OK(spend(1, mark));
  frames_.push_back({kind, mark, kind == Kind::kObject ? members_.size() : items_.size()});
  return {};
}

Result<Built> Assembly::key(std::string_view text, Mark mark) {
  PORTICO_CHECK_OK(spend(1, mark));
  Frame& frame = frames_.back();
  ++frame.nodes;
  frame.key = builder_.scalar(Kind::kString, text, mark);
  return Built{frame.key, 1, 0};
}

Result<Built> Assembly::scalar(Kind kind, std::string_view text, Mark mark) {
  PORTICO_CHECK_OK(spend(1, mark));
  const Built built{builder_.scalar(kind, text, mark), 1, 0};
  add(built);
  return built;
}

Result<void> Assembly::share(const Built& built, Mark at) {
  if (frames_.size() + built.height > budget_->max_depth) {
    return error(ErrorCode::kLimit, "nested deeper than " + std::to_string(budget_->max_depth) + " levels by an alias",
                 at, "raise max_depth if the document is meant to be that deep");
  }
  PORTICO_CHECK_OK(spend(built.nodes, at));
  add(built);
  return {};
}

Result<Built> Assembly::close() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  Built built{nullptr, frame.nodes, frame.height};
  if (frame.kind == Kind::kArray) {
    built.node = builder_.array(std::span(items_).subspan(frame.begin), frame.mark);
    items_.resize(frame.begin);
  } else {
    std::pair<const Node*, const Node*> twice;
    built.node = builder_.object(std::span(members_).subspan(frame.begin), frame.mark, twice);
    if (built.node == nullptr) return duplicate(*twice.first, *twice.second);
    members_.resize(frame.begin);
  }
  add(built);
  return built;
}

void Assembly::replace_members(std::span<const Member> members) {
  members_.resize(frames_.back().begin);
  members_.insert(members_.end(), members.begin(), members.end());
}

std::unexpected<Error> Assembly::error(ErrorCode code, std::string message, Mark mark, std::string remedy) const {
  return failure(code, std::move(message), Place{document_->name, mark.line, mark.column}, std::move(remedy));
}

std::unexpected<Error> Assembly::duplicate(const Node& earlier, const Node& later) const {
  return error(ErrorCode::kInvalid,
               "duplicate key \"" + printable(later.text()) + "\", first at line " + std::to_string(earlier.line()) +
                   ", column " + std::to_string(earlier.column()),
               {later.line(), later.column()}, "keep one of the two: readers disagree on which of them counts");
}

Result<void> Assembly::spend(std::uint64_t nodes, Mark mark) {
  if (nodes > budget_->nodes) {
    return error(ErrorCode::kLimit, "more nodes than max_nodes allows, those of aliases counted at each use", mark,
                 "raise max_nodes if the document is meant to be that large");
  }
  budget_->nodes -= nodes;
  return {};
}

void Assembly::add(const Built& built) {
  if (frames_.empty()) {
    root_ = built.node;
    return;
  }
  Frame& frame = frames_.back();
  frame.nodes += built.nodes;
  frame.height = std::max(frame.height, built.height + 1);
  if (frame.kind == Kind::kArray) {
    items_.push_back(built.node);
  } else {
    members_.push_back({frame.key, built.node});
    frame.key = nullptr;
  }
}

}  // namespace portico::json
