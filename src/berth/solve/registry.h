#pragma once
// The methods by name: one table for the command line, the pipeline and the conformance tests.

#include <cstdint>
#include <span>
#include <string_view>

#include "berth/solve/solver.h"

namespace berth {

struct Method {
  std::string_view name;     ///< "gh"
  std::string_view summary;  ///< one line for --help and docs
  SolveResult (*solve)(const Instance&, std::uint64_t seed, const Limits&);
  bool robust = true;  ///< plans for InstanceColumns::uncertainty
};

[[nodiscard]] std::span<const Method> methods();
/// nullptr if unknown. "auto" is a method like the others.
[[nodiscard]] const Method* find_method(std::string_view name);

}  // namespace berth
