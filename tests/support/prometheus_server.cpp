#include "tests/support/prometheus_server.h"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "berth/telemetry/http_client.h"

namespace berth::testing {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto kReadyWithin = std::chrono::seconds(60);
constexpr auto kPause = std::chrono::milliseconds(20);
constexpr int kStarts = 3;  // another program may take the port first
constexpr int kOk = 200;

/// The program as scripts/setup unpacks it, else on the PATH; empty = there is none.
std::string find_program(const std::string& program) {
  const std::string unpacked = std::string(BERTH_PROMETHEUS_DIR) + "/" + program;
  if (access(unpacked.c_str(), X_OK) == 0) return unpacked;
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): before any thread
  std::istringstream directories(path == nullptr ? "" : path);
  std::string directory;
  while (std::getline(directories, directory, ':')) {
    const std::string candidate = directory + "/" + program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Starts the program with its output in `log`. It ends with this process.
pid_t spawn(const std::vector<std::string>& words, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execvp(arguments.front(), arguments.data());
  _exit(127);
}

int free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, generic, size) != 0 || getsockname(listener, generic, &size) != 0) {
    throw std::runtime_error("no free port on the loopback interface");
  }
  close(listener);
  return ntohs(address.sin_port);
}

bool is_ready(const std::string& url) {
  HttpOptions options;
  options.timeout = Seconds(2.0);
  const auto client = make_http_client(parse_http_url(url).value(), options);
  return client.ok() && client.value()->send({"/-/ready", "", {}}).status == kOk;
}

}  // namespace

std::string PrometheusServer::why_not() {
  for (const char* program : {"prometheus", "promtool"}) {
    if (find_program(program).empty()) {
      return std::string(program) + " is not installed: scripts/setup --prometheus";
    }
  }
  return {};
}

PrometheusServer::PrometheusServer(std::string_view open_metrics) {
  backfill(open_metrics);
  std::ofstream(directory_.path() / "prometheus.yml") << "scrape_configs: []\n";
  for (int i = 0; i < kStarts; ++i) {
    if (start(free_port())) return;
  }
  throw std::runtime_error("prometheus does not start:\n" +
                           text_of(directory_.path() / "prometheus.log"));
}

PrometheusServer::~PrometheusServer() { stop(); }

void PrometheusServer::backfill(std::string_view open_metrics) const {
  const fs::path input = directory_.path() / "metrics.om";
  const fs::path log = directory_.path() / "promtool.log";
  std::ofstream(input, std::ios::binary) << open_metrics;
  const pid_t tool =
      spawn({find_program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--quiet",
             "--max-block-duration=24h", input.string(), (directory_.path() / "data").string()},
            log);
  int state = 0;
  if (tool < 0 || waitpid(tool, &state, 0) != tool || state != 0) {
    throw std::runtime_error("promtool failed:\n" + text_of(log));
  }
}

bool PrometheusServer::start(int port) {
  const std::string address = "127.0.0.1:" + std::to_string(port);
  url_ = "http://" + address;
  process_ = spawn(
      {find_program("prometheus"),
       "--config.file=" + (directory_.path() / "prometheus.yml").string(),
       "--storage.tsdb.path=" + (directory_.path() / "data").string(),
       "--storage.tsdb.retention.time=100y", "--web.listen-address=" + address, "--log.level=warn"},
      directory_.path() / "prometheus.log");
  const auto deadline = Clock::now() + kReadyWithin;
  while (process_ > 0 && Clock::now() < deadline) {
    int state = 0;
    if (waitpid(process_, &state, WNOHANG) == process_) process_ = -1;
    if (process_ > 0 && is_ready(url_)) return true;
    std::this_thread::sleep_for(kPause);
  }
  stop();
  return false;
}

void PrometheusServer::stop() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);  // nothing that it holds is wanted
  int state = 0;
  waitpid(process_, &state, 0);
  process_ = -1;
}

}  // namespace berth::testing
