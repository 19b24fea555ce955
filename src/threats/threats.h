// threats/ makes the threat model of an API out of its contract and policy: who calls it, what it exposes, how each
// operation could be abused, what stands in the way, and what nobody has said yet. It belongs to the design pillar,
// like audit/, whose reading of names and schemas it shares and whose findings it cites.
//
// facts.h reads from an operation what matters, kinds.h lists the kinds of threats that are known, stride.h decides
// every operation against every class of STRIDE, difference.h compares two models, writers/ print one. Nothing here
// guesses at random or asks the clock: the same contract and policy give the same bytes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/data_class.h"
#include "contract/model.h"
#include "finding/finding.h"
#include "policy/policy.h"
#include "threats/kinds.h"

namespace portico::threats {

// Something that stands in a threat's way.
struct Mitigation {
  std::string text;  // "rate limit 6/minute"
  Place place;       // where contract or policy say it
  bool in_policy = false;
};

// A mitigation that is not there: what the audit calls it, and where it found so.
struct Gap {
  const finding::Rule* rule = nullptr;  // null: no rule of the audit covers it
  std::string fingerprint;              // of the audit's finding at this operation; empty when it has none there
  std::string text;                     // what to add to the contract, or to the policy
};

struct Threat {
  std::string id;  // stable: "T-" and 12 hexadecimal digits, of kind and operation
  const Kind* kind = nullptr;
  std::uint32_t operation = 0;  // index into Model::surface
  std::uint8_t likelihood = 1;  // 1..3
  std::uint8_t impact = 1;      // 1..3
  std::string subject;          // what is attacked: names of parameters and fields
  std::vector<Mitigation> mitigations;
  std::vector<Gap> gaps;

  finding::Severity severity() const;
  bool open() const { return !gaps.empty(); }
};

// One cell of operations against STRIDE.
enum class Status : std::uint8_t { kThreat, kMitigated, kNotApplicable };
std::string_view name(Status status);  // "threat", "mitigated", "not-applicable"

struct Decision {
  Status status = Status::kNotApplicable;
  std::vector<std::uint32_t> threats;  // indexes into Model::threats
  std::string reason;                  // the evidence, or why it does not apply
};

struct Score {
  std::string_view factor;  // "no authentication"
  std::uint8_t points = 0;
};

// An operation as an attacker sees it.
struct Surface {
  std::string id;              // operationId, or "GET /path"
  std::string title;           // "GET /orders/{id}"
  std::string summary;         // use case: "Customer reads order"
  std::uint32_t actor = 0;     // index into Model::actors: the weakest that may call it
  std::uint32_t resource = 0;  // index into Model::resources
  std::vector<Score> scores;
  std::vector<contract::DataClass> takes;
  std::vector<contract::DataClass> gives;
  Place place;
  std::array<Decision, kStrideCount> decisions;

  std::uint32_t rank() const;  // the sum of scores: higher is more exposed
};

enum class ActorKind : std::uint8_t { kAnybody, kCaller, kAdministrator, kIdentityProvider, kReceiver, kOwner };

struct Actor {
  std::string id;
  std::string name;
  std::string description;
  ActorKind kind = ActorKind::kCaller;
};

// A kind of object that the API keeps, by its place in paths: "/orgs/{org}/repos".
struct Resource {
  std::string id;
  std::string name;          // "repo"
  std::string path;          // template up to and including its variable
  std::int32_t parent = -1;  // index into Model::resources
  std::string key;           // the variable that names one, or empty
  bool guessable = false;    // its key can be counted up
  bool personal = false;     // operations on it carry personal data
  std::vector<std::uint32_t> operations;
  std::vector<std::uint32_t> given_by;  // operations whose responses carry its key
  std::string owner;  // what says who owns one: a rule of the policy, a parent that is a person, or empty
};

// What neither contract nor policy can show.
struct Assumption {
  std::string id;  // "A-" and 12 hexadecimal digits
  std::string question;
  std::string owner;   // who has to answer
  std::string status;  // "open", "answered" or "accepted"
  std::string answer;  // by what
};

struct Model {
  std::string title;
  std::string version;
  std::string owner;
  std::vector<std::string> servers;
  bool encrypted = true;  // every server is https
  std::vector<Actor> actors;
  std::vector<Surface> surface;        // in the contract's order
  std::vector<std::uint32_t> by_rank;  // indexes into surface, most exposed first
  std::vector<Resource> resources;
  std::vector<Threat> threats;  // by operation, then kind
  std::vector<Assumption> assumptions;
};

// `findings` are the audit's of the same contract. The model does not point into the contract. Linear in the number of
// operations times the fields that each reaches.
Model model_of(const contract::Contract& contract, const policy::Policy& policy,
               std::span<const finding::Finding> findings);

// The request that an attacker would send for the threat, and the answer that refuses it.
struct AbuseCase {
  std::string title;
  std::string precondition;
  std::vector<std::string> steps;  // "GET /parcels/1000001"
  std::string expected;            // "429 after a few attempts"
};
AbuseCase abuse_case_of(const Model& model, const Threat& threat);

}  // namespace portico::threats
