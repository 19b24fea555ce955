// How the sections of portico.yaml are read, and how they describe themselves.
//
// A section is a struct and one function that names its keys. The same function is run to read a document and to write
// the policy's JSON Schema, so that the two cannot disagree:
//
//   void read(Mapping& limit, Limit& to) {
//     limit.selectors("operations", to.operations, "Which operations it counts").required();
//     limit.count("burst", to.burst, 1, 1'000'000, "So many at once");
//   }
//
// What is wrong is collected, each problem with its place; unknown keys are problems, with a suggestion. Values that
// are wrong leave their target as it was. While a schema is written, targets are not touched and checks() not run.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "json/tree.h"
#include "json/writer.h"
#include "policy/text.h"

namespace portico::policy {

// A JSON Schema, as its members: {{"type", R"("integer")"}}. Those of units are under $defs (load.cc).
struct SchemaMember {
  std::string_view name;
  std::string_view json;
};
using Schema = std::vector<SchemaMember>;

// One document being read.
class Reader {
 public:
  // `name` is the policy's path: names of files inside it are relative to its folder.
  Reader(const json::Documents& documents, std::string name) : documents_(documents), name_(std::move(name)) {}

  void problem(const json::Node& node, std::string message, std::string remedy = {});
  Place place(const json::Node& node) const { return documents_.place(node); }
  // Relative to the policy's folder; what is empty, "-" or absolute stays.
  std::string beside(std::string_view path) const;

  // All problems so far, by place.
  std::vector<Error> take_problems();
  // Every selector of operations that was read, whatever its section.
  Selectors take_selectors() { return std::move(selectors_); }

 private:
  friend class Mapping;

  const json::Documents& documents_;
  std::string name_;
  std::vector<Error> problems_;
  Selectors selectors_;
};

// One mapping of the document, or its description. `help` is one sentence for the schema, without a full stop.
class Mapping {
 public:
  using Read = std::function<void(Mapping&)>;
  using Convert = std::function<Result<void>(const json::Node& value)>;

  Mapping& text(std::string_view key, std::string& to, std::string_view help);
  Mapping& text(std::string_view key, Text& to, std::string_view help);
  Mapping& texts(std::string_view key, std::vector<std::string>& to, std::string_view help);
  Mapping& texts(std::string_view key, std::vector<Text>& to, std::string_view help);
  Mapping& flag(std::string_view key, bool& to, std::string_view help);
  Mapping& size(std::string_view key, std::uint64_t& to, std::string_view help);        // bytes
  Mapping& duration(std::string_view key, std::int64_t& to_ns, std::string_view help);  // nanoseconds
  Mapping& count(std::string_view key, std::uint64_t& to, std::uint64_t least, std::uint64_t most,
                 std::string_view help);
  // IP addresses and ranges (RFC 4632), as texts that are known to be well-formed.
  Mapping& networks(std::string_view key, std::vector<std::string>& to, std::string_view help);
  Mapping& selectors(std::string_view key, Selectors& to, std::string_view help);
  // A mapping from selectors to numbers.
  Mapping& counts_by_selector(std::string_view key, std::vector<std::pair<Text, std::uint64_t>>& to,
                              std::uint64_t least, std::uint64_t most, std::string_view help);
  // A path, or a list of them.
  Mapping& file(std::string_view key, std::string& to, std::string_view help);
  Mapping& files(std::string_view key, std::vector<std::string>& to, std::string_view help);

  // One of some words, which stand for the values of an enum.
  template <class E>
  Mapping& choice(std::string_view key, E& to, std::span<const std::pair<std::string_view, E>> choices,
                  std::string_view help) {
    std::vector<std::string_view> words;
    for (const auto& [word, value] : choices) words.push_back(word);
    return word(key, words, [&](std::size_t index) { to = choices[index].second; }, help);
  }

  // A mapping, called `what` in problems: "the owner".
  Mapping& mapping(std::string_view key, std::string_view what, const Read& read, std::string_view help);
  // A text, or a mapping that says more.
  Mapping& text_or_mapping(std::string_view key, std::string& text, std::string_view what, const Read& read,
                           std::string_view help);
  // A mapping whose keys are the user's own names: `read` reads each value, and gets its name.
  Mapping& texts_by_name(std::string_view key, std::vector<std::pair<std::string, std::string>>& to,
                         std::string_view help);
  // A list of mappings, each called `what`: "a limit". T is read by read(Mapping&, T&), and T::place, where there is
  // one, is set.
  template <class T>
  Mapping& list(std::string_view key, std::vector<T>& to, std::string_view what, std::string_view help) {
    const auto read_item = [&](Mapping& item) {
      T added;
      if constexpr (requires { added.place; }) added.place = item.place();
      read(item, added);
      if (!item.describes()) to.push_back(std::move(added));
    };
    return mappings(key, what, read_item, help);
  }

  // Anything else. `convert` says what is wrong; its Error needs no place.
  Mapping& value(std::string_view key, const Schema& schema, const Convert& convert, std::string_view help);

  // The key named last must be there.
  Mapping& required();
  // A problem of the mapping as a whole, or nothing, when all keys were read.
  void check(bool good, std::string message, std::string remedy = {});

  // Relative to the policy's folder.
  std::string beside(std::string_view path) const { return describes() ? std::string(path) : reader_->beside(path); }

  bool describes() const { return schema_ != nullptr; }
  Place place() const { return describes() ? Place{} : reader_->place(*node_); }

  // Reads `node` as a mapping.
  static void read_mapping(Reader& reader, const json::Node& node, std::string_view what, const Read& read);
  // Writes the JSON Schema of what `read` reads, as the members of an object that is open.
  static void describe(json::Writer& schema, const Read& read);

 private:
  Mapping(Reader* reader, const json::Node* node, json::Writer* schema, std::string_view what)
      : reader_(reader), node_(node), schema_(schema), what_(what) {}

  using Use = std::function<void(const json::Node& value)>;
  Mapping& key(std::string_view name, std::string_view help, const std::function<void()>& describe, const Use& use);
  Mapping& typed(std::string_view name, std::string_view help, const Schema& schema, const Use& use);
  Mapping& word(std::string_view key, const std::vector<std::string_view>& words,
                const std::function<void(std::size_t)>& use, std::string_view help);
  Mapping& mappings(std::string_view key, std::string_view what, const Read& read, std::string_view help);
  bool read_text(const json::Node& value, std::string& to);
  void finish();

  Reader* reader_;
  const json::Node* node_;
  json::Writer* schema_;
  std::string_view what_;
  std::vector<std::string> names_;     // all keys named so far
  std::vector<std::string> required_;  // of these
};

}  // namespace portico::policy
