// What checks ask of an operation again and again, answered once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contract/model.h"

namespace portico::audit {

// How hard a scheme is to get around. Ordered.
enum class Strength : std::uint8_t { kNone, kWeak, kKey, kToken, kDelegated };

Strength strength_of(const contract::SecurityScheme& scheme);

struct Traits {
  bool open = false;                    // no credentials needed
  bool management = false;              // is_management
  bool entry = false;                   // is_entry
  bool published = false;               // is_published
  bool safe = false;                    // is_safe, or a POST that only looks: /search
  bool scoped = false;                  // every alternative asks for a scope
  Strength strength = Strength::kNone;  // of the weakest alternative
  bool names_object = false;            // by a variable of the path
  std::vector<std::string> action;      // of the operationId: "create", "order"
  std::vector<std::string> words;       // of the last segment of the path that is no variable, and of the operationId
  std::vector<std::string> path_words;  // of all segments that are no variables
};

std::vector<Traits> traits_of(const contract::Contract& contract);

// The answer that a caller with that status gets is described: by itself, by its class (4XX), or by `default`.
bool declares(const contract::Operation& operation, std::string_view status);
// By itself or by its class.
bool declares_exactly(const contract::Operation& operation, std::string_view status);

}  // namespace portico::audit
