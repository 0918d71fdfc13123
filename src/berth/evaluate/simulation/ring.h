#pragma once
// A queue with room at both ends that never gives memory back, so that a long run allocates only
// while it grows.

#include <bit>
#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace berth {

template <class T>
class Ring {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& front() {
    assert(size_ > 0);
    return items_[head_];
  }
  [[nodiscard]] const T& operator[](std::size_t i) const { return items_[at(i)]; }
  void push_back(const T& item) {
    if (size_ == items_.size()) grow();
    items_[at(size_++)] = item;
  }
  void push_front(const T& item) {
    if (size_ == items_.size()) grow();
    head_ = (head_ + items_.size() - 1) & (items_.size() - 1);
    items_[head_] = item;
    ++size_;
  }
  void pop_front() {
    assert(size_ > 0);
    head_ = at(1);
    --size_;
  }
  void clear() {
    head_ = 0;
    size_ = 0;
  }

 private:
  [[nodiscard]] std::size_t at(std::size_t i) const { return (head_ + i) & (items_.size() - 1); }
  void grow() {
    constexpr std::size_t kFirst = 64;
    std::vector<T> larger(items_.empty() ? kFirst : items_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) larger[i] = items_[at(i)];
    items_ = std::move(larger);
    head_ = 0;
  }

  std::vector<T> items_;  // a power of two of them
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace berth
