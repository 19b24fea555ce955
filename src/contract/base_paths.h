// The base paths under which an operation is reached: what routes are made of.
#pragma once

#include <string>
#include <vector>

#include "contract/model.h"

namespace portico::contract {

// All distinct ones of the servers in force, sorted. A server variable with an enum gives one for each value; one
// without takes its default, as an open variable in front of every path would match what nobody meant. Of more than
// kMaxBasePaths combinations only the defaults are taken.
std::vector<std::string> base_paths(const Operation& operation);

constexpr std::size_t kMaxBasePaths = 64;

}  // namespace portico::contract
