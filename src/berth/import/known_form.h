#pragma once
// What a file is that is not what it was taken for: known by its keys or its header.

#include <string>
#include <string_view>

#include "berth/core/error.h"
#include "berth/document/node.h"

namespace berth {

/// The first byte that is no blank opens a map or a list.
[[nodiscard]] bool opens_json(std::string_view content);
/// The configuration of Mélange's solver.
[[nodiscard]] bool is_melange_config(const Node& root);
/// A profile of one GPU, as AIBrix's gen_profile.py writes it.
[[nodiscard]] bool is_aibrix_profile(const Node& root);
/// A window of AIBrix's gateway, or a tick of its workload generator.
[[nodiscard]] bool is_aibrix_load(const Node& root);

/// kUnsupported at `name`: `expected`, what was found instead, and what reads such a file; for JSON
/// that is broken its kSyntax.
[[nodiscard]] Error wrong_form(const std::string& name, std::string_view content,
                               std::string_view expected);

}  // namespace berth
