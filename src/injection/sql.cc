// SQL: a fragment that closes the string or ends the number that it was put in, and goes on as SQL.
//
// The text is read three times: as if it stood by itself, within '...', and within "...". A quote in prose is followed
// by prose; in an injection by an operator, a closing bracket, a statement, or a comment that cuts off the rest.
#include "injection/attack.h"
#include "injection/sql_lexer.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

constexpr Verdict kNothing{};
Verdict found(std::string_view reason) { return {Attack::kSql, reason}; }

bool is_word(const SqlToken& token, std::string_view word) { return equal_ignoring_case(token.text, word); }

// Reads expressions from one token on.
class Reader {
 public:
  explicit Reader(const SqlTokens& tokens) : tokens_(tokens) {}

  bool is_literal(std::size_t i) const {
    const Sql kind = tokens_.kind(i);
    return kind == Sql::kNumber || kind == Sql::kString || kind == Sql::kLiteral || kind == Sql::kVariable;
  }

  // Nothing more, or nothing that SQL would go on with.
  bool ends(std::size_t i) const {
    const Sql kind = tokens_.kind(i);
    return kind == Sql::kEnd || kind == Sql::kComment || kind == Sql::kSemicolon ||
           (kind == Sql::kOpenString && tokens_[i].text.size() < 3);
  }

  std::size_t skip_closing(std::size_t i) const {
    while (tokens_.kind(i) == Sql::kClose) ++i;
    return i;
  }

  // The token behind a value: a literal, a call with its arguments, a bracket with what is in it, a name with its dots.
  // 0: there is none.
  std::size_t value(std::size_t i) const {
    while (tokens_.kind(i) == Sql::kNot || (tokens_.kind(i) == Sql::kOperator && tokens_[i].text != "*")) ++i;
    if (is_literal(i)) return i + 1;
    if (tokens_.kind(i) == Sql::kFunction || tokens_.kind(i) == Sql::kOpen) return brackets(i);
    if (tokens_.kind(i) != Sql::kWord) return 0;
    ++i;
    while (tokens_.kind(i) == Sql::kDot && tokens_.kind(i + 1) == Sql::kWord) i += 2;
    return tokens_.kind(i) == Sql::kOpen ? brackets(i) : i;
  }

  // Whether the value is one that prose has not: a call, a subquery, a variable of the server.
  bool is_telling(std::size_t i) const {
    while (tokens_.kind(i) == Sql::kNot || tokens_.kind(i) == Sql::kOpen || tokens_.kind(i) == Sql::kOperator) ++i;
    const Sql kind = tokens_.kind(i);
    // Packages of Oracle's: utl_http.request, dbms_lock.sleep
    if (kind == Sql::kWord && tokens_.kind(i + 1) == Sql::kDot &&
        (starts_with_ignoring_case(tokens_[i].text, "utl_") || starts_with_ignoring_case(tokens_[i].text, "dbms_")))
      return true;
    return kind == Sql::kFunction || kind == Sql::kSelect ||
           (kind == Sql::kVariable && tokens_[i].text.starts_with("@@")) ||
           (kind == Sql::kCase && is_word(tokens_[i], "case") && is_word(tokens_[i + 1], "when"));
  }

  // "1=1", "name like '%a%'", "x is null", "1 in (1)": a comparison at `i`. Between plain words it is prose.
  bool is_comparison(std::size_t i) const {
    while (tokens_.kind(i) == Sql::kNot || tokens_.kind(i) == Sql::kOpen) ++i;
    const std::size_t left = value(i);
    if (left == 0) return false;
    std::size_t at = skip_closing(left);
    while (tokens_.kind(at) == Sql::kOperator) at = skip_closing(std::max(value(at + 1), at + 1));
    if (tokens_.kind(at) == Sql::kNot) ++at;
    if (tokens_.kind(at) != Sql::kCompare) return false;
    const SqlToken& sign = tokens_[at];
    ++at;
    if (tokens_.kind(at) == Sql::kNot) ++at;
    if (is_word(sign, "is"))
      return tokens_.kind(at) == Sql::kLiteral && tokens_.kind(i) == Sql::kWord && ends(skip_closing(at + 1));
    if (is_word(sign, "in")) return tokens_.kind(at) == Sql::kOpen;
    if (tokens_.kind(at) == Sql::kOpenString) return true;
    const std::size_t right = value(at);
    if (right == 0) return false;
    const bool symbols = !is_alpha(sign.text[0]);
    const bool literal = is_literal(i) || is_telling(i);
    const bool other_literal = is_literal(at) || is_telling(at);
    if (literal && other_literal) return symbols || ends(skip_closing(right)) || tokens_.kind(right) == Sql::kLogical;
    // A column compared with a literal, and then nothing or more SQL.
    const bool goes_on =
        ends(skip_closing(right)) || tokens_.kind(right) == Sql::kLogical || tokens_.kind(right) == Sql::kUnion;
    if (tokens_.kind(i) == Sql::kWord && tokens_.kind(at) == Sql::kWord) return false;
    return goes_on && (symbols || tokens_.kind(at) == Sql::kString);
  }

  // "select 1,2", "select null from", "select @@version", "select * from": what a union goes on with, not a verb.
  bool is_select_list(std::size_t i) const {
    while (tokens_.kind(i) == Sql::kOpen) ++i;
    if (tokens_.kind(i) != Sql::kSelect) return false;
    ++i;
    if (is_word(tokens_[i], "all") || is_word(tokens_[i], "distinct") || is_word(tokens_[i], "distinctrow")) ++i;
    if (is_word(tokens_[i], "top") && tokens_.kind(i + 1) == Sql::kNumber) i += 2;
    if (tokens_.kind(i) == Sql::kOperator && tokens_[i].text == "*") return true;
    if (is_literal(i) || is_telling(i)) return true;
    const std::size_t after = value(i);
    if (after == 0) return false;
    return tokens_.kind(after) == Sql::kComma || is_word(tokens_[after], "from") ||
           tokens_.kind(after) == Sql::kOpenString;
  }

  // A whole statement behind a semicolon.
  bool is_statement(std::size_t i) const {
    if (is_select_list(i)) return true;
    if (tokens_.kind(i) == Sql::kFunction && is_word(tokens_[i], "if"))
      return tokens_.kind(value(i)) == Sql::kStatement;
    if (tokens_.kind(i) != Sql::kStatement) return false;
    const SqlToken& verb = tokens_[i];
    const SqlToken& next = tokens_[i + 1];
    if (is_word(verb, "shutdown")) return ends(i + 1) || is_word(next, "with");
    if (is_word(verb, "exec") || is_word(verb, "execute") || is_word(verb, "call"))
      return next.kind == Sql::kOpen || next.kind == Sql::kWord || next.kind == Sql::kString ||
             next.kind == Sql::kVariable;
    if (is_word(verb, "declare")) return next.kind == Sql::kVariable;
    if (is_word(verb, "waitfor")) return is_word(next, "delay") || is_word(next, "time");
    if (is_word(verb, "insert") || is_word(verb, "merge") || is_word(verb, "replace")) return is_word(next, "into");
    if (is_word(verb, "delete")) return is_word(next, "from");
    if (is_word(verb, "update")) return is_word(tokens_[i + 2], "set") || is_word(tokens_[i + 4], "set");
    if (is_word(verb, "begin")) return is_word(next, "declare") || is_word(next, "dbms_lock") || ends(i + 2);
    if (is_word(verb, "copy"))
      return is_word(tokens_[i + 2], "from") || is_word(tokens_[i + 2], "to") || next.kind == Sql::kOpen;
    if (is_word(verb, "grant") || is_word(verb, "revoke")) return is_word(next, "all") || is_word(next, "select");
    constexpr Words<12> kObjects = {"table",     "database", "schema", "user", "view",    "index",
                                    "procedure", "function", "login",  "role", "trigger", "column"};
    return is_among(kObjects, next.text);
  }

 private:
  // Behind the bracket that closes the first one, or behind all: an attack may leave it to the service to close it.
  std::size_t brackets(std::size_t i) const {
    int depth = 0;
    for (; tokens_.kind(i) != Sql::kEnd; ++i) {
      if (tokens_.kind(i) == Sql::kOpen) ++depth;
      if (tokens_.kind(i) == Sql::kClose && --depth == 0) return i + 1;
    }
    return i;
  }

  const SqlTokens& tokens_;
};

// What follows a value, at `i`: does it go on as SQL? `quoted`: behind a quote that closed a string.
Verdict continuation(const SqlTokens& tokens, std::size_t i, bool quoted, bool first_quote = true) {
  const Reader read(tokens);
  const std::size_t first = i;
  i = read.skip_closing(i);
  const bool closed = i > first;
  switch (tokens.kind(i)) {
    case Sql::kLogical: {
      if (read.is_comparison(i + 1)) return found("a condition that is added");
      if (read.is_telling(i + 1)) return found("a condition that calls or selects");
      std::size_t at = i + 1;
      while (tokens.kind(at) == Sql::kNot || tokens.kind(at) == Sql::kOpen) ++at;
      if (tokens.kind(at) == Sql::kLiteral && read.ends(read.skip_closing(at + 1)))
        return found("a condition that is added");
      if (read.is_literal(at) && (quoted || closed)) {
        const std::size_t after = read.skip_closing(at + 1);
        if (tokens.kind(after) == Sql::kComment || tokens.kind(after) == Sql::kSemicolon)
          return found("a condition that is added");
        if (tokens.kind(after) == Sql::kEnd && tokens.kind(at) != Sql::kString)
          return found("a condition that is added");
        if (tokens.kind(after) == Sql::kLogical && read.value(after + 1) != 0 && tokens.kind(at) != Sql::kString)
          return found("a condition that is added");
      }
      if (quoted && tokens.kind(at) == Sql::kOpenString && !tokens[at].text.empty() &&
          tokens[at].text.find(' ') == std::string_view::npos && tokens[at].text.size() < 12 &&
          (tokens[i].text[0] != '|')) {
        return found("a condition that is added");
      }
      return kNothing;
    }
    case Sql::kUnion:
      if (is_word(tokens[i + 1], "all") || is_word(tokens[i + 1], "distinct")) ++i;
      return read.is_select_list(i + 1) ? found("a union with another selection") : kNothing;
    case Sql::kSemicolon:
      return read.is_statement(i + 1) || (quoted && tokens.kind(i + 1) == Sql::kComment) ? found("a second statement")
                                                                                         : kNothing;
    case Sql::kStatement:
      return is_word(tokens[i], "waitfor") && read.is_statement(i) ? found("a second statement") : kNothing;
    case Sql::kClause: {
      const bool sorts = (is_word(tokens[i], "order") || is_word(tokens[i], "group")) && is_word(tokens[i + 1], "by");
      if (sorts && tokens.kind(i + 2) == Sql::kNumber && (read.ends(i + 3) || tokens.kind(i + 3) == Sql::kComma))
        return found("columns that are counted");
      if (sorts && read.is_telling(i + 2)) return found("an order that selects");
      if (sorts && quoted && tokens.kind(i + 2) == Sql::kWord &&
          (tokens.kind(i + 3) == Sql::kComment || is_word(tokens[i + 3], "having")))
        return found("columns that are counted");
      if (is_word(tokens[i], "having") && read.is_comparison(i + 1)) return found("a condition that is added");
      if (is_word(tokens[i], "limit") && tokens.kind(i + 1) == Sql::kNumber &&
          (is_word(tokens[i + 2], "into") || is_word(tokens[i + 2], "procedure") ||
           tokens.kind(i + 2) == Sql::kComment || (tokens.kind(i + 2) == Sql::kComma && quoted)))
        return found("a limit that is added");
      if (is_word(tokens[i], "into") && (is_word(tokens[i + 1], "outfile") || is_word(tokens[i + 1], "dumpfile")))
        return found("a file that is written");
      if (is_word(tokens[i], "procedure") && is_word(tokens[i + 1], "analyse"))
        return found("a procedure that is called");
      return kNothing;
    }
    case Sql::kCompare: {
      if (read.is_telling(i + 1)) return found("a value that calls or selects");
      if (!quoted || !first_quote) return kNothing;
      const bool tight =
          tokens[0].text.empty() || (tokens[0].text.size() < 12 && tokens[0].text.find(' ') == std::string_view::npos);
      if (tight && tokens.kind(i + 1) == Sql::kOpenString && tokens[i + 1].text.size() < 8)
        return found("a condition that is always true");
      if (tight && read.is_literal(i + 1) &&
          (read.ends(read.skip_closing(i + 2)) || tokens.kind(i + 2) == Sql::kLogical) &&
          tokens.kind(i + 1) != Sql::kString)
        return found("a condition that is always true");
      if (is_alpha(tokens[i].text[0]) && tight && read.is_literal(i + 1) && read.ends(i + 2))
        return found("a condition that is always true");
      return kNothing;
    }
    case Sql::kOperator: {
      if (read.is_telling(i + 1)) return found("a value that calls or selects");
      return kNothing;
    }
    case Sql::kComment: {
      if (!quoted) return kNothing;
      // What the comment says: prose goes on behind its dash.
      std::string_view rest = tokens[i].text;
      while (!rest.empty() && (rest.front() == '-' || rest.front() == '#' || rest.front() == '/' ||
                               rest.front() == '*' || rest.front() == '+' || is_space(rest.front())))
        rest.remove_prefix(1);
      const bool spaced = tokens[0].text.ends_with(' ');
      return rest.size() <= 2 && !spaced && !tokens[0].text.ends_with("=") ? found("a comment behind a closing quote")
                                                                           : kNothing;
    }
    default: return kNothing;
  }
}

Verdict look_within(std::string_view text, char quote) {
  const SqlTokens tokens(text, quote);
  if (tokens.kind(0) != Sql::kString) return kNothing;
  // Prose has many quotes; any of them may be the one that closes.
  if (const Verdict verdict = continuation(tokens, 1, true)) return verdict;
  const auto second = text.find(quote, tokens[0].end);
  if (second == std::string_view::npos) return kNothing;
  // 'a' or '1'='1: the text brings its own first quote, or a backslash that takes one away.
  const std::string_view rest = text.substr(tokens[0].end);
  const SqlTokens again(rest, quote);
  return again.kind(0) == Sql::kString ? continuation(again, 1, true, false) : kNothing;
}

// A word at the start, and nothing that an expression needs: most texts, told without reading them.
bool begins_as_prose(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return true;
  const char first = text.front();
  if (!is_alpha(first) && (static_cast<unsigned char>(first) & 0x80) == 0) return false;
  return text.find_first_of("=<>(;)'\"*|&") == std::string_view::npos && !contains_ignoring_case(text, "union") &&
         !starts_with_ignoring_case(text, "or ") && !starts_with_ignoring_case(text, "and ") &&
         !starts_with_ignoring_case(text, "order") && !starts_with_ignoring_case(text, "having");
}

// Values that stand by themselves: numbers, or one word.
Verdict look_bare(std::string_view text) {
  if (begins_as_prose(text)) return kNothing;
  const SqlTokens tokens(text, '\0');
  const Reader read(tokens);
  std::size_t i = 0;
  while (tokens.kind(i) == Sql::kOperator && tokens[i].text == "-") ++i;
  const Sql first = tokens.kind(i);
  if (first == Sql::kNumber) return continuation(tokens, i + 1, false);
  // "true or false" is anybody's.
  if (first == Sql::kLiteral && tokens.kind(i + 2) != Sql::kLiteral) return continuation(tokens, i + 1, false);
  if (first == Sql::kClose) return continuation(tokens, i, false);
  // "admin or 1=1", "x union select 1,2": one word, and then what prose does not go on with.
  if (first == Sql::kWord) {
    const Sql second = tokens.kind(i + 1);
    if (second == Sql::kLogical && read.is_literal(i + 2) && read.is_comparison(i + 2))
      return found("a condition that is added");
    if (second == Sql::kUnion || second == Sql::kClose) return continuation(tokens, i + 1, false);
    if (second == Sql::kSemicolon && tokens.kind(i + 2) != Sql::kSelect) return continuation(tokens, i + 1, false);
    if ((second == Sql::kClause || second == Sql::kLogical) && read.is_telling(i + 2))
      return continuation(tokens, i + 1, false);
  }
  // Fragments that begin with what joins them.
  if (first == Sql::kLogical &&
      (read.is_comparison(i + 1) && (read.is_literal(i + 1) || tokens.kind(i + 1) == Sql::kOpen)))
    return found("a condition that is added");
  if (first == Sql::kLogical && read.is_telling(i + 1)) return found("a condition that calls or selects");
  if (first == Sql::kUnion || first == Sql::kSemicolon) return continuation(tokens, i, false);
  if (first == Sql::kClause && (is_word(tokens[i], "order") || is_word(tokens[i], "having")))
    return continuation(tokens, i, false);
  // "(select ...)", "if(1=1,sleep(5),0)", "sleep(5)": a value that is nothing but a call.
  if (first == Sql::kOpen && read.is_select_list(i + 1)) return found("a selection in brackets");
  if (first == Sql::kFunction) {
    constexpr Words<6> kDelays = {"sleep", "benchmark", "pg_sleep", "load_file", "extractvalue", "updatexml"};
    const std::size_t after = read.value(i);
    const bool delays = is_among(kDelays, tokens[i].text) || (is_word(tokens[i], "if") && read.is_telling(i + 4));
    if (delays &&
        (tokens.kind(after) == Sql::kEnd || tokens.kind(after) == Sql::kComment ||
         tokens.kind(after) == Sql::kLogical) &&
        !is_word(tokens[i], "sleep"))
      return found("a call that waits or reads");
    if (delays && is_word(tokens[i], "sleep") &&
        (tokens.kind(after) == Sql::kComment || tokens.kind(after) == Sql::kLogical))
      return found("a call that waits or reads");
    if (is_word(tokens[i], "if") && contains_ignoring_case(text, "sleep(") && tokens.kind(after) == Sql::kEnd)
      return found("a call that waits or reads");
  }
  if (first == Sql::kStatement && is_word(tokens[i], "waitfor") && read.is_statement(i))
    return found("a second statement");
  return kNothing;
}

}  // namespace

Verdict look_for_sql(std::string_view text) {
  if (const Verdict verdict = look_bare(text)) return verdict;
  for (const char quote : {'\'', '"'}) {
    if (text.find(quote) == std::string_view::npos) continue;
    if (const Verdict verdict = look_within(text, quote)) return verdict;
  }
  return kNothing;
}

}  // namespace portico::injection
