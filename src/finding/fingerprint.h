// Recognises a finding again in the next run, after lines moved and unrelated things came and went. A fingerprint is
// made of the rule and of a path that has a meaning in the contract, never of line numbers, positions in lists or the
// wording of messages; docs/formats/fingerprint.md is the specification. Baselines, exceptions and deadlines hang on
// fingerprints, so a change of what goes in is a change of format and needs a new version in the text that is hashed.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace portico::finding {

// 32 lower-case hexadecimal digits: the first half of SHA-256 over the version, the rule's id and the parts, each
// preceded by its length, so that no two lists of parts are the same text.
std::string fingerprint(std::string_view rule_id, std::span<const std::string_view> parts);
std::string fingerprint(std::string_view rule_id, std::initializer_list<std::string_view> parts);

// The name under which SARIF's partialFingerprints carry it.
constexpr std::string_view kFingerprintName = "portico/v1";

}  // namespace portico::finding
