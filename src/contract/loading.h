// What the parts of the loader share while one contract is being made. Internal to contract/.
//
// The loader runs in this order: documents (documents.h), the check of their structure against the tables of OpenAPI's
// objects (structure.h), which also resolves every reference, then the model (load_*.cc). The structure check tells
// whatever is of a wrong shape, so the model's makers skip what they cannot read without a word; they tell what no
// table can: what does not fit together.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "contract/documents.h"
#include "contract/model.h"

namespace portico::contract {

enum class Gravity : std::uint8_t {
  kNotice,  // wrong, but every reader takes it the same way
  kFatal,   // the guard could not keep the contract's promise: it must not run
};

class Loading {
 public:
  explicit Loading(Contract& made) : contract(&made), references(made.references.get()) {}

  void problem(std::string_view code, Gravity gravity, const json::Node& at, std::string message);
  // A reference that cannot be followed: always fatal, its code after the Error's.
  void reference_problem(const Error& error);

  // Problems by place, each once.
  std::vector<Problem> take_problems();

  // Past this many, one more problem says so and the rest is dropped.
  static constexpr std::size_t kMaxProblems = 10'000;

  Contract* contract;
  References* references;
  // Schemas made for 2.0's parameters and headers, by the node that they stand for.
  std::unordered_map<const json::Node*, const json::Node*> made_schemas;

 private:
  std::vector<Problem> problems_;
};

// An object's member of that kind, or null.
const json::Node* object_in(const json::Node& node, std::string_view key);
const json::Node* array_in(const json::Node& node, std::string_view key);
// What a reference ends at, or the node itself; null, with a problem, where it leads nowhere.
const json::Node* follow(Loading& loading, const json::Node* node);
bool flag_in(const json::Node& node, std::string_view key, bool otherwise = false);
std::vector<std::string_view> texts_in(const json::Node& node, std::string_view key);
bool is_extension(std::string_view key);

// Which 2.0 or 3.x the document at the root says it is; fills version, version_text and dialect.
Result<void> read_version(Contract& contract);

// load_servers.cc
std::string base_path_of(std::string_view url);
std::vector<Server> read_servers(Loading& loading, const json::Node& holder);
std::vector<Server> read_swagger_servers(Loading& loading, const json::Node& holder);

// load_security.cc
void read_schemes(Loading& loading);
std::vector<SecurityRequirement> read_requirements(Loading& loading, const json::Node& security);

// load_messages.cc: what all versions share, and the objects of 3.x
std::optional<ParameterIn> place_of(std::string_view in);
void read_required(Loading& loading, Parameter& parameter);
std::optional<Parameter> read_parameter(Loading& loading, const json::Node& written);
std::vector<MediaType> read_content(Loading& loading, const json::Node& holder);
std::optional<RequestBody> read_body(Loading& loading, const json::Node& written);
std::vector<Response> read_responses(Loading& loading, const json::Node& operation);
// The responses with a valid status, references followed; for all versions.
void each_response(Loading& loading, const json::Node& operation,
                   const std::function<void(std::string_view status, const json::Node& node)>& take);

// load_swagger.cc: the same for 2.0. Path item and operation give parameters and a body together.
struct SwaggerInput {
  std::vector<Parameter> parameters;
  std::optional<RequestBody> body;
};
SwaggerInput read_swagger_input(Loading& loading, const json::Node& path_item, const json::Node& operation);
std::vector<Response> read_swagger_responses(Loading& loading, const json::Node& operation);

// load_operations.cc
void read_operations(Loading& loading);
void read_callbacks(Loading& loading);  // after the operations
// Parameters of the path item and the operation in one list: the operation's replace those of equal name and place.
std::vector<const json::Node*> merged_parameters(Loading& loading, const json::Node& path_item,
                                                 const json::Node& operation);

}  // namespace portico::contract
