#include "berth/control/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "berth/core/text.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the user

namespace berth {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Both ends of a pipe, closed at the end.
struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
      read = ends[0];
      write = ends[1];
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(read);
    close_end(write);
  }
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

Error process_failure(const std::string& program, int error_number) {
  const ErrorCode code = error_number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInternal;
  return {code, fmt::format("'{}' cannot be run: {}", program, std::strerror(error_number)), "",
          code == ErrorCode::kNotFound ? "install it, or put it on the PATH" : ""};
}

Result<pid_t> spawn(const std::vector<std::string>& words, Pipe& out, Pipe& err) {
  if (out.read < 0 || err.read < 0) return process_failure(words.front(), errno);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  pid_t child = -1;
  const int failed =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  Pipe::close_end(out.write);
  Pipe::close_end(err.write);
  if (failed != 0) return process_failure(words.front(), failed);
  return child;
}

/// Reads both until both have ended; false where that takes too long.
bool read_both(Pipe& out, Pipe& err, SteadyClock::time_point end, ProcessResult& result) {
  while (out.read >= 0 || err.read >= 0) {
    std::array<pollfd, 2> polled{pollfd{out.read, POLLIN, 0}, pollfd{err.read, POLLIN, 0}};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now()).count();
    const int ready =
        ::poll(polled.data(), polled.size(), static_cast<int>(std::max<long>(0, left)));
    if (ready == 0) return false;
    if (ready < 0 && errno != EINTR) return false;
    for (const auto& [pipe, polling, text] :
         {std::tuple(&out, &polled[0], &result.out), std::tuple(&err, &polled[1], &result.err)}) {
      if (pipe->read < 0 || polling->revents == 0) continue;
      std::array<char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
      const ssize_t count = ::read(pipe->read, buffer.data(), buffer.size());
      if (count > 0) {
        text->append(buffer.data(), static_cast<std::size_t>(count));
      } else if (count == 0 || errno != EINTR) {
        Pipe::close_end(pipe->read);
      }
    }
  }
  return true;
}

}  // namespace

Result<ProcessResult> run_process(const std::vector<std::string>& words, Seconds timeout) {
  Pipe out;
  Pipe err;
  const Result<pid_t> child = spawn(words, out, err);
  if (!child) return child.errors();
  ProcessResult result;
  const auto end = SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(
                                            std::chrono::duration<double>(timeout.value));
  const bool in_time = read_both(out, err, end, result);
  if (!in_time) ::kill(*child, SIGKILL);
  int state = 0;
  while (::waitpid(*child, &state, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) {
    return Error{ErrorCode::kLimitReached,
                 fmt::format("'{}' was not done after {:g} s", words.front(), timeout.value), "",
                 ""};
  }
  result.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  return result;
}

Status find_program(const std::string& name) {
  const auto runs = [](const std::filesystem::path& path) {
    std::error_code failed;
    return std::filesystem::is_regular_file(path, failed) && ::access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos) {
    if (runs(name)) return Ok{};
    return process_failure(name, ENOENT);
  }
  const char* path = std::getenv("PATH");
  for (const std::string& folder : split(path != nullptr ? path : "/usr/bin:/bin", ':')) {
    if (runs(std::filesystem::path(folder.empty() ? "." : folder) / name)) return Ok{};
  }
  return process_failure(name, ENOENT);
}

}  // namespace berth
