#include <gtest/gtest.h>

#include "policy/load.h"

namespace portico::policy {
namespace {

std::string error_of(std::string_view text) {
  const auto loaded = load_text(text, "portico.yaml");
  return loaded ? "no error" : to_string(loaded.error());
}

TEST(Policy, ReadsEverything) {
  const auto policy = load_text(R"(version: 1
contract: api/contract.yaml
upstream: http://127.0.0.1:9001
listen: 127.0.0.1:8001
mode: monitor
owner: {team: Parcels, contact: mailto:security@parcel.example}
hosts: [API.example.com]
trusted_proxies: [10.0.0.0/8, "2001:db8::1"]
requests: {max_body: 64k, allow_undeclared_query: true}
responses: {max_body: 2MiB, allow_undeclared_status: true}
limits:
  - {operations: [getParcel, "*"], per: address, rate: 6/minute, burst: 4}
events: log/events.jsonl
)",
                                "/etc/portico/portico.yaml");
  ASSERT_TRUE(policy) << to_string(policy.error());
  EXPECT_EQ(policy->contract, "/etc/portico/api/contract.yaml");
  EXPECT_EQ(policy->events, "/etc/portico/log/events.jsonl");
  EXPECT_EQ(policy->mode, Mode::kMonitor);
  EXPECT_EQ(policy->hosts, std::vector<std::string>{"api.example.com"});
  EXPECT_EQ(policy->trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "2001:db8::1"}));
  EXPECT_EQ(policy->requests.max_body, 65536U);
  EXPECT_TRUE(policy->requests.allow_undeclared_query);
  EXPECT_EQ(policy->responses.max_body, 2097152U);
  ASSERT_EQ(policy->limits.size(), 1U);
  EXPECT_EQ(policy->limits[0].rates[0].count, 6U);
  EXPECT_EQ(policy->limits[0].rates[0].period_ns, INT64_C(60'000'000'000));
  EXPECT_EQ(policy->limits[0].burst, 4U);
}

TEST(Policy, ReadsLimits) {
  const auto policy = load_text(R"(version: 1
limits:
  - {operations: [a], per: subject, rate: [10/second, 1000/hour], burst: 20, cost: {b: 20}, each: true, name: calls}
  - {operations: [a], per: "parameter:body/user/name", failures: 5/minute, lock: 15m, statuses: [401, 422]}
  - {operations: [a], per: credential, distinct: "parameter:path/id", rate: 100/hour}
  - {operations: ["*"], distinct: not-found, rate: 30/minute}
)",
                                "portico.yaml");
  ASSERT_TRUE(policy) << to_string(policy.error());
  const Limit& calls = policy->limits[0];
  EXPECT_EQ(to_string(calls), "10/second, 1000/hour");
  EXPECT_TRUE(calls.each);
  EXPECT_EQ(calls.burst, 20U);
  EXPECT_EQ(calls.cost.front().second, 20U);
  EXPECT_EQ(policy->limits[1].lock_ns, INT64_C(900'000'000'000));
  EXPECT_EQ(policy->limits[1].per.name, "user/name");
  EXPECT_EQ(policy->limits[1].statuses, (std::vector<std::uint16_t>{401, 422}));
  EXPECT_EQ(to_string(policy->limits[2]), "100/hour distinct");
  EXPECT_EQ(policy->limits[3].distinct.from, LimitValue::From::kNotFound);
}

TEST(Policy, SaysWhatIsWrongWithLimits) {
  const auto wrong = [](const std::string& limit) {
    return error_of("version: 1\nlimits:\n  - {operations: [a], " + limit + "}\n");
  };
  EXPECT_EQ(wrong("per: address"), "portico.yaml:3:5: a limit needs a rate, or failures");
  EXPECT_EQ(wrong("rate: 1/s, failures: 1/s"),
            "portico.yaml:3:5: a limit counts requests by its rate, or failures: not both");
  EXPECT_EQ(wrong("rate: 1/s, lock: 5m"),
            "portico.yaml:3:5: only failures lock\n  Add failures: 5/minute, or take lock away.");
  EXPECT_EQ(wrong("rate: [], per: address"), "portico.yaml:3:29: a limit has one to four rates");
  EXPECT_EQ(wrong("rate: 1/s, statuses: [200]"),
            "portico.yaml:3:44: statuses must be a list of numbers from 400 to 599");
  EXPECT_EQ(wrong("rate: 5/s, cost: {b: 6}"),
            "portico.yaml:3:5: an operation costs more than the limit ever allows at once\n"
            "  Set burst to the highest cost at least.");
  EXPECT_EQ(wrong("rate: 1/day, burst: 1000000"),
            "portico.yaml:3:5: burst is so many that it takes years until they are there again");
  EXPECT_TRUE(wrong("rate: 1/s, per: \"parameter:queri/x\"")
                  .starts_with("portico.yaml:3:39: \"parameter:queri/x\" is nothing that a limit knows of a request"));
}

TEST(Policy, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of("contract: a.yaml\n"), "portico.yaml:1:1: the policy needs version");
  EXPECT_EQ(error_of("version: 1\nlimit: []\n"),
            "portico.yaml:2:1: unknown key \"limit\" in the policy\n  Did you mean \"limits\"?");
  EXPECT_EQ(error_of("version: 2\n"),
            "portico.yaml:1:10: unknown version of the policy format\n  This program reads version 1.");
  EXPECT_EQ(error_of("version: 1\nmode: blocking\n"), "portico.yaml:2:7: mode must be block, monitor or off");
  EXPECT_EQ(error_of("version: 1\nlimits:\n  - {operations: [a], rate: 6/fortnight}\n"),
            "portico.yaml:3:29: a rate is a number per second, minute, hour or day\n  Example: 6/minute");
  EXPECT_EQ(error_of("version: 1\nlimits:\n  - {rate: 6/s}\n"), "portico.yaml:3:5: a limit needs operations");
  EXPECT_EQ(error_of("version: 1\nrequests: {max_body: lots}\n"),
            "portico.yaml:2:22: must be a size such as 64k or 1MiB");
  EXPECT_EQ(error_of("version: 1\ntrusted_proxies: [10.0.0.0/33]\n"),
            "portico.yaml:2:19: must be an IP address or a range such as 10.0.0.0/8 or 2001:db8::/32");
  EXPECT_EQ(error_of("version: 1\ncors: {origins: ['*'], credentials: true}\n"),
            "portico.yaml:2:7: everybody (*) together with credentials would lend every visitor's session to every "
            "site\n  Name the origins.");
  for (const char* origin : {"app.example", "https://app.example/", "HTTPS://app.example", "https://*", "https://a.*.b",
                             "null", "https://*.*.b", "https://u@a.example"}) {
    EXPECT_NE(error_of(std::string("version: 1\ncors: {origins: ['") + origin + "']}\n"), "no error") << origin;
  }
  EXPECT_NE(error_of("version: 1\ncsrf: {origins: ['*']}\n"), "no error");
  EXPECT_EQ(error_of("version: 1\nheaders: {set: {Content-Length: '1'}}\n"),
            "portico.yaml:2:10: Content-Length is the server's own field");
  EXPECT_NE(error_of("version: 1\nheaders: {set: {'A b': '1'}}\n"), "no error");
  EXPECT_NE(error_of("version: 1\nheaders: {set: {A: \"1\\r\\nB: 2\"}}\n"), "no error");
  EXPECT_NE(error_of("version: 1\nheaders: {rules: [{statuses: ['6XX']}]}\n"), "no error");
  EXPECT_EQ(error_of("version: 1\nlifecycle: {deprecations: [{operations: [a], sunset: 2026-02-30}]}\n"),
            "portico.yaml:2:54: must be a date such as 2026-12-31, or a date with a time (RFC 3339)");
  EXPECT_EQ(error_of("- 1\n"), "portico.yaml:1:1: the policy must be a mapping");
}

TEST(Policy, SaysAllThatIsWrongInTheOrderOfTheFile) {
  Policy policy;
  const auto problems =
      load_text("version: 1\nmode: blok\nlimits:\n  - {rate: 6, bursts: 3}\nhost: []\n", "p.yaml", policy);
  std::vector<std::string> texts;
  for (const Error& problem : problems) texts.push_back(to_string(problem));
  EXPECT_EQ(texts, (std::vector<std::string>{
                       "p.yaml:2:7: mode must be block, monitor or off\n  Did you mean \"block\"?",
                       "p.yaml:4:5: a limit needs operations",
                       "p.yaml:4:12: a rate is a number per second, minute, hour or day\n  Example: 6/minute",
                       "p.yaml:4:15: unknown key \"bursts\" in a limit\n  Did you mean \"burst\"?",
                       "p.yaml:5:1: unknown key \"host\" in the policy\n  Did you mean \"hosts\"?",
                   }));
}

}  // namespace
}  // namespace portico::policy
