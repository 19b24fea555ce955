// References: the first line is a base URI, the rest a reference. Beside what the sanitizers see:
// - what is encoded and decoded again is the same;
// - resolving twice is resolving once, from a base without dot segments;
// - a `$ref` of that text in a contract never loads a document from outside of its folder.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/uri.h"
#include "contract/load.h"
#include "json/pointer.h"
#include "json/reader.h"
#include "json/writer.h"

namespace portico {
namespace {

namespace fs = std::filesystem;

void require(bool condition) {
  if (!condition) std::abort();
}

// A root folder with what references could find, a link out of it, and a file outside that must never be read.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "portico-fuzz-XXXXXX").string();
    base_ = ::mkdtemp(pattern.data());
    fs::create_directories(base_ / "root" / "sub");
    require(write_file(base_ / "root" / "a.yaml", "A: {type: string}\nB: {$ref: 'sub/b.yaml#/C'}\n").has_value());
    require(write_file(base_ / "root" / "sub" / "b.yaml", "C: {$ref: '../a.yaml#/A'}\n").has_value());
    require(write_file(base_ / "outside.yaml", "A: {type: string}\n").has_value());
    fs::create_symlink("../outside.yaml", base_ / "root" / "link.yaml");
    fs::create_symlink("..", base_ / "root" / "up");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(base_, ignored);
  }
  std::string contract() const { return base_ / "root" / "contract.yaml"; }
  std::string root_uri() const { return file_uri(fs::canonical(base_ / "root").string()) + '/'; }

 private:
  fs::path base_;
};

void check_contract(std::string_view reference) {
  static const Folder folder;
  static const std::string root_uri = folder.root_uri();
  std::string text =
      R"({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "components": {"schemas": {"A": {"$ref": )";
  json::append_string(text, reference);
  text += R"(}, "B": {"$id": )";
  json::append_string(text, reference);
  text += R"(, "$ref": "a.yaml#/A"}}}})";
  const auto contract = contract::load_text(text, folder.contract());
  if (!contract) return;
  for (const auto& document : *contract->documents) require(document.uri.starts_with(root_uri));
}

}  // namespace
}  // namespace portico

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico;
  if (size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto newline = std::min(text.find('\n'), text.size());
  const std::string_view base = text.substr(0, newline);
  const std::string_view reference = text.substr(std::min(newline + 1, text.size()));

  require(percent_decode(percent_encode_path(text)) == text);
  if (reference.find('\0') == std::string_view::npos) {
    const std::string path = '/' + std::string(reference);
    require(file_path(file_uri(path)) == path);
  }
  const std::string resolved = resolve_uri(base, reference);
  // A reference that is empty leaves the base's path as it is, and without an authority "//" would begin one.
  const Uri from = split_uri(base);
  if (from.scheme && from.authority && remove_dot_segments(from.path) == from.path) {
    require(resolve_uri(base, resolved) == resolved);
  }

  std::string pointer;
  json::append_token(pointer, reference);
  json::Documents documents;
  json::Document& document = documents.add("fuzz", "");
  std::string object = "{";
  json::append_string(object, reference);
  object += ": [1, {\"\": 2}]}";
  if (json::read_json(object, document)) {
    // append_string() replaces what is no UTF-8, so that the key may be another.
    if (document.root->members()[0].key->text() == reference) {
      require(json::evaluate(*document.root, pointer).value() == document.root->members()[0].value);
      require(json::evaluate(*document.root, pointer + "/1/").has_value());
    }
    (void)json::evaluate(*document.root, reference);
    (void)json::pointer_of_fragment(reference);
  }
  check_contract(reference);
  return 0;
}
