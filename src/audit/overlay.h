// Repairs as an OpenAPI Overlay 1.0 (https://spec.openapis.org/overlay/v1.0.0.html): a document of its own that any
// tool that knows overlays applies, and that people can review and keep.
#pragma once

#include <span>
#include <string>

#include "audit/repair.h"

namespace portico::audit {

// `title` is the overlay's, `target` the contract's file. Targets are normalized JSONPaths (RFC 9535). Actions of one
// target are one; removals come last, the elements of a list from its end.
std::string write_overlay(std::span<const Repair> repairs, std::string_view title, std::string_view target);

}  // namespace portico::audit
