#pragma once
// Names and rules of fitted classes.

#include <string>
#include <string_view>

#include "berth/workload/fitting/length_grid.h"
#include "berth/workload/query_class.h"

namespace berth {

/// The half-open token ranges of a rectangle; 0 = no limit above.
[[nodiscard]] ClassRule rule_of(std::string_view source, const LengthRectangle& rectangle);

/// "conv/p0-1024/o128+": the source and the ranges that do not reach over everything.
[[nodiscard]] std::string name_of(const ClassRule& rule);

}  // namespace berth
