#include "contract/documents.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "base/uri.h"
#include "json/pointer.h"
#include "yaml/reader.h"

namespace portico::contract {
namespace {

using json::Document;
using json::Node;

// The path with symbolic links resolved, or empty when there is no such file.
std::string canonical_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  return real == nullptr ? std::string() : std::string(real.get());
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::unexpected<Error> refused_scheme(std::string_view uri) {
  return failure(ErrorCode::kForbidden, "\"" + printable(uri, 200) + "\" is not a file: references are never fetched",
                 {}, "keep a copy of the document beside the contract and refer to it by a relative path");
}

}  // namespace

std::string_view reference_of(const Node& node) { return node.text_of("$ref"); }

References::References(json::Documents& documents, LoadOptions options)
    : documents_(&documents),
      options_(std::move(options)),
      budget_{.max_depth = options_.max_depth, .nodes = options_.max_nodes},
      bytes_left_(options_.max_bytes) {}

Result<const Document*> References::open(const std::string& path) {
  const std::string canonical = canonical_path(path);
  if (canonical.empty()) return io_failure("cannot open", path, errno);
  PORTICO_TRY(const std::string bytes, read_file(canonical, options_.max_bytes));
  folder_ = folder_of(canonical);
  folder_as_given_ = folder_of(path);
  PORTICO_CHECK_OK(set_root());
  return add(path, canonical, bytes);
}

Result<void> References::set_root() {
  root_ = options_.root.empty() ? folder_ : canonical_path(options_.root);
  if (!options_.root.empty() && root_.empty()) return io_failure("cannot open the root folder", options_.root, errno);
  if (root_ == "/") root_.clear();
  return {};
}

Result<const Document*> References::open_text(std::string_view text, const std::string& path) {
  const std::string absolute = absolute_path(path);
  // The document need not exist, its folder may.
  const std::string folder = canonical_path(folder_of(absolute));
  folder_ = folder.empty() ? folder_of(absolute) : folder;
  folder_as_given_ = folder_of(path);
  PORTICO_CHECK_OK(set_root());
  return add(path, folder_ + absolute.substr(folder_of(absolute).size()), text);
}

Document& References::synthesise(const Document& like) {
  Document*& made = synthetic_[like.index];
  if (made == nullptr) made = &documents_->add(like.name, like.uri);
  return *made;
}

Result<const Document*> References::add(std::string name, const std::string& canonical, std::string_view bytes) {
  const Place place{.file = name};
  if (documents_->size() >= std::min<std::size_t>(options_.max_documents, UINT16_MAX / 2)) {
    return failure(ErrorCode::kLimit, "more documents than max_documents allows", place, "raise max_documents");
  }
  if (bytes.size() > bytes_left_) {
    return failure(ErrorCode::kLimit, "the documents together are larger than max_bytes allows", place,
                   "raise max_bytes");
  }
  bytes_left_ -= bytes.size();
  Document& document = documents_->add(std::move(name), file_uri(canonical));
  PORTICO_CHECK_OK(yaml::read_document(bytes, document, budget_));
  by_uri_.emplace(document.uri, &document);
  return &document;
}

bool References::inside_root(std::string_view path) const {
  return options_.allow_outside_root ||
         (path.starts_with(root_) && (path.size() == root_.size() || path[root_.size()] == '/'));
}

std::string References::display_name(const std::string& canonical) const {
  const auto relative = std::filesystem::path(canonical).lexically_relative(folder_);
  return (std::filesystem::path(folder_as_given_) / relative).lexically_normal().string();
}

Result<const Document*> References::document(std::string_view uri) {
  const std::string key(uri);
  if (const auto found = by_uri_.find(key); found != by_uri_.end()) return found->second;
  if (const auto found = unreadable_.find(key); found != unreadable_.end()) return std::unexpected(found->second);
  const auto path = file_path(uri);
  if (!path) return refused_scheme(uri);
  const auto outside = [&] {
    return failure(ErrorCode::kForbidden, "\"" + printable(*path, 200) + "\" is outside of the root folder", {},
                   "name a root folder that holds all files of the contract, or keep them in one folder");
  };
  // Judged twice: as written, so that nothing outside is even looked at, and where its symbolic links lead.
  if (!inside_root(std::filesystem::path(*path).lexically_normal().string())) return outside();
  const std::string canonical = canonical_path(*path);
  if (canonical.empty()) return failure(ErrorCode::kNotFound, "there is no file \"" + printable(*path, 200) + "\"");
  if (!inside_root(canonical)) return outside();
  const std::string canonical_uri = file_uri(canonical);
  if (const auto found = by_uri_.find(canonical_uri); found != by_uri_.end()) {
    return by_uri_.emplace(key, found->second).first->second;
  }
  auto loaded = read_and_add(canonical);
  if (loaded) {
    by_uri_.emplace(key, *loaded);
  } else {
    unreadable_.emplace(key, loaded.error());
  }
  return loaded;
}

Result<const Document*> References::read_and_add(const std::string& canonical) {
  PORTICO_TRY(const std::string bytes, read_file(canonical, options_.max_bytes));
  return add(display_name(canonical), canonical, bytes);
}

Result<const Node*> References::load(std::string_view uri) {
  const auto hash = std::min(uri.find('#'), uri.size());
  const std::string_view fragment = uri.substr(std::min(hash + 1, uri.size()));
  if (!declared_.empty()) {
    // An anchor, or a resource by its own name; a pointer may start at such a resource.
    if (const auto found = declared_.find(std::string(uri)); found != declared_.end()) return found->second;
    const auto resource = declared_.find(std::string(uri.substr(0, hash)));
    if (resource != declared_.end()) {
      PORTICO_TRY(const std::string pointer, json::pointer_of_fragment(fragment));
      return json::evaluate(*resource->second, pointer);
    }
  }
  PORTICO_TRY(const Document* found, document(uri.substr(0, hash)));
  PORTICO_TRY(const std::string pointer, json::pointer_of_fragment(fragment));
  return json::evaluate(*found->root, pointer);
}

Result<const Node*> References::find_target(const Node& holder, std::string_view base) {
  const std::string_view reference = reference_of(holder);
  const Document& document = documents_->of(holder);
  // By far the most common form needs no arithmetic on URIs.
  if (base.empty() && (reference == "#" || reference.starts_with("#/")) && document.root != nullptr) {
    PORTICO_TRY(const std::string pointer, json::pointer_of_fragment(reference.substr(1)));
    return json::evaluate(*document.root, pointer);
  }
  return load(resolve_uri(base.empty() ? std::string_view(document.uri) : base, reference));
}

Result<const Node*> References::target(const Node& holder, std::string_view base) {
  if (const auto known = targets_.find(&holder); known != targets_.end()) return known->second;
  auto found = find_target(holder, base);
  if (found) {
    targets_.emplace(&holder, *found);
  } else if (found.error().place.file.empty()) {
    const Node* at = holder.find("$ref");
    found.error().place = documents_->place(at == nullptr ? holder : *at);
    found.error().message = "\"" + printable(reference_of(holder), 200) + "\": " + found.error().message;
  }
  return found;
}

Result<const Node*> References::resolve(const Node& holder) {
  std::vector<const Node*> chain;
  End end{&holder, nullptr};
  while (end.error == nullptr && !reference_of(*end.node).empty()) {
    const auto [known, is_new] = ends_.try_emplace(end.node);
    if (!is_new && (known->second.node != nullptr || known->second.error != nullptr)) {
      end = known->second;
      break;
    }
    if (!is_new) {
      end = {nullptr, std::make_shared<Error>(
                          Error{ErrorCode::kInvalid, "the reference leads back to itself", documents_->place(*end.node),
                                "let one of the references in the circle stand for something of its own"})};
      break;
    }
    chain.push_back(end.node);
    auto next = target(*end.node);
    end = next ? End{*next, nullptr} : End{nullptr, std::make_shared<Error>(std::move(next).error())};
  }
  for (const Node* link : chain) ends_[link] = end;
  if (end.error != nullptr) return std::unexpected(*end.error);
  return end.node;
}

void References::declare(std::string uri, const Node& node) { declared_.try_emplace(std::move(uri), &node); }

const Node* References::known_target(const Node& holder) const {
  const auto found = targets_.find(&holder);
  return found == targets_.end() ? nullptr : found->second;
}

const Node* References::known_end(const Node& holder) const {
  const Node* node = &holder;
  if (reference_of(*node).empty()) return node;
  const auto found = ends_.find(node);
  return found == ends_.end() ? nullptr : found->second.node;
}

}  // namespace portico::contract
