#include "guard/ownership.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/hash.h"
#include "base/text.h"
#include "guard/checks.h"
#include "guard/limits.h"
#include "guard/pairs.h"
#include "guard/plan.h"
#include "guard/value_hash.h"
#include "guard/worker.h"
#include "identity/identity.h"

namespace portico::guard {
namespace {

namespace kind = json::tape;

// Each child of an object or array, with its key, or its index as text.
template <class Use>
void for_each_child(const json::TapeView& tape, std::size_t at, const Use& use) {
  if (tape.type(at) == kind::kObject) {
    for (std::size_t i = at + 1; i < tape.after(at) - 1; i = tape.next(i + 1)) use(tape.text(i), i + 1);
  } else if (tape.type(at) == kind::kArray) {
    std::array<char, 20> digits{};
    std::size_t index = 0;
    for (std::size_t i = at + 1; i < tape.after(at) - 1; i = tape.next(i), ++index) {
      const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), index);
      use(std::string_view(digits.data(), static_cast<std::size_t>(written.ptr - digits.data())), i);
    }
  }
}

// As deep as the document is; documents are parsed with a limit.
template <class Use>
void for_each_property(const json::TapeView& tape, std::size_t at, std::string_view name, const Use& use) {
  const bool is_object = tape.type(at) == kind::kObject;
  for_each_child(tape, at, [&](std::string_view key, std::size_t value) {
    if (is_object && key == name) use(value);
    for_each_property(tape, value, name, use);
  });
}

bool token_is(std::string_view token, std::string_view key) {
  if (token == "*") return true;
  if (token.find('~') == std::string_view::npos) return token == key;
  std::size_t at = 0;
  for (std::size_t i = 0; i < token.size(); ++i, ++at) {
    char c = token[i];
    if (c == '~' && i + 1 < token.size()) c = token[++i] == '1' ? '/' : '~';
    if (at >= key.size() || key[at] != c) return false;
  }
  return at == key.size();
}

// Repeated members all: which of them a service takes is not known.
template <class Use>
void for_each_at(const json::TapeView& tape, std::size_t at, std::string_view pointer, const Use& use) {
  const std::size_t slash = std::min(pointer.find('/'), pointer.size());
  const bool last = slash == pointer.size();
  for_each_child(tape, at, [&](std::string_view key, std::size_t value) {
    if (!token_is(pointer.substr(0, slash), key)) return;
    if (last) return use(value);
    for_each_at(tape, value, pointer.substr(slash + 1), use);
  });
}

template <class Use>
void for_each_watched(const json::TapeView& tape, const WatchedId& watched, const Use& use) {
  if (tape.count == 0) return;
  if (watched.anywhere) return for_each_property(tape, json::TapeView::kFirst, watched.name, use);
  for_each_at(tape, json::TapeView::kFirst, watched.name, use);
}

class Ids {
 public:
  Ids(Worker::State& worker, const Transaction& transaction)
      : worker_(worker),
        trail_(transaction.objects),
        plan_(*transaction.plan->ownership),
        seed_(trail_.table->seed()) {}

  // The ids in a value. `within`: those in objects too.
  template <class Use>
  void for_each(const json::TapeView& tape, std::size_t at, bool within, const Use& use) const {
    if (tape.type(at) == kind::kArray || (within && tape.type(at) == kind::kObject)) {
      for_each_child(tape, at, [&](std::string_view, std::size_t value) { for_each(tape, value, within, use); });
    } else if (const std::uint64_t id = hash_scalar(tape, at, seed_, false, worker_.document); id != 0) {
      use(id);
    }
  }

  bool may_use(const ObjectKind& kind, std::uint64_t id) const {
    if (id == 0) return false;
    if (is_known(key(kind, trail_.caller, id))) return true;
    return kind.allow_unknown && !is_known(key(kind, 0, id));
  }

  void learn(const ObjectKind& kind, std::uint64_t id) const {
    const std::int64_t until = trail_.now_ns + kind.ttl_ns;
    trail_.table->remember(key(kind, trail_.caller, id), until, trail_.now_ns);
    if (kind.allow_unknown) trail_.table->remember(key(kind, 0, id), until, trail_.now_ns);
  }

  const OwnershipPlan& plan() const { return plan_; }
  std::uint64_t seed() const { return seed_; }

 private:
  bool is_known(std::uint64_t key) const { return trail_.table->full_at(key) > trail_.now_ns; }

  std::uint64_t key(const ObjectKind& kind, std::uint64_t caller, std::uint64_t id) const {
    const std::array parts = {kind.key, caller, id};
    return hash({reinterpret_cast<const char*>(parts.data()), sizeof(parts)}, seed_);
  }

  Worker::State& worker_;
  const OwnershipTrail& trail_;
  const OwnershipPlan& plan_;
  std::uint64_t seed_;
};

std::uint64_t hash_caller(const Worker::State& worker, const RequestHead& head, const Transaction& transaction,
                          const Ids& ids) {
  const std::uint64_t seed = ids.seed();
  if (const identity::Identity* caller = transaction.identity; caller != nullptr && !caller->subject.empty()) {
    return hash(caller->subject, hash(caller->issuer, seed ^ 3));
  }
  std::uint64_t sent = 0;
  const auto add = [&](std::string_view credential) {
    if (!credential.empty()) sent = hash(credential, seed ^ 4 ^ sent);
  };
  for (const HeaderField& field : head.headers) {
    const auto is_it = [&](std::string_view name) { return equal_ignoring_case(field.name, name); };
    if (is_it("authorization") || std::ranges::any_of(ids.plan().key_headers, is_it)) add(trim(field.value));
  }
  for (const std::vector<Pair>* pairs : {&worker.query, &worker.cookies}) {
    for (const Pair& pair : *pairs) {
      const auto& names = ids.plan().key_pairs;
      if (std::ranges::find(names, pair.name) != names.end()) add(pair.raw_value);
    }
  }
  return sent != 0 ? sent : hash_address(transaction.client, seed);
}

// What comes of an id that the caller may not use.
Decision object_to(const Judge& judge, Transaction& transaction, const ObjectKind& kind, const WatchedId& watched,
                   std::string_view place) {
  transaction.objects.teaches = false;
  if (!watched.checked) return {};
  Decision decision =
      refuse(RuleId::kRequestObjectForeign, std::string(place) + '/' + watched.name, "was not given to this caller");
  decision.status = kind.status;
  return judge(std::move(decision));
}

std::string_view place_of(const contract::Parameter& parameter) {
  switch (parameter.in) {
    case contract::ParameterIn::kPath: return "path";
    case contract::ParameterIn::kQuery: return "query";
    case contract::ParameterIn::kHeader: return "header";
    case contract::ParameterIn::kCookie: break;
  }
  return "cookie";
}

}  // namespace

void start_ownership(Worker::State& worker, const Shared& shared, const RequestHead& head, Transaction& transaction) {
  worker.presented_ids.clear();
  const bool has_part = transaction.plan->ownership != nullptr;
  transaction.objects = {.table = has_part ? shared.objects : nullptr, .now_ns = head.now_ns, .teaches = true};
}

void note_ids(Worker::State& worker, const Transaction& transaction, const contract::Parameter& parameter,
              bool present) {
  if (transaction.objects.table == nullptr || !present) return;
  const Ids ids(worker, transaction);
  const auto& watches = ids.plan().parameters;
  for (std::size_t i = 0; i < watches.size(); ++i) {
    if (watches[i].parameter != &parameter) continue;
    const auto watch = static_cast<std::uint16_t>(i);
    if (worker.value.count == 0) {
      worker.presented_ids.push_back({.value = 0, .watch = watch});
      continue;
    }
    ids.for_each(worker.value, json::TapeView::kFirst, true,
                 [&](std::uint64_t id) { worker.presented_ids.push_back({.value = id, .watch = watch}); });
  }
}

Decision check_parameter_ids(Worker::State& worker, const Judge& judge, const RequestHead& head,
                             Transaction& transaction) {
  if (transaction.objects.table == nullptr) return {};
  const Ids ids(worker, transaction);
  transaction.objects.caller = hash_caller(worker, head, transaction, ids);
  for (const PresentedId& id : worker.presented_ids) {
    const WatchedId& watched = ids.plan().parameters[id.watch];
    const ObjectKind& kind = ids.plan().kinds[watched.kind];
    if (ids.may_use(kind, id.value)) continue;
    Decision decision = object_to(judge, transaction, kind, watched, place_of(*watched.parameter));
    if (!decision.allowed()) return decision;
  }
  return {};
}

Decision check_body_ids(Worker::State& worker, const Judge& judge, Transaction& transaction,
                        const json::TapeView* body) {
  if (transaction.objects.table == nullptr) return {};
  const Ids ids(worker, transaction);
  for (const WatchedId& watched : ids.plan().body) {
    const ObjectKind& kind = ids.plan().kinds[watched.kind];
    bool good = body != nullptr;
    if (good) {
      for_each_watched(*body, watched, [&](std::size_t at) {
        ids.for_each(*body, at, true, [&](std::uint64_t id) { good = good && ids.may_use(kind, id); });
      });
    }
    if (good) continue;
    Decision decision = object_to(judge, transaction, kind, watched, "body");
    if (!decision.allowed()) return decision;
  }
  return {};
}

void learn_ids(Worker::State& worker, const Transaction& transaction, const json::TapeView& body) {
  const bool success = transaction.response_status >= 200 && transaction.response_status < 300;
  if (transaction.objects.table == nullptr || !transaction.objects.teaches || !success || body.count == 0) return;
  const Ids ids(worker, transaction);
  for (const WatchedId& watched : ids.plan().answer) {
    const ObjectKind& kind = ids.plan().kinds[watched.kind];
    for_each_watched(body, watched, [&](std::size_t at) {
      ids.for_each(body, at, false, [&](std::uint64_t id) { ids.learn(kind, id); });
    });
  }
}

}  // namespace portico::guard
