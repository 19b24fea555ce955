// Words that several writers use.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "threats/threats.h"

namespace portico::threats {

// "contact, location"; "none" for an empty list.
std::string list_of(const std::vector<contract::DataClass>& classes);

// "API1:2023 Broken Object Level Authorization", or empty.
std::string owasp_of(const Kind& kind);

// "CWE-639, CAPEC-1, ASVS 8.2.2"
std::string references_of(const Kind& kind);

// "asks for bearer; limit 6/minute", or "none".
std::string mitigations_of(const Threat& threat);
std::string gaps_of(const Threat& threat);

// Open threats of each severity, by its value.
std::array<std::size_t, finding::kSeverityCount> count_open(const Model& model);

// Indexes of the open threats, most severe first; then by exposure of their operation.
std::vector<std::uint32_t> open_by_severity(const Model& model);

// A UUID (RFC 9562, version 8) that is always the same for the same parts.
std::string uuid_of(std::initializer_list<std::string_view> parts);

}  // namespace portico::threats
