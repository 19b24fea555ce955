// `portico_status`: the counters in Prometheus' text format, version 0.0.4.
#include <array>
#include <charconv>
#include <string>

#include "module.h"

namespace portico::nginx {
namespace {

constexpr std::array kVerdicts = {event::Verdict::kAllowed, event::Verdict::kRefused, event::Verdict::kReported};

// The value of a label, with what ends it escaped.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + '"';
}

std::string seconds(double ns) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), ns / 1e9).ptr;
  return {text.data(), end};
}

class Exposition {
 public:
  void type(std::string_view name, std::string_view type, std::string_view help) {
    ((((out_ += "# HELP ") += name) += ' ') += help) += "\n# TYPE ";
    ((out_ += name) += ' ') += type;
    out_ += '\n';
  }
  void value(std::string_view name, std::string_view labels, std::string_view value) {
    (((out_ += name) += labels) += ' ') += value;
    out_ += '\n';
  }
  void count(std::string_view name, std::string_view labels, std::uint64_t count) {
    value(name, labels, std::to_string(count));
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t count) {
    type(name, "counter", help);
    this->count(name, "", count);
  }

  template <std::size_t kBounds>
  void histogram(const std::string& name, std::string_view help, const Histogram<kBounds>& histogram,
                 const std::array<std::int64_t, kBounds>& bounds) {
    type(name, "histogram", help);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i <= kBounds; ++i) {
      below += histogram.buckets[i];
      const std::string bound = i == kBounds ? "+Inf" : seconds(static_cast<double>(bounds[i]));
      count(name + "_bucket", "{le=\"" + bound + "\"}", below);
    }
    value(name + "_sum", "", seconds(static_cast<double>(histogram.sum_ns.load())));
    count(name + "_count", "", below);
  }

  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void add_operations(Exposition& out, const OperationTables& tables) {
  constexpr std::string_view kRequests = "portico_operation_requests_total";
  constexpr std::string_view kGuard = "portico_operation_guard_seconds_total";
  const auto labels = [](const guard::Guard& guard, std::size_t index) {
    return "{api=" + quoted(guard.api()) + ",operation=" + quoted(guard.operation_name(index));
  };
  const auto for_each = [&](const auto& use) {
    for (const auto& [guard, counters] : tables) {
      for (std::size_t i = 0; i < counters.size(); ++i) {
        if (counters[i] != nullptr) use(labels(*guard, i), *counters[i]);
      }
    }
  };
  out.type(kRequests, "counter", "Requests by operation and verdict");
  for_each([&](const std::string& of, const OperationCounters& counters) {
    for (const event::Verdict verdict : kVerdicts) {
      out.count(kRequests, of + ",verdict=" + quoted(event::name(verdict)) + "}",
                counters.by_verdict[static_cast<std::size_t>(verdict)]);
    }
  });
  out.type(kGuard, "counter", "Time that the guard spent deciding, by operation");
  for_each([&](const std::string& of, const OperationCounters& counters) {
    out.value(kGuard, of + "}", seconds(static_cast<double>(counters.guard_ns.load())));
  });
}

}  // namespace

std::string metrics(const WorkerState& state) {
  const Counters& counters = *state.counters;
  Exposition out;
  out.type("portico_requests_total", "counter", "Requests by verdict");
  for (const event::Verdict verdict : kVerdicts) {
    out.count("portico_requests_total", "{verdict=" + quoted(event::name(verdict)) + "}",
              counters.by_verdict[static_cast<std::size_t>(verdict)]);
  }
  out.type("portico_objections_total", "counter", "Messages objected to, by rule");
  for (std::size_t i = 1; i < counters.by_rule.size(); ++i) {
    out.count("portico_objections_total", "{rule=" + quoted(guard::rules()[i].id) + "}", counters.by_rule[i]);
  }
  out.histogram("portico_guard_seconds", "Time that the guard spent deciding on an exchange", counters.guard_time,
                kGuardBounds);
  out.histogram("portico_request_seconds", "Time from a request's head to the end of its answer", counters.request_time,
                kRequestBounds);
  add_operations(out, state.operations);
  out.counter("portico_events_written_total", "Events written to the event log", counters.events.written);
  out.counter("portico_events_lost_total", "Events that could not be written", counters.events.lost);
  out.counter("portico_limit_evictions_total", "Rate limit buckets that had to make room for others",
              state.limits ? state.limits->evictions() : 0);
  out.counter("portico_object_evictions_total", "Known ids of callers that had to make room for others",
              state.objects ? state.objects->evictions() : 0);
  return out.take();
}

}  // namespace portico::nginx
