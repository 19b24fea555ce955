// Documents: any bytes as JSON, as YAML and as an OpenAPI contract. Beside what the sanitizers see:
// - the reader of documents and the parser of traffic agree on what is JSON, limits and deliberate refusals aside;
// - a tree holds its promises: members are found by their keys, depth stays within the budget;
// - routes answer what a search without tables answers: each operation is found by its own path, or a more concrete
// one.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "contract/data_class.h"
#include "contract/load.h"
#include "contract/routes.h"
#include "json/parse.h"
#include "json/reader.h"
#include "yaml/reader.h"

namespace portico {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

constexpr json::ReadBudget kBudget{.max_depth = 60, .nodes = 100'000};

// Nodes may be shared, so what is walked is bounded, too.
void check_tree(const json::Node& root) {
  struct Step {
    const json::Node* node;
    std::uint32_t depth;
  };
  std::vector<Step> open{{&root, 0}};
  int left = 20'000;
  while (!open.empty() && left-- > 0) {
    const auto [node, depth] = open.back();
    open.pop_back();
    require(depth <= kBudget.max_depth);
    require(node->line() > 0 && node->column() > 0);
    for (const json::Node* item : node->items()) open.push_back({item, depth + 1});
    for (const json::Member& member : node->members()) {
      require(node->find(member.key->text()) == member.value);
      open.push_back({member.value, depth + 1});
    }
    if (node->is_number()) (void)node->integer();
  }
}

bool read(Result<void> (*reader)(std::string_view, json::Document&, json::ReadBudget&), std::string_view text,
          ErrorCode& code) {
  json::Documents documents;
  json::Document& document = documents.add("fuzz", "");
  json::ReadBudget budget = kBudget;
  const auto result = reader(text, document, budget);
  if (result) {
    check_tree(*document.root);
    return true;
  }
  require(!result.error().message.empty());
  code = result.error().code;
  return false;
}

void check_agreement(std::string_view text) {
  static json::Parser parser;
  ErrorCode code{};
  const bool as_document = read(json::read_json, text, code);
  json::Strictness strictness;
  strictness.reject_duplicate_keys = true;
  strictness.reject_nul = false;
  strictness.max_depth = kBudget.max_depth;
  const auto problem = parser.parse(text, strictness);
  using json::ParseProblem;
  // Long numbers are text to a document; a byte order mark is for files.
  if (problem == ParseProblem::kNumberRange || problem == ParseProblem::kByteOrderMark) return;
  const bool by_limit = !as_document && code == ErrorCode::kLimit;
  if (!by_limit) require(as_document == (problem == ParseProblem::kNone));
}

void check_contract(std::string_view text) {
  contract::LoadOptions options;
  options.max_depth = kBudget.max_depth;
  options.max_nodes = 100'000;
  // A folder that is not there: no reference to a file leads anywhere.
  const auto contract = contract::load_text(text, "no-such-folder/contract.yaml", options);
  if (!contract) return;
  const contract::Routes routes(*contract);
  for (const auto& operation : contract->operations) {
    for (const auto& parameter : operation.parameters) (void)contract::classify(parameter.name, parameter.schema);
    const auto match = routes.match(operation.method_name, operation.path);
    require(match.argument_count <= contract::Match::kMaxArguments);
    if (match.outcome != contract::Match::Outcome::kNoPath) (void)routes.allowed_methods(match.path_index);
  }
}

}  // namespace
}  // namespace portico

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_agreement(text);
  ErrorCode code{};
  (void)read(yaml::read_yaml, text, code);
  check_contract(text);
  return 0;
}
