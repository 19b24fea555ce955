#include "schema_rivals.h"

#ifdef PORTICO_VALIJSON
#include <rapidjson/document.h>

#include <memory>
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#endif

namespace portico::bench {

#ifdef PORTICO_VALIJSON
std::function<bool(const std::string&)> make_valijson(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str());
  if (document.HasParseError()) return nullptr;
  const auto schema = std::make_shared<valijson::Schema>();
  try {
    valijson::SchemaParser parser;
    const valijson::adapters::RapidJsonAdapter adapter(document);
    parser.populateSchema(adapter, *schema);
  } catch (const std::exception&) {
    return nullptr;
  }
  return [schema](const std::string& line) {
    rapidjson::Document instance;
    instance.Parse<rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
    if (instance.HasParseError()) return false;
    valijson::Validator validator;
    const valijson::adapters::RapidJsonAdapter adapter(instance);
    return validator.validate(*schema, adapter, nullptr);
  };
}
#else
std::function<bool(const std::string&)> make_valijson(const std::string&) { return nullptr; }
#endif

}  // namespace portico::bench
