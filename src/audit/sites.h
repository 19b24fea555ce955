// One finding at the place that defines a weakness, however many operations reach it: what checks of schemas and
// parameters collect before they draft.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "audit/subject.h"

namespace portico::audit {

struct Site {
  const json::Node* node;
  Label label;
  Directions directions = 0;
  std::vector<std::uint32_t> operations;  // indexes into Contract::operations, ascending
};

class Sites {
 public:
  // Adds what is known of `node`; labels of later calls are ignored.
  void add(const json::Node& node, const Label& label, Directions directions,
           const std::vector<std::uint32_t>& operations);
  void add(const Subject& subject, const json::Node& node, const SchemaUse& use);

  bool empty() const { return sites_.empty(); }
  auto begin() const { return sites_.begin(); }
  auto end() const { return sites_.end(); }

 private:
  std::vector<Site> sites_;  // in the order of finding
  std::unordered_map<const json::Node*, std::size_t> index_;
};

// "request property \"email\"": the label, with the direction where it is not plain from the kind or both hold.
std::string describe(const Site& site);

// The draft with what all sites have in common: place, operations as related locations, and their number in the message
// when it is more than one.
Draft draft_of(const Subject& subject, const Site& site, const finding::Rule* rule, finding::Severity severity,
               std::string message);

}  // namespace portico::audit
