// Ids on their way: opened in requests, sealed in answers (docs/seal.md, seal_plan.h).
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contract/routes.h"
#include "guard/guard.h"
#include "guard/pairs.h"
#include "guard/seal_plan.h"
#include "json/tape.h"
#include "repair/repairer.h"
#include "schema/places.h"
#include "schema/validate.h"
#include "seal/sealer.h"

namespace portico::guard {

// The memory of a worker for seals.
struct SealScratch {
  // What takes the place of a part of a text.
  struct Edit {
    std::string_view part;
    std::size_t begin = 0;  // in `values`
    std::size_t size = 0;
  };

  // A worker may serve several guards.
  std::vector<std::pair<std::shared_ptr<const SealTable>, seal::Sealer>> sealers;
  repair::Repairer repairer;
  repair::Counts counts;
  schema::Places any_place;  // bodies are walked without a schema
  std::vector<Edit> edits;
  std::string values;
  std::vector<Pair> pairs;
  std::string decoded;  // one value
  std::string sealed;   // the same
  std::string holder;
  std::string target;  // of a request, or of a link
  std::vector<HeaderField> headers;
  std::vector<std::string> header_values;
  std::string body;
  std::array<std::string, Transaction::kMostSealedFields> fields;
  ForwardedHead forwarded;
};

// To whom ids of this exchange are sealed: the verified caller; else, where credentials are asked for, whoever has the
// same ones; else nobody.
void set_holder(SealScratch& scratch, Transaction& transaction, bool asks_credentials,
                std::span<const HeaderField> headers, std::span<const Pair> query, std::span<const Pair> cookies,
                std::span<const contract::SecurityScheme> schemes);

// Where links of the contract lead to.
struct SealRoutes {
  const contract::Routes& routes;
  const std::vector<OperationPlan>& plans;
  const contract::Operation* first;  // the contract's, of which plans[0] is
};

// The ids of one exchange.
class Seals {
 public:
  Seals(SealScratch& scratch, const SealPlan& plan, const SealRoutes& routes, const Transaction& transaction);

  // The head as the service gets it: `head.target` and `head.headers` are replaced by ones in the scratch memory where
  // ids were opened. `strict`: refuses what does not open; else that stays as it is, and `refused` is set.
  enum class Opened : std::uint8_t { kAsItWas, kChanged, kRefused };
  Opened open_head(RequestHead& head, std::span<const contract::PathArgument> arguments, std::span<const Pair> query,
                   bool strict, std::string& place);

  // A request's body, as JSON on a tape, or as fields of a form. `out` is in the scratch memory.
  Opened open_json(const repair::Plan& plan, const repair::Document& document, schema::Validator& validator,
                   bool strict, std::string_view& out);
  Opened open_form(std::string_view body, std::span<const Pair> fields, bool escaped, bool strict,
                   std::string_view& out);
  // Something was let pass that did not open.
  bool met_plain() const { return met_plain_; }

  // An answer's body. False: something in it cannot be sealed.
  bool seal_json(const repair::Plan& plan, const repair::Document& document, schema::Validator& validator,
                 std::string_view& out);
  // The value of a header field of an answer. False: it stays as it is.
  bool seal_field(const SealedField& field, std::string& out);

 private:
  class Replacer;

  bool seal(SealedTypeId type, const seal::Id& id, std::string& out);
  bool open(SealedTypeId type, std::string_view sealed, seal::Id& id);
  repair::Replacer::Answer link(std::string_view text, bool sealing, std::string& out);
  bool convert(const SealedParameter& parameter, std::string_view raw, bool sealing);
  bool convert_query(const SealPlan& plan, std::string_view query, bool sealing);
  bool seal_targets(std::string_view value, std::string& out);
  bool open_value(const SealedParameter& parameter, std::string_view raw, bool escaped);
  bool open_part(SealedTypeId type, std::string_view raw, bool escaped);
  bool add_edit(const SealedParameter& parameter, std::string_view raw, bool escaped, bool strict);
  bool is_host(std::string_view authority) const;
  // `text` with the edits, which are of parts of it.
  void apply(std::string_view text, std::string& out);
  const SealPlan* plan_of(std::string_view path, contract::Match& match) const;

  SealScratch& scratch_;
  const SealPlan& plan_;
  const SealRoutes& routes_;
  const Transaction& transaction_;
  seal::Sealer& sealer_;
  bool met_plain_ = false;
};

// Remembers which header fields of an answer may hold ids. False: they are too many.
bool note_fields(Transaction& transaction, const SealPlan& plan, std::span<const HeaderField> headers);

}  // namespace portico::guard
