#pragma once
// A vector as a heap with the least item on top.

#include <algorithm>
#include <functional>

namespace berth {

template <class Heap, class Item>
void push(Heap& heap, const Item& item) {
  heap.push_back(item);
  std::push_heap(heap.begin(), heap.end(), std::greater<>());
}

template <class Heap>
void pop(Heap& heap) {
  std::pop_heap(heap.begin(), heap.end(), std::greater<>());
  heap.pop_back();
}

}  // namespace berth
