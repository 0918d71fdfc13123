// The client against canned answers: what is asked, what is understood, what goes wrong.

#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/telemetry/prometheus.h"
#include "tests/support/temporary_directory.h"
#include "tests/telemetry/scripted_server.h"

namespace berth::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kEmpty = R"({"status":"success","data":{"resultType":"matrix","result":[]}})";

Prometheus client_of(const std::string& url, PrometheusOptions options = {}) {
  options.url = url;
  options.backoff = Seconds(0.001);
  return Prometheus::open(options).value();
}

std::string told(const Errors& errors) {
  std::string text;
  for (const Error& error : errors) text += to_string(error) + "\n";
  return text;
}

/// One series with the value t - 1000 at every step asked for.
ScriptedAnswer ramp(const SeenRequest& request) {
  const double start = std::stod(request.parameters.at("start"));
  const double end = std::stod(request.parameters.at("end"));
  const double step = std::stod(request.parameters.at("step"));
  std::string values;
  for (int i = 0; start + i * step <= end + 1e-6; ++i) {
    const double time = start + i * step;
    values += fmt::format("{}[{},\"{}\"]", i > 0 ? "," : "", time, time - 1000);
  }
  return {200, fmt::format(R"({{"status":"success","data":{{"resultType":"matrix","result":[
      {{"metric":{{"job":"a"}},"values":[{}]}}]}}}})",
                           values)};
}

TEST(PrometheusClient, AsksForARangeAndReadsItsValues) {
  ScriptedServer server([](const SeenRequest&) {
    return ScriptedAnswer{200, R"({"status":"success","data":{"resultType":"matrix","result":[
      {"metric":{"model_name":"m","__name__":"x"},
       "values":[[1000,"1.5"],[1060.5,"NaN"],[1120,"+Inf"],[1180,"-Inf"],[1240,"1e+09"]]}]}})"};
  });
  Prometheus prometheus = client_of(server.url() + "/prefix/?tenant=t%201");
  const auto series = prometheus.query_range("sum by (a) (x{b=\"c&d\"})", 1000, 1240, 60);
  ASSERT_TRUE(series.ok()) << told(series.errors());
  ASSERT_EQ(series->size(), 1U);
  EXPECT_EQ(label_of((*series)[0].labels, "model_name"), "m");
  EXPECT_EQ(label_of((*series)[0].labels, "absent"), "");
  const auto& samples = (*series)[0].samples;
  ASSERT_EQ(samples.size(), 5U);
  EXPECT_EQ(samples[0].value, 1.5);
  EXPECT_EQ(samples[1].time_s, 1060.5);
  EXPECT_TRUE(std::isnan(samples[1].value));
  EXPECT_EQ(samples[2].value, HUGE_VAL);
  EXPECT_EQ(samples[3].value, -HUGE_VAL);
  EXPECT_EQ(samples[4].value, 1e9);
  const SeenRequest seen = server.seen().at(0);
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.path, "/prefix/api/v1/query_range");
  EXPECT_EQ(seen.parameters.at("query"), "sum by (a) (x{b=\"c&d\"})");
  EXPECT_EQ(seen.parameters.at("start"), "1000.000");
  EXPECT_EQ(seen.parameters.at("end"), "1240.000");
  EXPECT_EQ(seen.parameters.at("step"), "60.000");
  EXPECT_EQ(seen.parameters.at("tenant"), "t 1");
  EXPECT_FALSE(seen.headers.contains("Authorization"));
}

TEST(PrometheusClient, ReadsVectorsAndScalars) {
  ScriptedServer server([](const SeenRequest& request) {
    return ScriptedAnswer{
        200, request.parameters.at("query") == "1"
                 ? R"({"status":"success","data":{"resultType":"scalar","result":[7,"1"]}})"
                 : R"({"status":"success","data":{"resultType":"vector","result":[
                      {"metric":{},"value":[7,"2"]},{"metric":{"a":"b"},"histogram":[7,{}]}]}})"};
  });
  Prometheus prometheus = client_of(server.url());
  EXPECT_EQ(prometheus.query("1", 7)->at(0).samples.at(0).value, 1.0);
  const auto vector = prometheus.query("x", 7);
  ASSERT_EQ(vector->size(), 1U);  // a native histogram has no number
  EXPECT_EQ(vector->at(0).samples.at(0).value, 2.0);
  EXPECT_EQ(server.seen().at(0).parameters.at("time"), "7.000");
}

TEST(PrometheusClient, LongRangesComeInPartsWithoutGapsOrRepeats) {
  ScriptedServer server(ramp);
  Prometheus prometheus = client_of(server.url());
  const auto series = prometheus.query_range("x", 1000, 1000 + 25'000.0 * 30, 30);
  ASSERT_TRUE(series.ok()) << told(series.errors());
  ASSERT_EQ(series->size(), 1U);
  const auto& samples = (*series)[0].samples;
  ASSERT_EQ(samples.size(), 25'001U);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    ASSERT_EQ(samples[i].value, 30.0 * static_cast<double>(i)) << i;
  }
  ASSERT_EQ(server.seen().size(), 3U);
  for (const SeenRequest& seen : server.seen()) {
    const double points =
        (std::stod(seen.parameters.at("end")) - std::stod(seen.parameters.at("start"))) / 30.0 +
        1.0;
    EXPECT_LE(points, 11'000.0);
  }
}

TEST(PrometheusClient, PartsThatTheServerFindsTooLargeAreHalved) {
  ScriptedServer server([](const SeenRequest& request) {
    const double points =
        (std::stod(request.parameters.at("end")) - std::stod(request.parameters.at("start"))) /
            60.0 +
        1.0;
    if (points <= 30.0) return ramp(request);
    return ScriptedAnswer{422, R"({"status":"error","errorType":"execution",
      "error":"query processing would load too many samples into memory in query execution"})"};
  });
  Prometheus prometheus = client_of(server.url());
  const auto series = prometheus.query_range("x", 1000, 1000 + 99 * 60.0, 60);
  ASSERT_TRUE(series.ok()) << told(series.errors());
  EXPECT_EQ((*series)[0].samples.size(), 100U);
}

TEST(PrometheusClient, LongQueriesArePosted) {
  ScriptedServer server([](const SeenRequest&) { return ScriptedAnswer{200, kEmpty}; });
  Prometheus prometheus = client_of(server.url());
  const std::string expression = "sum(x{a=\"" + std::string(3000, 'v') + "\"})";
  ASSERT_TRUE(prometheus.query_range(expression, 0, 60, 60).ok());
  EXPECT_EQ(server.seen().at(0).method, "POST");
  EXPECT_EQ(server.seen().at(0).parameters.at("query"), expression);
  EXPECT_EQ(server.seen().at(0).parameters.at("step"), "60.000");
}

TEST(PrometheusClient, SendsTokensAndHeaders) {
  const TemporaryDirectory directory;
  const std::string file = (directory.path() / "token").string();
  std::ofstream(file) << "first\n";
  ScriptedServer server([](const SeenRequest&) { return ScriptedAnswer{200, kEmpty}; });
  PrometheusOptions options;
  options.token_file = file;
  options.headers = {{"X-Scope-OrgID", "team"}};
  Prometheus prometheus = client_of(server.url(), options);
  ASSERT_TRUE(prometheus.query_range("x", 0, 60, 60).ok());
  std::ofstream(file) << "second\n";  // tokens in files are renewed
  ASSERT_TRUE(prometheus.query_range("x", 0, 60, 60).ok());
  options = {};
  options.token = "given";
  Prometheus other = client_of(server.url(), options);
  ASSERT_TRUE(other.query_range("x", 0, 60, 60).ok());
  std::string with_user = server.url();
  with_user.insert(7, "ann:p%40ss@");
  Prometheus basic = client_of(with_user);
  ASSERT_TRUE(basic.query_range("x", 0, 60, 60).ok());
  EXPECT_EQ(server.seen().at(0).headers.at("Authorization"), "Bearer first");
  EXPECT_EQ(server.seen().at(0).headers.at("X-Scope-OrgID"), "team");
  EXPECT_EQ(server.seen().at(1).headers.at("Authorization"), "Bearer second");
  EXPECT_EQ(server.seen().at(2).headers.at("Authorization"), "Bearer given");
  EXPECT_EQ(server.seen().at(3).headers.at("Authorization"), "Basic YW5uOnBAc3M=");
  EXPECT_THAT(basic.shown_url(), Not(HasSubstr("ann")));
}

TEST(PrometheusClient, BadOptionsAreToldAllAtOnce) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "ca.pem") << "nothing\n";
  PrometheusOptions options;
  options.url = "localhost:9090";
  options.token = "a\nb";
  options.token_file = (directory.path() / "absent").string();
  options.ca_file = (directory.path() / "ca.pem").string();
  const auto prometheus = Prometheus::open(options);
  ASSERT_FALSE(prometheus.ok());
  const std::string text = told(prometheus.errors());
  EXPECT_THAT(text, HasSubstr("http://localhost:9090"));
  EXPECT_THAT(text, HasSubstr("line break"));
  EXPECT_THAT(text, HasSubstr("and a file with one"));
  EXPECT_THAT(text, HasSubstr("absent"));
  EXPECT_THAT(text, HasSubstr("no certificate"));
}

TEST(PrometheusClient, TriesAgainAfterErrorsThatPass) {
  std::atomic<int> calls = 0;
  ScriptedServer server([&](const SeenRequest&) {
    const int call = ++calls;
    if (call == 1) return ScriptedAnswer{503, "busy"};
    if (call == 2) return ScriptedAnswer{429, "", 0.0, {{"Retry-After", "0"}}};
    return ScriptedAnswer{200, kEmpty};
  });
  Prometheus prometheus = client_of(server.url());
  EXPECT_TRUE(prometheus.query_range("x", 0, 60, 60).ok());
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(prometheus.requests(), 3U);
}

TEST(PrometheusClient, GivesUpAfterTheRetries) {
  std::atomic<int> calls = 0;
  ScriptedServer server([&](const SeenRequest&) {
    ++calls;
    return ScriptedAnswer{500, "it broke"};
  });
  PrometheusOptions options;
  options.retries = 2;
  Prometheus prometheus = client_of(server.url(), options);
  const auto series = prometheus.query_range("x", 0, 60, 60);
  ASSERT_FALSE(series.ok());
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(series.errors()[0].code, ErrorCode::kUnreadable);
  EXPECT_EQ(series.errors()[0].where, server.url());
  EXPECT_THAT(told(series.errors()), HasSubstr("HTTP 500: it broke"));
}

TEST(PrometheusClient, SlowAnswersEndAtTheTimeout) {
  ScriptedServer server([](const SeenRequest&) { return ScriptedAnswer{200, kEmpty, 1.5}; });
  PrometheusOptions options;
  options.timeout = Seconds(0.2);
  Prometheus prometheus = client_of(server.url(), options);
  const auto started = std::chrono::steady_clock::now();
  const auto series = prometheus.query_range("x", 0, 60, 60);
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - started;
  ASSERT_FALSE(series.ok());
  EXPECT_LT(waited.count(), 1.0);  // and it is not tried again
  EXPECT_THAT(told(series.errors()), HasSubstr("no answer within 0.2 s"));
  EXPECT_THAT(told(series.errors()), HasSubstr("--timeout"));
}

TEST(PrometheusClient, NobodyListening) {
  Prometheus prometheus = client_of("http://127.0.0.1:1");
  const auto series = prometheus.query_range("x", 0, 60, 60);
  ASSERT_FALSE(series.ok());
  EXPECT_THAT(told(series.errors()), HasSubstr("cannot be reached"));
}

struct BadAnswer {
  const char* name;
  int status;
  std::string body;
  ErrorCode code;
  const char* text;
};
void PrintTo(const BadAnswer& answer, std::ostream* out) { *out << answer.name; }

class BadAnswers : public ::testing::TestWithParam<BadAnswer> {};

TEST_P(BadAnswers, AreErrorsThatSayWhat) {
  ScriptedServer server([this](const SeenRequest&) {
    return ScriptedAnswer{GetParam().status, GetParam().body, 0.0, {{"Location", "/login"}}};
  });
  PrometheusOptions options;
  options.retries = 0;
  Prometheus prometheus = client_of(server.url(), options);
  const auto series = prometheus.query_range("x", 0, 60, 60);
  ASSERT_FALSE(series.ok());
  EXPECT_EQ(series.errors()[0].code, GetParam().code);
  EXPECT_THAT(told(series.errors()), HasSubstr(GetParam().text));
}

std::string success(const std::string& data) {
  return R"({"status":"success","data":)" + data + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadAnswers,
    ::testing::Values(
        BadAnswer{"bad_query", 400,
                  R"({"status":"error","errorType":"bad_data","error":"parse error at char 3"})",
                  ErrorCode::kUnreadable, "bad_data: parse error at char 3"},
        BadAnswer{"query_timeout", 503,
                  R"({"status":"error","errorType":"timeout","error":"query timed out"})",
                  ErrorCode::kUnreadable, "query timed out"},
        BadAnswer{"unauthorized", 401, "who are you", ErrorCode::kUnreadable,
                  "--bearer-token-file"},
        BadAnswer{"forbidden", 403, "", ErrorCode::kUnreadable, "refuses access (HTTP 403)"},
        BadAnswer{"not_found", 404, "<html>", ErrorCode::kUnsupported, "path prefix"},
        BadAnswer{"redirect", 302, "", ErrorCode::kUnreadable, "redirects to '/login'"},
        BadAnswer{"html", 200, "<html>Log in</html>", ErrorCode::kSyntax, "no JSON"},
        BadAnswer{"cut", 200, R"({"status":"success","data":{"resul)", ErrorCode::kSyntax,
                  "no JSON"},
        BadAnswer{"other_json", 200, R"({"hello":1})", ErrorCode::kSyntax, "no JSON with a status"},
        BadAnswer{"no_data", 200, R"({"status":"success"})", ErrorCode::kSyntax, "/data/result"},
        BadAnswer{"strings", 200, success(R"({"resultType":"string","result":[1,"x"]})"),
                  ErrorCode::kSyntax, "resultType is 'string'"},
        BadAnswer{"number_value", 200,
                  success(R"({"resultType":"matrix","result":[{"metric":{},"values":[[1,2]]}]})"),
                  ErrorCode::kSyntax, "[1,2]"},
        BadAnswer{"no_number", 200,
                  success(R"({"resultType":"matrix","result":[{"metric":{},"values":[[1,"a"]]}]})"),
                  ErrorCode::kSyntax, "[1,\"a\"]"},
        BadAnswer{"disorder", 200, success(R"({"resultType":"matrix","result":[
                    {"metric":{},"values":[[2,"1"],[1,"1"]]}]})"),
                  ErrorCode::kSyntax, "order of time"},
        BadAnswer{"no_labels", 200,
                  success(R"({"resultType":"matrix","result":[{"values":[[1,"1"]]}]})"),
                  ErrorCode::kSyntax, "no labels"},
        BadAnswer{"label_number", 200,
                  success(R"({"resultType":"matrix","result":[{"metric":{"a":1},"values":[]}]})"),
                  ErrorCode::kSyntax, "'a' is not a text"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace berth::testing
