// contract/ reads what an API promises. documents.h loads files and follows `$ref`, load.h makes the typed model of
// this header out of them, routes.h finds the operation that a request means, data_class.h says which values are
// personal or secret.
//
// The model is free of versions: OpenAPI 2.0, 3.0, 3.1 and 3.2 all become these structures, and nothing downstream
// asks which one it was (what remains of the version is the schema dialect). Every part keeps the node it was read
// from, for places and for `x-*` extensions. Views and nodes point into the Contract's documents; a Contract is
// immutable after loading and may be read by several threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/tree.h"

namespace portico::contract {

// The methods that OpenAPI has fields for, in the order of RFC 9110; kOther stands for 3.2's additionalOperations.
enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kDelete, kOptions, kTrace, kPatch, kQuery, kOther };

std::string_view name(Method method);                    // "GET"
std::optional<Method> method_of(std::string_view name);  // exact, upper case (RFC 9110: methods are case-sensitive)

enum class Version : std::uint8_t { kSwagger20, kOpenApi30, kOpenApi31, kOpenApi32 };

// Which reading of Schema Objects is meant.
enum class SchemaDialect : std::uint8_t { kOpenApi20, kOpenApi30, kJsonSchema202012 };

enum class ParameterIn : std::uint8_t { kPath, kQuery, kHeader, kCookie };
std::string_view name(ParameterIn in);  // "query"

// Serialisation (OpenAPI 3, "Style Values"). 2.0's collectionFormat becomes a style: csv is kForm or kSimple without
// explode, multi is kForm with explode, ssv and pipes are kSpaceDelimited and kPipeDelimited, tsv is kTabDelimited.
enum class Style : std::uint8_t {
  kSimple,
  kLabel,
  kMatrix,
  kForm,
  kSpaceDelimited,
  kPipeDelimited,
  kTabDelimited,
  kDeepObject,
};

struct MediaType;

struct Encoding {
  std::string_view property;
  std::string_view content_type;  // empty: the default for the property's type
  std::optional<Style> style;     // set only when the document sets it
  bool explode = false;
  bool allow_reserved = false;
  const json::Node* node = nullptr;
};

struct MediaType {
  std::string_view range;              // as written: "application/json", "text/*"
  const json::Node* schema = nullptr;  // null: anything
  std::vector<Encoding> encodings;
  const json::Node* node = nullptr;
};

struct Parameter {
  std::string_view name;
  ParameterIn in = ParameterIn::kQuery;
  bool required = false;
  bool deprecated = false;
  bool allow_empty_value = false;
  bool allow_reserved = false;
  Style style = Style::kForm;
  bool explode = false;
  bool delimiter_repeats_prefix = false;  // label, explode=false: ".a.b" (3.0.0-3.0.3, 3.1.0) instead of ".a,b"
  const json::Node* schema = nullptr;     // null when `content` is used
  std::optional<MediaType> content;       // the value is a document of this media type
  const json::Node* node = nullptr;
};

struct RequestBody {
  bool required = false;
  std::vector<MediaType> content;
  const json::Node* node = nullptr;
};

using Header = Parameter;  // but for the place of its name (OpenAPI, "Header Object"); `in` is kHeader

struct Response {
  std::string_view status;  // "200", "2XX" or "default"
  std::vector<Header> headers;
  std::vector<MediaType> content;  // empty: no body
  const json::Node* node = nullptr;
};

enum class SchemeType : std::uint8_t { kApiKey, kHttp, kMutualTls, kOAuth2, kOpenIdConnect, kUnknown };

struct OAuthFlow {
  std::string_view name;  // implicit, password, clientCredentials, authorizationCode, deviceAuthorization
  std::string_view authorization_url;
  std::string_view token_url;
  std::string_view refresh_url;
  std::vector<std::string_view> scopes;
  const json::Node* node = nullptr;
};

struct SecurityScheme {
  std::string_view name;  // the key that requirements use
  SchemeType type = SchemeType::kUnknown;
  ParameterIn in = ParameterIn::kHeader;  // kApiKey
  std::string_view parameter;             // kApiKey: name of the header, query parameter or cookie
  std::string_view scheme;                // kHttp: "basic", "bearer", ... as written
  std::string_view bearer_format;
  std::string_view open_id_connect_url;
  std::vector<OAuthFlow> flows;
  const json::Node* node = nullptr;
};

// All schemes of one requirement must be met; one requirement of an operation's list is enough. An empty requirement
// (`{}`) makes authentication optional.
struct SecurityRequirement {
  struct Need {
    std::string_view scheme;
    std::vector<std::string_view> scopes;
  };
  std::vector<Need> needs;
  const json::Node* node = nullptr;
};

struct Server {
  std::string url;        // variables replaced by their defaults; may be relative
  std::string scheme;     // lower case; empty when relative
  std::string host;       // lower case, with port if one is given; empty when relative
  std::string base_path;  // "/v1"; never ends in '/'; empty for the root
  const json::Node* node = nullptr;
};

struct Operation {
  std::string id;  // operationId, or "GET /path" when there is none
  Method method = Method::kGet;
  std::string_view method_name;  // as sent: "GET"
  std::string_view path;         // template without base path: "/orders/{id}"
  std::string_view summary;
  std::vector<std::string_view> tags;
  bool deprecated = false;
  std::vector<Parameter> parameters;  // path item's and operation's, merged
  std::optional<RequestBody> body;
  std::vector<Response> responses;
  std::vector<SecurityRequirement> security;  // in force: the operation's, else the document's
  const json::Node* security_node = nullptr;  // the `security` in force; null when neither level has one
  std::vector<Server> servers;                // in force; never empty
  const json::Node* node = nullptr;           // the Operation Object
  const json::Node* path_node = nullptr;      // the Path Item Object
  const json::Node* path_key = nullptr;       // the key in `paths`: where the template is written

  // Whether a caller may use it without any credentials (no requirement, or an empty one among the alternatives).
  bool open_to_nobody() const;
};

// Requests that the service sends: a callback (3.x) to a URL that an earlier request named, or a webhook (3.1 on) to
// one that was registered some other way.
struct Callback {
  std::string_view name;
  std::string_view expression;        // of the URL: "{$request.body#/url}"; empty for a webhook
  std::vector<Operation> operations;  // what is sent; their `path` is the expression or the webhook's name
  std::uint32_t owner = kNoOwner;     // index of the operation that has the callback
  const json::Node* node = nullptr;   // the Path Item Object
  static constexpr std::uint32_t kNoOwner = 0xffffffff;
};

// Something wrong with the document's structure. Loading goes on after it where it can, so that one run shows all.
struct Problem {
  std::string_view code;  // kebab-case and stable: "duplicate-key", "reference-unresolved", "path-identical", ...
  std::string message;
  Place place;
  bool fatal = false;  // the guard must not run with it
};

class References;  // documents.h

struct Contract {
  std::unique_ptr<json::Documents> documents;
  std::unique_ptr<References> references;  // all that the contract refers to is loaded; resolves nothing new
  Version version = Version::kOpenApi30;
  std::string_view version_text;  // "3.0.3"
  SchemaDialect dialect = SchemaDialect::kOpenApi30;
  std::string_view title;
  std::string_view api_version;  // info.version
  std::vector<Server> servers;   // at least one ("/" when the document has none)
  std::vector<SecurityScheme> schemes;
  std::vector<Operation> operations;  // in document order
  std::vector<Callback> callbacks;    // by owner, in document order; webhooks last
  std::vector<Problem> problems;      // by place
  const json::Node* root = nullptr;

  const SecurityScheme* scheme(std::string_view name) const;
  // By operationId, or by "METHOD /path/{template}"; null when there is none.
  const Operation* operation(std::string_view id) const;
  bool usable() const;  // no fatal problem

  // The node itself, or, where it is a reference (`$ref`), what the chain of references ends at; null when that is not
  // to be had (the problem is among `problems`). What stands beside a `$ref` is the caller's to consider. Constant
  // time, safe from several threads.
  const json::Node* resolve(const json::Node& node) const;
  Place place(const json::Node& node) const { return documents->place(node); }

  Contract();
  ~Contract();
  Contract(Contract&&) noexcept;
  Contract& operator=(Contract&&) noexcept;
};

}  // namespace portico::contract
