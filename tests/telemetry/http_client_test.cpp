// Limits of one request: size and time.

#include "berth/telemetry/http_client.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/telemetry/prometheus.h"
#include "tests/telemetry/scripted_server.h"

namespace berth::testing {
namespace {

using Outcome = HttpAnswer::Outcome;

HttpAnswer get(const std::string& url, const HttpOptions& options) {
  return make_http_client(parse_http_url(url).value(), options).value()->send({"/x", "", {}});
}

TEST(HttpClient, AnswersBeyondTheLimitAreCutOff) {
  ScriptedServer server([](const SeenRequest&) {
    return ScriptedAnswer{200, std::string(1'000'000, 'x')};
  });
  HttpOptions options;
  EXPECT_EQ(get(server.url(), options).body.size(), 1'000'000U);
  options.most_bytes = 1000;
  const HttpAnswer answer = get(server.url(), options);
  EXPECT_EQ(answer.outcome, Outcome::kTooLarge);
  EXPECT_EQ(answer.body, "");
}

TEST(HttpClient, EveryStatusIsAnAnswer) {
  ScriptedServer server([](const SeenRequest&) {
    return ScriptedAnswer{307, "moved", 0.0, {{"Location", "http://elsewhere/"}}};
  });
  const HttpAnswer answer = get(server.url(), {});
  EXPECT_EQ(answer.outcome, Outcome::kAnswered);
  EXPECT_EQ(answer.status, 307);
  EXPECT_EQ(answer.location, "http://elsewhere/");
  EXPECT_EQ(answer.body, "moved");
}

TEST(HttpClient, KeepsItsConnectionAndFindsItAgainWhenItBroke) {
  auto server = std::make_unique<ScriptedServer>([](const SeenRequest&) {
    return ScriptedAnswer{200, "a"};
  });
  const std::unique_ptr<HttpClient> client =
      make_http_client(parse_http_url(server->url()).value(), {}).value();
  EXPECT_EQ(client->send({"/x", "", {}}).body, "a");
  EXPECT_EQ(client->send({"/x", "", {}}).body, "a");
  server.reset();
  EXPECT_EQ(client->send({"/x", "", {}}).outcome, Outcome::kUnreachable);
}

/// Finds answers of more than 25 points too large.
class NarrowClient : public HttpClient {
 public:
  explicit NarrowClient(int& calls) : calls_(calls) {}

  HttpAnswer send(const HttpRequest& request) override {
    ++calls_;
    const auto number = [&](const std::string& name) {
      return std::stod(request.target.substr(request.target.find(name + "=") + name.size() + 1));
    };
    const double start = number("start");
    HttpAnswer answer;
    if ((number("end") - start) / number("step") + 1.0 > 25.0) {
      answer.outcome = Outcome::kTooLarge;
      return answer;
    }
    answer.outcome = Outcome::kAnswered;
    answer.status = 200;
    answer.body =
        R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[)" +
        std::to_string(start) + R"(,"1"]]}]}})";
    return answer;
  }

 private:
  int& calls_;
};

TEST(HttpClient, PrometheusIsAskedForPartsOfWhatIsTooLarge) {
  int calls = 0;
  PrometheusOptions options;
  options.url = "http://nowhere";
  Prometheus prometheus(options, std::make_unique<NarrowClient>(calls));
  const auto series = prometheus.query_range("x", 0.0, 99 * 60.0, 60.0);
  ASSERT_TRUE(series.ok());
  ASSERT_EQ(series->size(), 1U);
  // 100 and 50 points are too many: four parts of 25, each with its first point here.
  EXPECT_EQ(calls, 6);
  ASSERT_EQ((*series)[0].samples.size(), 4U);
  EXPECT_EQ((*series)[0].samples[3].time_s, 75 * 60.0);
}

}  // namespace
}  // namespace berth::testing
