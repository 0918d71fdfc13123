#pragma once
// A client that says what it is told to, byte by byte, however wrong.

#include <map>
#include <string>
#include <string_view>

namespace berth::test {

struct RawAnswer {
  int status = 0;  ///< 0: the connection ended before there was a head
  std::map<std::string, std::string> headers = {};  ///< names in lower case
  std::string body = {};
  bool whole = false;  ///< the body came to its end
};

class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False where the other side has closed.
  bool send(std::string_view bytes) const;
  /// The next answer; `head_only` to HEAD. Waits for 10 s at most.
  RawAnswer read(bool head_only = false);
  /// What came, as soon as it holds `text`; all that came where the connection ends before.
  std::string read_until(std::string_view text);
  /// The other side closes, within 10 s; what it still sends is dropped.
  bool closes();
  void half_close() const;
  void close();
  void reset();  ///< closes without a word

 private:
  bool more();

  int socket_ = -1;
  std::string unread_;
};

/// "METHOD target HTTP/1.1" with a Host and `headers`, each "Name: value\r\n".
[[nodiscard]] std::string request(std::string_view method, std::string_view target,
                                  std::string_view headers = "", std::string_view body = "");

}  // namespace berth::test
