// Streams of server-sent events.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/echo_server.h"
#include "tests/http/raw_client.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;

HttpResponse stream_head() {
  HttpResponse head;
  head.content_type = "text/event-stream";
  head.headers = {{"X-Own", "yes"}};
  return head;
}

TEST(EventsTest, AreNamedAndEnd) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const EventSink sink = server.waiting().events(stream_head());
  sink.send("progress", R"({"a":1})");
  sink.beat();
  sink.send("end", "{}");
  EXPECT_FALSE(sink.gone());
  sink.end();
  sink.send("late", "{}");
  const RawAnswer answer = client.read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(answer.headers.at("x-own"), "yes");
  EXPECT_EQ(answer.headers.at("x-usual"), "yes");
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(answer.body,
            "event: progress\ndata: {\"a\":1}\n\n: still here\n\nevent: end\ndata: {}\n\n");
  EXPECT_TRUE(client.closes());
}

TEST(EventsTest, ComeAsTheyAreSent) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const EventSink sink = server.waiting().events(stream_head());
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("200 OK"));
  for (const char* word : {"one", "two"}) {
    sink.send("progress", word);
    EXPECT_THAT(client.read_until("\n\n"), HasSubstr(word));
  }
}

TEST(EventsTest, EndWhenNobodyHoldsThem) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  { server.waiting().events(stream_head()).send("only", "1"); }
  EXPECT_TRUE(client.read().whole);
}

TEST(EventsTest, WhoGoesAwayIsToldOfAndMakesRoom) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const Reply reply = server.waiting();
  std::atomic<bool> gone = false;
  reply.when_gone([&gone] { gone = true; });
  const EventSink sink = reply.events(stream_head());
  client.read_until("\r\n\r\n");
  client.close();
  EXPECT_TRUE(soon([&] { return gone.load(); }));
  EXPECT_TRUE(sink.gone());
  EXPECT_EQ(server.server().connections(), 0U);
  sink.send("progress", "1");
}

TEST(EventsTest, WhoDoesNotReadIsDropped) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const EventSink sink = server.waiting().events(stream_head());
  const std::string large(64 * 1024, 'x');
  for (int k = 0; k < 1000 && !sink.gone(); ++k) {
    sink.send("progress", large);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(sink.gone());
  EXPECT_EQ(server.server().connections(), 0U);
}

TEST(EventsTest, ASlowReaderIsDroppedAtTheDeadline) {
  ServerOptions options;
  options.write_time = std::chrono::milliseconds(300);
  EchoServer server(options);
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const EventSink sink = server.waiting().events(stream_head());
  const std::string large(64 * 1024, 'x');
  // More than the system's buffers take, and less than is kept for a client.
  for (int k = 0; k < 400 && !sink.gone(); ++k) {
    sink.send("progress", large);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(soon([&] { return sink.gone(); }));
}

TEST(EventsTest, QuietStreamsStayOpen) {
  ServerOptions options;
  options.head_time = options.body_time = options.write_time = std::chrono::milliseconds(200);
  EchoServer server(options);
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const EventSink sink = server.waiting().events(stream_head());
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  sink.send("late", "1");
  sink.end();
  EXPECT_THAT(client.read().body, HasSubstr("event: late"));
}

TEST(EventsTest, AHeadOfAStreamLeavesNothingBehind) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("HEAD", "/wait"));
  const EventSink old = server.waiting().events(stream_head());
  const RawAnswer head = client.read(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.count("content-length"), 0U);
  EXPECT_TRUE(old.gone());
  client.send(request("GET", "/wait"));
  const EventSink sink = server.waiting().events(stream_head());
  old.send("old", "1");
  old.end();
  sink.send("new", "2");
  sink.end();
  EXPECT_EQ(client.read().body, "event: new\ndata: 2\n\n");
}

TEST(EventsTest, AfterAnAnswerThereAreNone) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const Reply reply = server.waiting();
  reply(json_response(200, "answer"));
  const EventSink sink = reply.events(stream_head());
  sink.send("progress", "1");
  EXPECT_TRUE(sink.gone());
  EXPECT_EQ(client.read().body, "answer");
}

}  // namespace
}  // namespace berth::test
