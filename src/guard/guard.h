// guard/ decides about every message of an API: may it pass? It knows contract and policy, and no server: nginx's
// module, a replay of recorded traffic and the tests are all hosts of this one header.
//
// A Guard is immutable and shared by all workers (threads, or processes after fork). A Worker holds the scratch memory
// of one of them. A Transaction is the state of one exchange, which the host passes through four checks, in this order:
//
//   check_request_head    host, path, method, limits, credentials, parameters, media type
//   check_request_body    if needs_request_body()
//   check_response_head   status, media type
//   check_response_body   if needs_response_body()
//   finish                always, when the exchange is over
//
// Each gives a Decision. The host answers for the first that is not allowed, with append_problem_document(). What the
// policy wants only reported (monitor mode) is not refused but put aside in Worker::reports(). Nothing here throws,
// blocks, or allocates on the way to "allowed" once a Worker has warmed up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "address/ip.h"
#include "base/result.h"
#include "guard/limit_trail.h"
#include "guard/ownership_trail.h"
#include "guard/rules.h"
#include "http/multipart.h"

namespace portico::contract {
struct Match;
}
namespace portico::identity {
struct Identity;
}
namespace portico::http {
struct Target;
}
namespace portico::identity {
struct Identity;
class ReplayWindow;
}  // namespace portico::identity

namespace portico::state {
class Reader;  // state/reader.h
}  // namespace portico::state

namespace portico::guard {

struct HeaderField {
  std::string_view name;
  std::string_view value;
};

// A change to the header fields of an answer. Names are compared without case. The views live as long as the guard, but
// for an Origin's, which lives as long as the request's fields.
struct FieldChange {
  enum class Action : std::uint8_t {
    kSet,      // one field in place of all of the name
    kAdd,      // if there is none of the name
    kAppend,   // beside what is there
    kReplace,  // kSet, if there is any of the name
    kRemove,
  };
  Action action = Action::kSet;
  std::string_view name;
  std::string_view value;
  std::string_view unless;  // kSet: not if a field of the name holds this token (without case); empty: always
  bool brief = false;       // the value lives until the worker's next message only
};

struct RequestHead {
  std::string_view method;
  std::string_view target;               // origin-form, exactly as it will be forwarded
  std::string_view host;                 // of the Host field; empty: there is none
  std::string_view authority;            // of an absolute-form target (RFC 9112, section 3.2.2); empty: it had none
  std::span<const HeaderField> headers;  // as received, in order, repeated ones included
  // Of the client, in DER, where there is one that the host has verified. RFC 5280.
  std::span<const std::uint8_t> client_certificate;
  std::span<const std::uint8_t> address;  // of the peer: 4 or 16 bytes in network order; empty: not known
  bool tls = false;                       // the client's connection is encrypted
  bool has_body = false;                  // Transfer-Encoding, or a Content-Length above 0
  std::int64_t now_ns = 0;                // monotonic: base/clock.h
  std::int64_t wall_us = 0;               // since 1970: the same
};

struct ResponseHead {
  std::uint16_t status = 0;
  std::span<const HeaderField> headers;
  bool has_body = false;  // false where HTTP has none: HEAD, 204, 304, Content-Length 0
};

struct Decision {
  RuleId rule = RuleId::kNone;
  std::uint32_t retry_after_s = 0;  // kRequestLimitExceeded
  std::string_view allow;           // kRequestMethodUndeclared: the Allow field; lives as long as the guard
  std::string_view challenge;       // the WWW-Authenticate field, where there is one; the same
  std::string place;                // "query/limit", "body/items/0/price": what the contract names, never a value
  std::string detail;               // what was expected, never a value
  std::string contract;             // what says so: "orders.yaml:14:9"; empty: the operation as a whole
  std::uint16_t status = 0;         // of the answer, where it is not the rule's own
  std::string_view message;         // the owner's word to the client; lives as long as the guard
  bool reported = false;            // of Worker::reports(): the message passes all the same

  bool allowed() const { return rule == RuleId::kNone; }
};

struct BrowserFields;
struct OperationPlan;
struct MediaPlan;
class RuleInputs;
struct BodyHead;
struct SealRoutes;

enum class BodyKind : std::uint8_t;
enum class Coding : std::uint8_t { kIdentity, kGzip, kDeflate };

// What the service is to get in place of a request's head, where ids in it were opened.
struct ForwardedHead {
  bool changed = false;
  std::string_view target;
  std::span<const HeaderField> headers;  // all that came, in the same order; the same views where nothing changed
};

// A header field of an answer that may hold ids, in the host's memory.
struct SealedField {
  enum class Kind : std::uint8_t { kLocation, kContentLocation, kLink, kId };
  Kind kind = Kind::kId;
  std::uint16_t type = 0;  // kId: of the ids
  std::string_view name;
  std::string_view value;
};

// How often an answer was changed before it left.
struct Repairs {
  std::uint32_t stripped = 0;  // properties that no schema declares
  std::uint32_t dropped = 0;
  std::uint32_t masked = 0;
  std::uint32_t rounded = 0;
  std::uint32_t redacted = 0;  // secrets and addresses within texts
};

// A body as it is to be sent on.
struct Repaired {
  std::string_view body;  // the body as it came, or one without content coding in the worker's memory
  bool changed = false;
};

// Plain state; may be copied bytewise and needs no destructor.
struct Transaction {
  const OperationPlan* plan = nullptr;  // null: no operation was found
  const MediaPlan* request_media = nullptr;
  const MediaPlan* response_media = nullptr;
  BodyKind request_kind{};
  BodyKind response_kind{};
  http::Boundary request_boundary;  // of multipart/form-data
  http::Boundary response_boundary;
  Coding request_coding = Coding::kIdentity;
  Coding response_coding = Coding::kIdentity;
  bool request_has_body = false;
  bool credentials_unverified = false;  // some were asked for and are there, but verifying them is the service's work
  bool conditional = false;             // If-None-Match or If-Modified-Since: 304 is an answer
  bool is_head = false;
  LimitTrail limits;
  OwnershipTrail objects;
  address::Ip client;  // who called: the peer, or whom trusted proxies name
  bool tls = false;
  bool preflight = false;                        // answered by the guard
  std::uint32_t path_index = 0;                  // preflight: of the routes
  std::string_view allowed_origin;               // as sent; empty: nothing is to be said of CORS
  const identity::Identity* identity = nullptr;  // who calls, verified; null: nobody. Held until finish()
  RuleInputs* inputs = nullptr;                  // of the owner's rules, where the operation has any; until finish()
  std::uint16_t response_status = 0;
  std::string_view bearer;  // the caller's token, in the host's memory: must not come back where it is not declared
  Repairs repairs;
  std::array<std::uint32_t, 11> personal{};  // values that leave, by contract::DataClass

  static constexpr std::size_t kMostSealedFields = 8;
  std::array<std::uint8_t, 32> id_holder{};  // to whom ids are sealed; meaningless without `has_id_holder`
  bool has_id_holder = false;                // false: to whoever calls without saying who
  std::uint8_t sealed_field_count = 0;
  std::array<SealedField, kMostSealedFields> sealed_fields;
  std::string_view host;  // of the request, in the host's memory
};

class Judge;

// What all workers share, in memory that the host maps for them. What is null is not to be had: then its checks are not
// made, if nothing else is said, which is for tests and replays.
struct Shared {
  LimitTable* limits = nullptr;
  LimitTable* objects = nullptr;             // who was given which ids, for the policy's `ownership`
  const state::Reader* state = nullptr;      // the policy's `state`
  identity::ReplayWindow* replay = nullptr;  // identity/replay_window.h; null: one-time tokens are refused
};

// Whom a request came from, as far as it is verified. Views live until finish().
struct Caller {
  std::string_view method;  // "token", "api-key", "certificate"; empty: nobody that was verified
  std::string_view issuer;
  std::string_view subject;
  std::string_view id;                   // `jti`, the API key's id, the certificate's serial number; may be empty
  std::span<const std::uint8_t> digest;  // names the credential, and tells nothing of it
  bool unverified = false;               // credentials were asked for and there, and left to the service to verify
};

// What leaves in place of whatever the service says. Views live as long as the guard.
struct UniformAnswer {
  std::uint16_t status = 200;
  std::string_view media_type;
  std::string_view body;      // empty: none
  std::int64_t floor_ns = 0;  // so long after the request came, at the earliest
};

// How an exchange ended.
struct Ending {
  std::uint16_t status = 0;           // what the client got; 0: nothing
  std::uint16_t upstream_status = 0;  // what the service said; 0: it was not asked, or said nothing
  std::int64_t now_ns = 0;            // monotonic
};

class Worker {
 public:
  Worker();
  ~Worker();
  Worker(Worker&&) noexcept;
  Worker& operator=(Worker&&) noexcept;

  struct State;
  State& state() { return *state_; }

  // What checks objected to and let pass, until the host clears it.
  std::vector<Decision>& reports() { return reports_; }

 private:
  std::unique_ptr<State> state_;
  std::vector<Decision> reports_;
};

// Which files make a guard, and what the command line says against them.
struct Sources {
  std::string policy;    // portico.yaml; may be empty if `contract` is not
  std::string contract;  // overrides the policy's
  std::string mode;      // "block": overrides the policy's; "monitor": nothing at all is refused; empty: the policy's
};

class Guard {
 public:
  // Reads, checks and compiles. An Error names the file and the place; a contract with structural problems that make
  // its meaning doubtful is refused.
  static Result<Guard> open(const Sources& sources);

  Guard(Guard&&) noexcept;
  Guard& operator=(Guard&&) noexcept;
  ~Guard();

  Decision check_request_head(Worker& worker, const Shared& shared, Transaction& transaction,
                              const RequestHead& head) const;
  // What goes to the service if the decision is "allowed", where ids were opened; valid until the worker's next check.
  const ForwardedHead& forwarded_head(Worker& worker) const;
  bool needs_request_body(const Transaction& transaction) const;
  Decision check_request_body(Worker& worker, Transaction& transaction, std::string_view body) const;
  // `forwarded`: what goes to the service if the decision is "allowed"; valid until the worker's next check.
  Decision check_request_body(Worker& worker, Transaction& transaction, std::string_view body,
                              Repaired& forwarded) const;

  // Whether the body that was just checked, and passes, is to be forwarded as another text: written anew from what was
  // validated, without a content coding. `out` gets it.
  bool rewrite_request_body(Worker& worker, const Transaction& transaction, std::string& out) const;

  Decision check_response_head(Worker& worker, Transaction& transaction, const ResponseHead& head) const;
  bool needs_response_body(const Transaction& transaction) const;
  // `repaired`: what goes to the client if the decision is "allowed"; valid until the worker's next check.
  Decision check_response_body(Worker& worker, Transaction& transaction, std::string_view body,
                               Repaired& repaired) const;
  // Whether answers of the operation may leave with another body than they came with, so that what a HEAD says of it
  // is not to be trusted.
  bool may_change_body(const Transaction& transaction) const;

  // What leaves in place of the service's answer, whose head was let pass; nothing: the answer.
  std::optional<UniformAnswer> uniform_answer(const Transaction& transaction) const;

  // Counts what only the end tells. Once for each Transaction that a head was checked with, refused ones too.
  void finish(Worker& worker, const Shared& shared, Transaction& transaction, const Ending& ending) const;

  // Whether the operation declares 101, so that a client may ask to switch to WebSocket. Where that is not refused
  // anybody may.
  bool allows_upgrade(const Transaction& transaction) const;

  // Whether the guard answers an allowed request itself, and the service does not see it (a preflight of CORS): with
  // 204, no body, and answer_fields().
  bool answers(const Transaction& transaction) const { return transaction.preflight; }

  // What is to be done to the header fields of an answer, the service's or the host's own, in this order. The span is
  // the worker's until its next call. Empty unless the guard refuses: who only watches changes nothing.
  std::span<const FieldChange> answer_fields(Worker& worker, const Transaction& transaction, std::uint16_t status,
                                             std::string_view content_type) const;

  // For a body that the host did not read because it is longer than the policy's limit.
  Decision request_body_too_large(Worker& worker, Transaction& transaction) const;
  Decision response_body_too_large(Worker& worker, const Transaction& transaction) const;

  // Whether an operation takes application/grpc, which needs HTTP/2 on the way to the service.
  bool takes_grpc() const;

  bool blocks() const;                    // block mode, for the API as a whole
  bool always_blocks(RuleId rule) const;  // whatever the operation
  bool allows_undeclared_status() const;
  std::string_view api() const;
  std::size_t operation_count() const;
  std::uint64_t max_request_body() const;
  std::uint64_t max_response_body() const;
  bool knows_objects() const;             // the policy has `ownership`
  const std::string& event_log() const;   // the policy's `events`; may be empty
  const std::string& state_file() const;  // the policy's `state`; may be empty

  // Operations by their place in the contract, below operation_count().
  std::string_view operation_name(std::size_t index) const;
  std::optional<std::size_t> operation_index(const Transaction& transaction) const;
  Caller caller(const Transaction& transaction) const;

  // What the service is told of the verified caller. The host takes the fields of these names, in lower case, from the
  // request, and adds those for which there is a value. Appends it; false: there is none.
  std::span<const std::string> caller_fields() const;
  bool append_caller_field(std::string& out, const Transaction& transaction, std::size_t index) const;

  // Where the contract has the operation: "orders.yaml:10:5".
  std::string_view operation_place(const Transaction& transaction) const;

  // Empty for a Transaction without an operation.
  std::string_view operation_id(const Transaction& transaction) const;
  std::string_view path_template(const Transaction& transaction) const;

  // Appends the request's path as an event may show it: arguments that the contract knows to be personal or secret
  // are replaced by their name.
  void append_path(std::string& out, const Transaction& transaction, std::string_view target) const;

  // What the owner should know: patterns that are slow, formats that are not known, ...
  const std::vector<std::string>& notes() const;

 private:
  struct State;
  Judge judge(Worker& worker, const Transaction& transaction) const;
  Decision check_response_media(Worker& worker, Transaction& transaction, const ResponseHead& head) const;
  Decision check_answer(Worker& worker, const Judge& judge, Transaction& transaction, std::string_view body,
                        Repaired& repaired) const;
  Decision inspect_body(Worker& worker, const Judge& judge, const BodyHead& head, Transaction& transaction,
                        std::string_view body, Repaired& repaired) const;
  Decision open_head(Worker& worker, const Judge& judge, Transaction& transaction, RequestHead& head,
                     contract::Match& match) const;
  Decision open_body(Worker& worker, const Judge& judge, const BodyHead& head, Transaction& transaction,
                     Repaired& forwarded) const;
  Decision seal_body(Worker& worker, const Judge& judge, Transaction& transaction, Repaired& repaired) const;
  SealRoutes seal_routes() const;
  void append_sealed_fields(Worker& worker, const Transaction& transaction) const;
  void append_limit_changes(Worker& worker, const Transaction& transaction) const;
  Decision find_operation(Worker& worker, const Shared& shared, Transaction& transaction, const RequestHead& head,
                          const http::Target& target, contract::Match& match) const;
  Decision check_preflight(Worker& worker, Transaction& transaction, const RequestHead& head,
                           const BrowserFields& fields, std::string_view path) const;
  Decision check_callers_wishes(Worker& worker, Transaction& transaction, const RequestHead& head) const;
  explicit Guard(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The names of contract::DataClass, as Transaction::personal is indexed.
std::span<const std::string_view> data_classes();

// The answer to a refused message (RFC 9457), as application/problem+json: type, title, status, rule and request id,
// and for requests the place and what was expected. Never a value, and nothing at all about a refused response.
void append_problem_document(std::string& out, const Decision& decision, std::uint16_t status,
                             std::string_view request_id);

}  // namespace portico::guard
