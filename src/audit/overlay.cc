#include "audit/overlay.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/text.h"
#include "json/pointer.h"
#include "json/writer.h"

namespace portico::audit {
namespace {

bool is_index(std::string_view token) { return parse_uint(token).has_value() && token.size() < 9; }

// "/paths/~1orders/get" is "$['paths']['/orders']['get']". Whether a number is an index is known by where it stands:
// only lists of `parameters`, `servers`, `security` and combinations have numbered elements.
bool is_list(std::string_view token) {
  return token == "parameters" || token == "servers" || token == "security" || token == "allOf" || token == "oneOf" ||
         token == "anyOf" || token == "prefixItems" || token == "tags" || token == "enum" || token == "examples";
}

std::string path_of(std::string_view pointer) {
  std::string path = "$";
  if (pointer.empty()) return path;
  std::string_view before;
  for (const auto token : split(pointer.substr(1), '/')) {
    if (is_index(token) && is_list(before)) {
      path += "[" + std::string(token) + "]";
    } else {
      path += "['";
      for (const char c : json::unescape_token(token)) {
        if (c == '\'' || c == '\\') path += '\\';
        path += c;
      }
      path += "']";
    }
    before = token;
  }
  return path;
}

}  // namespace

std::string write_overlay(std::span<const Repair> repairs, std::string_view title, std::string_view target) {
  struct Update {
    std::map<std::string, std::string> members;
    std::vector<std::string> rules;
  };
  std::map<std::string, Update> updates;                      // by the parent's pointer
  std::vector<std::pair<std::string, std::string>> removals;  // pointer, rule
  for (const Repair& repair : repairs) {
    for (const Edit& edit : repair.edits) {
      const std::string& rule = repair.reason;
      if (edit.kind == Edit::Kind::kRemove) {
        removals.emplace_back(edit.pointer, rule);
        continue;
      }
      const auto slash = edit.pointer.rfind('/');
      Update& update = updates[edit.pointer.substr(0, slash)];
      update.members[json::unescape_token(std::string_view(edit.pointer).substr(slash + 1))] = edit.value;
      if (std::ranges::find(update.rules, rule) == update.rules.end()) update.rules.push_back(rule);
    }
  }
  std::string out;
  json::Writer writer(out, json::Writer::Layout::kIndented);
  writer.begin_object();
  writer.key("overlay").string("1.0.0");
  writer.key("info").begin_object();
  writer.key("title").string(title);
  writer.key("version").string("1");
  writer.end_object();
  if (!target.empty()) writer.key("extends").string(target);
  writer.key("actions").begin_array();
  for (const auto& [parent, update] : updates) {
    // A list that is set is replaced, where an update would append: it goes first.
    for (const auto& [member, value] : update.members) {
      if (!value.starts_with('[')) continue;
      std::string pointer = parent;
      json::append_token(pointer, member);
      writer.begin_object();
      writer.key("target").string(path_of(pointer));
      writer.key("description").string(join(update.rules, ", "));
      writer.key("remove").boolean(true);
      writer.end_object();
    }
    writer.begin_object();
    writer.key("target").string(path_of(parent));
    writer.key("description").string(join(update.rules, ", "));
    writer.key("update").begin_object();
    for (const auto& [member, value] : update.members) writer.key(member).raw(value);
    writer.end_object();
    writer.end_object();
  }
  // Later elements first, so that the places of earlier ones stay what they are.
  std::ranges::stable_sort(removals, [](const auto& a, const auto& b) {
    return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a.first > b.first;
  });
  for (const auto& [pointer, rule] : removals) {
    writer.begin_object();
    writer.key("target").string(path_of(pointer));
    writer.key("description").string(rule);
    writer.key("remove").boolean(true);
    writer.end_object();
  }
  writer.end_array().end_object();
  out += '\n';
  return out;
}

}  // namespace portico::audit
