#include <gtest/gtest.h>
#include <zlib.h>

#include "http/content_coding.h"
#include "http/media_type.h"
#include "http/target.h"

namespace portico::http {
namespace {

TEST(MediaType, IsReadAsRfc9110Writes) {
  const auto media = parse_media_type(" Application/Problem+JSON ; charset=\"utf-8\";q=1");
  ASSERT_TRUE(media);
  EXPECT_TRUE(media->is_json());
  EXPECT_EQ(*media->parameter("Charset"), "utf-8");
  for (const char* bad : {"", "json", "application/", "/json", "application/json;", "a/b c", "a/b; x", "a/b;x=\"y",
                          "a/b;x=1;x=2", "application/json, text/html"}) {
    EXPECT_EQ(parse_media_type(bad).has_value(), std::string_view(bad) == "application/json;") << bad;
  }
}

int match(std::string_view range, std::string_view message) {
  return match_media_range(*parse_media_type(range), *parse_media_type(message));
}

TEST(MediaType, TheMoreSpecificRangeFitsBetter) {
  EXPECT_EQ(match("application/json", "text/plain"), 0);
  EXPECT_EQ(match("application/json", "application/problem+json"), 0);
  EXPECT_GT(match("application/json", "application/json; charset=utf-8"), match("application/*", "application/json"));
  EXPECT_GT(match("application/*", "application/json"), match("*/*", "application/json"));
  EXPECT_GT(match("*/*", "application/json"), 0);
  EXPECT_EQ(match("application/json; version=2", "application/json"), 0);
  EXPECT_GT(match("application/json; version=2", "application/json;version=2"),
            match("application/json", "application/json"));
}

TEST(Path, WithOneReadingPasses) {
  for (const char* path : {"/", "/a", "/a/", "/a/b.c/..d", "/a%20b", "/%C3%BC", "/a:b@c;d=e", "/...", "/.a", "/a+b"}) {
    EXPECT_EQ(path_ambiguity(path), "") << path;
  }
}

TEST(Path, WithSeveralReadingsIsNamed) {
  EXPECT_EQ(path_ambiguity(""), "not-absolute");
  EXPECT_EQ(path_ambiguity("a/b"), "not-absolute");
  EXPECT_EQ(path_ambiguity("//a"), "empty-segment");
  EXPECT_EQ(path_ambiguity("/a//b"), "empty-segment");
  EXPECT_EQ(path_ambiguity("/a/../b"), "dot-segment");
  EXPECT_EQ(path_ambiguity("/a/."), "dot-segment");
  EXPECT_EQ(path_ambiguity("/%2e%2E/b"), "dot-segment");
  EXPECT_EQ(path_ambiguity("/.%2e"), "dot-segment");
  EXPECT_EQ(path_ambiguity("/a%2Fb"), "encoded-slash");
  EXPECT_EQ(path_ambiguity("/a%5cb"), "encoded-slash");
  EXPECT_EQ(path_ambiguity("/a\\b"), "backslash");
  EXPECT_EQ(path_ambiguity("/a%00"), "encoded-control");
  EXPECT_EQ(path_ambiguity("/a%0d%0ab"), "encoded-control");
  EXPECT_EQ(path_ambiguity("/a%4"), "malformed-escape");
  EXPECT_EQ(path_ambiguity("/a%zz"), "malformed-escape");
  EXPECT_EQ(path_ambiguity("/\xC3\xBC"), "raw-byte");
  EXPECT_EQ(path_ambiguity("/a#b"), "fragment");
}

TEST(PercentEncoding, IsUndoneOnce) {
  std::string out;
  EXPECT_TRUE(append_percent_decoded(out, "a%2541+b"));
  EXPECT_EQ(out, "a%41+b");
  out.clear();
  EXPECT_TRUE(append_percent_decoded(out, "a+b%2B", true));
  EXPECT_EQ(out, "a b+");
  EXPECT_FALSE(append_percent_decoded(out, "%"));
  EXPECT_FALSE(append_percent_decoded(out, "%4"));
}

std::string zipped(std::string_view text, int window) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(ContentCoding, DecodesWithinABudget) {
  const std::string text(100'000, 'x');
  const std::string gzip = zipped(text, 15 + 16);
  std::string out;
  EXPECT_EQ(decode_content("gzip", gzip, 1 << 20, out), Decoding::kDone);
  EXPECT_EQ(out, text);
  EXPECT_EQ(decode_content("X-GZIP", gzip, text.size(), out), Decoding::kDone);
  EXPECT_EQ(decode_content("gzip", gzip, text.size() - 1, out), Decoding::kTooLarge);
  EXPECT_LE(out.size(), text.size());
  EXPECT_EQ(decode_content("deflate", zipped(text, 15), 1 << 20, out), Decoding::kDone);
  EXPECT_EQ(decode_content("identity", "abc", 3, out), Decoding::kDone);
  EXPECT_EQ(decode_content("gzip", "", 100, out), Decoding::kMalformed);
  EXPECT_EQ(decode_content("br", "abc", 100, out), Decoding::kUnsupported);
  EXPECT_EQ(decode_content("gzip, gzip", gzip, 1 << 20, out), Decoding::kUnsupported);
  EXPECT_EQ(decode_content("gzip", gzip.substr(0, gzip.size() - 4), 1 << 20, out), Decoding::kMalformed);
  EXPECT_EQ(decode_content("gzip", gzip + "x", 1 << 20, out), Decoding::kMalformed);
}

}  // namespace
}  // namespace portico::http
