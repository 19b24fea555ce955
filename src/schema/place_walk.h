// Walks a value together with what schemas say of its places (places.h), in document order and in time linear in the
// document but for its choices, whose branches are tried by their programs within a budget.
//
//   struct Visitor {
//     Step member(const PlaceMember& member);    // before a member's value
//     void removed(const PlaceMember& member, std::size_t end_mark);  // after a member for which kRemove was said
//     Step element(std::size_t index);           // before an array's element; kRemove is kSkip
//     void leave();                              // after each member or element for which kDescend was said
//     void scalar(std::size_t value, std::size_t mark, bool bound);
//   };
//   PlaceWalk walk(places, validator, tape, scratch, visitor);
//   walk.over(parser.marks(), bytes);            // only for visitors that ask where values stand in the text
//   if (!walk.run(root)) ...                     // took more than the budget
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "json/tape.h"
#include "schema/places.h"
#include "schema/validate.h"

namespace portico::schema {

enum class Step : std::uint8_t { kDescend, kSkip, kRemove };

struct PlaceMember {
  std::size_t key;  // words on the tape
  std::size_t value;
  std::size_t key_mark = 0;   // index of the key among the marks; the value's is two further
  bool follows_kept = false;  // a member that was not removed stands before it
  bool named = false;         // declared by its name or a pattern for it
  bool undeclared = false;    // schemas say which properties there are, and this is none of them
  bool read_only = false;
  bool write_only = false;
  std::uint8_t label = 0;
};

// Memory that walks share; one a thread.
struct PlaceScratch {
  std::vector<PlaceId> active;
};

template <class Visitor>
class PlaceWalk {
 public:
  PlaceWalk(const Places& places, Validator& validator, json::TapeView tape, PlaceScratch& scratch, Visitor& visitor)
      : places_(places),
        validator_(validator),
        tape_(tape),
        active_(scratch.active),
        visitor_(visitor),
        words_left_(kWords + kWordsPerWord * tape.count) {
    active_.clear();
  }

  void over(std::span<const std::uint32_t> marks, std::string_view text) {
    marks_ = marks;
    text_ = text;
  }

  bool run(PlaceId root) {
    if (root != kAnyPlace) active_.push_back(root);
    value(json::TapeView::kFirst, 0);
    return !exhausted_;
  }

 private:
  // Branches are tried over at most so many words in all.
  static constexpr std::uint64_t kWords = 100'000;
  static constexpr std::uint64_t kWordsPerWord = 32;

  void value(std::size_t at, std::size_t first);
  void object(std::size_t at, std::size_t first, std::size_t last);
  void array(std::size_t at, std::size_t first, std::size_t last);
  void choose(std::size_t at, std::size_t first);
  bool holds(const Program& program, std::size_t at);
  bool has_member(std::size_t at, std::string_view name) const;
  void declare(PlaceMember& member, std::size_t first, std::size_t last);
  void skip(std::size_t at);
  void enter(PlaceId place, std::size_t first) {
    if (place == kAnyPlace) return;
    for (std::size_t i = first; i < active_.size(); ++i) {
      if (active_[i] == place) return;
    }
    active_.push_back(place);
  }
  bool is_container(std::size_t at) const {
    return tape_.type(at) == json::tape::kObject || tape_.type(at) == json::tape::kArray;
  }

  const Places& places_;
  Validator& validator_;
  json::TapeView tape_;
  std::vector<PlaceId>& active_;  // a stack: the places of the value at hand are its last ones
  Visitor& visitor_;
  std::uint64_t words_left_;
  std::span<const std::uint32_t> marks_;
  std::string_view text_;
  std::size_t mark_ = 0;
  bool exhausted_ = false;
};

template <class Visitor>
void PlaceWalk<Visitor>::value(std::size_t at, std::size_t first) {
  choose(at, first);
  const std::size_t last = active_.size();
  switch (tape_.type(at)) {
    case json::tape::kObject: return object(at, first, last);
    case json::tape::kArray: return array(at, first, last);
    default: break;
  }
  bool bound = false;
  for (std::size_t i = first; i < last; ++i) bound = bound || places_[active_[i]].bound;
  visitor_.scalar(at, mark_++, bound);
}

template <class Visitor>
void PlaceWalk<Visitor>::object(std::size_t at, std::size_t first, std::size_t last) {
  const std::size_t end = tape_.after(at) - 1;
  bool kept = false;
  ++mark_;
  for (std::size_t key = at + 1; key < end;) {
    PlaceMember member{.key = key, .value = key + 1, .key_mark = mark_, .follows_kept = kept};
    mark_ += 2;
    const std::size_t child = active_.size();
    declare(member, first, last);
    const Step step = visitor_.member(member);
    if (step == Step::kDescend) {
      value(member.value, child);
      visitor_.leave();
    } else {
      skip(member.value);
    }
    active_.resize(child);
    if (step == Step::kRemove) {
      visitor_.removed(member, mark_);
    } else {
      kept = true;
    }
    key = tape_.next(member.value);
    if (key < end) ++mark_;
  }
  ++mark_;
}

template <class Visitor>
void PlaceWalk<Visitor>::array(std::size_t at, std::size_t first, std::size_t last) {
  const std::size_t end = tape_.after(at) - 1;
  std::size_t index = 0;
  ++mark_;
  for (std::size_t element = at + 1; element < end; ++index) {
    const std::size_t child = active_.size();
    for (std::size_t i = first; i < last; ++i) {
      const PlaceFacts& facts = places_[active_[i]];
      enter(index < facts.item_count ? places_.items[facts.first_item + index] : facts.other_items, child);
    }
    if (visitor_.element(index) == Step::kDescend) {
      value(element, child);
      visitor_.leave();
    } else {
      skip(element);
    }
    active_.resize(child);
    element = tape_.next(element);
    if (element < end) ++mark_;
  }
  ++mark_;
}

// Adds the places of the branches that hold; they may have choices of their own.
template <class Visitor>
void PlaceWalk<Visitor>::choose(std::size_t at, std::size_t first) {
  for (std::size_t i = first; i < active_.size(); ++i) {
    const PlaceFacts& facts = places_[active_[i]];
    for (std::uint32_t k = 0; k < facts.branch_count; ++k) {
      const PlaceBranch& branch = places_.branches[facts.first_branch + k];
      const bool applies =
          branch.trigger.data() == nullptr ? holds(branch.program, at) : has_member(at, branch.trigger);
      enter(applies ? branch.place : branch.otherwise, first);
    }
  }
}

template <class Visitor>
bool PlaceWalk<Visitor>::holds(const Program& program, std::size_t at) {
  const std::uint64_t words = tape_.next(at) - at;
  if (words > words_left_) {
    exhausted_ = true;
    return false;
  }
  words_left_ -= words;
  const Outcome outcome = validator_.check_value(program, tape_, at);
  exhausted_ = exhausted_ || outcome == Outcome::kTooComplex;
  return outcome == Outcome::kAccepted;
}

template <class Visitor>
bool PlaceWalk<Visitor>::has_member(std::size_t at, std::string_view name) const {
  if (tape_.type(at) != json::tape::kObject) return false;
  const std::size_t end = tape_.after(at) - 1;
  for (std::size_t key = at + 1; key < end; key = tape_.next(key + 1)) {
    if (tape_.text(key) == name) return true;
  }
  return false;
}

// What the places at hand say of a member, and its own places.
template <class Visitor>
void PlaceWalk<Visitor>::declare(PlaceMember& member, std::size_t first, std::size_t last) {
  const std::size_t child = active_.size();
  bool lists = false;
  bool declared = false;
  const auto take = [&](const PlaceProperty& property, bool named) {
    declared = true;
    member.named = member.named || named;
    if (member.label == 0) member.label = property.label;
    member.read_only = member.read_only || property.read_only;
    member.write_only = member.write_only || property.write_only;
    enter(property.place, child);
  };
  for (std::size_t i = first; i < last; ++i) {
    const PlaceFacts& facts = places_[active_[i]];
    lists = lists || facts.lists;
    const int index = places_.names.find_text(facts.keys, tape_.bytes(member.key), tape_.length(member.key));
    if (index >= 0) {
      take(places_.properties[facts.first_property + static_cast<std::uint32_t>(index)], true);
      continue;
    }
    bool matched = false;
    for (std::uint32_t k = 0; k < facts.pattern_count; ++k) {
      const PlacePattern& candidate = places_.property_patterns[facts.first_pattern + k];
      if (!places_.patterns[candidate.pattern].matches(tape_.text(member.key))) continue;
      take(candidate.property, true);
      matched = true;
    }
    if (!matched && facts.takes_others) take(facts.others, false);
  }
  member.undeclared = lists && !declared;
}

// Steps over the marks of a value.
template <class Visitor>
void PlaceWalk<Visitor>::skip(std::size_t at) {
  if (marks_.empty()) return;
  if (!is_container(at)) {
    ++mark_;
    return;
  }
  int depth = 0;
  do {
    const char c = text_[marks_[mark_++]];
    depth += (c == '{' || c == '[') ? 1 : (c == '}' || c == ']') ? -1 : 0;
  } while (depth != 0);
}

}  // namespace portico::schema
