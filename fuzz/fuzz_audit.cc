// Contracts of any kind, audited and repaired. Beside what the sanitizers see:
// - the deductions add up to what the score lost;
// - every finding has a fingerprint of its own;
// - repairs written into the text leave a document that can be read, and change nothing when there are none.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "audit/audit.h"
#include "audit/data_inventory.h"
#include "audit/overlay.h"
#include "audit/repair.h"
#include "audit/text_edit.h"
#include "contract/load.h"
#include "yaml/reader.h"

namespace portico {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check_repairs(std::string_view text, const contract::Contract& contract, const audit::Audit& done) {
  const auto repairs = audit::repairs_of(contract, done.findings);
  audit::write_overlay(repairs, "t", "a.yaml");
  std::vector<audit::Edit> edits;
  for (const auto& repair : repairs) edits.insert(edits.end(), repair.edits.begin(), repair.edits.end());
  const auto edited = audit::apply_edits(text, *contract.root, edits);
  if (edits.empty()) require(edited.text == text);
  json::Documents documents;
  require(yaml::read_document(edited.text, documents.add("a.yaml", "")).has_value());
}

}  // namespace
}  // namespace portico

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto contract =
      contract::load_text(text, "a.yaml", {.max_bytes = 1 << 16, .max_depth = 60, .max_nodes = 20'000});
  if (!contract) return 0;
  const auto done = audit::audit(*contract);
  double lost = 0;
  std::set<std::string> fingerprints;
  for (const auto& finding : done.findings) {
    lost += finding.deduction;
    require(fingerprints.insert(finding.fingerprint).second);
  }
  require(std::abs(100 - done.score.total() - lost) < 1e-6);
  check_repairs(text, *contract, done);
  audit::write_data_text(audit::data_inventory(*contract));
  return 0;
}
