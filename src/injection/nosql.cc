// Document stores: query operators where a value was meant, and JavaScript that leaves the string it was put in.
#include "injection/attack.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

constexpr Words<37> kOperators = {
    "$ne",         "$eq",       "$gt",          "$gte",       "$lt",        "$lte",   "$in",      "$nin",
    "$or",         "$and",      "$not",         "$nor",       "$exists",    "$type",  "$regex",   "$where",
    "$expr",       "$function", "$accumulator", "$all",       "$elemMatch", "$size",  "$mod",     "$text",
    "$jsonSchema", "$options",  "$lookup",      "$unionWith", "$out",       "$merge", "$comment", "$set",
    "$unset",      "$inc",      "$push",        "$pull",      "$rename"};

bool is_identifier(char c) { return is_alnum(c) || c == '_' || c == '$' || c == '.'; }

std::string_view behind_spaces(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

// JavaScript behind a quote: "|| '1'=='1", "; return true", "+ this.password +", "} , $or: [".
bool is_script(std::string_view text) {
  text = behind_spaces(text);
  while (text.starts_with(')') || text.starts_with('}') || text.starts_with(']')) text = behind_spaces(text.substr(1));
  const bool joins = text.starts_with("||") || text.starts_with("&&");
  if (joins || text.starts_with('+')) {
    const std::string_view rest = behind_spaces(text.substr(joins ? 2 : 1));
    if (rest.starts_with("this.") || rest.starts_with("function") || rest.starts_with("sleep(") ||
        rest.starts_with("db.") || rest.starts_with("Object.") || rest.starts_with("tojson(")) {
      return true;
    }
    return joins && (rest.find("==") != std::string_view::npos || rest.find(".match(") != std::string_view::npos ||
                     rest == "true" || rest.starts_with("1//") || rest.starts_with("true//"));
  }
  if (text.starts_with(';')) {
    const std::string_view rest = behind_spaces(text.substr(1));
    return rest.starts_with("return") || rest.starts_with("var ") || rest.starts_with("while(") ||
           rest.starts_with("while (") || rest.starts_with("sleep(") || rest.starts_with("db.") ||
           rest.starts_with("it=new") || rest.starts_with("do{") || rest.starts_with("throw ") ||
           rest.starts_with("this.");
  }
  if (text.starts_with(',')) {
    std::string_view rest = behind_spaces(text.substr(1));
    if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
    std::size_t end = 0;
    while (end < rest.size() && is_identifier(rest[end])) ++end;
    return is_query_operator(rest.substr(0, end));
  }
  return false;
}

}  // namespace

bool is_query_operator(std::string_view name) {
  return name.size() > 2 && name[0] == '$' && std::ranges::find(kOperators, name) != kOperators.end();
}

Verdict look_for_nosql(std::string_view text) {
  const auto found = [](std::string_view reason) { return Verdict{Attack::kNoSql, reason}; };
  // A query that somebody shows has the call around it.
  const bool shown = text.find('$') != std::string_view::npos &&
                     (text.find("db.") != std::string_view::npos || text.find("find(") != std::string_view::npos ||
                      text.find("aggregate(") != std::string_view::npos || text.find("```") != std::string_view::npos);
  // {"$gt": ""}, {$ne: 1}, user[$ne]=x, [$regex]=.*
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    std::size_t end = at + 1;
    while (end < text.size() && is_alpha(text[end])) ++end;
    if (!is_query_operator(text.substr(at, end - at))) continue;
    std::string_view before = text.substr(0, at);
    while (!before.empty() && (is_space(before.back()) || before.back() == '"' || before.back() == '\''))
      before.remove_suffix(1);
    std::string_view after = text.substr(end);
    while (!after.empty() && (is_space(after.front()) || after.front() == '"' || after.front() == '\''))
      after.remove_prefix(1);
    const bool member = (before.ends_with('{') || before.ends_with(',') || before.empty()) && after.starts_with(':');
    const bool bracket = before.ends_with('[') && after.starts_with(']');
    if ((member && !shown) || bracket) return found("an operator of a query");
  }
  // As if within '...' or "...".
  for (const char quote : {'\'', '"'}) {
    const auto close = text.find(quote);
    if (close == std::string_view::npos) continue;
    if (is_script(text.substr(close + 1))) return found("a script behind a closing quote");
  }
  // Within a bare value.
  std::size_t end = 0;
  while (end < text.size() && is_alnum(text[end])) ++end;
  if (end < 12 && end < text.size()) {
    const std::string_view rest = behind_spaces(text.substr(end));
    if (rest.starts_with(';') && is_script(rest) && text.find('\n') == std::string_view::npos)
      return found("a script behind a value");
    if (rest.starts_with(',') && is_script(rest)) return found("an operator of a query");
    if (rest.starts_with("||") && rest.find("this.") != std::string_view::npos) return found("a script behind a value");
  }
  const std::string_view all = trimmed(text);
  if (all.starts_with("this.") &&
      (all.find("==") != std::string_view::npos || all.find(".match(") != std::string_view::npos))
    return found("a script of a query");
  if (all.starts_with("db.") &&
      (all.ends_with(".drop()") || all.ends_with(".dropDatabase()") || all.ends_with(".remove({})")))
    return found("a script of a query");
  if (all.starts_with("function") && all.find("this.") != std::string_view::npos &&
      all.find("return") != std::string_view::npos && all.find("sleep(") != std::string_view::npos)
    return found("a script of a query");
  return {};
}

}  // namespace portico::injection
