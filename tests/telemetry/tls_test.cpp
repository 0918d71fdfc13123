// HTTPS with an authority of its own, made by openssl for this test.

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/telemetry/prometheus.h"
#include "tests/support/temporary_directory.h"
#include "tests/telemetry/scripted_server.h"

namespace berth::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kEmpty = R"({"status":"success","data":{"resultType":"vector","result":[]}})";

class Tls : public ::testing::Test {
 protected:
  void SetUp() override {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
    if (std::system("openssl version >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "openssl is not on the PATH";
    }
    make("ca", "/CN=test authority", "");
    make("server", "/CN=localhost", "-CA ca.pem -CAkey ca.key -addext subjectAltName=IP:127.0.0.1");
    make("other", "/CN=another authority", "");
    server_ = std::make_unique<ScriptedServer>(
        [](const SeenRequest&) {
          return ScriptedAnswer{200, kEmpty};
        },
        file("server.pem"), file("server.key"));
  }

  void make(const std::string& name, const std::string& subject, const std::string& more) const {
    const std::string command = "cd '" + directory_.path().string() +
                                "' && openssl req -x509 -newkey ec -pkeyopt "
                                "ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '" +
                                subject + "' -keyout " + name + ".key -out " + name + ".pem " +
                                more + " >log 2>&1";
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return (directory_.path() / name).string();
  }
  Result<std::vector<SampledSeries>> ask(PrometheusOptions options) const {
    options.url = server_->url();
    options.retries = 0;
    return Prometheus::open(options)->query("x", 1.0);
  }

  TemporaryDirectory directory_;
  std::unique_ptr<ScriptedServer> server_;
};

TEST_F(Tls, TrustsTheAuthorityItIsGiven) {
  PrometheusOptions options;
  options.ca_file = file("ca.pem");
  options.token = "secret";
  const auto series = ask(options);
  ASSERT_TRUE(series.ok()) << to_string(series.errors()[0]);
  EXPECT_EQ(server_->seen().at(0).headers.at("Authorization"), "Bearer secret");
}

TEST_F(Tls, DistrustsOthersAndSendsThemNothing) {
  PrometheusOptions options;
  options.token = "secret";
  const auto unknown = ask(options);
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(to_string(unknown.errors()[0]), HasSubstr("no trusted connection"));
  EXPECT_THAT(to_string(unknown.errors()[0]), HasSubstr("--ca"));
  options.ca_file = file("other.pem");
  EXPECT_FALSE(ask(options).ok());
  EXPECT_TRUE(server_->seen().empty());
}

TEST_F(Tls, TrustsAnyoneWhenToldTo) {
  PrometheusOptions options;
  options.verify_tls = false;
  EXPECT_TRUE(ask(options).ok());
}

}  // namespace
}  // namespace berth::testing
