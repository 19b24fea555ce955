#include "xml/reader.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <climits>

#include "base/text.h"

namespace portico::xml {
namespace {

// Stands between namespace and local name in what expat reports; XML 1.0 has no way to write it in a document.
constexpr char kNameSeparator = '\f';

}  // namespace

struct Reader::Parser {
  explicit Parser(XML_Parser created) : handle(created) {}
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { XML_ParserFree(handle); }

  XML_Parser handle;
};

// What expat calls. The first problem stops it.
class Reader::Handlers {
 public:
  Handlers(XML_Parser parser, Document& document, const Limits& limits)
      : parser_(parser), document_(document), limits_(limits) {
    document_.elements_.clear();
    document_.attributes_.clear();
    document_.spaces_.clear();
    document_.text_.clear();
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, &start, &end);
    XML_SetStartNamespaceDeclHandler(parser, &namespace_declaration);
    XML_SetCharacterDataHandler(parser, &text);
    XML_SetCommentHandler(parser, &comment);
    XML_SetProcessingInstructionHandler(parser, &instruction);
    XML_SetStartDoctypeDeclHandler(parser, &document_type);
    XML_SetXmlDeclHandler(parser, &declaration);
  }

  Problem problem() const { return problem_; }

 private:
  // What is known of an element that is still open.
  struct Open {
    std::uint32_t element = 0;
    std::uint32_t last_child = Element::kNone;
    bool has_comment = false;
    bool has_text = false;
  };
  static constexpr std::uint32_t kMostDepth = 256;

  bool stopped() const { return problem_ != Problem::kNone; }
  static Handlers& self(void* data) { return *static_cast<Handlers*>(data); }

  void stop(Problem problem) {
    if (problem_ == Problem::kNone) problem_ = problem;
    XML_StopParser(parser_, XML_FALSE);
  }

  Range keep(std::string_view part) {
    const auto start = static_cast<std::uint32_t>(document_.text_.size());
    document_.text_ += part;
    return {start, static_cast<std::uint32_t>(part.size())};
  }

  // Elements refer to namespaces far more often than documents name them: each is kept once.
  Range keep_space(std::string_view space) {
    for (const Range known : document_.spaces_) {
      if (document_.text(known) == space) return known;
    }
    if (document_.spaces_.size() == limits_.namespaces) {
      stop(Problem::kNamespaceLimit);
      return {};
    }
    return document_.spaces_.emplace_back(keep(space));
  }

  Name keep_name(std::string_view reported) {
    const auto at = reported.find(kNameSeparator);
    if (at == std::string_view::npos) return {{}, keep(reported)};
    const Range space = keep_space(reported.substr(0, at));
    return {space, keep(reported.substr(at + 1))};
  }

  Open& top() { return open_[depth_ - 1]; }

  void add_to_parent(std::uint32_t index) {
    if (depth_ == 0) return;
    Open& parent = top();
    Element& element = document_.elements_[parent.element];
    if (parent.has_text) element.is_mixed = true;
    (parent.last_child == Element::kNone ? element.first_child : document_.elements_[parent.last_child].next_sibling) =
        index;
    parent.last_child = index;
    ++element.child_count;
  }

  static void start(void* data, const XML_Char* element_name, const XML_Char** attributes) {
    Handlers& me = self(data);
    Document& document = me.document_;
    if (me.stopped()) return;
    if (me.depth_ == std::min(me.limits_.depth, kMostDepth)) return me.stop(Problem::kDepth);
    if (document.elements_.size() == me.limits_.elements) return me.stop(Problem::kElementLimit);
    const auto index = static_cast<std::uint32_t>(document.elements_.size());
    me.add_to_parent(index);
    Element element{.name = me.keep_name(element_name)};
    element.first_attribute = static_cast<std::uint32_t>(document.attributes_.size());
    for (; *attributes != nullptr; attributes += 2) {
      if (element.attribute_count++ == me.limits_.attributes) return me.stop(Problem::kAttributeLimit);
      const Name attribute = me.keep_name(attributes[0]);
      document.attributes_.push_back({attribute, me.keep(attributes[1])});
    }
    element.text.start = static_cast<std::uint32_t>(document.text_.size());
    document.elements_.push_back(element);
    me.open_[me.depth_++] = {.element = index};
  }

  static void end(void* data, const XML_Char*) {
    if (!self(data).stopped()) --self(data).depth_;
  }

  static void namespace_declaration(void* data, const XML_Char*, const XML_Char* uri) {
    Handlers& me = self(data);
    // Bounds what names cost: expat reports each with its namespace before it.
    if (uri != nullptr && std::string_view(uri).size() > me.limits_.namespace_size) {
      me.stop(Problem::kNamespaceLimit);
    }
  }

  static void text(void* data, const XML_Char* bytes, int size) {
    Handlers& me = self(data);
    if (me.depth_ == 0 || me.stopped()) return;
    const std::string_view piece(bytes, static_cast<std::size_t>(size));
    Open& open = me.top();
    Element& element = me.document_.elements_[open.element];
    if (!is_blank(piece)) {
      open.has_text = true;
      if (open.has_comment) return me.stop(Problem::kCommentInText);
      if (element.child_count != 0) element.is_mixed = true;
    }
    // Nothing else is kept before the first child, so its pieces join.
    if (element.child_count == 0) element.text.size += me.keep(piece).size;
  }

  static void comment(void* data, const XML_Char*) {
    Handlers& me = self(data);
    if (me.depth_ == 0 || me.stopped()) return;
    me.top().has_comment = true;
    if (me.top().has_text) me.stop(Problem::kCommentInText);
  }

  static void instruction(void* data, const XML_Char*, const XML_Char*) {
    self(data).stop(Problem::kProcessingInstruction);
  }

  static void document_type(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    self(data).stop(Problem::kDocumentType);
  }

  static void declaration(void* data, const XML_Char* version, const XML_Char* encoding, int) {
    const bool version_fits = version == nullptr || std::string_view(version) == "1.0";
    const bool encoding_fits =
        encoding == nullptr || equal_ignoring_case(encoding, "utf-8") || equal_ignoring_case(encoding, "us-ascii");
    if (!version_fits || !encoding_fits) self(data).stop(Problem::kEncoding);
  }

  XML_Parser parser_;
  Document& document_;
  const Limits& limits_;
  std::array<Open, kMostDepth> open_{};
  std::uint32_t depth_ = 0;
  Problem problem_ = Problem::kNone;
};

std::string_view name(Problem problem) {
  switch (problem) {
    case Problem::kNone: return "";
    case Problem::kSyntax: return "xml-syntax";
    case Problem::kInvalidUtf8: return "invalid-utf8";
    case Problem::kEncoding: return "xml-encoding";
    case Problem::kDocumentType: return "xml-document-type";
    case Problem::kProcessingInstruction: return "xml-processing-instruction";
    case Problem::kCommentInText: return "xml-comment-in-text";
    case Problem::kDepth: return "xml-depth";
    case Problem::kElementLimit: return "xml-element-limit";
    case Problem::kAttributeLimit: return "xml-attribute-limit";
    case Problem::kNamespaceLimit: return "xml-namespace-limit";
    case Problem::kMemory: return "memory";
  }
  return "";
}

Reader::Reader() = default;
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

Problem Reader::read(std::string_view bytes, const Limits& limits) {
  constexpr const char* kEncoding = "UTF-8";  // whatever the document declares: another one is refused below
  if (bytes.size() > INT_MAX / 2) return Problem::kMemory;
  if (invalid_utf8(bytes) != std::string_view::npos) return Problem::kInvalidUtf8;
  if (parser_ == nullptr) {
    const XML_Parser created = XML_ParserCreateNS(kEncoding, kNameSeparator);
    if (created == nullptr) return Problem::kMemory;
    parser_ = std::make_unique<Parser>(created);
  } else if (XML_ParserReset(parser_->handle, kEncoding) == XML_FALSE) {
    return Problem::kMemory;
  }
  const Handlers handlers(parser_->handle, document_, limits);
  const auto status = XML_Parse(parser_->handle, bytes.data(), static_cast<int>(bytes.size()), XML_TRUE);
  if (handlers.problem() != Problem::kNone) return handlers.problem();
  if (status == XML_STATUS_OK) return Problem::kNone;
  return XML_GetErrorCode(parser_->handle) == XML_ERROR_NO_MEMORY ? Problem::kMemory : Problem::kSyntax;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace portico::xml
