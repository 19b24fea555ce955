// Strict parsing of traffic, and tapes that are built.
#include "json/tape.h"

#include <gtest/gtest.h>

#include <string>

#include "json/parse.h"

namespace portico::json {
namespace {

// The tape as text, one character class after the other: enough to compare two tapes.
std::string show(const TapeView& tape, std::size_t at) {
  switch (tape.type(at)) {
    case tape::kString: return '"' + std::string(tape.text(at)) + '"';
    case tape::kInteger: return std::to_string(tape.integer(at));
    case tape::kUnsigned: return std::to_string(tape.unsigned_integer(at)) + "u";
    case tape::kDouble: return std::to_string(tape.real(at));
    case tape::kBigNumber: return "N" + std::string(tape.text(at));
    case tape::kTrue: return "true";
    case tape::kFalse: return "false";
    case tape::kNull: return "null";
    default: break;
  }
  const bool object = tape.type(at) == tape::kObject;
  std::string out = object ? "{" : "[";
  for (std::size_t i = at + 1; i < tape.after(at) - 1;) {
    if (object) out += std::string(tape.text(i++)) + ":";
    out += show(tape, i) + ",";
    i = tape.next(i);
  }
  return out + (object ? "}" : "]");
}

std::string parsed(std::string_view text, const Strictness& strictness = {}) {
  Parser parser;
  const ParseProblem problem = parser.parse(text, strictness);
  return problem == ParseProblem::kNone ? show(parser.tape(), TapeView::kFirst) : std::string(name(problem));
}

TEST(Parser, NamesWhatItRefuses) {
  struct Case {
    std::string text;
    const char* reason;
  };
  const Case cases[] = {
      {"", "empty"},
      {" \n", "empty"},
      {"{", "syntax"},
      {"[1,]", "syntax"},
      {"{\"a\":1,}", "syntax"},
      {"[1] x", "syntax"},
      {"01", "syntax"},
      {"1.", "syntax"},
      {"+1", "syntax"},
      {"NaN", "syntax"},
      {"tru", "syntax"},
      {"'a'", "syntax"},
      {"\"\t\"", "syntax"},
      {"\"\\x\"", "syntax"},
      {"\"\xff\"", "invalid-utf8"},
      {"\"\\ud800\"", "invalid-utf8"},
      {"\"\\udc00\\ud800\"", "invalid-utf8"},
      {"\xef\xbb\xbf{}", "byte-order-mark"},
      {"{\"a\":1,\"a\":2}", "duplicate-key"},
      {"{\"a\":1,\"\\u0061\":2}", "duplicate-key"},
      {"[{\"b\":{\"a\":1,\"a\":1}}]", "duplicate-key"},
      {"\"\\u0000\"", "nul"},
      {"{\"a\\u0000\":1}", "nul"},
      {std::string("{}\0", 3), "syntax"},
      {std::string(65, '[') + "1" + std::string(65, ']'), "depth"},
      {"1e5000", "number-range"},
      {std::string(200, '1'), "number-range"},
  };
  for (const Case& c : cases) EXPECT_EQ(parsed(c.text), c.reason) << c.text;
  EXPECT_EQ(parsed("[1,2,3]", {.max_bytes = 6}), "size");
  EXPECT_EQ(parsed("18446744073709551616", {.big_numbers = false}), "number-range");
}

TEST(Parser, ReadsWhatIsAllowed) {
  EXPECT_EQ(parsed(R"({"a":[1,-2,true,null,"x\u00e9"],"b":{}})"), "{a:[1,-2,true,null,\"x\xc3\xa9\",],b:{},}");
  EXPECT_EQ(parsed("18446744073709551615"), "18446744073709551615u");
  EXPECT_EQ(parsed("[18446744073709551616,-9223372036854775809,1e400]"),
            "[N18446744073709551616,N-9223372036854775809,N1e400,]");
  EXPECT_EQ(parsed("\"\\\\u0000\""), "\"\\u0000\"");
  EXPECT_EQ(parsed("\"\\ud83d\\udc32\""), "\"\xf0\x9f\x90\xb2\"");
  EXPECT_EQ(parsed("{\"a\":1,\"a\":2}", {.reject_duplicate_keys = false}), "{a:1,a:2,}");
  EXPECT_EQ(parsed(std::string(64, '[') + std::string(64, ']')).size(), 64U * 3 - 1);
  EXPECT_EQ(parsed(std::string(64, '[') + std::string(65, ']')), "syntax");
}

TEST(Parser, BigNumberDocumentsAreCheckedAlike) {
  EXPECT_EQ(parsed(R"({"n":18446744073709551616,"a":1,"a":2})"), "duplicate-key");
  EXPECT_EQ(parsed(R"({"n":18446744073709551616,"s":"\u0000"})"), "nul");
  EXPECT_EQ(parsed(R"([18446744073709551616,01])"), "syntax");
  EXPECT_EQ(parsed("[18446744073709551616," + std::string(64, '[') + "1" + std::string(64, ']') + "]"), "depth");
}

TEST(Parser, FindsDuplicatesInLargeObjects) {
  std::string text = "{";
  for (int i = 0; i < 5000; ++i) text += "\"a-rather-long-name-" + std::to_string(i) + "-with-an-end\":" + "[],";
  EXPECT_NE(parsed(text + "\"z\":1}"), "duplicate-key");
  EXPECT_EQ(parsed(text + "\"a-rather-long-name-17-with-an-end\":1}"), "duplicate-key");
}

TEST(Parser, PaddedAndCopiedAgree) {
  Parser parser;
  std::string text = R"({"key":"value"})";
  text.reserve(text.size() + Parser::kPadding);
  ASSERT_EQ(parser.parse_padded(text, {}), ParseProblem::kNone);
  const std::string padded = show(parser.tape(), TapeView::kFirst);
  ASSERT_EQ(parser.parse(text, {}), ParseProblem::kNone);
  EXPECT_EQ(show(parser.tape(), TapeView::kFirst), padded);
}

TEST(Parser, GivesBackWhatOneHugeDocumentTook) {
  Parser parser;
  const std::string huge = "[" + std::string(20 << 20, ' ') + "]";
  ASSERT_EQ(parser.parse(huge, {}), ParseProblem::kNone);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(parser.parse(R"({"small":[1,2,"three"]})", {}), ParseProblem::kNone);
    ASSERT_EQ(show(parser.tape(), TapeView::kFirst), R"({small:[1,2,"three",],})");
  }
  ASSERT_EQ(parser.parse(huge, {}), ParseProblem::kNone);
}

TEST(Parser, AllStringsStandAtTheirOffsets) {
  Parser parser;
  // With an escape, what it took more than its character is not seen.
  ASSERT_EQ(parser.parse(R"({"key":[1,"v\u0061lue",{"k2":-1.5}],"":true})", {}), ParseProblem::kNone);
  const TapeView tape = parser.tape();
  const std::string_view all = parser.all_strings();
  std::string found;
  for (const char c : all) {
    if (c != '\0') found += c;
  }
  EXPECT_EQ(found, "keyvaluek2");
  for (std::size_t i = TapeView::kFirst; i < tape.count; ++i) {
    if (tape.type(i) != tape::kString) continue;
    EXPECT_EQ(all.substr(tape.offset(i), tape.length(i)), tape.text(i));
  }
}

TEST(Parser, StringsThatAreTooLongForOneWord) {
  const std::string text(std::size_t{1} << 24, 'x');
  for (const std::string& document : {"[\"" + text + "\",1]", "\"" + text + "\"", "{\"" + text + "\":1}"}) {
    Parser parser;
    ASSERT_EQ(parser.parse(document, {}), ParseProblem::kNone);
    const std::size_t at = document[0] == '"' ? TapeView::kFirst : TapeView::kFirst + 1;
    EXPECT_EQ(parser.tape().text(at), text);
  }
}

TEST(Parser, ReadsNothingBehindTheDocument) {
  // What follows the bytes would complete them.
  for (const std::string_view text : {"[1}]", "[1]]", "{\"a\":[}]}", "[\"a\"]", "12345", "true", "[[]", "[1,2"}) {
    Parser parser;
    for (std::size_t size = 1; size <= text.size(); ++size) {
      std::string bytes(text);
      bytes.append(Parser::kPadding, ']');
      const std::string_view part = std::string_view(bytes).substr(0, size);
      Parser other;
      EXPECT_EQ(parser.parse_padded(part, {}), other.parse(part, {})) << part;
    }
  }
}

TEST(Parser, SaysWhere) {
  Parser parser;
  ASSERT_EQ(parser.parse(R"({"a": tru})", {}), ParseProblem::kSyntax);
  EXPECT_EQ(parser.problem_offset(), 6U);
}

TEST(TapeBuilder, BuildsWhatTheParserReads) {
  TapeBuilder builder;
  for (int round = 0; round < 2; ++round) {
    builder.reset();
    builder.begin_object();
    builder.key("a");
    builder.begin_array();
    builder.integer(1);
    builder.number(2.5);
    builder.boolean(true);
    builder.null();
    builder.string("text");
    builder.end_array();
    builder.key("b");
    EXPECT_TRUE(builder.number_literal("18446744073709551616"));
    builder.key("c");
    EXPECT_FALSE(builder.number_literal("1x"));
    EXPECT_TRUE(builder.number_literal("-7"));
    builder.end_object();
    const TapeView view = builder.finish();
    EXPECT_EQ(show(view, TapeView::kFirst), "{a:[1,2.500000,true,null,\"text\",],b:N18446744073709551616,c:-7,}");
    EXPECT_EQ(view.saturated_count(TapeView::kFirst), 3U);
    EXPECT_EQ(view.after(TapeView::kFirst), view.count - 1);
  }
}

}  // namespace
}  // namespace portico::json
