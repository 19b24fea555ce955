#include "audit/text_edit.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "json/pointer.h"
#include "json/writer.h"

namespace portico::audit {
namespace {

using json::Member;
using json::Node;

struct Splice {
  std::size_t begin;
  std::size_t end;
  std::string text;
};

// A place in the tree, with the way to it.
struct Step {
  const Node* parent;
  std::size_t index;  // of the member or element
};
using Path = std::vector<Step>;

class Text {
 public:
  explicit Text(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
    const auto first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    is_json_ = first != std::string_view::npos && text[first] == '{';
  }

  bool is_json() const { return is_json_; }
  std::string_view text() const { return text_; }
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

  std::optional<std::size_t> offset(const Node& node) const {
    if (node.line() == 0 || node.line() > starts_.size()) return {};
    const std::size_t offset = starts_[node.line() - 1] + node.column() - 1;
    return offset <= text_.size() ? std::optional(offset) : std::nullopt;
  }
  std::size_t line_start(std::size_t offset) const { return *std::prev(std::ranges::upper_bound(starts_, offset)); }
  // Of the line after the one that holds the offset.
  std::size_t next_line(std::size_t offset) const {
    const auto next = std::ranges::upper_bound(starts_, offset);
    return next == starts_.end() ? text_.size() : *next;
  }
  std::size_t first_on_line(std::size_t offset) const {
    auto at = line_start(offset);
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
    return at;
  }

  // The end of a scalar that is written on one line, or nothing.
  std::optional<std::size_t> scalar_end(std::size_t begin, const Node& value) const {
    const char quote = at(begin);
    if (quote == '"' || quote == '\'') {
      for (std::size_t i = begin + 1; i < text_.size() && text_[i] != '\n'; ++i) {
        if (quote == '"' && text_[i] == '\\') {
          ++i;
        } else if (text_[i] == quote) {
          if (quote == '\'' && at(i + 1) == '\'') {
            ++i;
          } else {
            return i + 1;
          }
        }
      }
      return {};
    }
    // A plain one is its own text; one that goes on in the next line is longer than that.
    const auto size = value.text().size();
    if (text_.substr(begin, size) != value.text()) return {};
    return begin + size;
  }

  // The end of a value in flow style: after its closing bracket or quote.
  std::optional<std::size_t> flow_end(std::size_t begin, const Node& value) const {
    if (!value.is_array() && !value.is_object()) return scalar_end(begin, value);
    int depth = 0;
    for (std::size_t i = begin; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '"' || c == '\'') {
        i = skip_quoted(i);
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return i + 1;
      } else if (c == '#' && i > 0 && (text_[i - 1] == ' ' || text_[i - 1] == '\n') && !is_json_) {
        i = next_line(i) - 1;
      }
    }
    return {};
  }

 private:
  std::size_t skip_quoted(std::size_t begin) const {
    const char quote = text_[begin];
    // In the middle of a plain scalar an apostrophe is a letter.
    if (quote == '\'' && begin > 0 && is_alnum(text_[begin - 1])) return begin;
    for (std::size_t i = begin + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        return i;
      }
    }
    return text_.size();
  }

  std::string_view text_;
  std::vector<std::size_t> starts_;
  bool is_json_ = false;
};

class Editor {
 public:
  Editor(std::string_view text, const Node& root) : text_(text), root_(&root) {}

  EditedText apply(std::span<const Edit> edits) {
    EditedText done;
    std::vector<std::pair<Splice, const Edit*>> splices;
    for (const Edit& edit : edits) {
      auto splice = edit.kind == Edit::Kind::kSet ? set(edit) : remove(edit);
      if (splice) {
        splices.emplace_back(*std::move(splice), &edit);
      } else {
        done.left.push_back(&edit);
      }
    }
    std::ranges::stable_sort(splices, {},
                             [](const auto& entry) { return std::pair(entry.first.begin, entry.first.end); });
    std::size_t at = 0;
    for (auto& [splice, edit] : splices) {
      if (splice.begin < at) {
        done.left.push_back(edit);
        continue;
      }
      done.text += text_.text().substr(at, splice.begin - at);
      done.text += splice.text;
      at = splice.end;
    }
    done.text += text_.text().substr(at);
    return done;
  }

 private:
  // The way to the deepest node of the pointer that is there; `rest` is what is left: nothing, or one member's name.
  const Node* walk(std::string_view pointer, Path& path, std::optional<std::string>& missing) const {
    const Node* node = root_;
    if (pointer.empty()) return node;
    for (const auto token : split(pointer.substr(1), '/')) {
      if (missing) return nullptr;
      const std::string name = json::unescape_token(token);
      if (node->is_array()) {
        const auto index = parse_uint(name);
        if (!index || *index >= node->size()) return nullptr;
        path.push_back({node, *index});
        node = node->items()[*index];
        continue;
      }
      const auto members = node->members();
      const auto found = std::ranges::find(members, name, [](const Member& member) { return member.key->text(); });
      if (found == members.end()) {
        missing = name;
        continue;
      }
      path.push_back({node, static_cast<std::size_t>(found - members.begin())});
      node = found->value;
    }
    return node;
  }

  std::optional<Splice> set(const Edit& edit) const {
    Path path;
    std::optional<std::string> missing;
    const Node* node = walk(edit.pointer, path, missing);
    if (node == nullptr) return {};
    return missing ? insert(*node, *missing, edit.value) : replace(*node, edit.value);
  }

  std::optional<Splice> replace(const Node& value, const std::string& text) const {
    const auto begin = text_.offset(value);
    if (!begin) return {};
    const bool flow = text_.at(*begin) == '{' || text_.at(*begin) == '[';
    if ((value.is_array() || value.is_object()) && !flow) return {};
    const auto end = text_.flow_end(*begin, value);
    if (!end) return {};
    return Splice{*begin, *end, text};
  }

  std::string key_text(std::string_view key) const {
    const bool plain = !text_.is_json() && !key.empty() && is_alpha(key[0]) && std::ranges::all_of(key, is_alnum);
    if (plain) return std::string(key);
    std::string out;
    json::append_string(out, key);
    return out;
  }

  std::optional<Splice> insert(const Node& holder, std::string_view key, const std::string& value) const {
    const auto begin = text_.offset(holder);
    if (!begin || !holder.is_object()) return {};
    const std::string member = key_text(key) + ": " + value;
    if (text_.at(*begin) == '{') return insert_in_flow(holder, *begin, member);
    if (holder.size() == 0) return {};
    return insert_in_block(holder, member);
  }

  std::optional<Splice> insert_in_flow(const Node& holder, std::size_t begin, const std::string& member) const {
    if (holder.size() == 0) return Splice{begin + 1, begin + 1, member};
    const Node& first = *holder.members().front().key;
    if (first.line() == holder.line()) return Splice{begin + 1, begin + 1, member + ", "};
    std::string line = "\n" + std::string(first.column() - 1, ' ');
    line.append(member).append(",");
    return Splice{begin + 1, begin + 1, std::move(line)};
  }

  // After a member that is one line, else before the first.
  std::optional<Splice> insert_in_block(const Node& holder, const std::string& member) const {
    const Node& first = *holder.members().front().key;
    const auto start = text_.offset(first);
    if (!start) return {};
    const std::string indent(first.column() - 1, ' ');
    for (const auto& [key, value] : holder.members()) {
      if (value->is_array() || value->is_object() || value->line() != key->line()) continue;
      const auto at = text_.offset(*value);
      const auto end = at ? text_.scalar_end(*at, *value) : std::nullopt;
      if (!end || !ends_line(*end)) continue;
      const std::size_t next = text_.next_line(*end);
      const bool last = next == text_.text().size() && text_.at(next - 1) != '\n';
      std::string line = indent + member;
      if (last) {
        line.insert(0, 1, '\n');
      } else {
        line += '\n';
      }
      return Splice{next, next, std::move(line)};
    }
    std::string line = member + '\n';
    line += indent;
    return Splice{*start, *start, std::move(line)};
  }

  // Nothing but blanks and a comment follows on the line.
  bool ends_line(std::size_t at) const {
    while (text_.at(at) == ' ' || text_.at(at) == '\t' || text_.at(at) == '\r') ++at;
    return at >= text_.text().size() || text_.at(at) == '\n' || text_.at(at) == '#';
  }

  static const Node& child(const Step& step) {
    return step.parent->is_array() ? *step.parent->items()[step.index] : *step.parent->members()[step.index].value;
  }
  // Where the child begins: its key, if it has one.
  static const Node& head(const Step& step) {
    return step.parent->is_array() ? *step.parent->items()[step.index] : *step.parent->members()[step.index].key;
  }

  std::optional<Splice> remove(const Edit& edit) const {
    Path path;
    std::optional<std::string> missing;
    const Node* node = walk(edit.pointer, path, missing);
    if (node == nullptr || missing || path.empty()) return {};
    const Step& step = path.back();
    const auto holder = text_.offset(*step.parent);
    if (!holder) return {};
    const char bracket = text_.at(*holder);
    if (bracket == '{' || bracket == '[') return remove_from_flow(step);
    return step.parent->size() < 2 ? std::nullopt : remove_from_block(path);
  }

  std::optional<Splice> remove_from_flow(const Step& step) const {
    const auto begin = text_.offset(head(step));
    const auto value = text_.offset(child(step));
    if (!begin || !value) return {};
    auto end = text_.flow_end(*value, child(step));
    if (!end) return {};
    std::size_t after = *end;
    while (text_.at(after) == ' ' || text_.at(after) == '\n' || text_.at(after) == '\r') ++after;
    if (text_.at(after) == ',') {
      ++after;
      while (text_.at(after) == ' ' || text_.at(after) == '\n' || text_.at(after) == '\r') ++after;
      return Splice{*begin, after, ""};
    }
    std::size_t before = *begin;
    while (before > 0 && (text_.at(before - 1) == ' ' || text_.at(before - 1) == '\n')) --before;
    if (before > 0 && text_.at(before - 1) == ',') return Splice{before - 1, *end, ""};
    return Splice{*begin, *end, ""};
  }

  std::optional<Splice> remove_from_block(const Path& path) const {
    const auto at = text_.offset(head(path.back()));
    if (!at) return {};
    const std::size_t first = text_.first_on_line(*at);
    const bool element = path.back().parent->is_array();
    // The line begins with the key, or with the element's dash.
    if (element ? text_.at(first) != '-' : first != *at) return {};
    std::size_t end = text_.text().size();
    for (std::size_t depth = path.size(); depth-- > 0;) {
      const Step& step = path[depth];
      if (step.index + 1 >= step.parent->size()) continue;
      const auto next = text_.offset(head({step.parent, step.index + 1}));
      if (!next) return {};
      end = text_.line_start(*next);
      break;
    }
    return Splice{text_.line_start(*at), before_comments(end, text_.line_start(*at)), ""};
  }

  // Comments and empty lines before what follows belong to that.
  std::size_t before_comments(std::size_t end, std::size_t least) const {
    while (end > least) {
      const std::size_t line = text_.line_start(end - 1);
      const char first = text_.at(text_.first_on_line(line));
      if (line <= least || (first != '#' && first != '\n' && first != '\r')) break;
      end = line;
    }
    return end;
  }

  Text text_;
  const Node* root_;
};

}  // namespace

EditedText apply_edits(std::string_view text, const Node& root, std::span<const Edit> edits) {
  return Editor(text, root).apply(edits);
}

}  // namespace portico::audit
