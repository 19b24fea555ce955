// Runs programs over tapes: a fast pass that says yes or no, and an explanation that only refusals pay for.
//
// The fast pass is a loop over flat operations with its own stack: no recursion, no exceptions, no allocation once
// the scratch buffers have grown. A budget of steps, linear in the document, bounds schemas that could explode.
// One Validator a thread; it may run any number of programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/parse.h"
#include "json/tape.h"
#include "schema/compile.h"

namespace portico::schema {

enum class Outcome : std::uint8_t {
  kAccepted,
  kRejected,
  kTooComplex,  // the step budget ran out: refuse
};

struct Budget {
  std::uint64_t steps = 100'000;       // for every document
  std::uint64_t steps_per_word = 500;  // for every word of its tape
  std::uint32_t max_frames = 100'000;  // depth of schemas within schemas
};

// Why a document was refused. Nothing here holds a value of the instance; names of properties appear as pointers.
struct Failure {
  std::string instance_pointer;  // RFC 6901: "/items/3/price"; empty: the whole document
  std::string schema_pointer;    // of the keyword, within its document: "/components/schemas/Item/properties/.../type"
  std::string_view keyword;      // "type"; lives as long as the program; empty for a schema that is `false`
  std::string message;           // "must be at most 64 characters long"
  Place place;                   // of the keyword
};

class Validator {
 public:
  explicit Validator(Budget budget = {});
  ~Validator();
  Validator(Validator&&) noexcept;
  Validator& operator=(Validator&&) noexcept;

  Outcome check(const Program& program, json::TapeView tape);
  bool accepts(const Program& program, json::TapeView tape) { return check(program, tape) == Outcome::kAccepted; }

  // The same for one value of a document, at its word on the tape.
  Outcome check_value(const Program& program, json::TapeView tape, std::size_t value);

  // From bytes to verdict in one go: what parser.parse() says of them (parse_padded(), if `padded`) and, if that is
  // nothing, what check() says of the tape, which parser.tape() holds then. Much the faster way for what is accepted;
  // all else is parsed and checked once more.
  struct Verdict {
    json::ParseProblem problem = json::ParseProblem::kNone;
    Outcome outcome = Outcome::kRejected;  // means nothing when there is a problem
    bool accepted() const { return problem == json::ParseProblem::kNone && outcome == Outcome::kAccepted; }
  };
  Verdict read(const Program& program, json::Parser& parser, std::string_view bytes,
               const json::Strictness& strictness = {}, bool padded = false);

  // The first `limit` reasons, in document order as far as possible. Empty when the document is accepted; never empty
  // when it is not. Bounded by the same budget.
  std::vector<Failure> explain(const Program& program, json::TapeView tape, std::size_t limit = 10);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portico::schema
