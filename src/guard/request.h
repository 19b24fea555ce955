// The checks of a request, in the order in which they are made. Those of parameters are in request_parameters.cc.
#pragma once

#include "contract/routes.h"
#include "guard/checks.h"
#include "guard/guard.h"
#include "guard/modes.h"
#include "guard/plan.h"

namespace portico::guard {

class RequestCheck {
 public:
  RequestCheck(Worker::State& worker, const Judge& judge, const OperationPlan& plan, const RequestHead& head,
               bool allow_undeclared_query, RuleInputs* inputs)
      : worker_(worker),
        judge_(judge),
        plan_(plan),
        head_(head),
        allow_undeclared_query_(allow_undeclared_query),
        inputs_(inputs) {}

  // Fields of which only one may be there; query and cookies, taken apart; parameters. `path_arguments` are raw. What
  // these give was judged; body_head()'s decision was not.
  Decision fields();
  Decision split(std::string_view query);
  Decision parameters(std::span<const contract::PathArgument> path_arguments, const Transaction& transaction);
  Decision body_head(Transaction& transaction);

  std::string_view authorization() const { return authorization_; }  // found by fields()

 private:
  Decision path(std::span<const contract::PathArgument> arguments, const Transaction& transaction);
  Decision query(const Transaction& transaction);
  Decision headers(const Transaction& transaction);
  Decision cookies(const Transaction& transaction);
  bool split_cookie_fields();
  // For the owner's rules and for ownership: the value that was just accepted. `present`: there is one, accepted or
  // not.
  void keep(Variable kind, const std::vector<ParameterPlan>& plans, const ParameterPlan& plan,
            const Transaction& transaction, bool present);
  // Looks for injections in it.
  Decision inspect(std::string_view kind, const ParameterPlan& plan);
  bool declares_header(std::string_view name) const;

  Worker::State& worker_;
  const Judge& judge_;
  const OperationPlan& plan_;
  const RequestHead& head_;
  bool allow_undeclared_query_;
  RuleInputs* inputs_;  // null: no rule asks
  // Found by fields():
  std::string_view content_type_;
  std::string_view content_encoding_;
  std::string_view authorization_;
  bool has_content_type_ = false;
  bool conditional_ = false;
};

}  // namespace portico::guard
