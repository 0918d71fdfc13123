#include "tests/cli/run_binary.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace berth::test {
namespace {

constexpr int kSignalBase = 128;
constexpr int kCannotExecute = 127;

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe open_pipe() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("pipe failed");
  return {ends[0], ends[1]};
}

Pipe open_terminal() {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
    throw std::runtime_error("no terminal");
  }
  const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  if (slave < 0) throw std::runtime_error("no terminal");
  return {master, slave};
}

[[noreturn]] void become_berth(const std::vector<std::string>& arguments,
                               const std::filesystem::path& directory,
                               const std::vector<std::string>& environment, const Pipe& out,
                               const Pipe& err) {
  dup2(out.write_end, STDOUT_FILENO);
  dup2(err.write_end, STDERR_FILENO);
  for (const int end : {out.read_end, out.write_end, err.read_end, err.write_end}) close(end);
  if (!directory.empty() && chdir(directory.c_str()) != 0) _exit(kCannotExecute);
  for (const std::string& entry : environment) putenv(const_cast<char*>(entry.c_str()));
  std::vector<char*> words = {const_cast<char*>(BERTH_BINARY)};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  execv(BERTH_BINARY, words.data());
  _exit(kCannotExecute);
}

/// Reads both pipes until they close or the deadline passes; false on the deadline.
bool drain(const Pipe& out, const Pipe& err, Outcome& outcome, int timeout_seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(timeout_seconds);
  std::array<pollfd, 2> ends = {pollfd{out.read_end, POLLIN, 0}, pollfd{err.read_end, POLLIN, 0}};
  std::array<std::string*, 2> texts = {&outcome.out, &outcome.err};
  std::array<char, 65536> buffer{};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    poll(ends.data(), ends.size(), static_cast<int>(left.count()));
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      const ssize_t got = read(ends[i].fd, buffer.data(), buffer.size());
      if (got > 0) texts[i]->append(buffer.data(), static_cast<std::size_t>(got));
      if (got <= 0) ends[i].fd = -1;  // a terminal nobody writes to any more is an error
    }
  }
  return true;
}

Outcome run_with(const Pipe& err, const std::vector<std::string>& arguments,
                 const std::filesystem::path& directory,
                 const std::vector<std::string>& environment, int timeout_seconds) {
  const Pipe out = open_pipe();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) become_berth(arguments, directory, environment, out, err);
  close(out.write_end);
  close(err.write_end);

  Outcome outcome;
  if (!drain(out, err, outcome, timeout_seconds)) kill(child, SIGKILL);
  int state = 0;
  waitpid(child, &state, 0);
  close(out.read_end);
  close(err.read_end);
  outcome.status = WIFEXITED(state) ? WEXITSTATUS(state) : kSignalBase + WTERMSIG(state);
  return outcome;
}

}  // namespace

Outcome run_berth(const std::vector<std::string>& arguments, const std::filesystem::path& directory,
                  const std::vector<std::string>& environment, int timeout_seconds) {
  return run_with(open_pipe(), arguments, directory, environment, timeout_seconds);
}

Outcome run_berth_on_terminal(const std::vector<std::string>& arguments, int timeout_seconds) {
  return run_with(open_terminal(), arguments, {}, {}, timeout_seconds);
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "berth-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored_at_exit;
  std::filesystem::remove_all(path_, ignored_at_exit);
}

std::string TemporaryDirectory::write(const std::string& name, const std::string& content) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  return file.string();
}

}  // namespace berth::test
