#pragma once
// Three problems, two methods; one run without a plan, one cut short, and names that try to break
// out of their place.

#include "berth/study/study.h"

namespace berth::test {

[[nodiscard]] Study sample_study(StudyKind kind);

}  // namespace berth::test
