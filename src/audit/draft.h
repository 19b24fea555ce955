// A finding as a check makes it: about a node, which becomes a place, a pointer and a fingerprint once all checks are
// done. Drafts point into the contract.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contract/model.h"
#include "finding/finding.h"

namespace portico::audit {

struct RelatedDraft {
  const json::Node* node;
  const contract::Operation* operation = nullptr;
  std::string message;
};

struct Draft {
  const finding::Rule* rule;
  finding::Severity severity;
  const json::Node* node;                          // null: the document, or `place` where it is known
  const contract::Operation* operation = nullptr;  // when it concerns exactly one
  std::string message;
  std::string evidence;
  Place place;         // for what has no node
  std::string aspect;  // tells several findings of a rule at one node apart; part of the fingerprint
  std::vector<RelatedDraft> related;
  // Whom it concerns where that is not one `operation`: indexes into Contract::operations, for the score. Empty without
  // an operation: nobody in particular.
  std::vector<std::uint32_t> operations;
  double deduction = 0;  // score.h
  double gain = 0;
};

using Drafts = std::vector<Draft>;

// Leaves one of those that say the same twice: of a requirement that many operations inherit, for example.
void drop_repeated(Drafts& drafts);

// The findings, sorted. Two drafts of one rule with the same meaning are told apart by their pointers.
std::vector<finding::Finding> finish(const contract::Contract& contract, Drafts drafts);

}  // namespace portico::audit
