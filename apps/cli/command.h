#pragma once
// A subcommand declares its arguments on a CLI::App and leaves a function to run.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/console.h"
#include "berth/core/limits.h"
#include "berth/core/result.h"

namespace CLI {
class App;
}

namespace berth::cli {

struct Session {
  Console console;
  StopFlag stop;             ///< set by Ctrl-C: ends a solve with the best plan so far
  std::function<int()> run;  ///< the chosen subcommand; set while parsing
};

// One function per subcommand, in the order of `berth --help`.
void add_plan(CLI::App& app, Session& session);
void add_solve(CLI::App& app, Session& session);
void add_check(CLI::App& app, Session& session);
void add_diff(CLI::App& app, Session& session);
void add_simulate(CLI::App& app, Session& session);
void add_stress(CLI::App& app, Session& session);
void add_replay(CLI::App& app, Session& session);
void add_watch(CLI::App& app, Session& session);
void add_serve(CLI::App& app, Session& session);
void add_explain(CLI::App& app, Session& session);
void add_predict(CLI::App& app, Session& session);
void add_validate(CLI::App& app, Session& session);
void add_calibrate(CLI::App& app, Session& session);
void add_workload(CLI::App& app, Session& session);
void add_catalog(CLI::App& app, Session& session);
void add_export(CLI::App& app, Session& session);
void add_generate(CLI::App& app, Session& session);
void add_import(CLI::App& app, Session& session);
void add_study(CLI::App& app, Session& session);
void add_schema(CLI::App& app, Session& session);
void add_completion(CLI::App& app, Session& session);
void add_version(CLI::App& app, Session& session);

/// `berth export kubernetes|kserve|keda|prometheus`.
void add_manifests(CLI::App& app, Session& session);

/// `berth study merge`: joins the parts of a stress test.
void add_merge(CLI::App& study, Session& session);
void add_experiments(CLI::App& study, Session& session);

/// Makes the directory of -o where it is missing: hours of runs should not end at one that cannot
/// be written. An empty name is none.
[[nodiscard]] Status prepare_directory(const std::string& directory);

/// "3s", "10m", ... for `flag`; `out` stays as it is when `text` is empty.
[[nodiscard]] Status read_duration(const std::string& flag, const std::string& text, Seconds& out);

/// For commands that poll `session.stop`: the first Ctrl-C, or SIGTERM, ends a solve with the best
/// plan so far, a second one the program. Elsewhere it ends the program at once.
void stop_on_interrupt(Session& session);

/// The methods there are, each with its line, for --method.
[[nodiscard]] std::string method_help();

/// Writes `content` to `path` and says so, or prints it when `path` is empty.
[[nodiscard]] int deliver(Session& session, const std::string& path, const std::string& content,
                          const std::string& what);

}  // namespace berth::cli
