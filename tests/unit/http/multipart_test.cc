#include "http/multipart.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace portico::http {
namespace {

Boundary boundary(std::string_view text) {
  Boundary made;
  text.copy(made.text.data(), text.size());
  made.size = static_cast<std::uint8_t>(text.size());
  return made;
}

struct Outcome {
  std::vector<Part> parts;
  std::string_view problem;
};

Outcome read(std::string_view body, std::string_view mark = "b", MultipartLimits limits = {}) {
  Outcome outcome;
  MultipartReader reader(body, boundary(mark), limits);
  for (Part part; reader.next(part);) outcome.parts.push_back(part);
  outcome.problem = name(reader.problem());
  return outcome;
}

// A body of one part with these header lines.
std::string one(std::string_view headers, std::string_view content = "x") {
  return "--b\r\n" + std::string(headers) + "\r\n\r\n" + std::string(content) + "\r\n--b--\r\n";
}
constexpr std::string_view kField = "Content-Disposition: form-data; name=\"a\"";

std::string_view problem_of(std::string_view headers) {
  const std::string body = one(headers);
  return read(body).problem;
}

TEST(MultipartBoundary, IsOneToSeventyCharactersOfTheStandard) {
  const auto of = [](const std::string& text) { return boundary_of(*parse_media_type("multipart/form-data" + text)); };
  EXPECT_EQ(of("; boundary=abc")->view(), "abc");
  EXPECT_EQ(of("; Boundary=\"a b:c\"")->view(), "a b:c");
  EXPECT_EQ(of("; boundary=" + std::string(70, 'x'))->size, 70);
  EXPECT_FALSE(of("; boundary=" + std::string(71, 'x')));
  EXPECT_FALSE(of(""));
  EXPECT_FALSE(of("; boundary=\"\""));
  EXPECT_FALSE(of("; boundary=\"a \""));
  EXPECT_FALSE(of("; boundary=\"a;b\""));
  EXPECT_FALSE(of("; boundary=\"a\\\"b\""));
  EXPECT_FALSE(of("; boundary=a*b"));
}

TEST(Multipart, PartsAreReadInOrder) {
  const auto outcome = read(
      "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
      "--b\r\ncontent-type: image/png \r\ncontent-disposition:form-data;filename=\"\";name=b\r\n\r\n\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"c d\"\r\nX-Other: y\r\n\r\n--\r\n-b\r\n\r\n--b--");
  EXPECT_EQ(outcome.problem, "");
  ASSERT_EQ(outcome.parts.size(), 3);
  EXPECT_EQ(outcome.parts[0].name, "a");
  EXPECT_EQ(outcome.parts[0].body, "1");
  EXPECT_EQ(outcome.parts[0].content_type, "");
  EXPECT_FALSE(outcome.parts[0].is_file);
  EXPECT_EQ(outcome.parts[1].name, "b");
  EXPECT_EQ(outcome.parts[1].body, "");
  EXPECT_EQ(outcome.parts[1].content_type, "image/png");
  EXPECT_TRUE(outcome.parts[1].is_file);
  EXPECT_EQ(outcome.parts[2].name, "c d");
  EXPECT_EQ(outcome.parts[2].body, "--\r\n-b\r\n");
}

TEST(Multipart, NoPartsAtAll) {
  EXPECT_EQ(read("--b--\r\n").problem, "");
  EXPECT_EQ(read("--b--").parts.size(), 0);
}

TEST(Multipart, DelimitersStandWhereTheyMustAndNowhereElse) {
  const std::string good = one(kField);
  EXPECT_EQ(read(good).problem, "");
  for (const std::string& body :
       {std::string(), std::string("--"), std::string("--b"), std::string("b\r\n"), "\r\n" + good, "x" + good,
        good.substr(0, good.size() - 4), std::string("--c--"), one(kField, "x\n--b\r\ny"), one(kField, "x\r--b\r\ny"),
        one(kField, "x--b"), one(kField, "x\r\n--b "), one(kField, "x\r\n--bb"), one(kField, "x\r\n--b\n"),
        one(kField, "x\r\n---b"), std::string("--b\r\n") + std::string(kField) + "\r\n\r\n--b--"}) {
    EXPECT_EQ(read(body).problem, "multipart-delimiter") << body;
  }
  for (const char* end : {"x", "\r\n\r\n", " \r\n", "\n", "-", "\r\nx"}) {
    EXPECT_EQ(read(good.substr(0, good.size() - 2) + end).problem, "multipart-trailing") << end;
  }
}

TEST(Multipart, DispositionIsFormDataWithOneName) {
  for (const char* good : {"form-data; name=a", "FORM-DATA; NAME=\"a\"", "form-data ;name=\"a;b=c\"; filename=x.y",
                           "form-data; filename=\"a\xC3\xBC\"; name=\"\xC3\xBC\""}) {
    EXPECT_EQ(problem_of(std::string("Content-Disposition: ") + good), "") << good;
  }
  for (const char* bad : {"",
                          "form-data",
                          "form-data; filename=x",
                          "attachment; name=a",
                          "form-dataname=a",
                          "form-data; name=\"\"",
                          "form-data; name=",
                          "form-data; name",
                          "form-data; name=a; name=b",
                          "form-data; name=a; Name=b",
                          "form-data; name=a; filename=x; filename=y",
                          "form-data; name*=utf-8''a",
                          "form-data; name=a; filename*=utf-8''x",
                          "form-data; name*0=a",
                          "form-data; name=a; x=y",
                          "form-data; name=\"a\\\"b\"",
                          "form-data; name=\"a",
                          "form-data; name=a b",
                          "form-data; name=\"a\"b",
                          "form-data, name=a",
                          "form-data; name =a",
                          "form-data; name= a",
                          "form-data; name=a;",
                          "form-data; name='a' x"}) {
    EXPECT_EQ(problem_of(std::string("Content-Disposition: ") + bad), "multipart-disposition") << bad;
  }
  EXPECT_EQ(problem_of("Content-Type: text/plain"), "multipart-disposition");
}

TEST(Multipart, HeaderLinesAreStrict) {
  const std::string field(kField);
  EXPECT_EQ(problem_of(field + "\r\nX-Y: z"), "");
  for (const std::string& bad :
       {field + "\r\n x", field + "\r\n\tx: y", field + "\r\nx", field + "\r\n: y", field + "\r\nx : y",
        field + "\r\nx\xFF: y", field + "\r\nx: \xFF", field + "\r\nx: y\nz: a", field + "\r\nx: y\rz",
        field + "\r\nx: " + std::string(1, '\0'), field + "\r\n" + field,
        field + "\r\nContent-Type: ", field + "\r\nContent-Type: a/b\r\ncontent-type: a/b"}) {
    EXPECT_EQ(problem_of(bad), "multipart-header") << bad;
  }
}

TEST(Multipart, NothingIsEncodedOnceMore) {
  const std::string field = std::string(kField) + "\r\nContent-Transfer-Encoding: ";
  for (const char* identity : {"7bit", "8BIT", "binary"}) EXPECT_EQ(problem_of(field + identity), "");
  for (const char* encoded : {"base64", "quoted-printable", "", "binary, base64", "x-uuencode"}) {
    EXPECT_EQ(problem_of(field + encoded), "multipart-transfer-encoding") << encoded;
  }
}

TEST(Multipart, LimitsHold) {
  std::string many;
  for (int i = 0; i < 4; ++i) many += "--b\r\n" + std::string(kField) + "\r\n\r\nx\r\n";
  many += "--b--";
  EXPECT_EQ(read(many, "b", {.parts = 4}).problem, "");
  EXPECT_EQ(read(many, "b", {.parts = 3}).problem, "multipart-part-limit");
  EXPECT_EQ(read(one(std::string(kField) + "\r\na: b\r\nc: d"), "b", {.header_lines = 2}).problem,
            "multipart-header-limit");
  EXPECT_EQ(problem_of(std::string(kField) + "\r\nx: " + std::string(3000, 'y')), "multipart-header-limit");
  EXPECT_EQ(read(one(std::string(kField) + "\r\nx: " + std::string(30, 'y')), "b", {.header_bytes = 60}).problem,
            "multipart-header-limit");
}

TEST(Multipart, HostileBodiesTakeLinearTime) {
  // Every byte could begin a delimiter, and none does.
  const std::string mark(70, '-');
  std::string body = "--" + mark + "\r\n" + std::string(kField) + "\r\n\r\n";
  for (int i = 0; i < 40'000; ++i) body += std::string(50, '-') + "x";
  EXPECT_EQ(read(body, mark).problem, "multipart-delimiter");
}

}  // namespace
}  // namespace portico::http
