#include "json/parse_fast.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace portico::json {
namespace {

constexpr std::size_t kSmallestCapacity = 4096;

bool is_opening(std::uint8_t c) { return c == '{' || c == '['; }
bool is_closing(std::uint8_t c) { return c == '}' || c == ']'; }

}  // namespace

FastParser::FastParser() : open_(std::make_unique<OpenContainer[]>(kMaxDepth)) {}
FastParser::~FastParser() = default;

// simdjson grows to the very size of each document; growing in powers of two ends the allocations sooner.
bool FastParser::prepare(std::size_t bytes) {
  if (bytes <= bytes_capacity_) [[likely]]
    return true;
  const std::size_t wanted = std::bit_ceil(std::max(bytes, kSmallestCapacity));
  const auto error = stage1_ == nullptr
                         ? simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, stage1_)
                         : stage1_->allocate(wanted, 1);
  bytes_capacity_ = error == simdjson::SUCCESS ? wanted : 0;
  return error == simdjson::SUCCESS;
}

bool FastParser::prepare_words(std::size_t places) {
  if (places <= places_capacity_) [[likely]]
    return true;
  const std::size_t wanted = std::bit_ceil(std::max(places, kSmallestCapacity / 4));
  // A value takes one place and two words at most; a key takes two places, with its colon.
  words_.reset(new (std::nothrow) std::uint64_t[2 * wanted + 2]);
  signatures_.reset(new (std::nothrow) DuplicateFinder::Signature[wanted / 2 + 1]);
  places_capacity_ = words_ != nullptr && signatures_ != nullptr ? wanted : 0;
  return places_capacity_ != 0;
}

std::uint8_t* FastParser::copied(std::string_view bytes) {
  if (bytes.size() + kPadding > copy_capacity_) {
    copy_capacity_ = std::bit_ceil(std::max(bytes.size() + kPadding, kSmallestCapacity));
    copy_.reset(new (std::nothrow) std::uint8_t[copy_capacity_]);
    if (copy_ == nullptr) copy_capacity_ = 0;
  }
  if (copy_ != nullptr) std::memcpy(copy_.get(), bytes.data(), bytes.size() + kPadding);
  return copy_.get();
}

void FastParser::release() {
  stage1_.reset();
  words_.reset();
  signatures_.reset();
  copy_.reset();
  bytes_capacity_ = places_capacity_ = copy_capacity_ = 0;
}

auto FastParser::begin(std::string_view bytes, std::uint8_t* writable, const Limits& limits, TapeSource& source)
    -> Outcome {
  if (!prepare(bytes.size())) return Outcome::kMemory;
  const auto* text = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (stage1_->stage1(text, bytes.size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS) return Outcome::kLeft;
  const std::uint32_t count = stage1_->n_structural_indexes;
  std::uint32_t* places = stage1_->structural_indexes.get();
  if (count == 0 || !prepare_words(count)) return Outcome::kMemory;
  if (is_opening(text[places[0]])) {
    // A document that is whole ends with its last place. If it is not, the first place comes again, and an opening
    // bracket is wrong behind a closing one.
    if (!is_closing(text[places[count - 1]])) return Outcome::kLeft;
    places[count] = places[0];
  } else {
    places[count] = static_cast<std::uint32_t>(bytes.size());
  }
  const std::uint32_t backslash = find_backslash(text, 0, bytes.size());
  if (backslash != kNowhere && writable == nullptr) {
    writable = copied(bytes);
    if (writable == nullptr) return Outcome::kMemory;
    text = writable;
  }
  source = {.bytes = text,
            .size = bytes.size(),
            .writable = writable,
            .backslash = backslash,
            .places = places,
            .end = places + count,
            .words = words_.get(),
            .signatures = signatures_.get(),
            .open = open_.get(),
            .duplicates = limits.duplicates,
            .max_depth = limits.max_depth,
            .reject_nul = limits.reject_nul};
  return Outcome::kDone;
}

std::span<const std::uint32_t> FastParser::places() const {
  if (stage1_ == nullptr) return {};
  return {stage1_->structural_indexes.get(), stage1_->n_structural_indexes};
}

auto FastParser::parse(std::string_view bytes, std::uint8_t* writable, const Limits& limits) -> Outcome {
  TapeSource source;
  const Outcome outcome = begin(bytes, writable, limits, source);
  if (outcome != Outcome::kDone) return outcome;
  const std::uint8_t first = source.bytes[source.places[0]];
  // Two writers, so that one stays in registers.
  TapeWriter writer(source);
  TapeWriter lone(source);
  const bool composite = first == '"' || is_opening(first);
  const bool read = composite ? writer.value(0) && writer.finish() : lone.lone_scalar() && lone.finish();
  if (!read) return Outcome::kLeft;
  tape_ = finished(source, composite ? writer.count() : lone.count());
  return Outcome::kDone;
}

}  // namespace portico::json
