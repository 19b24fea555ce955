#include "contract/ambiguity.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "contract/path_automaton.h"
#include "regex/pattern.h"

namespace portico::contract {
namespace {

using json::Node;

// All operations of one path, and the path taken apart.
struct Template {
  std::string_view path;
  const Node* key = nullptr;
  std::vector<std::vector<SegmentPart>> segments;
  std::vector<const Operation*> operations;
};

bool is_variable(const std::vector<SegmentPart>& parts) { return parts.size() == 1 && parts.front().variable; }

bool is_literal(const std::vector<SegmentPart>& parts) {
  return std::ranges::none_of(parts, [](const SegmentPart& part) { return part.variable; });
}

std::string_view literal_of(const std::vector<SegmentPart>& parts) {
  return parts.empty() ? std::string_view() : std::string_view(parts.front().text);
}

// What both ends of the pattern say; the middle is free.
bool ends_agree(const std::vector<SegmentPart>& a, const std::vector<SegmentPart>& b) {
  const auto text = [](const SegmentPart& part) {
    return part.variable ? std::string_view() : std::string_view(part.text);
  };
  const std::string_view head_a = text(a.front());
  const std::string_view head_b = text(b.front());
  const std::string_view tail_a = text(a.back());
  const std::string_view tail_b = text(b.back());
  return (head_a.starts_with(head_b) || head_b.starts_with(head_a)) &&
         (tail_a.ends_with(tail_b) || tail_b.ends_with(tail_a));
}

// What a path parameter's schema says about all of its values, as far as it is plain.
class Values {
 public:
  Values(Loading& loading, const Operation& operation, std::string_view variable) {
    const auto found = std::ranges::find_if(operation.parameters, [&](const Parameter& parameter) {
      return parameter.in == ParameterIn::kPath && parameter.name == variable;
    });
    if (found == operation.parameters.end() || found->style != Style::kSimple) return;
    schema_ = follow(loading, found->schema);
  }

  bool admits(std::string_view text) const {
    if (schema_ == nullptr) return true;
    if (const Node* list = array_in(*schema_, "enum")) {
      return std::ranges::any_of(list->items(), [&](const Node* item) { return item->text() == text; });
    }
    const std::string_view type = schema_->text_of("type");
    if (type == "integer" || type == "number") return looks_numeric(text);
    if (type == "boolean") return text == "true" || text == "false";
    if (type == "string") return admits_string(text);
    return true;
  }

  bool meets(const Values& other) const {
    if (schema_ == nullptr || other.schema_ == nullptr) return true;
    for (const auto& [one, two] : {std::pair(this, &other), std::pair(&other, this)}) {
      const Node* list = array_in(*one->schema_, "enum");
      if (list == nullptr) continue;
      return std::ranges::any_of(list->items(),
                                 [&, second = two](const Node* item) { return second->admits(item->text()); });
    }
    const auto numeric = [](const Node& schema) {
      const std::string_view type = schema.text_of("type");
      return type == "integer" || type == "number";
    };
    const auto never_numeric = [](const Node& schema) {
      const std::string_view format = schema.text_of("format");
      return schema.text_of("type") == "boolean" ||
             (schema.text_of("type") == "string" && (format == "uuid" || format == "date" || format == "email"));
    };
    return !(numeric(*schema_) && never_numeric(*other.schema_)) &&
           !(numeric(*other.schema_) && never_numeric(*schema_));
  }

 private:
  static bool looks_numeric(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
  }

  bool admits_string(std::string_view text) const {
    const auto limit = [&](std::string_view keyword) {
      const Node* value = schema_->find(keyword);
      return value == nullptr ? std::nullopt : value->integer();
    };
    const auto points =
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    if (const auto most = limit("maxLength"); most && points > *most) return false;
    if (const auto least = limit("minLength"); least && points < *least) return false;
    const std::string_view format = schema_->text_of("format");
    if (format == "uuid" && text.size() != 36) return false;
    if (format == "date" && text.size() != 10) return false;
    if (format == "email" && text.find('@') == std::string_view::npos) return false;
    const std::string_view pattern = schema_->text_of("pattern");
    if (pattern.empty()) return true;
    const auto compiled = regex::Pattern::compile(pattern);
    return !compiled || compiled->search(text) != regex::Match::kNo;
  }

  const Node* schema_ = nullptr;
};

class Ambiguity {
 public:
  explicit Ambiguity(Loading& loading) : loading_(loading) {}
  void run();

 private:
  // Templates that still fit one path up to a segment.
  struct Group {
    std::vector<const Template*> templates;
    std::size_t index = 0;
  };

  void read_templates();
  void split_group(const Group& group);
  void judge(const Template& a, const Template& b);
  bool have_common_path(const Template& a, const Operation& first, const Template& b, const Operation& second);

  // Beyond this much work the rest is left out, and that is said: only templates made to that end get there.
  static constexpr std::size_t kMaxWork = 200'000;

  Loading& loading_;
  std::vector<Template> templates_;
  std::vector<Group> groups_;
  std::set<std::pair<const Template*, const Template*>> judged_;
  std::size_t work_ = 0;
};

void Ambiguity::read_templates() {
  std::map<std::string_view, std::size_t> by_path;
  for (const Operation& operation : loading_.contract->operations) {
    if (!template_fault(operation.path).empty() || !is_reachable(operation.path)) continue;
    const auto [found, is_new] = by_path.try_emplace(operation.path, templates_.size());
    if (is_new) {
      Template made{.path = operation.path, .key = operation.path_key, .segments = {}, .operations = {}};
      for (const std::string_view segment : split(operation.path.substr(1), '/')) {
        made.segments.push_back(parts_of(segment));
      }
      templates_.push_back(std::move(made));
    }
    templates_[found->second].operations.push_back(&operation);
  }
}

void Ambiguity::run() {
  read_templates();
  std::map<std::size_t, Group> by_length;
  for (const Template& one : templates_) by_length[one.segments.size()].templates.push_back(&one);
  for (auto& [length, group] : by_length) groups_.push_back(std::move(group));
  while (!groups_.empty() && work_ < kMaxWork) {
    const Group group = std::move(groups_.back());
    groups_.pop_back();
    work_ += group.templates.size();
    if (group.index < group.templates.front()->segments.size()) {
      split_group(group);
      continue;
    }
    for (std::size_t i = 0; i < group.templates.size(); ++i) {
      for (std::size_t j = 0; j < i && work_ < kMaxWork; ++j, ++work_) {
        // In document order, which is that of templates_.
        const auto [a, b] = std::minmax(group.templates[i], group.templates[j]);
        if (judged_.emplace(a, b).second) judge(*a, *b);
      }
    }
  }
  if (work_ >= kMaxWork) {
    loading_.problem("path-ambiguity-unchecked", Gravity::kNotice, *loading_.contract->root,
                     "too many paths overlap for all of them to be compared");
  }
}

// One group for each literal of this segment, with all templates that fit it, and one for the rest.
void Ambiguity::split_group(const Group& group) {
  std::map<std::string_view, Group> by_literal;
  Group others{.templates = {}, .index = group.index + 1};
  for (const Template* one : group.templates) {
    const auto& parts = one->segments[group.index];
    if (is_literal(parts)) {
      by_literal[literal_of(parts)].templates.push_back(one);
    } else {
      others.templates.push_back(one);
    }
  }
  for (auto& [literal, with] : by_literal) {
    with.index = group.index + 1;
    for (const Template* one : others.templates) {
      ++work_;
      if (match_segment(one->segments[group.index], literal, {})) with.templates.push_back(one);
    }
    if (with.templates.size() > 1) groups_.push_back(std::move(with));
  }
  if (others.templates.size() > 1) groups_.push_back(std::move(others));
}

void Ambiguity::judge(const Template& a, const Template& b) {
  bool a_more = false;
  bool b_more = false;
  for (std::size_t i = 0; i < a.segments.size(); ++i) {
    const auto& one = a.segments[i];
    const auto& two = b.segments[i];
    const auto rank = [](const auto& parts) { return is_literal(parts) ? 2 : is_variable(parts) ? 0 : 1; };
    a_more = a_more || rank(one) > rank(two);
    b_more = b_more || rank(two) > rank(one);
    if (rank(one) == 1 && rank(two) == 1) {
      if (!ends_agree(one, two)) return;
      const auto same = [](const SegmentPart& x, const SegmentPart& y) {
        return x.variable == y.variable && (x.variable || x.text == y.text);
      };
      if (!std::ranges::equal(one, two, same)) a_more = b_more = true;
    }
  }
  if (!a_more || !b_more) return;
  for (const Operation* second : b.operations) {
    const auto first = std::ranges::find(a.operations, second->method_name, &Operation::method_name);
    if (first == a.operations.end() || !have_common_path(a, **first, b, *second)) continue;
    loading_.problem("path-ambiguous", Gravity::kNotice, *b.key,
                     std::string(second->method_name) + ' ' + printable(b.path, 200) + " and " +
                         printable(a.path, 200) + " at line " + std::to_string(a.key->line()) +
                         " fit the same path, and neither is the more concrete one");
    return;
  }
}

bool Ambiguity::have_common_path(const Template& a, const Operation& first, const Template& b,
                                 const Operation& second) {
  for (std::size_t i = 0; i < a.segments.size(); ++i) {
    const auto& one = a.segments[i];
    const auto& two = b.segments[i];
    const bool possible =
        is_variable(one) && is_literal(two)   ? Values(loading_, first, one.front().text).admits(literal_of(two))
        : is_variable(two) && is_literal(one) ? Values(loading_, second, two.front().text).admits(literal_of(one))
        : is_variable(one) && is_variable(two)
            ? Values(loading_, first, one.front().text).meets(Values(loading_, second, two.front().text))
            : true;
    if (!possible) return false;
  }
  return true;
}

}  // namespace

void check_ambiguity(Loading& loading) { Ambiguity(loading).run(); }

}  // namespace portico::contract
