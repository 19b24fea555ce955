// What contracts cost: `contract_bench FILE...` loads each one several times and matches each of its operations, and
// prints one line a file. CPU time of the best round; memory is the process's peak, so give one file to ask about one.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "contract/base_paths.h"
#include "contract/load.h"
#include "contract/routes.h"

namespace portico {
namespace {

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Request {
  std::string_view method;
  std::string path;
};

// Each operation's own path, with something for every variable.
std::vector<Request> requests_of(const contract::Contract& contract) {
  std::vector<Request> requests;
  for (const auto& operation : contract.operations) {
    Request request{operation.method_name, contract::base_paths(operation).front()};
    bool variable = false;
    for (const char c : operation.path) {
      if (c == '{') request.path += "some-value";
      if (c == '{' || c == '}') {
        variable = c == '{';
      } else if (!variable) {
        request.path += c;
      }
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

int measure(const char* file) {
  constexpr int kLoads = 7;
  constexpr int kRounds = 200;
  double load = 1e9;
  for (int i = 0; i < kLoads; ++i) {
    const double start = cpu_seconds();
    const auto contract = contract::load(file);
    load = std::min(load, cpu_seconds() - start);
    if (!contract) {
      std::printf("%s\n", to_string(contract.error()).c_str());
      return 2;
    }
  }
  const auto contract = contract::load(file);
  const contract::Routes routes(*contract);
  const auto requests = requests_of(*contract);
  std::size_t arguments = 0;
  const double start = cpu_seconds();
  for (int i = 0; i < kRounds; ++i) {
    for (const Request& request : requests) arguments += routes.match(request.method, request.path).argument_count;
  }
  const double match =
      (cpu_seconds() - start) / static_cast<double>(std::max<std::size_t>(1, requests.size()) * kRounds);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("%s: %zu operations, load %.1f ms, route match %.0f ns, peak %ld MiB (%zu)\n", file, requests.size(),
              load * 1e3, match * 1e9, usage.ru_maxrss / 1024, arguments);
  return 0;
}

}  // namespace
}  // namespace portico

int main(int argc, char** argv) {
  int result = 0;
  for (int i = 1; i < argc; ++i) result = std::max(result, portico::measure(argv[i]));
  return result;
}
