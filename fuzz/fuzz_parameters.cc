// Parameters and forms: four bytes choose the parameter's shape, the rest is the text on the wire. Whatever becomes a
// value is a well-formed one without a key twice, by every reading that the plan has.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "guard/parameters.h"
#include "tape_check.h"

namespace {

using portico::contract::Style;
using portico::guard::Carrier;
using portico::guard::Decoded;
using portico::guard::Pair;
using portico::guard::ParameterDecoder;
using portico::guard::Shape;
using portico::schema::ScalarPlan;

ScalarPlan plan_of(std::uint8_t types, std::uint8_t inner) {
  using namespace portico::schema;
  ScalarPlan plan{.types = static_cast<TypeMask>(types & kTypeAny)};
  ScalarPlan child{.types = static_cast<TypeMask>(inner & kTypeAny)};
  if ((inner & 0x80) != 0) child.items.push_back(ScalarPlan{.types = kTypeInteger});
  if ((types & 0x80) != 0) {
    plan.items.push_back(child);
    plan.properties.push_back({"R", child});
    plan.properties.push_back({"a", child});
    plan.additional.push_back(child);
  }
  return plan;
}

void decode(const Shape& shape, std::string_view text, std::vector<Pair>& pairs) {
  portico::json::TapeBuilder builder;
  std::string scratch;
  for (const auto reading : portico::guard::readings_of(*shape.plan, shape.style)) {
    for (const bool in_pairs : {false, true}) {
      builder.reset();
      portico::guard::Typing typing{.text = reading.text};
      ParameterDecoder decoder(builder, scratch, reading.structure, typing);
      const Decoded decoded = in_pairs ? decoder.from_pairs(shape, pairs) : decoder.from_text(shape, text);
      if (decoded == Decoded::kAbsent && builder.position() != portico::json::TapeView::kFirst) std::abort();
      if (decoded == Decoded::kValue) portico::fuzz::check_tape(builder.finish());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array kStyles = {Style::kSimple,       Style::kLabel,          Style::kMatrix,
                                  Style::kForm,         Style::kSpaceDelimited, Style::kPipeDelimited,
                                  Style::kTabDelimited, Style::kDeepObject};
  constexpr std::array kCarriers = {Carrier::kUri, Carrier::kForm, Carrier::kHeader, Carrier::kPlain};
  constexpr std::size_t kChoices = 4;
  if (size < kChoices) return 0;
  const ScalarPlan plan = plan_of(data[2], data[3]);
  const Shape shape{.name = "a",
                    .style = kStyles[data[0] % kStyles.size()],
                    .explode = (data[1] & 1) != 0,
                    .delimiter_repeats_prefix = (data[1] & 2) != 0,
                    .takes_others = (data[1] & 4) != 0,
                    .carrier = kCarriers[(data[1] >> 3) % kCarriers.size()],
                    .plan = &plan};
  const std::string_view text(reinterpret_cast<const char*>(data) + kChoices, size - kChoices);
  std::vector<Pair> pairs;
  std::string names;
  if (!portico::guard::split_query(text, shape.carrier == Carrier::kForm, 256, pairs, names)) pairs.clear();
  decode(shape, text, pairs);
  if (portico::guard::split_cookies(text, 256, pairs)) decode(shape, text, pairs);
  return 0;
}
