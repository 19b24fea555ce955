// What rules of the user's own see: parts of the typed model as JSON.
#pragma once

#include <string>

#include "audit/subject.h"

namespace portico::audit {

std::string contract_facts(const contract::Contract& contract);
std::string operation_facts(const Subject& subject, std::uint32_t index);
std::string parameter_facts(const contract::Parameter& parameter);
std::string property_facts(const Field& field);
std::string response_facts(const contract::Response& response);
std::string server_facts(const contract::Server& server);
std::string scheme_facts(const contract::SecurityScheme& scheme);

}  // namespace portico::audit
