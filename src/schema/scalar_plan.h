// How text is to be read for a schema: derives a ScalarPlan (compile.h) from a compiled block.
#pragma once

#include "schema/compile.h"
#include "schema/program.h"

namespace portico::schema {

ScalarPlan make_plan(const Tables& tables, std::uint32_t pc);

}  // namespace portico::schema
