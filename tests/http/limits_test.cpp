// Clients that are slow, greedy, or mean harm: they are cut off, and nobody else notices.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/echo_server.h"
#include "tests/http/raw_client.h"

namespace berth::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

ServerOptions hasty() {
  ServerOptions options;
  options.head_time = milliseconds(300);
  options.body_time = milliseconds(300);
  options.write_time = milliseconds(300);
  options.max_head = 2048;
  options.max_body = 4096;
  return options;
}

bool serves(EchoServer& server) {
  RawClient client(server.port());
  client.send(request("GET", "/b"));
  return client.read().status == 200;
}

/// Sends a byte now and then until the server has enough of it; what it said.
RawAnswer trickle(EchoServer& server, RawClient& client) {
  for (int k = 0; k < 200 && client.send("x"); ++k) {
    EXPECT_TRUE(serves(server));
    std::this_thread::sleep_for(milliseconds(20));
  }
  return client.read();
}

TEST(LimitsTest, AHeadThatTricklesIsCutOff) {
  EchoServer server(hasty());
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nName: ");
  EXPECT_EQ(client.read().status, 408);
  RawClient second(server.port());
  second.send("GET /");
  const RawAnswer answer = trickle(server, second);
  EXPECT_THAT(answer.status, ::testing::AnyOf(0, 408));
  EXPECT_TRUE(second.closes());
}

TEST(LimitsTest, ABodyThatTricklesIsCutOff) {
  EchoServer server(hasty());
  RawClient client(server.port());
  client.send(request("POST", "/a", "Content-Length: 1000\r\n") + "x");
  EXPECT_EQ(client.read().status, 408);
  RawClient second(server.port());
  second.send(request("POST", "/a", "Content-Length: 1000\r\n"));
  const RawAnswer answer = trickle(server, second);
  EXPECT_THAT(answer.status, ::testing::AnyOf(0, 408));
  EXPECT_TRUE(second.closes());
}

TEST(LimitsTest, WhoIdlesIsClosedWithoutAWord) {
  EchoServer server(hasty());
  RawClient silent(server.port());
  RawClient used(server.port());
  used.send(request("GET", "/a"));
  EXPECT_EQ(used.read().status, 200);
  EXPECT_EQ(used.read().status, 0);
  EXPECT_EQ(silent.read().status, 0);
  EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
}

TEST(LimitsTest, AnAnswerMayTakeLongerThanARequest) {
  EchoServer server(hasty());
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const Reply reply = server.waiting();
  std::this_thread::sleep_for(milliseconds(500));
  reply(json_response(200, "at last"));
  EXPECT_EQ(client.read().body, "at last");
}

TEST(LimitsTest, ALongHeadIs431) {
  EchoServer server(hasty());
  for (const std::string& head : {"GET /" + std::string(3000, 'a') + " HTTP/1.1\r\n\r\n",
                                  "GET /a HTTP/1.1\r\nName: " + std::string(3000, 'a') + "\r\n\r\n",
                                  "GET /" + std::string(3'000'000, 'a')}) {
    RawClient client(server.port());
    client.send(head);
    const RawAnswer answer = client.read();
    EXPECT_EQ(answer.status, 431);
    EXPECT_THAT(answer.body, HasSubstr("2048 bytes"));
  }
  EXPECT_TRUE(serves(server));
}

TEST(LimitsTest, ALongBodyIs413HoweverItIsSent) {
  EchoServer server(hasty());
  const std::string large(3'000'000, 'x');
  RawClient declared(server.port());
  declared.send(request("POST", "/a", "", large));  // all of it: the answer must reach it
  EXPECT_EQ(declared.read().status, 413);
  RawClient asking(server.port());
  asking.send(request("POST", "/a", "Expect: 100-continue\r\nContent-Length: 5000\r\n"));
  EXPECT_EQ(asking.read().status, 413);
  RawClient chunked(server.port());
  chunked.send(request("POST", "/a", "Transfer-Encoding: chunked\r\n"));
  bool sending = true;
  for (int k = 0; k < 3000 && sending; ++k) {
    sending = chunked.send("400\r\n" + std::string(1024, 'x') + "\r\n");
  }
  const RawAnswer answer = chunked.read();
  EXPECT_EQ(answer.status, 413);
  EXPECT_THAT(answer.body, HasSubstr("4096 bytes"));
  RawClient just(server.port());
  just.send(request("POST", "/a", "", std::string(4096, 'x')));
  EXPECT_EQ(just.read().status, 200);
}

TEST(LimitsTest, ALengthBeyondAllNumbersIsRefused) {
  EchoServer server(hasty());
  for (const char* length : {"18446744073709551615", "99999999999999999999999999"}) {
    RawClient client(server.port());
    client.send(request("POST", "/a", "Content-Length: " + std::string(length) + "\r\n"));
    EXPECT_THAT(client.read().status, ::testing::AnyOf(400, 413)) << length;
  }
  EXPECT_TRUE(serves(server));
}

TEST(LimitsTest, WhoNeverReadsIsCutOff) {
  EchoServer server(hasty());
  RawClient client(server.port());
  client.send(request("GET", "/large"));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_TRUE(serves(server));
  EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
  const RawAnswer answer = client.read();
  EXPECT_FALSE(answer.whole);
}

TEST(LimitsTest, TooManyConnectionsAreToldSoAndLaterServed) {
  ServerOptions options;
  options.connections = 4;
  EchoServer server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int k = 0; k < 4; ++k) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(request("GET", "/a"));
    EXPECT_EQ(clients.back()->read().status, 200);
  }
  RawClient fifth(server.port());
  fifth.send(request("GET", "/a"));
  const RawAnswer refused = fifth.read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("connection"), "close");
  EXPECT_TRUE(fifth.closes());
  clients.pop_back();
  EXPECT_TRUE(soon([&] { return serves(server); }));
  clients[0]->send(request("GET", "/a"));
  EXPECT_EQ(clients[0]->read().status, 200);
}

/// A server of one connection, which is taken.
class FullServer {
 public:
  FullServer() : server_(for_one()), only_(server_.port()) {
    only_.send(request("GET", "/a"));
    EXPECT_EQ(only_.read().status, 200);
  }
  [[nodiscard]] int port() const { return server_.port(); }

 private:
  static ServerOptions for_one() {
    ServerOptions options;
    options.connections = 1;
    return options;
  }

  EchoServer server_;
  RawClient only_;
};

TEST(LimitsTest, WhatIsVitalIsAnsweredWhereThereIsNoRoom) {
  FullServer full;
  for (int k = 0; k < 3; ++k) {
    RawClient probe(full.port());
    probe.send(request("GET", "/vital") + request("GET", "/vital"));
    const RawAnswer answer = probe.read();
    EXPECT_EQ(answer.body, "GET /vital ");
    EXPECT_EQ(answer.headers.at("connection"), "close");
    EXPECT_EQ(probe.read().status, 0) << "one answer for one without room";
    RawClient other(full.port());
    other.send(request("GET", "/a"));
    EXPECT_EQ(other.read().status, 503);
  }
}

TEST(LimitsTest, WithoutRoomThereIsNoneForABodyEither) {
  FullServer full;
  RawClient probe(full.port());
  probe.send(request("GET", "/vital", "Content-Length: 4000000\r\n"));
  EXPECT_EQ(probe.read().status, 503);
}

TEST(LimitsTest, ACrowdWithoutRoomDoesNotHideWhatIsVital) {
  FullServer full;
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (int round = 0; round < 5; ++round) {
    for (int k = 0; k < 80; ++k) crowd.push_back(std::make_unique<RawClient>(full.port()));
    RawClient probe(full.port());
    probe.send(request("GET", "/vital"));
    EXPECT_EQ(probe.read().body, "GET /vital ") << round;
  }
}

TEST(LimitsTest, WhoIsSlowWithoutRoomIsToldWhy) {
  FullServer full;
  RawClient slow(full.port());
  slow.send("GET /a HT");
  EXPECT_EQ(slow.read().status, 503);
}

TEST(LimitsTest, ACrowdThatIsRefusedDoesNotHoldTheServer) {
  ServerOptions options;
  options.connections = 1;
  EchoServer server(options);
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (int k = 0; k < 200; ++k) crowd.push_back(std::make_unique<RawClient>(server.port()));
  EXPECT_TRUE(soon([&] { return server.server().connections() >= 1; }));
  EXPECT_LE(server.server().connections(), 1U);
  crowd.clear();
  EXPECT_TRUE(soon([&] { return serves(server); }));
}

}  // namespace
}  // namespace berth::test
