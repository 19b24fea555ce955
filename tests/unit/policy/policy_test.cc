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
  EXPECT_EQ(policy->limits[0].rate, 6U);
  EXPECT_EQ(policy->limits[0].period_ns, INT64_C(60'000'000'000));
  EXPECT_EQ(policy->limits[0].burst, 4U);
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
