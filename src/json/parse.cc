#include "json/parse.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "json/parse_exact.h"
#include "json/parse_fast.h"

namespace portico::json {
namespace {

static_assert(Parser::kPadding >= FastParser::kPadding);

constexpr std::size_t kSmallestBuffer = 4096;
constexpr std::uint64_t kHardBytes = UINT64_C(1) << 31;
// Buffers beyond this size are given back once they have been far too large for a while: one huge body must not
// pin its twenty-fold size in a worker for ever.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20;
constexpr std::uint32_t kPatience = 256;

std::uint64_t most_bytes(const Strictness& strictness) { return std::min(strictness.max_bytes, kHardBytes); }

// `bytes`, where they may be read: in their padded copy, if there is one.
std::string_view readable(std::string_view bytes, const std::uint8_t* padded) {
  return padded == nullptr ? bytes : std::string_view(reinterpret_cast<const char*>(padded), bytes.size());
}

}  // namespace

struct Parser::State {
  FastParser fast;
  std::vector<char> padded;
  TapeBuilder builder;
  std::vector<char> scratch;
  DuplicateFinder duplicates;
  std::size_t largest = 0;  // document since buffers were given back
  std::uint32_t idle = 0;   // documents in a row that were much smaller

  void give_back(std::size_t bytes);
  FastParser::Limits limits(const Strictness& strictness) {
    return {std::clamp(strictness.max_depth, 1U, FastParser::kMaxDepth), strictness.reject_nul,
            strictness.reject_duplicate_keys ? &duplicates : nullptr};
  }
};

void Parser::State::give_back(std::size_t bytes) {
  largest = std::max(largest, bytes);
  idle = largest > kKeptBytes && bytes < largest / 8 ? idle + 1 : 0;
  if (idle <= kPatience) return;
  fast.release();
  padded = {};
  builder = {};
  scratch = {};
  largest = 0;
  idle = 0;
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
  // What the first stage leaves behind; the second one, and the exact reader, only read it.
  return state_->fast.places();
}

ParseProblem Parser::parse(std::string_view bytes, const Strictness& strictness) {
  if (bytes.size() > most_bytes(strictness)) return refuse(ParseProblem::kSize);
  state_->give_back(bytes.size());
  return parse(bytes, copied(bytes), strictness);
}

ParseProblem Parser::parse_padded(std::string_view bytes, const Strictness& strictness) {
  if (bytes.size() > most_bytes(strictness)) return refuse(ParseProblem::kSize);
  state_->give_back(bytes.size());
  return parse(bytes, nullptr, strictness);
}

bool Parser::begin(std::string_view bytes, bool padded, const Strictness& strictness, TapeSource& source) {
  if (bytes.empty() || bytes.size() > most_bytes(strictness)) return false;
  state_->give_back(bytes.size());
  std::uint8_t* copy = padded ? nullptr : copied(bytes);
  return state_->fast.begin(readable(bytes, copy), copy, state_->limits(strictness), source) ==
         FastParser::Outcome::kDone;
}

std::string_view Parser::all_strings() {
  std::uint8_t* const writable = tape_.strings == own_copy() ? own_copy() : nullptr;
  std::size_t end = 0;
  for (std::size_t i = TapeView::kFirst; i + 1 < tape_.count; ++i) {
    const char letter = tape_.type(i);
    if (letter == tape::kString) {
      const std::size_t start = tape_.offset(i);
      if (writable != nullptr) std::memset(writable + end, 0, start - end);
      end = start + tape_.length(i);
    } else if (letter == tape::kInteger || letter == tape::kUnsigned || letter == tape::kDouble ||
               letter == tape::kBigNumber) {
      ++i;
    }
  }
  return {reinterpret_cast<const char*>(tape_.strings), end};
}

std::uint8_t* Parser::own_copy() { return reinterpret_cast<std::uint8_t*>(state_->padded.data()); }

void Parser::end(const TapeSource& source, std::size_t words) { tape_ = FastParser::finished(source, words); }

std::uint8_t* Parser::copied(std::string_view bytes) {
  auto& padded = state_->padded;
  const std::size_t needed = bytes.size() + kPadding;
  if (padded.size() < needed) padded.resize(std::bit_ceil(std::max(needed, kSmallestBuffer)));
  if (!bytes.empty()) std::memcpy(padded.data(), bytes.data(), bytes.size());
  // The padding may be looked at; nothing of an earlier document must be seen there.
  std::memset(padded.data() + bytes.size(), 0, kPadding);
  return reinterpret_cast<std::uint8_t*>(padded.data());
}

ParseProblem Parser::refuse(ParseProblem problem) {
  problem_offset_ = 0;
  return problem;
}

// `padded`: a copy of the bytes that may be written to, or null when they are padded themselves.
ParseProblem Parser::parse(std::string_view bytes, std::uint8_t* padded, const Strictness& strictness) {
  problem_offset_ = 0;
  if (bytes.empty()) return ParseProblem::kEmpty;
  State& state = *state_;
  const FastParser::Limits limits = state.limits(strictness);
  switch (state.fast.parse(readable(bytes, padded), padded, limits)) {
    case FastParser::Outcome::kDone: tape_ = state.fast.tape(); return ParseProblem::kNone;
    case FastParser::Outcome::kMemory: return ParseProblem::kMemory;
    case FastParser::Outcome::kLeft: break;
  }
  // From the bytes as they came: the copy may have been unescaped in part.
  state.builder.reset();
  const auto problem = parse_exactly(bytes, strictness, state.builder, state.scratch, problem_offset_);
  if (problem != ParseProblem::kNone) return problem;
  tape_ = state.builder.finish();
  const bool twice = limits.duplicates != nullptr && limits.duplicates->in_document(tape_);
  return twice ? ParseProblem::kDuplicateKey : ParseProblem::kNone;
}

}  // namespace portico::json
