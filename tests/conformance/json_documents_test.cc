// JSONTestSuite against the reader of documents (json/reader.h): every y_ accepted, every n_ refused, each i_ as
// decided below. PORTICO_SUITES names the folder that holds json-parsing/test_parsing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "base/file.h"
#include "json/reader.h"

namespace portico::json {
namespace {

enum class Verdict { kAccepted, kRefused };

// What RFC 8259 leaves open, and why it is decided as it is.
const std::map<std::string, Verdict> kDecisions = {
    // Numbers keep their digits: no size is too large for a text. What a schema says of them is another matter.
    {"i_number_double_huge_neg_exp.json", Verdict::kAccepted},
    {"i_number_huge_exp.json", Verdict::kAccepted},
    {"i_number_neg_int_huge_exp.json", Verdict::kAccepted},
    {"i_number_pos_double_huge_exp.json", Verdict::kAccepted},
    {"i_number_real_neg_overflow.json", Verdict::kAccepted},
    {"i_number_real_pos_overflow.json", Verdict::kAccepted},
    {"i_number_real_underflow.json", Verdict::kAccepted},
    {"i_number_too_big_neg_int.json", Verdict::kAccepted},
    {"i_number_too_big_pos_int.json", Verdict::kAccepted},
    {"i_number_very_big_negative_int.json", Verdict::kAccepted},
    // Half a surrogate pair is no character, and readers disagree on what to make of it.
    {"i_object_key_lone_2nd_surrogate.json", Verdict::kRefused},
    {"i_string_1st_surrogate_but_2nd_missing.json", Verdict::kRefused},
    {"i_string_1st_valid_surrogate_2nd_invalid.json", Verdict::kRefused},
    {"i_string_incomplete_surrogate_and_escape_valid.json", Verdict::kRefused},
    {"i_string_incomplete_surrogate_pair.json", Verdict::kRefused},
    {"i_string_incomplete_surrogates_escape_valid.json", Verdict::kRefused},
    {"i_string_invalid_lonely_surrogate.json", Verdict::kRefused},
    {"i_string_invalid_surrogate.json", Verdict::kRefused},
    {"i_string_inverted_surrogates_U+1D11E.json", Verdict::kRefused},
    {"i_string_lone_second_surrogate.json", Verdict::kRefused},
    // Documents are UTF-8 (RFC 8259, section 8.1), and well-formed UTF-8.
    {"i_string_UTF-16LE_with_BOM.json", Verdict::kRefused},
    {"i_string_utf16BE_no_BOM.json", Verdict::kRefused},
    {"i_string_utf16LE_no_BOM.json", Verdict::kRefused},
    {"i_string_UTF-8_invalid_sequence.json", Verdict::kRefused},
    {"i_string_UTF8_surrogate_U+D800.json", Verdict::kRefused},
    {"i_string_invalid_utf-8.json", Verdict::kRefused},
    {"i_string_iso_latin_1.json", Verdict::kRefused},
    {"i_string_lone_utf8_continuation_byte.json", Verdict::kRefused},
    {"i_string_not_in_unicode_range.json", Verdict::kRefused},
    {"i_string_overlong_sequence_2_bytes.json", Verdict::kRefused},
    {"i_string_overlong_sequence_6_bytes.json", Verdict::kRefused},
    {"i_string_overlong_sequence_6_bytes_null.json", Verdict::kRefused},
    {"i_string_truncated-utf-8.json", Verdict::kRefused},
    // Files have byte order marks (section 8.1: readers may ignore one).
    {"i_structure_UTF-8_BOM_empty_object.json", Verdict::kAccepted},
    // Deeper than the default budget of 200.
    {"i_structure_500_nested_arrays.json", Verdict::kRefused},
};

// The grammar allows duplicate keys, and so does the suite; section 4 says that names SHOULD be unique. This reader
// refuses them by design, as what they mean depends on who reads: not for their syntax, and naming both places.
bool is_duplicate_key(const std::string& name) { return name.starts_with("y_object_duplicated_key"); }

TEST(JsonDocuments, JsonTestSuite) {
  const char* suites = std::getenv("PORTICO_SUITES");
  if (suites == nullptr) GTEST_SKIP() << "PORTICO_SUITES is not set: no suites to run";
  std::size_t undecided = kDecisions.size();
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(suites) + "/json-parsing/test_parsing")) {
    const std::string name = entry.path().filename();
    const auto text = read_file(entry.path());
    ASSERT_TRUE(text) << name;
    Documents documents;
    Document& document = documents.add(name, "");
    const auto read = read_json(*text, document);
    ++files;
    if (is_duplicate_key(name)) {
      ASSERT_FALSE(read) << name;
      EXPECT_EQ(read.error().code, ErrorCode::kInvalid) << name;
    } else if (name.starts_with("i_")) {
      const auto decision = kDecisions.find(name);
      ASSERT_NE(decision, kDecisions.end()) << name << " is not decided";
      EXPECT_EQ(read.has_value(), decision->second == Verdict::kAccepted) << name;
      --undecided;
    } else {
      EXPECT_EQ(read.has_value(), name.starts_with("y_")) << name << (read ? "" : ": " + to_string(read.error()));
    }
  }
  EXPECT_GT(files, 300);
  EXPECT_EQ(undecided, 0U) << "decisions about files that are not there";
}

}  // namespace
}  // namespace portico::json
