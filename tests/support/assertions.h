#pragma once
// Assertions on plans that say which rule is broken.

#include <gtest/gtest.h>

#include "berth/plan/check.h"

namespace berth::testing {

/// EXPECT_TRUE(passes_check(instance, solution, claims))
[[nodiscard]] ::testing::AssertionResult passes_check(const Instance& instance,
                                                      const Solution& solution,
                                                      const Claims& claims = {});

/// Whether `rule` is among the violations; otherwise lists what was found instead.
[[nodiscard]] ::testing::AssertionResult breaks(Rule rule, const Instance& instance,
                                                const Solution& solution,
                                                const Claims& claims = {});

}  // namespace berth::testing
