#include "apps/cli/command.h"

#include <csignal>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include "berth/core/file.h"
#include "berth/core/quantity.h"
#include "berth/solve/registry.h"

namespace berth::cli {
namespace {

StopFlag* interrupted = nullptr;  // set before the handler is installed

extern "C" void on_interrupt(int signal) {
  interrupted->request_stop();
  std::signal(signal, SIG_DFL);
}

}  // namespace

void stop_on_interrupt(Session& session) {
  interrupted = &session.stop;
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

Status read_duration(const std::string& flag, const std::string& text, Seconds& out) {
  if (text.empty()) return Ok{};
  Result<Seconds> parsed = parse_duration(text);
  if (!parsed) {
    Errors errors = std::move(parsed).errors();
    for (Error& error : errors) error.where = flag;
    return errors;
  }
  if (!(parsed->value > 0.0)) {
    return Error{ErrorCode::kOutOfRange, "expected a duration greater than 0, found '" + text + "'",
                 flag, ""};
  }
  out = *parsed;
  return Ok{};
}

std::string method_help() {
  std::string help = "solver:";
  for (const Method& method : methods()) {
    help += " " + std::string(method.name) + " (" + std::string(method.summary) + ")";
  }
  return help;
}

int deliver(Session& session, const std::string& path, const std::string& content,
            const std::string& what) {
  if (path.empty()) {
    session.console.print(content);
    return session.console.finish();
  }
  if (Status written = write_file(path, content); !written) {
    return session.console.fail(written.errors());
  }
  session.console.note("wrote " + what + " to " + path);
  return kSuccess;
}

Status prepare_directory(const std::string& directory) {
  if (directory.empty()) return Ok{};
  std::error_code problem;
  std::filesystem::create_directories(directory, problem);
  if (!problem && access(directory.c_str(), W_OK) == 0) return Ok{};
  return Error{ErrorCode::kUnwritable, "the directory '" + directory + "' cannot be written", "-o",
               problem ? problem.message() : ""};
}

}  // namespace berth::cli
