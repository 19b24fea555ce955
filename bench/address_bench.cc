// address_bench: sets of a million networks: CPU time of a lookup at a random place or of a member, and memory.
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <random>
#include <vector>

#include "address/set.h"

namespace {

using portico::address::first_of;
using portico::address::Ip;
using portico::address::Network;
using portico::address::range_of;
using portico::address::Set;

constexpr std::size_t kNetworks = 1'000'000;
constexpr std::size_t kLookups = 4'000'000;

std::int64_t cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

Ip v4(std::uint64_t bits) { return {0, UINT64_C(0xffff00000000) | (bits & 0xffffffff)}; }

template <class Address>
void measure(const char* name, const Address& address, int length) {
  std::mt19937_64 random(1);
  std::vector<portico::address::Range> ranges;
  for (std::size_t i = 0; i < kNetworks; ++i) {
    ranges.push_back(range_of(Network{first_of(address(random), length), static_cast<std::uint8_t>(length)}));
  }
  const auto started = cpu_ns();
  const Set set = Set::make(ranges);
  const auto made = cpu_ns();
  std::vector<Ip> asked;
  for (std::size_t i = 0; i < kLookups; ++i)
    asked.push_back(i % 2 == 0 ? address(random) : ranges[random() % kNetworks].first);
  std::size_t hits = 0;
  const auto begun = cpu_ns();
  // Each lookup waits for the one before, as a request's does.
  for (std::size_t i = 0; i < kLookups; ++i) hits += set.contains({asked[i].high, asked[i].low ^ (hits & 0)}) ? 1U : 0U;
  const auto ended = cpu_ns();
  std::printf("%-28s %7zu ranges %6.1f MB  made in %4.0f ms  %5.1f ns a lookup  (%.0f %% hits)\n", name,
              set.range_count(), static_cast<double>(set.bytes().size()) / 1e6,
              static_cast<double>(made - started) / 1e6, static_cast<double>(ended - begun) / kLookups,
              100.0 * static_cast<double>(hits) / kLookups);
}

}  // namespace

int main() {
  measure("IPv4 addresses", [](auto& random) { return v4(random()); }, 128);
  measure("IPv4 /24", [](auto& random) { return v4(random()); }, 120);
  measure("IPv4 addresses of one /10", [](auto& random) { return v4(0x0a000000 | (random() & 0x3fffff)); }, 128);
  const auto global = [](auto& random) { return Ip{UINT64_C(0x2000000000000000) | random() >> 3, random()}; };
  measure("IPv6 /48", global, 48);
  measure("IPv6 /64", global, 64);
  measure("IPv6 addresses", global, 128);
  measure("IPv6 addresses of one /64", [](auto& random) { return Ip{UINT64_C(0x20010db800000000), random()}; }, 128);
}
