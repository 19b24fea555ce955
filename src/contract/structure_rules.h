// What the tables of grammar.h cannot say: values from fixed lists, fields that others ask for. Internal to contract/.
#pragma once

#include <string>
#include <string_view>

#include "contract/grammar.h"
#include "contract/loading.h"

namespace portico::contract {

std::uint8_t version_bit(Version version);

// "a Schema Object", "an integer"; "null" stays alone.
std::string article(std::string_view noun);

// Whether the guard relies on a string of that name.
bool decides(std::string_view field);

// For shapes without objects: what the value should have been ("a string"), or empty if it is.
std::string_view mismatch(Shape shape, const json::Node& value, std::uint8_t version);

// Why a field that other versions have is not one here.
std::string version_message(const ObjectType& type, const Field& field, std::uint8_t version);

void check_rules(Loading& loading, Type type, const json::Node& node, std::uint8_t version);

}  // namespace portico::contract
