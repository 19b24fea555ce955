// The section `seal`.
#include "policy/sections.h"

namespace portico::policy {

void read(Mapping& type, SealedType& to) {
  type.text("type", to.type, "Ids of one type mean the same object, wherever they stand").required();
  type.texts(
          "names", to.names,
          "Where they stand: names of parameters and of properties, Component.property, or JSON pointers into bodies")
      .required();
  type.selectors("operations", to.operations, "In which operations; all if nothing is said");
}

void read(Mapping& exception, SealException& to) {
  exception.texts("names", to.names, "As under types: what is public by design, and stays as it is").required();
  exception.selectors("operations", to.operations, "In which operations; all if nothing is said");
}

void read(Mapping& seal, Seal& to) {
  seal.file("keys", to.keys, "The key file; portico key --seal makes it").required();
  seal.text("api", to.api, "What ids are bound to besides type and caller; the contract's title if nothing is said");
  seal.texts("ids", to.ids, "Names of parameters and properties that hold ids, each a type of its own");
  seal.list("types", to.types, "a type of ids", "Ids that have several names");
  seal.texts("links", to.links, "Names of properties that hold links to paths of the contract");
  seal.list("except", to.except, "an entry of except", "Ids that are public by design");
  seal.check(!to.ids.empty() || !to.types.empty(), "seals nothing", "Give ids, types, or both.");
}

}  // namespace portico::policy
