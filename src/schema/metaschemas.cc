#include "schema/metaschemas.h"

#include <map>
#include <string>

#include "json/reader.h"
#include "schema/compile.h"
#include "schema/metaschemas_text.h"

namespace portico::schema {
namespace {

class Library {
 public:
  Library() {
    for (const MetaSchemaText& text : meta_schema_texts()) {
      json::Document& document = documents_[std::string(text.uri)];
      // Places in them are of no use to anyone; the index must not be taken for one of the caller's documents.
      document.index = kNoDocument;
      document.uri = text.uri;
      // Texts of ours; should one be broken, its root stays null and references to it fail.
      (void)json::read_json(text.text, document);
    }
  }
  const json::Node* find(std::string_view uri) const {
    const auto found = documents_.find(uri);
    return found == documents_.end() ? nullptr : found->second.root;
  }

 private:
  std::map<std::string, json::Document, std::less<>> documents_;
};

}  // namespace

const json::Node* meta_schema(std::string_view uri) {
  static const Library library;
  return library.find(uri);
}

}  // namespace portico::schema
