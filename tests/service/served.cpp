#include "tests/service/served.h"

#include <httplib.h>
#include <stdexcept>

#include <fmt/format.h>

namespace berth::test {

const std::string kSmallFleet = R"(format: berth.fleet/1
models: [llama-3.1-8b, qwen3-8b]
pools:
  - {name: l40s, gpu: l40s, offers: [{name: g6e.xlarge, lot: 1, cost: 1.861}]}
classes:
  - {name: chat, rate: 5, prompt_tokens: 1000, output_tokens: 200, slo: {ttft: 2s, tpot: 80ms}, quality: {task: chat, min: 0.5}}
)";

const std::string kTooMuch = R"(format: berth.fleet/1
models: [llama-3.1-8b]
pools:
  - {name: l40s, gpu: l40s, offers: [{name: g6e.xlarge, lot: 1, cost: 1.861, max: 1}]}
classes:
  - {name: chat, rate: 500, prompt_tokens: 1000, output_tokens: 200, slo: {ttft: 2s, tpot: 80ms}, quality: {task: chat, min: 0.5}}
)";

std::string large_fleet() {
  std::string text = R"(format: berth.fleet/1
region: {cloud: aws, name: us-east-1}
classes:
)";
  for (int k = 0; k < 30; ++k) {
    text += fmt::format(
        "  - {{name: c{}, rate: {}, prompt_tokens: {}, output_tokens: {}, slo: {{ttft: {}ms, tpot: "
        "{}ms}}, quality: {{min: 0.{}}}}}\n",
        k, 1 + 7 * k % 23, 300 + 131 * k % 3000, 50 + 37 * k % 400, 2000 + 173 * k % 3000,
        60 + 13 * k % 80, 50 + 3 * k % 18);
  }
  return text;
}

std::string Answer::problems() const {
  std::string text;
  const Json problem = json();
  if (!problem.is_object() || !problem.contains("errors")) return "no problem";
  for (const Json& error : problem["errors"]) {
    text += (text.empty() ? "" : ", ") + error.value("code", "") + " " + error.value("where", "");
  }
  return text;
}

int ServedTest::port() {
  if (!service_) {
    options_.listen.port = 0;
    options_.db = directory() / "berth.db";
    options_.threads = 2;
    options_.version = "1.2.3";
    auto opened = Service::open(options_);
    if (!opened) throw std::runtime_error(to_string(opened.errors()[0]));
    service_ = *std::move(opened);
  }
  return service_->port();
}

Answer ServedTest::ask(const std::string& method, const std::string& path, const std::string& body,
                       const std::string& type, const std::string& header,
                       const std::string& value) {
  httplib::Client client("127.0.0.1", port());
  client.set_read_timeout(60);
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.body = body;
  if (!type.empty()) request.set_header("Content-Type", type);
  if (!header.empty()) request.set_header(header.c_str(), value);
  const httplib::Result result = client.send(request);
  if (!result) return {};
  return {result->status,
          result->get_header_value("Content-Type"),
          result->get_header_value("Location"),
          result->get_header_value("ETag"),
          result->get_header_value("Retry-After"),
          result->body};
}

void ServedTest::post_and_leave(const std::string& path, const std::string& body, double seconds) {
  httplib::Client client("127.0.0.1", port());
  client.set_read_timeout(0, static_cast<time_t>(1e6 * seconds));
  const auto result = client.Post(path, body, "application/yaml");
  EXPECT_FALSE(result) << "it was answered: " << (result ? result->body : "");
}

std::int64_t ServedTest::make_plan(const std::string& query) {
  const Answer answer = post("/v1/plans" + query, kSmallFleet);
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.status == 201 ? answer.json()["id"].get<std::int64_t>() : 0;
}

Json ServedTest::wait_for_job(std::int64_t id, const std::string& state) {
  Json job;
  EXPECT_TRUE(soon([&] {
    job = get(fmt::format("/v1/jobs/{}", id)).json();
    return job.value("state", "") == state;
  })) << job.dump();
  return job;
}

Json ServedTest::wait_for_incumbent(std::int64_t id) {
  Json job;
  EXPECT_TRUE(soon([&] {
    job = get(fmt::format("/v1/jobs/{}", id)).json();
    return job.contains("progress") && job["progress"]["incumbent"].is_number();
  })) << job.dump();
  return job;
}

}  // namespace berth::test
