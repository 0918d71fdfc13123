// Generated fleets through the delay model: every class has an option.

#include <gtest/gtest.h>

#include "berth/fleet/generate.h"
#include "berth/instance/build.h"

namespace berth {
namespace {

void expect_coverable(const Result<GeneratedFleet>& generated, const std::string& what) {
  ASSERT_TRUE(generated.ok());
  const Result<BuiltInstance> built = build_instance(generated->fleet);
  ASSERT_TRUE(built.ok()) << what;
  const Status coverable = require_coverable(generated->fleet, *built);
  if (coverable) return;
  for (const Error& error : coverable.errors()) {
    ADD_FAILURE() << what << ": " << error.message;
  }
}

TEST(GeneratedFleets, EveryClassHasAnOption) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    FleetShape shape;
    shape.classes = 12;
    shape.models = 1 + static_cast<int>(seed % 10);
    shape.gpus = 1 + static_cast<int>(seed / 3 % 12);
    shape.seed = seed;
    shape.boxes = seed % 2 == 1;
    expect_coverable(generate_fleet(shape), "seed " + std::to_string(seed));
  }
  FleetShape large;
  large.classes = 60;
  large.models = 20;
  large.gpus = 20;
  expect_coverable(generate_fleet(large), "60x20x20");
}

TEST(GeneratedFleets, EveryClassOfThePapersSetUpHasAnOption) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Result<GeneratedFleet> generated = paper_fleet(seed);
    ASSERT_TRUE(generated.ok());
    const Result<BuiltInstance> built = build_instance(generated->fleet);
    ASSERT_TRUE(built.ok());
    for (std::size_t i = 0; i < built->instance.class_count(); ++i) {
      EXPECT_LT(built->instance.first_pair(ClassId(i)), built->instance.end_pair(ClassId(i)))
          << "seed " << seed << ", " << generated->fleet.classes[i].traffic.name;
    }
  }
}

}  // namespace
}  // namespace berth
