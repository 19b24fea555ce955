// Finds leaks in one pass over a text.
//
//   PORTICO_TRY(Scanner scanner, Scanner::make());      // once, before workers fork
//   Scanner::Scratch scratch(scanner);                  // one a worker
//   for (const Find& find : scanner.scan(text, scratch)) ...
//
// Linear in the text. A Scanner is immutable and may be shared by threads, and by processes after fork.
#pragma once

#include <bitset>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "leak/rule.h"

namespace portico::leak {

struct Find {
  RuleId rule = 0;
  std::size_t begin = 0;  // offsets in the text
  std::size_t end = 0;

  Kind kind() const { return rules()[rule].kind; }
};

class Scanner {
 public:
  // Compiles the rules of the kinds asked for. An Error where the processor lacks SSSE3.
  static Result<Scanner> make(std::bitset<kKinds> kinds);

  Scanner(Scanner&&) noexcept;
  Scanner& operator=(Scanner&&) noexcept;
  ~Scanner();

  class Scratch {
   public:
    explicit Scratch(const Scanner& scanner);
    Scratch(Scratch&&) noexcept;
    Scratch& operator=(Scratch&&) noexcept;
    ~Scratch();

   private:
    friend class Scanner;
    struct State;
    std::unique_ptr<State> state_;
  };

  // In order, none within another of its kind. Valid until the next scan with this scratch. Of texts with thousands of
  // leaks, the first ones. No allocation after warm-up.
  std::span<const Find> scan(std::string_view text, Scratch& scratch) const;

 private:
  struct State;
  explicit Scanner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace portico::leak
