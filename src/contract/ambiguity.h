// Paths that a request could be meant for both. Internal to contract/.
#pragma once

#include "contract/loading.h"

namespace portico::contract {

// "/{entity}/me" and "/books/{id}" both fit "/books/me", and neither is the more concrete one: which of them counts is
// a matter of the reader. Said only where both have the same method and the schemas of their parameters let a path
// through to both: "/{year}/me" with an integer for year has nothing in common with "/books/{id}".
void check_ambiguity(Loading& loading);

}  // namespace portico::contract
