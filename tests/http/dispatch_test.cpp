#include "berth/http/dispatch.h"

#include <future>
#include <latch>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/http/problem.h"
#include "tests/http/captured_reply.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;

std::vector<HttpRoute> rows(const std::shared_future<void>& gate) {
  const auto say = [](const char* word) {
    return [word](const Call&, const Reply& reply) {
      HttpResponse response = json_response(200, word);
      response.headers.emplace_back("ETag", "\"tag\"");
      reply(std::move(response));
    };
  };
  std::vector<HttpRoute> routes(7);
  routes[0] = {"GET", "/things", "list", "t", "", {}};
  routes[0].handler = say("list");
  routes[1] = {"GET", "/things/{id}", "get", "t", "", {{"id", ParameterType::kInteger, "", 1, 9}}};
  routes[1].handler = say("one");
  routes[2] = routes[1];
  routes[2].method = "DELETE";
  routes[2].handler = [](const Call&, const Reply& reply) { reply(empty_response(204)); };
  routes[3] = {"GET", "/open", "open", "t", ""};
  routes[3].open = true;
  routes[3].handler = say("open");
  routes[4] = {"POST", "/slow", "slow", "t", ""};
  routes[4].heavy = true;
  routes[4].handler = [gate](const Call&, const Reply& reply) {
    gate.wait();
    reply(json_response(200, "slow"));
  };
  routes[5] = {"GET", "/", "root", "t", ""};
  routes[5].handler = say("root");
  routes[6] = {"GET", "/bug", "bug", "t", ""};
  routes[6].heavy = true;
  routes[6].handler = [](const Call&, const Reply&) { throw std::runtime_error("oops"); };
  return routes;
}

class DispatchTest : public ::testing::Test {
 protected:
  void SetUp() override { open({}); }
  void TearDown() override {
    if (!released_) gate_.set_value();
    dispatcher_.reset();
  }
  void open(DispatchOptions options) {
    options.workers = 1;
    options.waiting = 1;
    dispatcher_ = std::make_unique<Dispatcher>(rows(gate_future_), std::move(options));
    handlers_ = dispatcher_->handlers();
  }
  void release() {
    released_ = true;
    gate_.set_value();
  }
  std::shared_ptr<CapturedReply> start(const std::string& method, const std::string& target,
                                       const std::string& if_none_match = "",
                                       const std::string& authorization = "") {
    HttpHead head;
    head.method = method;
    head.target = target;
    head.host = "localhost:8080";
    head.if_none_match = if_none_match;
    head.authorization = authorization;
    auto captured = std::make_shared<CapturedReply>();
    if (auto refused = handlers_.admit(head)) {
      captured->answer(*std::move(refused));
    } else {
      handlers_.handle({head, ""}, Reply(captured));
    }
    return captured;
  }
  /// One more of "/slow", once the worker has taken the one before from the queue.
  std::shared_ptr<CapturedReply> start_waiting() {
    for (;;) {
      auto waiting = start("POST", "/slow");
      if (waiting->response_now().status != 429) return waiting;
      std::this_thread::yield();
    }
  }
  HttpResponse ask(const std::string& method, const std::string& target,
                   const std::string& if_none_match = "", const std::string& authorization = "") {
    return start(method, target, if_none_match, authorization)->response();
  }
  void ask_for_token(const std::filesystem::path& path) {
    ASSERT_TRUE(write_file(path, "0123456789abcdef"));
    DispatchOptions options;
    options.token = *TokenFile::open(path);
    open(std::move(options));
  }

  std::promise<void> gate_;
  std::shared_future<void> gate_future_ = gate_.get_future().share();
  bool released_ = false;
  std::unique_ptr<Dispatcher> dispatcher_;
  Handlers handlers_;
};

TEST_F(DispatchTest, FindsTheRow) {
  EXPECT_EQ(body_of(ask("GET", "/things")), "list");
  EXPECT_EQ(body_of(ask("GET", "/things/3")), "one");
  EXPECT_EQ(body_of(ask("GET", "/")), "root");
  EXPECT_EQ(ask("DELETE", "/things/3").status, 204);
  EXPECT_EQ(body_of(ask("HEAD", "/things")), "list");
  EXPECT_EQ(body_of(ask("GET", "/%74hings")), "list");
}

TEST_F(DispatchTest, WhatIsNotThereIs404) {
  for (const char* target : {"/other", "/things/3/4", "/thing", "/Things", "/things/", "//",
                             "/things//", "/things%2F3"}) {
    EXPECT_EQ(ask("GET", target).status, 404) << target;
  }
}

TEST_F(DispatchTest, WhatIsNoPathIs400) {
  const std::vector<std::pair<const char*, const char*>> wrong = {{"/..", "no '..'"},
                                                                  {"*", "begins with '/'"},
                                                                  {"", "begins with '/'"},
                                                                  {"/%zz", "UTF-8 in %XX"},
                                                                  {"/things?%ff=1", "UTF-8 in %XX"},
                                                                  {"/things?a=%f", "UTF-8 in %XX"}};
  for (const auto& [target, words] : wrong) {
    const HttpResponse response = ask("GET", target);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_THAT(body_of(response), HasSubstr(words)) << target;
  }
  EXPECT_EQ(ask("GET", "http://localhost/things").status, 200);
  EXPECT_EQ(ask("GET", "http://evil.example/things").status, 403);
}

TEST_F(DispatchTest, OtherMethodsAre405WithThoseThereAre) {
  const HttpResponse one = ask("POST", "/things/3");
  EXPECT_EQ(one.status, 405);
  EXPECT_EQ(header_of(one, "Allow"), "GET, HEAD, DELETE");
  EXPECT_THAT(body_of(one), HasSubstr("no POST"));
  EXPECT_THAT(body_of(one), HasSubstr("it has GET, HEAD, DELETE"));
  EXPECT_EQ(header_of(ask("HEAD", "/slow"), "Allow"), "POST");
  EXPECT_EQ(ask("OPTIONS", "/things").status, 405);
  EXPECT_EQ(ask("get", "/things").status, 405);
}

TEST_F(DispatchTest, WrongParametersAre400WithAllErrors) {
  const HttpResponse response = ask("GET", "/things/x?a=1");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(body_of(response), HasSubstr(R"("where":"id")"));
  EXPECT_THAT(body_of(response), HasSubstr(R"("where":"a")"));
}

TEST_F(DispatchTest, ATagThatIsKnownSparesTheBody) {
  for (const char* known : {"\"tag\"", "W/\"tag\"", "\"other\", \"tag\"", "*"}) {
    const HttpResponse response = ask("GET", "/things", known);
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_EQ(response.body, nullptr);
    EXPECT_EQ(response.content_type, "");
    EXPECT_EQ(header_of(response, "ETag"), "\"tag\"");
  }
  for (const char* other : {"\"other\"", "tag", "\"tag", "", ","}) {
    EXPECT_EQ(ask("GET", "/things", other).status, 200) << other;
  }
  EXPECT_EQ(ask("DELETE", "/things/3", "*").status, 204) << "it has no tag";
}

TEST_F(DispatchTest, AStrangerIsAskedForATokenBeforeAllElse) {
  const berth::testing::TemporaryDirectory directory;
  ask_for_token(directory.path() / "token");
  for (const char* target : {"/things", "/things/x", "/other", "/open/x"}) {
    const HttpResponse response = ask("GET", target);
    EXPECT_EQ(response.status, 401) << target;
    EXPECT_EQ(header_of(response, "WWW-Authenticate"), "Bearer");
  }
  EXPECT_EQ(ask("POST", "/things").status, 401);
  EXPECT_EQ(ask("POST", "/open").status, 401);
  EXPECT_EQ(ask("GET", "/things", "", "Bearer 0123456789abcdeX").status, 401);
  EXPECT_EQ(ask("GET", "/things", "", "Bearer 0123456789abcdef").status, 200);
  EXPECT_EQ(ask("GET", "/other", "", "Bearer 0123456789abcdef").status, 404);
  EXPECT_EQ(ask("GET", "/open").status, 200);
}

TEST_F(DispatchTest, WhatIsRefusedIsToldWhatToDo) {
  for (const int status : {408, 413, 431, 503}) {
    const HttpResponse response = handlers_.refuse(status, "a reason");
    EXPECT_EQ(response.status, status);
    EXPECT_THAT(body_of(response), HasSubstr("a reason"));
    EXPECT_THAT(body_of(response), ::testing::Not(HasSubstr(R"("suggestion":"")"))) << status;
  }
  EXPECT_EQ(header_of(handlers_.refuse(503, ""), "Retry-After"), "1");
}

TEST_F(DispatchTest, ForeignPagesAre403) {
  HttpHead head;
  head.method = "GET";
  head.target = "/things";
  head.host = "evil.example";
  const auto refused = handlers_.admit(head);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
}

TEST_F(DispatchTest, TooMuchHeavyWorkIs429AndLaterServed) {
  const auto running = start("POST", "/slow");
  const auto waiting = start_waiting();
  const HttpResponse busy = ask("POST", "/slow");
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(header_of(busy, "Retry-After"), "1");
  EXPECT_EQ(ask("GET", "/things").status, 200) << "light work goes on";
  release();
  EXPECT_EQ(running->response().status, 200);
  EXPECT_EQ(waiting->response().status, 200);
  EXPECT_EQ(ask("POST", "/slow").status, 200);
}

TEST_F(DispatchTest, WhatWaitsWhenItStopsIs503) {
  const auto running = start("POST", "/slow");
  const auto waiting = start_waiting();
  std::thread stopping([this] { dispatcher_->stop(); });
  EXPECT_EQ(waiting->response().status, 503);
  release();
  stopping.join();
  EXPECT_EQ(running->response().status, 200);
  EXPECT_EQ(ask("POST", "/slow").status, 503);
}

TEST_F(DispatchTest, ABugInAHandlerIs500AndTheServiceGoesOn) {
  EXPECT_EQ(ask("GET", "/bug").status, 500);
  EXPECT_EQ(ask("GET", "/bug").status, 500);
  EXPECT_EQ(ask("GET", "/things").status, 200);
}

TEST_F(DispatchTest, RefusalsOfTheServerAreProblems) {
  for (const int status : {400, 408, 413, 431, 503}) {
    const HttpResponse response = handlers_.refuse(status, "why");
    EXPECT_EQ(response.status, status);
    EXPECT_THAT(body_of(response), HasSubstr(R"("message":"why")"));
  }
}

TEST_F(DispatchTest, EveryAnswerHasTheHeadersOfAPageWithButtons) {
  std::string names;
  for (const auto& [name, value] : handlers_.headers) names += name + "\n";
  for (const char* name :
       {"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options"}) {
    EXPECT_THAT(names, HasSubstr(name));
  }
}

TEST(ProblemTest, TheGravestErrorIsTheStatus) {
  const auto status = [](std::initializer_list<ErrorCode> codes) {
    Errors errors;
    for (const ErrorCode code : codes) errors.push_back({code, "", "", ""});
    return http_status(errors);
  };
  EXPECT_EQ(status({ErrorCode::kSyntax}), 400);
  EXPECT_EQ(status({ErrorCode::kNotFound}), 404);
  EXPECT_EQ(status({ErrorCode::kInfeasible}), 422);
  EXPECT_EQ(status({ErrorCode::kLimitReached}), 503);
  EXPECT_EQ(status({ErrorCode::kLimitReached, ErrorCode::kInfeasible}), 422);
  EXPECT_EQ(status({ErrorCode::kInfeasible, ErrorCode::kSyntax}), 400);
  EXPECT_EQ(status({ErrorCode::kSyntax, ErrorCode::kInternal}), 500);
}

TEST(ProblemTest, QuotesBytesThatAreNotUtf8) {
  const HttpResponse response =
      error_response(Errors{{ErrorCode::kSyntax, "found '\xff\"\n'", "line 1", ""}});
  EXPECT_THAT(body_of(response), HasSubstr("\\\"\\n"));
  EXPECT_THAT(body_of(response), HasSubstr("\xEF\xBF\xBD"));
}

}  // namespace
}  // namespace berth::test
