#include "tests/support/assertions.h"

#include <algorithm>

namespace berth::testing {
namespace {

std::string listed(const std::vector<Violation>& violations) {
  std::string text;
  for (const Violation& violation : violations) {
    text += "\n  ";
    text += to_string(violation.rule);
    text += " at " + violation.where + ": " + violation.message;
  }
  return text;
}

}  // namespace

::testing::AssertionResult passes_check(const Instance& instance, const Solution& solution,
                                        const Claims& claims) {
  const std::vector<Violation> violations = check(instance, solution, claims);
  if (violations.empty()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "violations:" << listed(violations);
}

::testing::AssertionResult breaks(Rule rule, const Instance& instance, const Solution& solution,
                                  const Claims& claims) {
  const std::vector<Violation> violations = check(instance, solution, claims);
  const bool found = std::any_of(violations.begin(), violations.end(),
                                 [rule](const Violation& v) { return v.rule == rule; });
  if (found) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "rule " << to_string(rule) << " is not reported; found:" << listed(violations);
}

}  // namespace berth::testing
