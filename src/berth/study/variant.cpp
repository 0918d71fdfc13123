#include "berth/study/variant.h"

#include <algorithm>
#include <array>
#include <utility>

#include "berth/core/quantity.h"
#include "berth/core/text.h"
#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/milp/relaxation.h"
#include "berth/solve/registry.h"

namespace berth {
namespace {

/// In the order of the paper's tables, the exact method first.
constexpr std::array kCompared = {"milp", "lpr", "dvr", "hf", "gh", "agh"};

Variant greedy(std::string name, std::string what, GreedyOptions options) {
  return {"gh", std::move(name), std::move(what),
          [options](const Instance& instance, std::uint64_t /*seed*/, const Limits& limits) {
            return VariantRun{solve_greedy(instance, options, limits), std::nullopt};
          }};
}

Variant adaptive(std::string name, std::string what,
                 const std::function<void(AdaptiveOptions&)>& change) {
  AdaptiveOptions options;
  change(options);
  return {"agh", std::move(name), std::move(what),
          [options](const Instance& instance, std::uint64_t seed, const Limits& limits) {
            AdaptiveOptions seeded = options;
            seeded.seed = seed;
            return VariantRun{solve_adaptive(instance, seeded, limits), std::nullopt};
          }};
}

Variant exact(std::string name, std::string what, bool moves_root,
              const std::function<void(milp::MilpOptions&)>& change) {
  milp::MilpOptions options;
  change(options);
  Variant variant{
      "milp", std::move(name), std::move(what),
      [options](const Instance& instance, std::uint64_t /*seed*/, const Limits& limits) {
        milp::MilpReport report;
        SolveResult result = milp::solve_milp(instance, options, limits, &report);
        return VariantRun{std::move(result), report.nodes};
      }};
  variant.dominated = true;
  if (!moves_root) return variant;
  variant.root = [options](const Instance& instance,
                           const Limits& limits) -> std::optional<double> {
    const auto root = milp::solve_relaxation(instance, options, limits.time.value, limits.stop);
    if (!root) return std::nullopt;
    return root->bound;
  };
  return variant;
}

std::vector<Variant> table() {
  using milp::MilpOptions;
  using milp::StrongRows;
  const auto strong = [](StrongRows rows) {
    return [rows](MilpOptions& options) { options.formulation.strong_rows = rows; };
  };
  std::vector<Variant> rows = {
      greedy("gh", "all three mechanisms", {}),
      greedy("gh without M1", "limits are not looked at before a step is chosen",
             {.feasibility_filter = false, .class_order = {}}),
      greedy("gh without M2", "the cheapest replica first, whatever it covers",
             {.coverage_ranking = false, .class_order = {}}),
      greedy("gh without M3", "a second deployment instead of re-shaping a running one",
             {.parallelism_scaling = false, .class_order = {}}),
      greedy("gh, one order", "by descending demand alone",
             {.several_orders = false, .class_order = {}}),
      adaptive("agh", "all parts", [](AdaptiveOptions&) {}),
      adaptive("agh without multi-start", "GH's own order alone",
               [](AdaptiveOptions& options) { options.multi_start = false; }),
      adaptive("agh without local search", "the best start",
               [](AdaptiveOptions& options) { options.local_search = false; }),
      adaptive("agh without consolidation", "no move empties several replicas or a box",
               [](AdaptiveOptions& options) { options.consolidation = false; }),
      adaptive("agh without prices", "stand-alone costs instead of the multipliers of the bound",
               [](AdaptiveOptions& options) { options.bound_prices = false; }),
      exact("milp", "all parts", true, [](MilpOptions&) {}),
      exact("milp without dominance", "dominated options stay", true,
            [](MilpOptions& options) { options.dominance = false; }),
      exact("milp without strong rows", "no x <= y", true, strong(StrongRows::kNone)),
      exact("milp, strong rows up front", "all strong rows from the start", false,
            strong(StrongRows::kUpFront)),
      exact("milp, strong rows lazily", "only strong rows that the relaxation violates", false,
            strong(StrongRows::kLazy)),
      exact("milp without box rows", "a class needs no whole box", true,
            [](MilpOptions& options) { options.formulation.box_rows = false; }),
      exact("milp without tight bounds", "counts bounded by the problem's own limits alone", true,
            [](MilpOptions& options) { options.formulation.tight_bounds = false; }),
      exact("milp without warm start", "no plan of GH to begin with", false,
            [](MilpOptions& options) { options.warm_start = false; }),
  };
  return rows;
}

Error unknown(const std::string& name, const std::string& what,
              const std::vector<std::string>& known) {
  return Error{ErrorCode::kUnsupported, "unknown " + what + " '" + name + "'", "--methods",
               suggest(name, known)};
}

/// "agh" or "agh@0.2s".
Result<Variant> method_variant(const std::string& name, const std::vector<std::string>& known) {
  const std::size_t at = name.find('@');
  const std::string base = name.substr(0, at);
  const Method* method = find_method(base);
  if (method == nullptr) return unknown(base, "method", known);
  std::optional<Seconds> time;
  if (at != std::string::npos) {
    const Result<Seconds> limit = parse_duration(name.substr(at + 1));
    if (!limit || !(limit->value > 0.0)) {
      return Error{ErrorCode::kUsage,
                   "expected a time limit after '@', found '" + name.substr(at + 1) + "'",
                   "--methods", base + "@0.2s"};
    }
    time = *limit;
  }
  return Variant{
      base, name, std::string(method->summary),
      [method, time](const Instance& instance, std::uint64_t seed, const Limits& limits) {
        Limits own = limits;
        if (time) own.time = *time;
        return VariantRun{method->solve(instance, seed, own), std::nullopt};
      }};
}

}  // namespace

std::vector<std::string> default_methods() {
  std::vector<std::string> names;
  for (const char* name : kCompared) {
    if (find_method(name) != nullptr) names.emplace_back(name);
  }
  return names;
}

Result<std::vector<Variant>> method_variants(std::span<const std::string> names) {
  std::vector<std::string> known;
  for (const Method& method : methods()) known.emplace_back(method.name);
  std::vector<Variant> variants;
  Errors errors;
  for (const std::string& name : names) {
    Result<Variant> variant = method_variant(name, known);
    if (variant) {
      variants.push_back(*std::move(variant));
    } else {
      errors.insert(errors.end(), variant.errors().begin(), variant.errors().end());
    }
  }
  if (!errors.empty()) return errors;
  return variants;
}

const std::vector<Variant>& ablations() {
  static const std::vector<Variant> rows = table();
  return rows;
}

std::vector<std::string> ablation_families() {
  std::vector<std::string> families;
  for (const Variant& variant : ablations()) {
    if (families.empty() || families.back() != variant.family) families.push_back(variant.family);
  }
  return families;
}

Result<std::vector<Variant>> ablation_variants(std::span<const std::string> families) {
  const std::vector<std::string> known = ablation_families();
  std::vector<Variant> variants;
  Errors errors;
  for (const std::string& family : families) {
    if (std::find(known.begin(), known.end(), family) == known.end()) {
      errors.push_back(unknown(family, "method to take parts from", known));
      continue;
    }
    std::copy_if(ablations().begin(), ablations().end(), std::back_inserter(variants),
                 [&](const Variant& variant) { return variant.family == family; });
  }
  if (!errors.empty()) return errors;
  return variants;
}

}  // namespace berth
