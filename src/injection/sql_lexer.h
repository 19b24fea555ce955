// SQL as tokens, across the dialects of MySQL, PostgreSQL, SQL Server, Oracle and SQLite. Internal to injection/.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace portico::injection {

enum class Sql : std::uint8_t {
  kEnd,
  kNumber,
  kString,      // 'a', "a", N'a', x'61', $$a$$
  kOpenString,  // one without an end
  kWord,        // a name, or prose
  kVariable,    // @a, @@version
  kFunction,    // a well-known one, behind which "(" stands
  kLogical,     // and, or, xor, &&, ||, not
  kNot,
  kCompare,   // = < > <> != <=> like rlike regexp in between is sounds
  kOperator,  // + - * / % ^ & | ~
  kOpen,      // (
  kClose,     // )
  kComma,
  kSemicolon,
  kDot,
  kUnion,  // union, intersect, except, minus
  kSelect,
  kStatement,  // insert update delete drop create alter truncate exec declare waitfor shutdown grant ...
  kClause,     // from where having group order limit into procedure
  kLiteral,    // null true false
  kCase,       // case when then else end
  kComment,    // -- # /*, up to its end
  kOther,
};

struct SqlToken {
  Sql kind = Sql::kEnd;
  std::string_view text;
  std::size_t end = 0;  // offset behind it
};

// The first tokens of a text that is read as it stands, or as if a string of `quote` were open at its start. Comments
// that stand between other tokens are white space and only the one at the end of the text is kept; MySQL's /*! */ are
// code. Tokens are read as they are asked for, since prose is told by its first; at most kMost, since an injection is
// short.
class SqlTokens {
 public:
  static constexpr std::size_t kMost = 64;

  SqlTokens(std::string_view text, char quote);

  // References stay valid.
  const SqlToken& operator[](std::size_t i) const {
    while (size_ <= i && !done_) const_cast<SqlTokens*>(this)->read();
    return i < size_ ? tokens_[i] : kNone;
  }
  Sql kind(std::size_t i) const { return (*this)[i].kind; }

 private:
  static constexpr SqlToken kNone{};

  std::size_t lex_string(std::string_view text, std::size_t at, char quote, SqlToken& token) const;
  std::size_t lex_comment(std::string_view text, std::size_t at);
  std::size_t lex_word(std::string_view text, std::size_t at, SqlToken& token) const;
  void add(SqlToken token);
  void read();  // one token more, or none where a comment is passed over

  std::string_view text_;
  std::size_t at_ = 0;
  bool done_ = false;
  std::array<SqlToken, kMost> tokens_;  // the first size_
  std::size_t size_ = 0;
};

}  // namespace portico::injection
