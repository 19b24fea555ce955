// What can be said of a block without running it: supersets of what it accepts. Used for choosing branches, for typing
// parameters, and by nothing that decides.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "schema/program.h"

namespace portico::schema {

// The JSON types (with kTypeWhole where integers may be written as 1.0) that the block at `pc` can accept.
WideTypes types_accepted(const Tables& tables, std::uint32_t pc, int depth = 3);
WideTypes types_accepted(const Tables& tables, const Child& child, int depth = 3);

// The strings that the block can accept, when they are a short list; nothing when they may be any.
std::optional<std::vector<std::string_view>> strings_accepted(const Tables& tables, const Child& child);

// Operations of the block, and of the blocks that it calls for the same value without a choice, that are kObject.
std::vector<const ObjectTable*> objects_of(const Tables& tables, std::uint32_t pc);
std::vector<const ArrayTable*> arrays_of(const Tables& tables, std::uint32_t pc);

// Whether no value at all is accepted.
bool accepts_nothing(const Tables& tables, const Child& child);

}  // namespace portico::schema
