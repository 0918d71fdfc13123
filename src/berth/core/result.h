#pragma once
// A value, or all the errors that prevented it.

#include <cassert>
#include <string>
#include <utility>
#include <variant>

#include "berth/core/error.h"

namespace berth {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}              // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(Errors{std::move(error)}) {}  // NOLINT(google-explicit-constructor)
  Result(Errors errors) : state_(std::move(errors)) {        // NOLINT(google-explicit-constructor)
    assert(!std::get<Errors>(state_).empty());
  }

  [[nodiscard]] bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] const T& value() const& {
    assert(ok());
    return std::get<T>(state_);
  }
  [[nodiscard]] T& value() & {
    assert(ok());
    return std::get<T>(state_);
  }
  [[nodiscard]] T&& value() && {
    assert(ok());
    return std::get<T>(std::move(state_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  [[nodiscard]] const Errors& errors() const& {
    assert(!ok());
    return std::get<Errors>(state_);
  }
  [[nodiscard]] Errors&& errors() && {
    assert(!ok());
    return std::get<Errors>(std::move(state_));
  }

 private:
  std::variant<T, Errors> state_;
};

/// Success without a value.
struct Ok {
  friend bool operator==(Ok, Ok) = default;
};
using Status = Result<Ok>;

}  // namespace berth
