#include "policy/operations.h"

#include <gtest/gtest.h>

#include "contract/load.h"

namespace portico::policy {
namespace {

constexpr std::string_view kContract = R"({"openapi":"3.1.0","info":{"title":"a","version":"1"},"paths":{
  "/orders/{id}":{"get":{"operationId":"getOrder","tags":["orders"],"responses":{"200":{"description":""}}},
                  "delete":{"tags":["orders","admin"],"responses":{"200":{"description":""}}}},
  "/health":{"get":{"operationId":"tag:admin","responses":{"200":{"description":""}}}}}})";

class Operations : public testing::Test {
 protected:
  // The ids of the operations that a selector means, or its problem.
  std::string meant(const std::string& selector) {
    if (const auto checked = check_selector({selector, {}}, contract_); !checked) return to_string(checked.error());
    std::string ids;
    for (const auto& operation : contract_.operations) {
      if (selects({{selector, {}}}, contract_, operation)) ids += operation.id + ';';
    }
    return ids;
  }

  contract::Contract contract_ = *contract::load_text(kContract, "contract.json");
};

TEST_F(Operations, AreSelectedByIdMethodAndPathTagOrAll) {
  EXPECT_EQ(meant("getOrder"), "getOrder;");
  EXPECT_EQ(meant("GET /orders/{id}"), "getOrder;");
  EXPECT_EQ(meant("DELETE /orders/{id}"), "DELETE /orders/{id};");
  EXPECT_EQ(meant("tag:orders"), "getOrder;DELETE /orders/{id};");
  EXPECT_EQ(meant("tag:admin"), "tag:admin;") << "an operationId goes before a tag";
  EXPECT_EQ(meant("*"), "getOrder;DELETE /orders/{id};tag:admin;");
}

TEST_F(Operations, ThatAreNoneAreProblems) {
  EXPECT_EQ(meant("getOrders"), "the contract has no operation \"getOrders\"\n  Did you mean \"getOrder\"?");
  EXPECT_EQ(meant("get /orders/{id}"),
            "the contract has no operation \"get /orders/{id}\"\n  Did you mean \"GET /orders/{id}\"?");
  EXPECT_EQ(meant("tag:order"), "the contract has no operation with \"tag:order\"\n  Did you mean \"tag:orders\"?");
  EXPECT_EQ(meant("**"), "the contract has no operation \"**\"");
}

}  // namespace
}  // namespace portico::policy
