#include "leak/scanner.h"

#include <hs/hs.h>

#include <algorithm>
#include <limits>
#include <string>

#include "leak/entropy.h"
#include "leak/verify.h"

namespace portico::leak {
namespace {

constexpr std::size_t kMostFinds = 4096;

struct Free {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};

bool is_word(char c) { return belongs_to(Letters::kWord, c); }

// Whether what stands around the candidate may stand there.
bool has_edges(const Candidate& candidate, Edge edge) {
  const auto touches = [&](char c) { return is_word(c) || (edge == Edge::kToken && c == '-'); };
  if (edge == Edge::kNone) return true;
  if (candidate.begin > 0 && touches(candidate.text[candidate.begin - 1])) return false;
  return candidate.end >= candidate.text.size() || !touches(candidate.text[candidate.end]);
}

bool verify(const Rule& rule, Candidate& candidate) {
  while (candidate.end < candidate.text.size() && belongs_to(rule.tail, candidate.text[candidate.end])) ++candidate.end;
  if (rule.longest != 0 && candidate.end - candidate.begin > rule.longest) return false;
  // A full stop ends a sentence more often than a token.
  while (rule.tail == Letters::kDotted && candidate.view().ends_with('.')) --candidate.end;
  if (!has_edges(candidate, rule.edge)) return false;
  if (rule.verify != nullptr && !rule.verify(candidate)) return false;
  return rule.entropy == 0 || entropy(candidate.view()) >= rule.entropy;
}

}  // namespace

struct Scanner::State {
  std::unique_ptr<hs_database_t, Free> database;
};

struct Scanner::Scratch::State {
  std::unique_ptr<hs_scratch_t, Free> scratch;
  std::vector<Find> finds;
  std::string_view text;
  // By rule: where the last candidate ended, so that a long one is looked at once.
  std::vector<std::size_t> done;
};

Scanner::Scanner(std::unique_ptr<State> state) : state_(std::move(state)) {}
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;
Scanner::~Scanner() = default;

Scanner::Scratch::Scratch(const Scanner& scanner) : state_(std::make_unique<State>()) {
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(scanner.state_->database.get(), &scratch) != HS_SUCCESS) return;
  state_->scratch.reset(scratch);
  state_->finds.reserve(64);
  state_->done.resize(rules().size());
}
Scanner::Scratch::Scratch(Scratch&&) noexcept = default;
Scanner::Scratch& Scanner::Scratch::operator=(Scratch&&) noexcept = default;
Scanner::Scratch::~Scratch() = default;

Result<Scanner> Scanner::make(std::bitset<kKinds> kinds) {
  if (hs_valid_platform() != HS_SUCCESS) {
    return failure(ErrorCode::kUnsupported, "looking for leaks needs a processor with SSSE3");
  }
  std::vector<std::string> texts;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (std::size_t i = 0; i < rules().size(); ++i) {
    const Rule& rule = rules()[i];
    if (!kinds.test(static_cast<std::size_t>(rule.kind))) continue;
    texts.emplace_back(rule.pattern);
    flags.push_back((has_extent(rule.kind) ? HS_FLAG_SOM_LEFTMOST : 0U) | (rule.any_case ? HS_FLAG_CASELESS : 0U));
    ids.push_back(static_cast<unsigned>(i));
  }
  if (texts.empty()) return failure(ErrorCode::kInvalidArgument, "nothing to look for");
  std::vector<const char*> patterns;
  for (const std::string& text : texts) patterns.push_back(text.c_str());
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const auto compiled =
      hs_compile_multi(patterns.data(), flags.data(), ids.data(), static_cast<unsigned>(patterns.size()), HS_MODE_BLOCK,
                       nullptr, &database, &error);
  if (compiled != HS_SUCCESS) {
    std::string message = "the rules for leaks do not compile";
    if (error != nullptr && error->message != nullptr) (message += ": ") += error->message;
    hs_free_compile_error(error);
    return failure(ErrorCode::kUnsupported, std::move(message));
  }
  auto state = std::make_unique<State>();
  state->database.reset(database);
  return Scanner(std::move(state));
}

std::span<const Find> Scanner::scan(std::string_view text, Scratch& scratch) const {
  Scratch::State& state = *scratch.state_;
  state.finds.clear();
  constexpr std::size_t kLongest = std::numeric_limits<unsigned>::max();
  if (state.scratch == nullptr || text.empty() || text.size() > kLongest) return {};
  state.text = text;
  std::ranges::fill(state.done, 0);
  // Called for every match; not zero ends the scan.
  const auto on_match = [](unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
    auto& found = *static_cast<Scratch::State*>(context);
    const auto end = static_cast<std::size_t>(to);
    const std::size_t begin = has_extent(rules()[id].kind) ? static_cast<std::size_t>(from) : end - 1;
    if (begin < found.done[id]) return 0;
    Candidate candidate{found.text, begin, end};
    if (!verify(rules()[id], candidate)) return 0;
    found.done[id] = candidate.end;
    found.finds.push_back({static_cast<RuleId>(id), candidate.begin, candidate.end});
    return found.finds.size() >= kMostFinds ? 1 : 0;
  };
  hs_scan(state_->database.get(), text.data(), static_cast<unsigned>(text.size()), 0, state.scratch.get(), on_match,
          &state);
  auto& finds = state.finds;
  // The longest of those that start at one place comes first.
  std::ranges::sort(finds, [](const Find& a, const Find& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end != b.end ? a.end > b.end : a.rule < b.rule;
  });
  std::size_t kept = 0;
  std::size_t reached[kKinds] = {};
  for (const Find& find : finds) {
    std::size_t& end = reached[static_cast<std::size_t>(find.kind())];
    if (find.begin < end) continue;
    end = find.end;
    finds[kept++] = find;
  }
  finds.resize(kept);
  return finds;
}

}  // namespace portico::leak
