// How a server ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/echo_server.h"
#include "tests/http/raw_client.h"

namespace berth::test {
namespace {

TEST(StopTest, AnswersUnderWayAreSentAndIdleConnectionsClosed) {
  EchoServer server;
  RawClient idle(server.port());
  RawClient asking(server.port());
  asking.send(request("GET", "/wait"));
  const Reply reply = server.waiting();
  std::thread stopping([&] { server.server().stop(); });
  EXPECT_TRUE(idle.closes());
  reply(json_response(200, "in time"));
  const RawAnswer answer = asking.read();
  EXPECT_EQ(answer.body, "in time");
  EXPECT_EQ(answer.headers.at("connection"), "close");
  stopping.join();
  EXPECT_EQ(server.server().connections(), 0U);
  EXPECT_THROW(RawClient(server.port()), std::runtime_error);
}

TEST(StopTest, ALargeAnswerUnderWayArrivesWhole) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/large"));
  client.read_until("HTTP/1.1 ");
  std::thread stopping([&] { server.server().stop(); });
  const std::string all = client.read_until("never said");
  EXPECT_GT(all.size(), std::size_t{64} << 20);
  stopping.join();
}

TEST(StopTest, AStreamEndsWithItsEvents) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const EventSink sink = server.waiting().events({});
  client.read_until("\r\n\r\n");
  std::thread stopping([&] { server.server().stop(); });
  sink.send("end", "1");
  sink.end();
  EXPECT_THAT(client.read_until("0\r\n\r\n"), ::testing::HasSubstr("event: end"));
  stopping.join();
}

TEST(StopTest, GraceEnds) {
  ServerOptions options;
  options.grace = std::chrono::milliseconds(200);
  EchoServer server(options);
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const Reply reply = server.waiting();  // never answered
  server.server().stop();
  server.server().stop();  // again is nothing
  reply(json_response(200, "too late"));
}

TEST(StopTest, RequestsThatComeMeanwhileAreNotLeftHanging) {
  for (int round = 0; round < 20; ++round) {
    EchoServer server;
    std::vector<std::thread> clients;
    std::atomic<int> answered = 0;
    for (int k = 0; k < 4; ++k) {
      clients.emplace_back([&] {
        try {
          RawClient client(server.port());
          while (client.send(request("GET", "/a")) && client.read().status == 200) ++answered;
        } catch (const std::runtime_error&) {
        }
      });
    }
    EXPECT_TRUE(soon([&] { return answered > 20; }));
    server.server().stop();
    for (std::thread& client : clients) client.join();
  }
}

}  // namespace
}  // namespace berth::test
