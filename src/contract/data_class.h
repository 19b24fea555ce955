// Which values are personal or secret. Audit, threats and guard ask; what they do about it is theirs.
//
// The answer comes, in this order, from the owner's own label (`x-data-classification` and `x-sensitive-data` of
// OpenAPI's extension registry, `x-pii`), from the schema's format (email, phone, password), and from the name: its
// words, read from the end, where English has the noun ("email_verified" is about a flag, "verified_email" about an
// address), against a vocabulary of our own. A name that says little by itself ("name", "number", "city") counts with
// its parent's: "name" of a "product" is nobody's. Booleans and, for what is free text by nature, enumerations are no
// personal data whatever they are called.
//
// It is a judgement from names: good for pointing at what deserves care, never a proof of absence.
#pragma once

#include <cstdint>
#include <string_view>

#include "json/tree.h"

namespace portico::contract {

enum class DataClass : std::uint8_t {
  kNone,
  kPersonal,      // names, birth dates, gender, photos, personal circumstances
  kContact,       // email, phone, postal address
  kOnline,        // IP and hardware addresses, device and advertising ids, login names
  kLocation,      // coordinates of a person or device
  kGovernmentId,  // passport, social security, tax and licence numbers
  kFinancial,     // cards, accounts, income
  kHealth,
  kSpecial,     // GDPR, article 9: religion, ethnicity, politics, sexuality, biometrics
  kCredential,  // what a person proves an identity with: password, PIN, one-time code, card security code
  kSecret,      // what a program does: token, key, client secret
};

// "none", "personal", "contact", "online", "location", "government-id", "financial", "health", "special", "credential",
// "secret".
std::string_view name(DataClass data_class);

// `property` is the name of a property, parameter or header; `schema` its schema with references resolved, if known;
// `parent` the name of what holds it: the property or component that the object belongs to.
DataClass classify(std::string_view property, const json::Node* schema, std::string_view parent = {});

constexpr bool is_personal(DataClass data_class) {
  return data_class >= DataClass::kPersonal && data_class <= DataClass::kSpecial;
}
constexpr bool is_secret(DataClass data_class) { return data_class >= DataClass::kCredential; }
constexpr bool is_sensitive(DataClass data_class) { return data_class != DataClass::kNone; }

}  // namespace portico::contract
