#include "berth/solve/registry.h"

#include <algorithm>
#include <array>

#include "berth/solve/automatic.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/milp/milp.h"

namespace berth {
namespace {

SolveResult solve_gh(const Instance& instance, std::uint64_t /*seed*/, const Limits& limits) {
  return solve_greedy(instance, GreedyOptions{}, limits);
}

SolveResult solve_exact(const Instance& instance, std::uint64_t /*seed*/, const Limits& limits) {
  return milp::solve_milp(instance, milp::MilpOptions{}, limits);
}

SolveResult solve_best(const Instance& instance, std::uint64_t /*seed*/, const Limits& limits) {
  return solve_automatic(instance, limits);
}

// The first method is the default of the command line.
constexpr std::array kMethods = {
    Method{"auto", "exact where the size allows it in the time there is, else gh", solve_best},
    Method{"gh", "greedy heuristic: one pass, a plan in milliseconds, no proof", solve_gh},
    Method{"milp", "exact: the optimum and its proof, or the best plan and bound within the limits",
           solve_exact},
};

}  // namespace

std::span<const Method> methods() { return kMethods; }

const Method* find_method(std::string_view name) {
  const auto found = std::find_if(kMethods.begin(), kMethods.end(),
                                  [name](const Method& method) { return method.name == name; });
  return found == kMethods.end() ? nullptr : &*found;
}

}  // namespace berth
