// Documents of a contract and the references between them.
//
// A reference is an edge: resolving it gives the node that it means and copies nothing, so recursive schemas cost what
// they are written with. Documents are found by absolute URI; those of files are `file:` URIs of canonical paths, so a
// file reached by two names (a symbolic link) is one document.
//
// What may be read: files inside of the root folder, symbolic links followed and then judged. Whatever leads out of it
// is refused before the file system is asked. `http:` and `https:` references are always refused: a contract that
// guards traffic must not depend on what another host answers today. Keep a copy beside the contract instead.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "json/reader.h"
#include "json/tree.h"

namespace portico::contract {

// Budgets and permissions of loading. Over a budget is an Error of kLimit that names the option to raise.
struct LoadOptions {
  std::uint64_t max_bytes = UINT64_C(32) << 20;  // of one file, and of all files together
  std::uint32_t max_depth = 200;                 // nesting of one document
  std::uint32_t max_nodes = 1'000'000;           // all documents together, aliases counted as often as they are used
  std::uint32_t max_documents = 10'000;
  std::string root;  // files outside of this folder are refused; empty: the document's own
  bool allow_outside_root = false;
};

// Loads documents and resolves references. While a contract is being loaded it is used by one thread; afterwards the
// const functions may be called from several.
class References {
 public:
  // `documents` must outlive this.
  References(json::Documents& documents, LoadOptions options);

  // Reads the first document, from a file or from memory. With an empty root folder in the options its folder becomes
  // the root.
  Result<const json::Document*> open(const std::string& path);
  Result<const json::Document*> open_text(std::string_view text, const std::string& path);

  // A document without text of its own, for nodes that are made and not read: one beside each document that asks. It
  // has the name and URI of `like`, so places and references in it work as if they stood there.
  json::Document& synthesise(const json::Document& like);

  // The node of an absolute URI: a document's root, or what the fragment (a JSON Pointer, or the name of an anchor that
  // was declared) leads to. Loads the document if it must.
  Result<const json::Node*> load(std::string_view uri);

  // One step: the node that the `$ref` of `holder` names. `base` is what it is relative to; empty: its document.
  Result<const json::Node*> target(const json::Node& holder, std::string_view base = {});

  // All steps: follows chains of references to the first node that is none. A chain of any length costs its length
  // once: every holder on it remembers the end, or the Error of the step that failed. kInvalid for a circle.
  Result<const json::Node*> resolve(const json::Node& holder);

  // A schema resource (`$id`) or anchor inside of a document, by absolute URI. The first declaration counts.
  void declare(std::string uri, const json::Node& node);

  // What target() and resolve() have found so far, or null. Safe from several threads once loading is over.
  const json::Node* known_target(const json::Node& holder) const;
  const json::Node* known_end(const json::Node& holder) const;

 private:
  Result<const json::Document*> document(std::string_view uri);
  Result<const json::Document*> read_and_add(const std::string& canonical);
  Result<const json::Document*> add(std::string name, const std::string& canonical, std::string_view bytes);
  Result<void> set_root();
  // Whether the absolute path lies inside of the root folder, letter by letter.
  bool inside_root(std::string_view path) const;
  std::string display_name(const std::string& canonical) const;

  json::Documents* documents_;
  LoadOptions options_;
  json::ReadBudget budget_;
  std::uint64_t bytes_left_;
  std::string root_;             // canonical, without '/' at the end
  std::string folder_;           // canonical folder of the first document
  std::string folder_as_given_;  // the same as the user wrote it
  std::unordered_map<std::string, const json::Document*> by_uri_;
  std::unordered_map<std::string, Error> unreadable_;
  std::unordered_map<std::string, const json::Node*> declared_;
  // Where a chain of references leads. Neither a node nor an error: it is being followed just now.
  struct End {
    const json::Node* node = nullptr;
    std::shared_ptr<const Error> error;
  };

  Result<const json::Node*> find_target(const json::Node& holder, std::string_view base);

  std::unordered_map<std::uint16_t, json::Document*> synthetic_;
  std::unordered_map<const json::Node*, const json::Node*> targets_;
  std::unordered_map<const json::Node*, End> ends_;
};

// The text of a `$ref`, or empty where the node is no reference.
std::string_view reference_of(const json::Node& node);

}  // namespace portico::contract
