#pragma once
// Typed indices: a ClassId cannot be passed where a PoolId is meant. Explicit both ways.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace berth {

template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::uint32_t index) : index_(index) {}
  constexpr explicit Id(std::size_t index) : index_(static_cast<std::uint32_t>(index)) {}
  constexpr explicit Id(int index) : index_(static_cast<std::uint32_t>(index)) {}

  [[nodiscard]] constexpr std::uint32_t value() const { return index_; }
  [[nodiscard]] constexpr std::size_t index() const { return index_; }

  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  std::uint32_t index_ = 0;
};

using ClassId = Id<struct ClassTag>;
using PoolId = Id<struct PoolTag>;
using OfferId = Id<struct OfferTag>;
using OptionId = Id<struct OptionTag>;
using PairId = Id<struct PairTag>;
using ModelId = Id<struct ModelTag>;
using GpuId = Id<struct GpuTag>;

}  // namespace berth

template <class Tag>
struct std::hash<berth::Id<Tag>> {
  std::size_t operator()(berth::Id<Tag> id) const noexcept { return id.index(); }
};
