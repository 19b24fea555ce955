#include "schema/validate.h"

#include "schema/explain.h"
#include "schema/machine_flow.h"
#include "schema/machine_read.h"

namespace portico::schema {

struct Validator::State {
  Budget budget;
  Scratch scratch;

  std::int64_t steps_for(const json::TapeView& tape) const {
    return static_cast<std::int64_t>(budget.steps + budget.steps_per_word * tape.count);
  }
};

Validator::Validator(Budget budget) : state_(std::make_unique<State>(State{budget, {}})) {}
Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;
Validator& Validator::operator=(Validator&&) noexcept = default;

Outcome Validator::check(const Program& program, json::TapeView tape) {
  if (program.accepts_everything()) return Outcome::kAccepted;
  Machine<false> machine(*program.tables(), tape, state_->scratch, state_->steps_for(tape), state_->budget.max_frames);
  return machine.run(program.entry());
}

Outcome Validator::check_value(const Program& program, json::TapeView tape, std::size_t value) {
  if (program.accepts_everything()) return Outcome::kAccepted;
  const std::size_t words = tape.next(value) - value;
  const auto steps = static_cast<std::int64_t>(state_->budget.steps + state_->budget.steps_per_word * words);
  Machine<false> machine(*program.tables(), tape, state_->scratch, steps, state_->budget.max_frames);
  return machine.run(program.entry(), value);
}

auto Validator::read(const Program& program, json::Parser& parser, std::string_view bytes,
                     const json::Strictness& strictness, bool padded) -> Verdict {
  json::TapeSource source;
  if (!program.accepts_everything() && parser.begin(bytes, padded, strictness, source)) {
    const json::TapeView tape{source.words, source.least_words(), source.bytes};
    Machine<false> machine(*program.tables(), tape, state_->scratch, state_->steps_for(tape),
                           state_->budget.max_frames);
    std::size_t words = 0;
    if (machine.read(program.entry(), source, words)) {
      parser.end(source, words);
      return {json::ParseProblem::kNone, Outcome::kAccepted};
    }
  }
  const auto problem = padded ? parser.parse_padded(bytes, strictness) : parser.parse(bytes, strictness);
  if (problem != json::ParseProblem::kNone) return {problem, Outcome::kRejected};
  return {problem, check(program, parser.tape())};
}

std::vector<Failure> Validator::explain(const Program& program, json::TapeView tape, std::size_t limit) {
  if (limit == 0) limit = 1;
  const Outcome outcome = check(program, tape);
  if (outcome == Outcome::kAccepted) return {};
  const auto too_complex = [] {
    Failure failure;
    failure.message = "takes more steps to validate than the budget allows";
    return std::vector{failure};
  };
  if (outcome == Outcome::kTooComplex) return too_complex();
  Scratch& scratch = state_->scratch;
  // Explaining tries what the fast pass could rule out, and goes on after failures: it gets a larger budget.
  Machine<true> machine(*program.tables(), tape, scratch, 8 * state_->steps_for(tape), state_->budget.max_frames,
                        limit);
  machine.run(program.entry());
  if (scratch.records.empty()) return too_complex();
  if (scratch.records.size() > limit) scratch.records.resize(limit);
  std::vector<Failure> failures;
  failures.reserve(scratch.records.size());
  for (const Record& reason : scratch.records) failures.push_back(in_words(*program.tables(), tape, reason));
  return failures;
}

}  // namespace portico::schema
