// What a server answers over real sockets.

#include "berth/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/echo_server.h"
#include "tests/http/raw_client.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;

TEST(ServerTest, KeepsConnectionsOpen) {
  EchoServer server;
  RawClient client(server.port());
  for (int k = 0; k < 3; ++k) {
    client.send(request("POST", "/a", "", "body " + std::to_string(k)));
    const RawAnswer answer = client.read();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST /a body " + std::to_string(k));
    EXPECT_EQ(answer.headers.at("x-usual"), "yes");
    EXPECT_EQ(answer.headers.count("connection"), 0U);
  }
}

TEST(ServerTest, ClosesWhereItIsAskedTo) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/a", "Connection: close\r\n"));
  EXPECT_EQ(client.read().headers.at("connection"), "close");
  EXPECT_TRUE(client.closes());
  RawClient old(server.port());
  old.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read().body, "GET /a ");
  EXPECT_TRUE(old.closes());
}

TEST(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  EchoServer server;
  RawClient client(server.port());
  std::string all;
  for (int k = 0; k < 50; ++k) all += request("POST", "/" + std::to_string(k), "", "x");
  client.send(all);
  for (int k = 0; k < 50; ++k) {
    EXPECT_EQ(client.read().body, "POST /" + std::to_string(k) + " x");
  }
}

TEST(ServerTest, APipelinedRequestWaitsForTheOneBefore) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait") + request("GET", "/after"));
  const Reply reply = server.waiting();
  reply(json_response(200, "waited"));
  EXPECT_EQ(client.read().body, "waited");
  EXPECT_EQ(client.read().body, "GET /after ");
}

TEST(ServerTest, ReadsRequestsThatComeInPieces) {
  EchoServer server;
  RawClient client(server.port());
  for (const char byte : request("POST", "/a", "", "body")) client.send({&byte, 1});
  EXPECT_EQ(client.read().body, "POST /a body");
}

TEST(ServerTest, ReadsChunkedBodies) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("POST", "/a", "Transfer-Encoding: chunked\r\n"));
  client.send("3\r\nabc\r\nA;name=value\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_EQ(client.read().body, "POST /a abc0123456789");
  client.send(request("GET", "/b"));
  EXPECT_EQ(client.read().body, "GET /b ");
}

TEST(ServerTest, SaysContinueToWhoWaitsForIt) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("POST", "/a", "Expect: 100-continue\r\nContent-Length: 4\r\n"));
  EXPECT_EQ(client.read().status, 100);
  client.send("body");
  EXPECT_EQ(client.read().body, "POST /a body");
}

TEST(ServerTest, ARefusedRequestGetsNoContinue) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("POST", "/forbidden", "Expect: 100-continue\r\nContent-Length: 4\r\n"));
  EXPECT_EQ(client.read().status, 403);
  EXPECT_TRUE(client.closes());
}

TEST(ServerTest, ARefusalWithoutABodyKeepsTheConnection) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/forbidden") + request("GET", "/b"));
  EXPECT_EQ(client.read().status, 403);
  EXPECT_EQ(client.read().body, "GET /b ");
}

TEST(ServerTest, HeadIsAnsweredWithoutTheBody) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("HEAD", "/a"));
  const RawAnswer answer = client.read(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-length"), "8");
  client.send(request("GET", "/b"));
  EXPECT_EQ(client.read().body, "GET /b ");
}

TEST(ServerTest, NoContentHasNoLength) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("DELETE", "/empty") + request("GET", "/b"));
  const RawAnswer answer = client.read();
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.headers.count("content-length"), 0U);
  EXPECT_EQ(answer.headers.count("content-type"), 0U);
  EXPECT_EQ(client.read().body, "GET /b ");
}

TEST(ServerTest, ADroppedRequestIsAnsweredWith500) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/dropped") + request("GET", "/b"));
  const RawAnswer answer = client.read();
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("\"errors\":["));
  EXPECT_EQ(client.read().body, "GET /b ");
}

TEST(ServerTest, OnlyTheFirstAnswerCounts) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait") + request("GET", "/wait"));
  const Reply reply = server.waiting();
  reply(json_response(200, "first"));
  reply(json_response(200, "second"));
  EXPECT_EQ(client.read().body, "first");
  const Reply next = server.waiting();
  reply(json_response(200, "third"));
  next(json_response(200, "of the next"));
  EXPECT_EQ(client.read().body, "of the next");
}

TEST(ServerTest, BytesThatAreNoRequestAreToldSo) {
  EchoServer server;
  for (const char* bytes :
       {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "GET\r\n\r\n", "GET /a\r\n\r\n",
        "GET /a HTTP/9.9\r\n\r\n", "GET /a HTTP/1.1\r\nNo colon\r\n\r\n",
        "GET /a HTTP/1.1\r\nName : x\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /a HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
    RawClient client(server.port());
    client.send(bytes);
    const RawAnswer answer = client.read();
    EXPECT_EQ(answer.status, 400) << bytes;
    EXPECT_TRUE(client.closes()) << bytes;
  }
  RawClient client(server.port());
  client.send(request("GET", "/b"));
  EXPECT_EQ(client.read().status, 200);
}

TEST(ServerTest, AClientThatGoesAwayIsToldOf) {
  EchoServer server;
  for (const bool abrupt : {false, true}) {
    RawClient client(server.port());
    client.send(request("GET", "/wait"));
    const Reply reply = server.waiting();
    std::atomic<int> gone = 0;
    reply.when_gone([&gone] { ++gone; });
    abrupt ? client.reset() : client.close();
    EXPECT_TRUE(soon([&] { return gone == 1; })) << abrupt;
    EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
    reply(json_response(200, "too late"));
    std::atomic<int> after = 0;
    reply.when_gone([&after] { ++after; });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(gone, 1);
  }
}

TEST(ServerTest, AClientThatWentBeforeAnybodyAskedIsToldOf) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const Reply reply = server.waiting();
  client.close();
  EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
  std::atomic<bool> gone = false;
  reply.when_gone([&gone] { gone = true; });
  EXPECT_TRUE(soon([&] { return gone.load(); }));
}

TEST(ServerTest, AClientThatGoesAwayBehindItsNextRequestIsToldOf) {
  EchoServer server;
  for (const bool abrupt : {false, true}) {
    RawClient client(server.port());
    client.send(request("GET", "/wait") + request("GET", "/after"));
    const Reply reply = server.waiting();
    std::atomic<bool> gone = false;
    reply.when_gone([&gone] { gone = true; });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_FALSE(gone);
    abrupt ? client.reset() : client.close();
    EXPECT_TRUE(soon([&] { return gone.load(); })) << abrupt;
    EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
  }
}

TEST(ServerTest, ARequestOfTwoHostsIsNone) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/a", "Host: evil.example\r\n"));
  EXPECT_EQ(client.read().status, 400);
}

TEST(ServerTest, AnExceptionEndsItsConnectionAndNoOther) {
  EchoServer server;
  RawClient other(server.port());
  other.send(request("GET", "/a"));
  EXPECT_EQ(other.read().status, 200);
  for (int k = 1; k <= 5; ++k) {
    RawClient client(server.port());
    client.send(request("GET", "/throw"));
    EXPECT_TRUE(client.closes());
    EXPECT_TRUE(soon([&] { return server.faults() == k; }));
  }
  EXPECT_TRUE(soon([&] { return server.server().connections() == 1; }));
  other.send(request("GET", "/b"));
  EXPECT_EQ(other.read().body, "GET /b ");
}

TEST(ServerTest, WhoIsAnsweredIsNotGone) {
  EchoServer server;
  RawClient client(server.port());
  client.send(request("GET", "/wait"));
  const Reply reply = server.waiting();
  std::atomic<bool> gone = false;
  reply(json_response(200, "done"));
  EXPECT_EQ(client.read().body, "done");
  reply.when_gone([&gone] { gone = true; });  // as an answer may overtake this
  client.close();
  EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(gone);
}

TEST(ServerTest, AnAddressThatIsTakenIsAnError) {
  EchoServer server;
  ServerOptions options;
  options.listen.port = server.port();
  const auto second = HttpServer::open(options, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.errors()[0].code, ErrorCode::kUnwritable);
  options.listen = {"192.0.2.1", 0};
  EXPECT_FALSE(HttpServer::open(options, {}));
}

TEST(ListenAddressTest, IsHostAndPort) {
  const auto seen = [](const std::string& text) {
    const auto listen = parse_listen_address(text, "--listen");
    return listen ? listen->host + " " + std::to_string(listen->port) : "refused";
  };
  EXPECT_EQ(seen("127.0.0.1:8080"), "127.0.0.1 8080");
  EXPECT_EQ(seen("[::1]:0"), "::1 0");
  EXPECT_EQ(seen(":80"), "0.0.0.0 80");
  EXPECT_EQ(seen("localhost:65535"), "localhost 65535");
  for (const char* text : {"", "8080", "a:b", "a:", "a:-1", "a:65536", "a: 1"}) {
    EXPECT_EQ(seen(text), "refused") << text;
  }
}

TEST(ListenAddressTest, LoopbackIsThisMachineAlone) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "example.org", "", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

}  // namespace
}  // namespace berth::test
