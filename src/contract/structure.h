// Holds a document against the tables of OpenAPI's objects (grammar.h): fields of the wrong type, missing, misspelt or
// of another version, values outside of fixed lists. On its way it resolves every reference where OpenAPI has
// references, and walks on into what they mean, so that afterwards all documents of a contract are loaded and
// References knows every target. It never looks into examples, defaults, enumerations, constants and extensions.
// Internal to contract/.
#pragma once

#include "base/result.h"
#include "contract/loading.h"

namespace portico::contract {

// Problems go to `loading`. An Error is of kLimit: loading cannot go on.
Result<void> check_structure(Loading& loading);

}  // namespace portico::contract
