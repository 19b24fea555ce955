// The last step of compiling: numbers of blocks become indexes of operations, simple children are marked as such, and
// choices get what lets the machine skip branches (selector.h). Runs once for each compilation over what is new.
#pragma once

#include "schema/emit.h"

namespace portico::schema {

// How far the tables have been linked.
struct LinkMarks {
  std::size_t ops = 0;
  std::size_t children = 0;
  std::size_t pattern_children = 0;
  std::size_t objects = 0;
  std::size_t arrays = 0;
  std::size_t counts = 0;
  std::size_t branches = 0;
  std::size_t dependent_schemas = 0;
  std::size_t choices = 0;
};

LinkMarks marks_of(const Tables& tables);

// Links all that was added after `from`.
void link(Tables& tables, const Emitter& emitter, const LinkMarks& from);

}  // namespace portico::schema
