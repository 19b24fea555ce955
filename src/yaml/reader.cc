#include "yaml/reader.h"

#include <yaml.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/text.h"
#include "json/assembly.h"
#include "json/encoding.h"
#include "yaml/columns.h"
#include "yaml/scalar.h"

namespace portico::yaml {
namespace {

using json::Built;
using json::Kind;
using json::Mark;
using json::Member;
using json::Node;

class Event {
 public:
  explicit Event(yaml_parser_t& parser) : valid_(yaml_parser_parse(&parser, &event_) != 0) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() {
    if (valid_) yaml_event_delete(&event_);
  }
  bool valid() const { return valid_; }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
  bool valid_;
};

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

// What a tag asks for. kResolve stands for "no tag": plain scalars are resolved, quoted ones are strings.
enum class Tag : std::uint8_t { kResolve, kString, kInteger, kFloat, kBoolean, kNull, kMap, kSequence, kUnknown };

Tag tag_of(std::string_view tag) {
  constexpr std::string_view kCore = "tag:yaml.org,2002:";
  if (tag.empty()) return Tag::kResolve;
  if (tag == "!") return Tag::kString;
  if (!tag.starts_with(kCore)) return Tag::kUnknown;
  tag.remove_prefix(kCore.size());
  if (tag == "str" || tag == "binary" || tag == "timestamp") return Tag::kString;
  if (tag == "merge") return Tag::kResolve;
  if (tag == "int") return Tag::kInteger;
  if (tag == "float") return Tag::kFloat;
  if (tag == "bool") return Tag::kBoolean;
  if (tag == "null") return Tag::kNull;
  if (tag == "map") return Tag::kMap;
  if (tag == "seq") return Tag::kSequence;
  return Tag::kUnknown;
}

class Reader {
 public:
  Reader(std::string_view text, json::Document& document, json::ReadBudget& budget);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { yaml_parser_delete(&parser_); }

  Result<const Node*> run();

 private:
  // A container that is open, beside the Assembly's own account of it.
  struct Open {
    std::string anchor;
    bool merges = false;  // holds a "<<" that is not merely a string
  };

  Result<void> handle(const Event& event);
  Result<void> scalar(const yaml_event_t& event);
  Result<void> scalar_value(const yaml_event_t& event, Mark at);
  Result<void> open(Kind kind, const yaml_char_t* anchor, const yaml_char_t* tag, Mark at);
  Result<void> close();
  Result<void> alias(std::string_view anchor, Mark at);
  Result<void> merge(const Member& entry, std::vector<Member>& members, std::unordered_set<std::string_view>& seen);
  Result<void> merge_all();
  void remember(std::string_view anchor, const Built& built);

  Mark mark(const yaml_mark_t& at) { return columns_.mark(at.line, at.column); }
  std::unexpected<Error> parser_error();
  std::unexpected<Error> unknown_tag(std::string_view tag, Mark at) const;

  std::string_view text_;
  std::string name_;
  yaml_parser_t parser_{};
  Columns columns_;
  json::Assembly assembly_;
  std::vector<Open> open_;
  std::unordered_map<std::string, Built> anchors_;  // a null node: still open, or replaced by one that is
  std::string buffer_;
};

Reader::Reader(std::string_view text, json::Document& document, json::ReadBudget& budget)
    : text_(text), name_(document.name), columns_(text), assembly_(document, budget) {
  if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
  yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

Result<const Node*> Reader::run() {
  int documents = 0;
  for (;;) {
    const Event event(parser_);
    if (!event.valid()) return parser_error();
    if (event->type == YAML_STREAM_END_EVENT) break;
    if (event->type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
      return assembly_.error(ErrorCode::kUnsupported, "a second document in the same file", mark(event->start_mark),
                             "keep one document a file; a line of \"---\" starts another one");
    }
    PORTICO_CHECK_OK(handle(event));
  }
  if (documents == 0) {
    return assembly_.error(ErrorCode::kInvalid, "the document is empty", {});
  }
  return assembly_.root();
}

std::unexpected<Error> Reader::parser_error() {
  const std::string problem = parser_.problem == nullptr ? "unknown problem" : parser_.problem;
  if (parser_.error == YAML_MEMORY_ERROR) return assembly_.error(ErrorCode::kLimit, "out of memory", {});
  if (parser_.error == YAML_READER_ERROR) {
    const Place place = json::place_at(text_, std::min(parser_.problem_offset, text_.size()), name_);
    return failure(ErrorCode::kSyntax, "not well-formed YAML: " + problem, place,
                   "write it as UTF-8, and characters that cannot be printed as escapes in double quotes");
  }
  std::string context;
  if (parser_.context != nullptr) {
    context =
        std::string(" ") + parser_.context + " from line " + std::to_string(parser_.context_mark.line + 1) + " on";
  }
  std::string remedy;
  if (problem.find("cannot start any token") != std::string::npos) {
    remedy = "tabs cannot indent, and text that begins with @, ` or % needs quotes";
  }
  return assembly_.error(ErrorCode::kSyntax, "not well-formed YAML: " + problem + context, mark(parser_.problem_mark),
                         std::move(remedy));
}

std::unexpected<Error> Reader::unknown_tag(std::string_view tag, Mark at) const {
  return assembly_.error(ErrorCode::kUnsupported, "the tag \"" + printable(tag) + "\" has no meaning here", at,
                         "remove it: JSON's types are all there is");
}

Result<void> Reader::handle(const Event& event) {
  const auto at = [&] { return mark(event->start_mark); };
  switch (event->type) {
    case YAML_SCALAR_EVENT: return scalar(*event.operator->());
    case YAML_ALIAS_EVENT: return alias(view(event->data.alias.anchor), at());
    case YAML_SEQUENCE_START_EVENT:
      return open(Kind::kArray, event->data.sequence_start.anchor, event->data.sequence_start.tag, at());
    case YAML_MAPPING_START_EVENT:
      return open(Kind::kObject, event->data.mapping_start.anchor, event->data.mapping_start.tag, at());
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close();
    default: return {};
  }
}

Result<void> Reader::scalar(const yaml_event_t& event) {
  const auto& data = event.data.scalar;
  const std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
  const Mark at = mark(event.start_mark);
  if (!assembly_.expects_key()) return scalar_value(event, at);
  if (tag_of(view(data.tag)) == Tag::kUnknown) return unknown_tag(view(data.tag), at);
  if (text == "<<" && data.style == YAML_PLAIN_SCALAR_STYLE) open_.back().merges = true;
  PORTICO_TRY(const Built built, assembly_.key(text, at));
  if (data.anchor == nullptr) return {};
  // The key is a string, whatever the scalar; an alias to it elsewhere would not be.
  if (data.style == YAML_PLAIN_SCALAR_STYLE && resolve_plain(text, buffer_).kind != Kind::kString) {
    return assembly_.error(ErrorCode::kUnsupported, "an anchor on a key that is no string", at,
                           "put the anchor on a value");
  }
  remember(view(data.anchor), built);
  return {};
}

Result<void> Reader::scalar_value(const yaml_event_t& event, Mark at) {
  const auto& data = event.data.scalar;
  const std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
  const Tag tag = tag_of(view(data.tag));
  Scalar value{Kind::kString, text};
  const bool resolve = tag == Tag::kResolve ? data.style == YAML_PLAIN_SCALAR_STYLE : tag != Tag::kString;
  if (resolve) value = resolve_plain(text, buffer_);
  const auto is = [&](Tag wanted, Kind kind) { return tag == wanted && value.kind == kind; };
  const bool agrees = tag == Tag::kResolve || tag == Tag::kString || is(Tag::kBoolean, Kind::kBoolean) ||
                      is(Tag::kNull, Kind::kNull) || is(Tag::kFloat, Kind::kNumber) ||
                      (is(Tag::kInteger, Kind::kNumber) && value.text.find_first_of(".eE") == std::string_view::npos);
  if (tag == Tag::kUnknown) return unknown_tag(view(data.tag), at);
  if (!agrees) {
    return assembly_.error(ErrorCode::kInvalid,
                           "\"" + printable(text) + "\" is not of its tag \"" + printable(view(data.tag)) + "\"", at);
  }
  PORTICO_TRY(const Built built, assembly_.scalar(value.kind, value.text, at));
  if (data.anchor != nullptr) remember(view(data.anchor), built);
  return {};
}

Result<void> Reader::open(Kind kind, const yaml_char_t* anchor, const yaml_char_t* tag, Mark at) {
  if (assembly_.expects_key()) {
    return assembly_.error(ErrorCode::kUnsupported, "a key that is a sequence or a mapping", at,
                           "keys are names; quote one that begins with \"[\" or \"{\"");
  }
  const Tag wanted = tag_of(view(tag));
  if (wanted != Tag::kResolve && wanted != (kind == Kind::kArray ? Tag::kSequence : Tag::kMap)) {
    return unknown_tag(view(tag), at);
  }
  PORTICO_CHECK_OK(assembly_.open(kind, at));
  open_.push_back({std::string(view(anchor)), false});
  // From here on the name means this node, which is not finished: an alias to it would be a cycle.
  if (anchor != nullptr) anchors_[open_.back().anchor] = {};
  return {};
}

Result<void> Reader::close() {
  if (open_.back().merges) PORTICO_CHECK_OK(merge_all());
  PORTICO_TRY(const Built built, assembly_.close());
  // Not if the name was given again within: the later anchor holds from there on.
  if (const auto& anchor = open_.back().anchor; !anchor.empty() && anchors_[anchor].node == nullptr) {
    remember(anchor, built);
  }
  open_.pop_back();
  return {};
}

void Reader::remember(std::string_view anchor, const Built& built) { anchors_[std::string(anchor)] = built; }

Result<void> Reader::alias(std::string_view anchor, Mark at) {
  const auto found = anchors_.find(std::string(anchor));
  if (found == anchors_.end()) {
    return assembly_.error(ErrorCode::kInvalid, "no anchor \"&" + printable(anchor) + "\" before its alias", at);
  }
  const Built& built = found->second;
  if (built.node == nullptr) {
    return assembly_.error(ErrorCode::kInvalid, "the alias \"*" + printable(anchor) + "\" stands inside of itself", at,
                           "a schema that contains itself is written with $ref");
  }
  if (!assembly_.expects_key()) return assembly_.share(built, at);
  if (built.height != 0) {
    return assembly_.error(ErrorCode::kUnsupported, "a key that is a sequence or a mapping", at);
  }
  PORTICO_CHECK_OK(assembly_.key(built.node->text(), at));
  return {};
}

// Own members stay where they are; those of the merged mappings follow unless their key is there already.
Result<void> Reader::merge_all() {
  std::vector<Member> members;
  std::vector<Member> merges;
  std::unordered_set<std::string_view> seen;
  for (const Member& member : assembly_.members()) {
    // A string "<<" that was quoted beside a plain one is a duplicate to every reader.
    if (member.key->text() == "<<") {
      merges.push_back(member);
    } else {
      members.push_back(member);
      seen.insert(member.key->text());
    }
  }
  if (merges.size() > 1) return assembly_.duplicate(*merges[0].key, *merges[1].key);
  for (const Member& entry : merges) PORTICO_CHECK_OK(merge(entry, members, seen));
  assembly_.replace_members(members);
  return {};
}

Result<void> Reader::merge(const Member& entry, std::vector<Member>& members,
                           std::unordered_set<std::string_view>& seen) {
  const Node* const single[] = {entry.value};
  const std::span<const Node* const> sources = entry.value->is_array() ? entry.value->items() : single;
  for (const Node* source : sources) {
    if (!source->is_object()) {
      return assembly_.error(ErrorCode::kInvalid, "the merge key \"<<\" needs a mapping or a sequence of mappings",
                             {entry.key->line(), entry.key->column()}, "quote \"<<\" where it is meant as a name");
    }
    for (const Member& member : source->members()) {
      if (seen.insert(member.key->text()).second) members.push_back(member);
    }
  }
  return {};
}

// libyaml compares each %TAG directive with all before it, so their number must be bounded before it sees them.
bool too_many_directives(std::string_view text) {
  constexpr std::size_t kMost = 64;
  std::size_t count = text.starts_with("%") ? 1 : 0;
  for (auto at = text.find("\n%"); at != std::string_view::npos && count <= kMost; at = text.find("\n%", at + 2)) {
    ++count;
  }
  return count > kMost && text.find("%TAG") != std::string_view::npos;
}

}  // namespace

Result<void> read_yaml(std::string_view bytes, json::Document& document, json::ReadBudget& budget) {
  PORTICO_TRY(const std::string_view text, json::document_text(bytes, document.name));
  if (text.size() > UINT32_MAX) {
    return failure(ErrorCode::kLimit, "the document is larger than 4 GiB", Place{.file = document.name});
  }
  if (too_many_directives(text)) {
    return failure(ErrorCode::kLimit, "more than 64 directives", Place{.file = document.name});
  }
  PORTICO_TRY(document.root, Reader(text, document, budget).run());
  return {};
}

Result<void> read_yaml(std::string_view bytes, json::Document& document) {
  json::ReadBudget budget;
  return read_yaml(bytes, document, budget);
}

Result<void> read_document(std::string_view bytes, json::Document& document, json::ReadBudget& budget) {
  PORTICO_TRY(const std::string_view text, json::document_text(bytes, document.name));
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool bracket = first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
  if (!bracket) return read_yaml(bytes, document, budget);
  const json::ReadBudget before = budget;
  auto as_json = json::read_json(bytes, document, budget);
  if (as_json || as_json.error().code != ErrorCode::kSyntax) return as_json;
  budget = before;
  auto as_yaml = read_yaml(bytes, document, budget);
  return as_yaml || !document.name.ends_with(".json") ? as_yaml : as_json;
}

Result<void> read_document(std::string_view bytes, json::Document& document) {
  json::ReadBudget budget;
  return read_document(bytes, document, budget);
}

}  // namespace portico::yaml
