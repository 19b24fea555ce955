// What the rules of an exchange read, kept from its head to its end: other exchanges use the same worker in between.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "address/ip.h"
#include "guard/operation_rules.h"
#include "json/tape.h"

namespace portico::guard {

// Copies of what rules read, and of nothing else. Its buffers are reused from exchange to exchange.
class RuleInputs {
 public:
  // Forgets all; keeps what rules read of the request's head. `path` is the target's.
  void begin(const OperationRules& rules, const RequestHead& head, address::Ip client, std::string_view path);
  // The value of a parameter, by its index among those of its kind.
  void keep_parameter(Variable kind, std::size_t index, const json::TapeView& value);
  void keep_response(const ResponseHead& head);

  const OperationRules& rules() const { return *rules_; }
  json::TapeView tape() const { return tape_.view(); }
  // Where values stand on the tape; 0: there is none.
  const std::vector<std::uint32_t>& parameters(Variable kind) const {
    return parameters_[static_cast<std::size_t>(kind)];
  }
  const std::vector<std::uint32_t>& request() const { return request_; }
  const std::vector<std::uint32_t>& response_header() const { return response_header_; }
  std::uint16_t status() const { return status_; }
  std::int64_t wall_us() const { return wall_us_; }

 private:
  std::uint32_t put(std::string_view text);
  void keep_request(RequestField field, std::string_view text);
  void keep_address(address::Ip client);

  const OperationRules* rules_ = nullptr;
  json::TapeBuilder tape_;
  std::array<std::vector<std::uint32_t>, 4> parameters_;
  std::vector<std::uint32_t> request_;
  std::vector<std::uint32_t> response_header_;
  std::string text_;
  std::uint16_t status_ = 0;
  std::int64_t wall_us_ = 0;
};

// The inputs of a worker's exchanges. As many as there were exchanges at once; none is freed before the worker.
class RuleInputsPool {
 public:
  RuleInputs* take() {
    if (idle_.empty()) {
      all_.push_back(std::make_unique<RuleInputs>());
      idle_.reserve(all_.size());
      return all_.back().get();
    }
    RuleInputs* inputs = idle_.back();
    idle_.pop_back();
    return inputs;
  }
  void give_back(RuleInputs* inputs) { idle_.push_back(inputs); }

 private:
  std::vector<std::unique_ptr<RuleInputs>> all_;
  std::vector<RuleInputs*> idle_;
};

}  // namespace portico::guard
