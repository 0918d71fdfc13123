#include "tests/http/raw_client.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "berth/core/text.h"

namespace berth::test {

RawClient::RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
  const timeval wait{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  const int one = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

RawClient::~RawClient() { close(); }

bool RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::more() {
  std::array<char, 65536> piece{};
  const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  unread_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::read_until(std::string_view text) {
  std::size_t searched = 0;
  while (unread_.find(text, searched) == std::string::npos) {
    searched = unread_.size() - std::min(unread_.size(), text.size());
    if (!more()) return std::exchange(unread_, "");
  }
  const std::size_t end = unread_.find(text, searched) + text.size();
  std::string result = unread_.substr(0, end);
  unread_.erase(0, end);
  return result;
}

RawAnswer RawClient::read(bool head_only) {
  RawAnswer answer;
  const std::string head = read_until("\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 ")) return answer;
  answer.status = std::atoi(head.c_str() + 9);
  for (const std::string& line : split(head, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    answer.headers[to_lower(line.substr(0, colon))] = std::string(trim(line.substr(colon + 1)));
  }
  answer.whole = head_only || answer.status < 200 || answer.status == 204 || answer.status == 304;
  if (answer.whole) return answer;
  if (answer.headers["transfer-encoding"] == "chunked") {
    for (;;) {
      const std::string size = read_until("\r\n");
      const auto bytes = static_cast<std::size_t>(std::strtoul(size.c_str(), nullptr, 16));
      while (unread_.size() < bytes + 2) {
        if (!more()) return answer;
      }
      answer.body += unread_.substr(0, bytes);
      unread_.erase(0, bytes + 2);
      if (bytes == 0) break;
    }
    answer.whole = true;
    return answer;
  }
  const auto length =
      static_cast<std::size_t>(std::atoll(answer.headers["content-length"].c_str()));
  while (unread_.size() < length) {
    if (!more()) return answer;
  }
  answer.body = unread_.substr(0, length);
  unread_.erase(0, length);
  answer.whole = true;
  return answer;
}

bool RawClient::closes() {
  std::array<char, 65536> piece{};
  for (;;) {
    const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
    if (got == 0) return true;
    if (got < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
  }
}

void RawClient::half_close() const { ::shutdown(socket_, SHUT_WR); }

void RawClient::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void RawClient::reset() {
  const linger abrupt{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
  close();
}

std::string request(std::string_view method, std::string_view target, std::string_view headers,
                    std::string_view body) {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
  if (!body.empty()) text.append("Content-Length: " + std::to_string(body.size()) + "\r\n");
  return text.append("\r\n").append(body);
}

}  // namespace berth::test
