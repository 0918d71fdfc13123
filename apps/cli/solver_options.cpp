#include "apps/cli/solver_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth::cli {
namespace {

/// "1%" or "0.01".
Status read_gap(const std::string& text, double& out) {
  if (text.empty()) return Ok{};
  const bool percent = text.back() == '%';
  const std::optional<double> number =
      parse_number(percent ? text.substr(0, text.size() - 1) : text);
  const double gap = number ? (percent ? 0.01 : 1.0) * *number : -1.0;
  if (!(gap >= 0.0 && gap < 1.0)) {
    return Error{ErrorCode::kOutOfRange,
                 "expected a share from 0 to below 1 or a percentage, found '" + text + "'",
                 "--gap", "--gap 1% stops when the plan is proven to be within 1 % of the best"};
  }
  out = gap;
  return Ok{};
}

std::string progress_text(const Progress& progress) {
  std::string text = fmt::format("{:6.1f} s", progress.seconds);
  if (progress.incumbent) text += fmt::format("  best {:.2f} USD/h", *progress.incumbent);
  if (progress.bound) text += fmt::format("  proven {:.2f}", *progress.bound);
  if (progress.incumbent && progress.bound && *progress.incumbent > 0.0) {
    text += fmt::format("  gap {:.2f} %",
                        100.0 * (*progress.incumbent - *progress.bound) / *progress.incumbent);
  }
  return text;
}

}  // namespace

void add_solver_options(CLI::App& command, SolverArguments& arguments) {
  Limits& limits = arguments.request.limits;
  command.add_option("--method", arguments.request.method, method_help())->capture_default_str();
  command.add_option(
      "--time-limit", arguments.time_limit,
      "stop after this long with the best plan so far, e.g. 3s; agh then makes up to "
      "20 times the moves that it makes without");
  command.add_option("--gap", arguments.gap,
                     "stop when the plan is proven to be this near the optimum, e.g. 1% "
                     "(default 0.01%)");
  command.add_option("--nodes", limits.nodes, "stop the exact search after this many nodes")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
  command
      .add_option("--iterations", limits.iterations, "stop a heuristic after this many iterations")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000'000}));
  command.add_flag("--bound", arguments.request.bound,
                   "prove a lower bound also for a method that brings none");
  command.add_option("--seed", arguments.request.seed, "seed of the random choices")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--threads", limits.threads, "threads to use; 0 = all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

Status prepare(SolverArguments& arguments, Session& session) {
  Limits& limits = arguments.request.limits;
  Errors errors;
  if (Status read = read_duration("--time-limit", arguments.time_limit, limits.time); !read) {
    errors = std::move(read).errors();
  }
  if (Status read = read_gap(arguments.gap, limits.gap); !read) {
    const Errors more = std::move(read).errors();
    errors.insert(errors.end(), more.begin(), more.end());
  }
  if (!errors.empty()) return errors;
  stop_on_interrupt(session);
  limits.stop = &session.stop;
  if (session.console.shows_progress()) {
    limits.on_progress = [&session](const Progress& progress) {
      session.console.progress(progress_text(progress));
    };
  }
  return Ok{};
}

}  // namespace berth::cli
