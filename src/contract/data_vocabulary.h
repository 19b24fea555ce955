// The words of data_class.h. Internal to contract/.
#pragma once

#include <string_view>

#include "contract/data_class.h"

namespace portico::contract {

enum class Reading : std::uint8_t {
  kUnknown,  // not in the vocabulary
  kKnown,
  kNeedsPerson,  // counts below a person only
  kUnlessThing,  // counts unless it is below what has it and is no person: a repository's full name, a shop's latitude
};

struct Meaning {
  Reading reading = Reading::kUnknown;
  DataClass data_class = DataClass::kNone;
};

// What a phrase ("first name": lower-case words, one space between) means at the end of a name.
Meaning meaning_of(std::string_view phrase);

// The longest phrase's words.
constexpr std::size_t kLongestPhrase = 4;

// Whether a word is the noun for a human being in some role.
bool is_person(std::string_view word);

// Whether a word is the noun for what has names and places as persons have, but is none.
bool is_thing(std::string_view word);

// Whether a last word adds nothing to what came before it: "password hash", "phone value".
bool is_transparent(std::string_view word);

}  // namespace portico::contract
