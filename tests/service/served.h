#pragma once
// A service in a directory of its own, and a client.

#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/service/service.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {

using Json = nlohmann::ordered_json;

/// One class, one pool: planned in milliseconds.
extern const std::string kSmallFleet;
/// The same with more than its quota can carry.
extern const std::string kTooMuch;
/// One that `milp` and `gap=0` work at for longer than any test waits; `agh` has a plan in seconds.
[[nodiscard]] std::string large_fleet();

struct Answer {
  int status = 0;  ///< 0: there was none
  std::string type;
  std::string location;
  std::string etag;
  std::string retry_after;
  std::string body;

  [[nodiscard]] Json json() const { return Json::parse(body, nullptr, false); }
  /// "code where" of every error.
  [[nodiscard]] std::string problems() const;
};

class ServedTest : public ::testing::Test {
 protected:
  void TearDown() override { stop(); }

  ServeOptions& options() { return options_; }
  [[nodiscard]] std::filesystem::path directory() const { return directory_.path(); }
  void stop() { service_.reset(); }
  /// Those who wait are answered; it can be asked for its port still.
  void stop_service() { service_->stop(); }
  [[nodiscard]] int port();

  Answer ask(const std::string& method, const std::string& path, const std::string& body = "",
             const std::string& type = "", const std::string& header = "",
             const std::string& value = "");
  Answer get(const std::string& path) { return ask("GET", path); }
  Answer post(const std::string& path, const std::string& body = "") {
    return ask("POST", path, body, "application/yaml");
  }
  Answer erase(const std::string& path) { return ask("DELETE", path); }
  /// Gives up after `seconds`.
  void post_and_leave(const std::string& path, const std::string& body, double seconds);

  /// Id of a plan of the small fleet.
  std::int64_t make_plan(const std::string& query = "?method=gh");
  /// The job as soon as it is as told; fails after 20 s.
  Json wait_for_job(std::int64_t id, const std::string& state);
  Json wait_for_incumbent(std::int64_t id);

 private:
  berth::testing::TemporaryDirectory directory_;
  ServeOptions options_;
  std::unique_ptr<Service> service_;
};

/// Whether it holds within 20 s.
template <class Condition>
bool soon(const Condition& condition) {
  for (int k = 0; k < 2000; ++k) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace berth::test
