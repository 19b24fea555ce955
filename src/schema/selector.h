// Choosing among the branches of anyOf and oneOf without trying them all.
//
// At compile time each branch says what it needs: types of the value, properties that must be there, types and constant
// values of properties, and whether it is closed. While running, one walk over an object's own members rules out the
// branches that must fail; mostly one is left. Only branches that would fail are ruled out, so neither anyOf nor oneOf
// can change its answer: an inferred discriminator, and one that OpenAPI's "MUST NOT change the validation outcome"
// asks for.
#pragma once

#include "schema/program.h"

namespace portico::schema {

// Fills in Choice::by_type and, where it helps, a selector. The branches must be linked.
void make_selector(Tables& tables, Choice& choice);

}  // namespace portico::schema
