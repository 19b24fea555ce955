#include "contract/load.h"

#include "base/text.h"
#include "contract/ambiguity.h"
#include "contract/loading.h"
#include "contract/structure.h"

namespace portico::contract {
namespace {

using json::Node;

Result<Contract> make(Contract contract) {
  PORTICO_CHECK_OK(read_version(contract));
  const Node& root = *contract.root;
  if (const Node* info = object_in(root, "info")) {
    // A version like 1.0 is a number to YAML: told as a problem, and taken as it is written.
    const auto text = [info](std::string_view key) {
      const Node* value = info->find(key);
      return value == nullptr ? std::string_view() : value->text();
    };
    contract.title = text("title");
    contract.api_version = text("version");
  }
  Loading loading(contract);
  PORTICO_CHECK_OK(check_structure(loading));
  contract.servers =
      contract.version == Version::kSwagger20 ? read_swagger_servers(loading, root) : read_servers(loading, root);
  read_schemes(loading);
  read_operations(loading);
  read_callbacks(loading);
  check_ambiguity(loading);
  contract.problems = loading.take_problems();
  return contract;
}

Contract empty_contract(const LoadOptions& options) {
  Contract contract;
  contract.documents = std::make_unique<json::Documents>();
  contract.references = std::make_unique<References>(*contract.documents, options);
  return contract;
}

}  // namespace

Result<void> read_version(Contract& contract) {
  const Node& root = *contract.root;
  const Place place = contract.place(root);
  if (!root.is_object()) return failure(ErrorCode::kInvalid, "an OpenAPI document is an object", place);
  const Node* openapi = root.find("openapi");
  const Node* swagger = root.find("swagger");
  if ((openapi == nullptr) == (swagger == nullptr)) {
    return failure(ErrorCode::kInvalid,
                   openapi == nullptr ? "not an OpenAPI document: it has neither \"openapi\" nor \"swagger\""
                                      : "the document says both \"openapi\" and \"swagger\"",
                   place, "the first lines should say which version it is, for example: openapi: 3.1.0");
  }
  const Node& version = openapi != nullptr ? *openapi : *swagger;
  contract.version_text = version.text();
  const auto is = [&](std::string_view minor) {
    return contract.version_text == minor ||
           (contract.version_text.starts_with(minor) && contract.version_text[minor.size()] == '.');
  };
  if (swagger != nullptr && contract.version_text == "2.0") {
    contract.version = Version::kSwagger20;
    contract.dialect = SchemaDialect::kOpenApi20;
  } else if (openapi != nullptr && is("3.0")) {
    contract.version = Version::kOpenApi30;
    contract.dialect = SchemaDialect::kOpenApi30;
  } else if (openapi != nullptr && (is("3.1") || is("3.2"))) {
    contract.version = is("3.1") ? Version::kOpenApi31 : Version::kOpenApi32;
    contract.dialect = SchemaDialect::kJsonSchema202012;
  } else {
    return failure(ErrorCode::kUnsupported, "OpenAPI \"" + printable(contract.version_text) + "\" is not supported",
                   contract.place(version), "supported are 2.0, 3.0, 3.1 and 3.2");
  }
  return {};
}

Result<Contract> load(const std::string& path, const LoadOptions& options) {
  Contract contract = empty_contract(options);
  PORTICO_TRY(const json::Document* document, contract.references->open(path));
  contract.root = document->root;
  return make(std::move(contract));
}

Result<Contract> load_text(std::string_view text, const std::string& name, const LoadOptions& options) {
  Contract contract = empty_contract(options);
  PORTICO_TRY(const json::Document* document, contract.references->open_text(text, name));
  contract.root = document->root;
  return make(std::move(contract));
}

}  // namespace portico::contract
