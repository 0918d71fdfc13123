// berth serve: plans over HTTP, and the page.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <sys/resource.h>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "berth/service/service.h"

namespace berth::cli {
namespace {

constexpr std::chrono::milliseconds kLook{50};  // for a signal

struct ServeArguments {
  std::string listen = "127.0.0.1:8080";
  std::string db = "berth.db";
  std::string token_file;
  std::string time_limit;
  ServeOptions options;
};

std::string shown_host(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

// Of those for whom there is no room, the history, the program itself.
constexpr rlim_t kFilesBeside = 192;

/// So many connections as the system has open files for, once it was asked for more.
std::size_t connections_within_files(std::size_t wanted) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  if (files.rlim_cur < wanted + kFilesBeside) {
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, wanted + kFilesBeside);
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0)
      static_cast<void>(::getrlimit(RLIMIT_NOFILE, &files));
  }
  const rlim_t room =
      files.rlim_cur > 2 * kFilesBeside ? files.rlim_cur - kFilesBeside : files.rlim_cur / 2;
  return std::min<std::size_t>(wanted, std::max<rlim_t>(room, 1));
}

int run_serve(const ServeArguments& a, Session& session) {
  ServeOptions options = a.options;
  options.version = BERTH_VERSION;
  options.db = a.db;
  options.token_file = a.token_file;
  Errors errors;
  Result<ListenAddress> listen = parse_listen_address(a.listen, "--listen");
  if (listen) {
    options.listen = *listen;
  } else {
    errors = listen.errors();
  }
  if (Status read = read_duration("--time-limit", a.time_limit, options.time_limit); !read) {
    errors.insert(errors.end(), read.errors().begin(), read.errors().end());
  }
  if (Status fine = Service::check(options); !fine) {
    errors.insert(errors.end(), fine.errors().begin(), fine.errors().end());
  }
  if (!errors.empty()) return session.console.fail(errors);
  options.connections = connections_within_files(a.options.connections);
  if (options.connections < a.options.connections) {
    session.console.note(
        fmt::format("{} connections at once: more open files are not allowed here "
                    "(ulimit -n)",
                    options.connections));
  }
  Result<std::unique_ptr<Service>> service = Service::open(options);
  if (!service) return session.console.fail(service.errors());
  stop_on_interrupt(session);
  session.console.note(fmt::format("http://{}:{} (history in {}; Ctrl-C ends it)",
                                   shown_host(options.listen.host), (*service)->port(), a.db));
  while (!session.stop.stop_requested()) std::this_thread::sleep_for(kLook);
  session.console.note("ending: jobs are cancelled, answers that are under way are sent");
  if (!(*service)->stop()) std::_Exit(kSuccess);  // a solve that has not noticed keeps nothing
  return kSuccess;
}

}  // namespace

void add_serve(CLI::App& app, Session& session) {
  auto a = std::make_shared<ServeArguments>();
  CLI::App* command =
      app.add_subcommand("serve", "Serve the HTTP API, the page and metrics (docs/serve.md)");
  command->add_option("--listen", a->listen, "HOST:PORT; port 0 takes a free one")
      ->capture_default_str();
  command->add_option("--db", a->db, "the history of plans, an SQLite file")->capture_default_str();
  command
      ->add_option("--keep", a->options.keep,
                   "plans in the history: the newest N and the active one; 0 = all")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
      ->capture_default_str();
  command->add_option("--token-file", a->token_file,
                      "requests must bring the token in FILE; required beyond loopback");
  command->add_option("--jobs", a->options.jobs, "so many solves at once, each with --threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--queue", a->options.queue, "jobs that may wait; beyond that 429")
      ->check(CLI::Range(std::size_t{0}, std::size_t{10'000}))
      ->capture_default_str();
  command->add_option("--threads", a->options.threads, "threads of one solve; 0 = all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--time-limit", a->time_limit, "longest time of one job (default 60s)");
  command
      ->add_option("--max-body", a->options.max_body,
                   "longest body of a request, in bytes; beyond it 413")
      ->check(CLI::Range(std::size_t{1024}, std::size_t{1} << 30))
      ->capture_default_str();
  command
      ->add_option("--connections", a->options.connections,
                   "most connections at once; beyond that 503")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
      ->capture_default_str();
  command
      ->add_option("--namespace", a->options.name_space,
                   "the cluster's namespace, in /v1/targets and in metrics")
      ->capture_default_str();
  command->callback(
      [a, &session] { session.run = [a, &session] { return run_serve(*a, session); }; });
}

}  // namespace berth::cli
