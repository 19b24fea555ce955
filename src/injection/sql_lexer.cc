#include "injection/sql_lexer.h"

#include "injection/words.h"

namespace portico::injection {
namespace {

struct KnownWord {
  std::string_view word;  // in lower case
  Sql kind;
};

constexpr Words<5> kLogical = {"and", "or", "xor", "div", "mod"};
constexpr Words<9> kCompare = {"like", "rlike", "regexp", "in", "between", "is", "sounds", "similar", "glob"};
constexpr Words<4> kUnion = {"union", "intersect", "except", "minus"};
constexpr Words<22> kStatement = {
    "insert",   "update", "delete", "drop",  "create",  "alter",  "truncate", "exec",   "execute", "declare", "waitfor",
    "shutdown", "grant",  "revoke", "merge", "replace", "rename", "backup",   "attach", "copy",    "begin",   "call"};
constexpr Words<14> kClause = {"from",      "where",  "having", "group", "order", "limit", "into",
                               "procedure", "offset", "by",     "asc",   "desc",  "as",    "set"};
constexpr Words<5> kLiteral = {"null", "true", "false", "current_user", "sysdate"};
constexpr Words<5> kCase = {"case", "when", "then", "else", "end"};
constexpr Words<62> kFunctions = {"sleep",
                                  "benchmark",
                                  "pg_sleep",
                                  "char",
                                  "chr",
                                  "concat",
                                  "concat_ws",
                                  "group_concat",
                                  "substring",
                                  "substr",
                                  "mid",
                                  "ascii",
                                  "ord",
                                  "hex",
                                  "unhex",
                                  "length",
                                  "len",
                                  "version",
                                  "user",
                                  "database",
                                  "current_user",
                                  "system_user",
                                  "session_user",
                                  "extractvalue",
                                  "updatexml",
                                  "load_file",
                                  "if",
                                  "iif",
                                  "ifnull",
                                  "nullif",
                                  "isnull",
                                  "coalesce",
                                  "count",
                                  "cast",
                                  "convert",
                                  "exists",
                                  "md5",
                                  "sha1",
                                  "rand",
                                  "floor",
                                  "lower",
                                  "upper",
                                  "make_set",
                                  "elt",
                                  "row",
                                  "json_keys",
                                  "exp",
                                  "polygon",
                                  "xmltype",
                                  "utl_inaddr",
                                  "utl_http",
                                  "dbms_pipe",
                                  "dbms_lock",
                                  "httpuritype",
                                  "ctxsys",
                                  "randomblob",
                                  "load_extension",
                                  "sqlite_version",
                                  "db_name",
                                  "host_name",
                                  "bin",
                                  "delay"};

// All of them by their first letter, so that a word is compared with few.
template <std::size_t N>
constexpr std::size_t append(auto& table, std::size_t at, const Words<N>& words, Sql kind) {
  for (const std::string_view word : words) table[at++] = {word, kind};
  return at;
}

constexpr auto kKnown = [] {
  constexpr std::size_t kCount = 2 + kLogical.size() + kCompare.size() + kUnion.size() + kStatement.size() +
                                 kClause.size() + kLiteral.size() + kCase.size() + kFunctions.size();
  std::array<KnownWord, kCount> table{};
  table[0] = {"not", Sql::kNot};
  table[1] = {"select", Sql::kSelect};
  std::size_t at = 2;
  at = append(table, at, kLogical, Sql::kLogical);
  at = append(table, at, kCompare, Sql::kCompare);
  at = append(table, at, kUnion, Sql::kUnion);
  at = append(table, at, kStatement, Sql::kStatement);
  at = append(table, at, kClause, Sql::kClause);
  at = append(table, at, kLiteral, Sql::kLiteral);
  at = append(table, at, kCase, Sql::kCase);
  append(table, at, kFunctions, Sql::kFunction);
  // Words with two meanings keep the order in which these were named.
  std::array<KnownWord, kCount> sorted{};
  std::size_t next = 0;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    for (const KnownWord& known : table) {
      if (known.word.front() == letter) sorted[next++] = known;
    }
  }
  return sorted;
}();

constexpr auto kFirst = [] {
  std::array<std::uint8_t, 27> starts{};
  for (std::size_t letter = 0; letter < starts.size(); ++letter) {
    std::size_t at = 0;
    while (at < kKnown.size() && kKnown[at].word.front() < static_cast<char>('a' + letter)) ++at;
    starts[letter] = static_cast<std::uint8_t>(at);
  }
  return starts;
}();

constexpr bool starts_word(char c) { return is_alpha(c) || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0; }

Sql kind_of_word(std::string_view word, bool called) {
  if (!is_alpha(word.front())) return Sql::kWord;
  const auto letter = static_cast<std::size_t>(to_lower(word.front()) - 'a');
  for (std::size_t i = kFirst[letter]; i < kFirst[letter + 1]; ++i) {
    if (!equal_ignoring_case(kKnown[i].word, word)) continue;
    if (kKnown[i].kind == Sql::kFunction && !called) continue;
    if (kKnown[i].kind == Sql::kLiteral && called) continue;
    return kKnown[i].kind;
  }
  return Sql::kWord;
}

std::size_t lex_number(std::string_view text, std::size_t at) {
  if (text[at] == '0' && at + 2 < text.size() && to_lower(text[at + 1]) == 'x' && hex_value(text[at + 2]) >= 0) {
    at += 2;
    while (at < text.size() && hex_value(text[at]) >= 0) ++at;
    return at;
  }
  while (at < text.size() && (is_digit(text[at]) || text[at] == '.')) ++at;
  // 1e0 and 1e0union: the exponent ends the number.
  if (at + 1 < text.size() && to_lower(text[at]) == 'e' &&
      (is_digit(text[at + 1]) || (text[at + 1] == '-' && at + 2 < text.size() && is_digit(text[at + 2])))) {
    at += 2;
    while (at < text.size() && is_digit(text[at])) ++at;
  }
  return at;
}

}  // namespace

void SqlTokens::add(SqlToken token) {
  if (size_ < kMost) tokens_[size_++] = token;
}

// From behind the opening quote. A doubled quote is one of the string's own.
std::size_t SqlTokens::lex_string(std::string_view text, std::size_t at, char quote, SqlToken& token) const {
  const std::size_t from = at;
  while (true) {
    const auto end = text.find(quote, at);
    if (end == std::string_view::npos) {
      token = {Sql::kOpenString, text.substr(from), text.size()};
      return text.size();
    }
    if (end + 1 < text.size() && text[end + 1] == quote && end + 2 < text.size() && is_name(text[end + 2])) {
      at = end + 2;
      continue;
    }
    token = {Sql::kString, text.substr(from, end - from), end + 1};
    return end + 1;
  }
}

// A comment at the end of the text counts: it cuts off what the service would have gone on with.
std::size_t SqlTokens::lex_comment(std::string_view text, std::size_t at) {
  if (text[at] == '/') {
    const auto end = text.find("*/", at + 2);
    if (end == std::string_view::npos) {
      add({Sql::kComment, text.substr(at), text.size()});
      return text.size();
    }
    return end + 2;
  }
  const auto end = std::min(text.find('\n', at), text.size());
  if (trimmed(text.substr(end)).empty()) add({Sql::kComment, text.substr(at, end - at), text.size()});
  return end;
}

std::size_t SqlTokens::lex_word(std::string_view text, std::size_t at, SqlToken& token) const {
  const std::size_t from = at;
  while (at < text.size() && (is_name(text[at]) || text[at] == '$')) ++at;
  const std::string_view word = text.substr(from, at - from);
  std::size_t after = at;
  while (after < text.size() && is_space(text[after])) ++after;
  token = {kind_of_word(word, after < text.size() && text[after] == '('), word, at};
  return at;
}

SqlTokens::SqlTokens(std::string_view text, char quote) : text_(text) {
  if (quote == '\0') return;
  SqlToken token;
  at_ = lex_string(text, 0, quote, token);
  add(token);
}

void SqlTokens::read() {
  const std::string_view text = text_;
  std::size_t at = at_;
  const std::size_t before = size_;
  while (at < text.size() && size_ == before) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    SqlToken token{Sql::kOther, text.substr(at, 1), at + 1};
    if (is_space(c) || (c == '\xc2' && next == '\xa0')) {
      at += c == '\xc2' ? 2 : 1;
      continue;
    }
    if (c == '/' && next == '*') {
      // MySQL reads what is within /*! */.
      if (at + 2 < text.size() && text[at + 2] == '!') {
        at += 3;
        while (at < text.size() && is_digit(text[at])) ++at;
        continue;
      }
      at = lex_comment(text, at);
      continue;
    }
    if (c == '*' && next == '/') {
      at += 2;
      continue;
    }
    if ((c == '-' && next == '-') || c == '#') {
      at = lex_comment(text, at);
      continue;
    }
    if (c == '\'' || c == '"') {
      at = lex_string(text, at + 1, c, token);
      add(token);
      continue;
    }
    if (c == '`' || (c == '[' && starts_word(next))) {
      const auto end = std::min(text.find(c == '`' ? '`' : ']', at + 1), text.size() - 1);
      token = {Sql::kWord, text.substr(at, end + 1 - at), end + 1};
      at = end + 1;
      add(token);
      continue;
    }
    if (is_digit(c) || (c == '.' && is_digit(next))) {
      at = lex_number(text, at);
      token = {Sql::kNumber, text.substr(token.end - 1, at - token.end + 1), at};
      // "3rd" and "5pm" are words.
      if (at < text.size() && starts_word(text[at]) && token.text.find('x') == std::string_view::npos &&
          token.text.find('e') == std::string_view::npos) {
        const std::size_t from = at;
        while (at < text.size() && is_name(text[at])) ++at;
        const Sql kind = kind_of_word(text.substr(from, at - from), false);
        if (kind == Sql::kWord) {
          token.kind = Sql::kWord;
        } else {
          add(token);
          token = {kind, text.substr(from, at - from), at};
        }
      }
      add(token);
      continue;
    }
    if (starts_word(c)) {
      at = lex_word(text, at, token);
      // N'a', x'61', b'0', _utf8'a': the string goes with its prefix.
      if (at < text.size() && text[at] == '\'' && (token.text.size() == 1 || token.text[0] == '_') &&
          is_among(Words<5>{"n", "x", "b", "_utf8", "_binary"}, token.text)) {
        at = lex_string(text, at + 1, '\'', token);
      }
      add(token);
      continue;
    }
    if (c == '@') {
      std::size_t end = at + 1;
      while (end < text.size() && (is_name(text[end]) || text[end] == '@' || text[end] == '.')) ++end;
      token = {Sql::kVariable, text.substr(at, end - at), end};
      at = end;
      add(token);
      continue;
    }
    std::size_t size = 1;
    switch (c) {
      case '(': token.kind = Sql::kOpen; break;
      case ')': token.kind = Sql::kClose; break;
      case ',': token.kind = Sql::kComma; break;
      case ';': token.kind = Sql::kSemicolon; break;
      case '.': token.kind = Sql::kDot; break;
      case '=':
      case '<':
      case '>':
        token.kind = Sql::kCompare;
        while (at + size < text.size() && (text[at + size] == '=' || text[at + size] == '>') && size < 3) ++size;
        if (text.substr(at, size) == "=>") token.kind = Sql::kOther;  // of other languages
        break;
      case '!':
        token.kind = next == '=' ? Sql::kCompare : Sql::kNot;
        size = next == '=' ? 2 : 1;
        break;
      case '&':
      case '|':
        token.kind = next == c ? Sql::kLogical : Sql::kOperator;
        size = next == c ? 2 : 1;
        break;
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
      case '~':
      case ':': token.kind = c == ':' && next != ':' ? Sql::kOther : Sql::kOperator; break;
      default: break;
    }
    token.text = text.substr(at, size);
    at += size;
    token.end = at;
    add(token);
  }
  at_ = at;
  done_ = at >= text.size() || size_ == kMost;
}

}  // namespace portico::injection
