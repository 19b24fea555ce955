#include "repair/repairer.h"

#include <algorithm>
#include <vector>

#include "base/hash.h"
#include "json/writer.h"
#include "repair/values.h"
#include "schema/place_walk.h"

namespace portico::repair {
namespace {

using schema::PlaceMember;
using schema::Step;

// Labels of names that no schema describes: reading a name takes longer than looking it up.
class NameLabels {
 public:
  std::uint8_t of(std::string_view name, const Plan& plan) {
    const std::uint64_t key = portico::hash(name, plan.labels) | 1;
    Entry& entry = entries_[key >> 54];
    if (entry.key != key) entry = {key, plan.label_of(name)};
    return entry.label;
  }

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::uint8_t label = 0;
  };
  std::vector<Entry> entries_{std::vector<Entry>(1024)};
};

// How far a pointer pattern matches the way to a value.
struct Partial {
  std::uint32_t pattern;
  std::uint32_t tokens;
};

struct Level {
  std::size_t first_partial;
  ActionId action;  // for what is below
  std::uint8_t label;
  bool trusted;
};

}  // namespace

struct Repairer::State {
  schema::PlaceScratch walk;
  NameLabels labels;
  std::vector<Partial> partials;
  std::vector<Level> levels;
  std::string redacted;  // one string's new value
};

namespace {

class Patch {
 public:
  Patch(const Plan& plan, const Document& document, std::span<const Redaction> redactions, NameLabels& labels,
        std::vector<Partial>& partials, std::vector<Level>& levels, std::string& redacted, std::string& out,
        Counts& counts, Replacer* replacer)
      : plan_(plan),
        document_(document),
        redactions_(redactions),
        labels_(labels),
        partials_(partials),
        levels_(levels),
        redacted_(redacted),
        out_(out),
        counts_(counts),
        replacer_(replacer) {
    partials_.clear();
    levels_.assign(1, {.first_partial = 0, .action = kNoAction, .label = 0, .trusted = false});
    for (std::uint32_t i = 0; i < plan.pointers.size(); ++i) partials_.push_back({i, 0});
  }

  Step member(const PlaceMember& member) {
    if (plan_.strip && (member.undeclared || member.write_only)) return remove(counts_.stripped);
    const std::string_view name = document_.tape.text(member.key);
    std::uint8_t label = plan_.labels_names ? labels_.of(name, plan_) : member.label;
    if (label == 0) label = member.label;
    // What is not declared by its name is judged by it.
    if (label == 0 && !member.named && !plan_.labels_names && plan_.label_of != nullptr)
      label = labels_.of(name, plan_);
    const ActionId above = is(levels_.back().action, Action::Kind::kReplace) ? kNoAction : levels_.back().action;
    const ActionId action = enter(above, label, [&](const PointerPattern::Token& token) { return token.name == name; });
    if (is(action, Action::Kind::kDrop)) {
      leave();
      return remove(counts_.dropped);
    }
    if (member.named && plan_.trusted.test(label)) levels_.back().trusted = true;
    check_name(member.key);
    return Step::kDescend;
  }

  void removed(const PlaceMember& member, std::size_t end_mark) {
    const auto& marks = document_.marks;
    const std::size_t end = marks[end_mark];
    if (member.follows_kept) return cut(marks[member.key_mark - 1], end);
    cut(marks[member.key_mark], document_.text[end] == ',' ? end + 1 : end);
  }

  Step element(std::size_t index) {
    const ActionId action =
        enter(levels_.back().action, 0, [&](const PointerPattern::Token& token) { return token.index == index; });
    if (is(action, Action::Kind::kDrop)) impossible_ = true;
    return Step::kDescend;
  }

  void leave() {
    partials_.resize(levels_.back().first_partial);
    levels_.pop_back();
  }

  void scalar(std::size_t value, std::size_t mark, bool /*bound*/) {
    const auto& tape = document_.tape;
    const char type = tape.type(value);
    const bool text = type == json::tape::kString;
    if (!text && type != json::tape::kInteger && type != json::tape::kUnsigned && type != json::tape::kDouble &&
        type != json::tape::kBigNumber) {
      return;
    }
    const ActionId action = levels_.back().action;
    if (is(action, Action::Kind::kReplace)) return replace(value, mark, text, plan_.actions[action].kind_of_value);
    if (is(action, Action::Kind::kMask)) return mask(value, mark, text, plan_.actions[action]);
    if (text && (redact(value, mark) || redact_secret(value, mark))) return;
    if (is(action, Action::Kind::kRound)) round(value, mark, text, plan_.actions[action].decimals);
    ++counts_.by_label[levels_.back().label];
  }

  bool impossible() const { return impossible_; }
  bool changed() const { return changed_; }
  void finish() { out_.append(document_.text, copied_); }

 private:
  Step remove(std::uint32_t& count) {
    ++count;
    return Step::kRemove;
  }

  bool is(ActionId action, Action::Kind kind) const {
    return action != kNoAction && plan_.actions[action].kind == kind;
  }

  // A level further down: what holds there is what a pointer says of it, else its label, else what held above.
  template <class Matches>
  ActionId enter(ActionId action, std::uint8_t label, const Matches& matches) {
    const Level above = levels_.back();
    const std::size_t end = partials_.size();
    Level level{.first_partial = end,
                .action = action,
                .label = label == 0 ? above.label : label,
                .trusted = label == 0 && above.trusted};
    if (plan_.by_label[label] != kNoAction && label != 0) level.action = plan_.by_label[label];
    for (std::size_t i = above.first_partial; i < end; ++i) {
      const Partial partial = partials_[i];
      const PointerPattern& pattern = plan_.pointers[partial.pattern];
      const PointerPattern::Token& token = pattern.tokens[partial.tokens];
      if (!token.any && !matches(token)) continue;
      if (partial.tokens + 1 == pattern.tokens.size()) {
        level.action = pattern.action;
      } else {
        partials_.push_back({partial.pattern, partial.tokens + 1});
      }
    }
    levels_.push_back(level);
    return level.action;
  }

  // Redactions of what was removed or masked are passed over.
  bool holds_redaction(std::size_t string) {
    const std::size_t begin = document_.tape.offset(string);
    while (!redactions_.empty() && redactions_.front().end <= begin) redactions_ = redactions_.subspan(1);
    return !redactions_.empty() && redactions_.front().begin < begin + document_.tape.text(string).size();
  }

  // A name must stay; what is found in one refuses the document, unless it only counts.
  void check_name(std::size_t key) {
    while (holds_redaction(key)) {
      ++counts_.found[redactions_.front().kind];
      impossible_ = impossible_ || !redactions_.front().only_counts;
      redactions_ = redactions_.subspan(1);
    }
  }

  std::size_t end_of_value(std::size_t mark) const {
    std::size_t end = mark + 1 < document_.marks.size() ? document_.marks[mark + 1] : document_.text.size();
    while (is_space(document_.text[end - 1])) --end;
    return end;
  }
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  void cut(std::size_t begin, std::size_t end) {
    out_.append(document_.text, copied_, begin - copied_);
    copied_ = end;
    changed_ = true;
  }
  void cut_value(std::size_t mark) { cut(document_.marks[mark], end_of_value(mark)); }

  void mask(std::size_t value, std::size_t mark, bool text, const Action& action) {
    cut_value(mark);
    if (text) {
      append_masked(out_, document_.tape.text(value), action);
    } else {
      out_ += '0';
    }
    ++counts_.masked;
  }

  // A text, or a number as it is written.
  std::string_view literal_of(std::size_t value, std::size_t mark, bool text) const {
    const std::size_t begin = document_.marks[mark];
    return text ? document_.tape.text(value) : document_.text.substr(begin, end_of_value(mark) - begin);
  }

  void replace(std::size_t value, std::size_t mark, bool text, std::uint16_t kind) {
    redacted_.clear();
    switch (replacer_->replace(kind, literal_of(value, mark, text), !text, redacted_)) {
      case Replacer::Answer::kKeep: return;
      case Replacer::Answer::kImpossible: impossible_ = true; return;
      case Replacer::Answer::kReplaced: break;
    }
    cut_value(mark);
    out_ += redacted_;
    ++counts_.replaced;
  }

  void round(std::size_t value, std::size_t mark, bool text, int decimals) {
    const std::string_view literal = literal_of(value, mark, text);
    if (text && !is_number(literal)) return;
    redacted_.clear();
    if (!append_rounded(redacted_, literal, decimals)) {
      impossible_ = true;
      return;
    }
    if (redacted_ == literal) return;
    cut_value(mark);
    if (text) out_ += '"';
    out_ += redacted_;
    if (text) out_ += '"';
    ++counts_.rounded;
  }

  // False when the string stays as it is.
  bool redact(std::size_t value, std::size_t mark) {
    const std::string_view text = document_.tape.text(value);
    const std::size_t begin = document_.tape.offset(value);
    const Level& level = levels_.back();
    redacted_.clear();
    std::size_t copied = 0;
    bool changed = false;
    while (holds_redaction(value)) {
      const Redaction next = redactions_.front();
      redactions_ = redactions_.subspan(1);
      if ((next.unless_labelled && level.label != 0) || (next.unless_trusted && level.trusted)) continue;
      ++counts_.found[next.kind];
      if (next.only_counts) continue;
      const std::size_t from = next.begin > begin ? next.begin - begin : 0;
      if (from > copied) redacted_ += text.substr(copied, from - copied);
      redacted_ += next.text;
      copied = std::max(copied, std::min(next.end - begin, text.size()));
      ++counts_.redacted;
      changed = true;
    }
    if (!changed) return false;
    redacted_ += text.substr(copied);
    cut_value(mark);
    json::append_string(out_, redacted_);
    return true;
  }

  // What no format tells, by its property's name.
  bool redact_secret(std::size_t value, std::size_t mark) {
    const Level& level = levels_.back();
    if (!plan_.suspects.test(level.label) || level.trusted) return false;
    if (!plan_.looks_secret(document_.tape.text(value))) return false;
    ++counts_.found[plan_.secret_kind];
    if (plan_.secrets_only_count) return false;
    cut_value(mark);
    json::append_string(out_, plan_.secret_text);
    ++counts_.redacted;
    return true;
  }

  const Plan& plan_;
  const Document& document_;
  std::span<const Redaction> redactions_;
  NameLabels& labels_;
  std::vector<Partial>& partials_;  // a stack: those of the value at hand are its last ones
  std::vector<Level>& levels_;
  std::string& redacted_;
  std::string& out_;
  Counts& counts_;
  Replacer* replacer_;
  std::size_t copied_ = 0;
  bool changed_ = false;
  bool impossible_ = false;
};

}  // namespace

Repairer::Repairer() : state_(std::make_unique<State>()) {}
Repairer::~Repairer() = default;
Repairer::Repairer(Repairer&&) noexcept = default;
Repairer& Repairer::operator=(Repairer&&) noexcept = default;

Outcome Repairer::repair(const Plan& plan, const schema::Places& places, schema::PlaceId root, const Document& document,
                         std::span<const Redaction> redactions, schema::Validator& validator, std::string& out,
                         Counts& counts, Replacer* replacer) {
  out.clear();
  counts = {};
  Patch patch(plan, document, redactions, state_->labels, state_->partials, state_->levels, state_->redacted, out,
              counts, replacer);
  schema::PlaceWalk walk(places, validator, document.tape, state_->walk, patch);
  walk.over(document.marks, document.text);
  if (!walk.run(root)) return Outcome::kTooComplex;
  if (patch.impossible()) return Outcome::kImpossible;
  if (!patch.changed()) return Outcome::kUnchanged;
  patch.finish();
  return Outcome::kRepaired;
}

}  // namespace portico::repair
