#include "json/parse.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "json/parse_duplicates.h"
#include "json/parse_exact.h"

namespace portico::json {
namespace {

static_assert(Parser::kPadding >= simdjson::SIMDJSON_PADDING);

constexpr std::uint32_t kHardDepth = 1024;
constexpr std::size_t kSmallestCapacity = 4096;
// Buffers beyond this size are given back once they have been far too large for a while: one huge body must not
// pin its fourteen-fold size in a worker for ever.
constexpr std::size_t kKeptCapacity = std::size_t{1} << 20;
constexpr std::uint32_t kPatience = 256;

// Whether a string holds the escape of NUL. A backslash before the escape may itself be escaped.
bool has_escaped_nul(std::string_view bytes, std::size_t& at) {
  const void* backslash = std::memchr(bytes.data(), '\\', bytes.size());
  if (backslash == nullptr) return false;
  auto i = static_cast<std::size_t>(static_cast<const char*>(backslash) - bytes.data());
  while ((i = bytes.find('\\', i)) != std::string_view::npos) {
    if (bytes.substr(i + 1, 5) == "u0000") {
      at = i;
      return true;
    }
    i += 2;
  }
  return false;
}

}  // namespace

struct Parser::State {
  simdjson::dom::parser parser;
  std::vector<char> padded;
  TapeBuilder builder;
  std::vector<char> scratch;
  DuplicateFinder duplicates;
  std::size_t capacity = 0;
  std::uint32_t depth = 0;
  std::uint32_t idle = 0;  // documents in a row that needed much less than the capacity

  bool prepare(std::size_t bytes, std::uint32_t max_depth);
};

// simdjson grows to the very size of each document; growing in powers of two ends the allocations sooner.
bool Parser::State::prepare(std::size_t bytes, std::uint32_t max_depth) {
  std::size_t wanted = std::max(capacity, kSmallestCapacity);
  if (bytes > wanted) wanted = std::bit_ceil(bytes);
  idle = capacity > kKeptCapacity && bytes < capacity / 8 ? idle + 1 : 0;
  if (idle > kPatience) {
    wanted = kKeptCapacity;
    idle = 0;
    builder = {};
  }
  if (wanted == capacity && max_depth == depth) return true;
  if (wanted != capacity && parser.doc.allocate(wanted) != simdjson::SUCCESS) return false;
  // simdjson counts the document itself as one level.
  if (parser.allocate(wanted, max_depth + 1) != simdjson::SUCCESS) return false;
  capacity = wanted;
  depth = max_depth;
  return true;
}

std::string_view name(ParseProblem problem) {
  constexpr std::array<std::string_view, 11> kNames = {"none",  "empty", "syntax", "invalid-utf8", "duplicate-key",
                                                       "nul",   "depth", "size",   "number-range", "byte-order-mark",
                                                       "memory"};
  return kNames[static_cast<std::size_t>(problem)];
}

Parser::Parser() : state_(std::make_unique<State>()) {}
Parser::~Parser() = default;
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;

std::span<const std::uint32_t> Parser::marks() const {
  // What simdjson's first stage leaves behind; the second one, and the slow parser, only read it.
  const auto& parser = state_->parser.implementation;
  if (parser == nullptr) return {};
  return {parser->structural_indexes.get(), parser->n_structural_indexes};
}

ParseProblem Parser::parse(std::string_view bytes, const Strictness& strictness) {
  problem_offset_ = 0;
  if (bytes.size() > strictness.max_bytes) return ParseProblem::kSize;
  auto& padded = state_->padded;
  // Given back together with simdjson's buffers, but not by prepare(): the document stands here by then.
  if (padded.size() > 2 * kKeptCapacity && state_->capacity <= kKeptCapacity) padded = {};
  const std::size_t needed = bytes.size() + kPadding;
  if (padded.size() < needed) padded.resize(std::bit_ceil(std::max(needed, kSmallestCapacity)));
  if (!bytes.empty()) std::memcpy(padded.data(), bytes.data(), bytes.size());
  // simdjson may look at the padding; it must not see an earlier document there.
  std::memset(padded.data() + bytes.size(), 0, kPadding);
  return parse_padded({padded.data(), bytes.size()}, strictness);
}

ParseProblem Parser::parse_padded(std::string_view bytes, const Strictness& strictness) {
  problem_offset_ = 0;
  if (bytes.size() > strictness.max_bytes) return ParseProblem::kSize;
  if (bytes.empty()) return ParseProblem::kEmpty;
  State& state = *state_;
  if (!state.prepare(bytes.size(), std::clamp(strictness.max_depth, 1U, kHardDepth))) return ParseProblem::kMemory;
  const auto error = state.parser.parse(bytes.data(), bytes.size(), false).error();
  if (error == simdjson::SUCCESS) {
    const std::uint64_t* words = state.parser.doc.tape.get();
    // The root word holds the index behind the closing root word.
    tape_ = {words, static_cast<std::size_t>(words[0] & UINT64_C(0x00ffffffffffffff)),
             state.parser.doc.string_buf.get()};
    if (strictness.reject_nul && has_escaped_nul(bytes, problem_offset_)) return ParseProblem::kNul;
  } else {
    state.builder.reset();
    const auto problem = parse_exactly(bytes, strictness, state.builder, state.scratch, problem_offset_);
    if (problem != ParseProblem::kNone) return problem;
    // Only numbers may be good for the slow parser and not for simdjson.
    if (error != simdjson::NUMBER_ERROR) return ParseProblem::kSyntax;
    if (!strictness.big_numbers) return ParseProblem::kNumberRange;
    tape_ = state.builder.finish();
  }
  if (strictness.reject_duplicate_keys && state.duplicates.find(tape_) != 0) return ParseProblem::kDuplicateKey;
  return ParseProblem::kNone;
}

}  // namespace portico::json
