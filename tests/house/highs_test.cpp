// That the HiGHS which scripts/setup brought, and cmake/FindHiGHS.cmake found, links and solves.
#include <array>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <interfaces/highs_c_api.h>

namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

struct CloseHighs {
  void operator()(void* highs) const { Highs_destroy(highs); }
};

// Two kinds of boxes for 10 GPUs: 8 for 30 USD, 2 for 9 USD. Without the integrality 1.25 of the
// first would cost 37.50; in whole boxes one of each costs 39.
TEST(Highs, SolvesAMixedIntegerProgramThroughItsCInterface) {
  const std::unique_ptr<void, CloseHighs> highs(Highs_create());
  ASSERT_EQ(Highs_setBoolOptionValue(highs.get(), "output_flag", 0), kHighsStatusOk);
  const std::array<double, 2> cost{30.0, 9.0};
  const std::array<double, 2> lower{0.0, 0.0};
  const std::array<double, 2> upper{10.0, 10.0};
  const std::array<double, 1> gpus_needed{10.0};
  const std::array<double, 1> no_limit{Highs_getInfinity(highs.get())};
  const std::array<HighsInt, 1> row_start{0};
  const std::array<HighsInt, 2> column{0, 1};
  const std::array<double, 2> gpus{8.0, 2.0};
  const std::array<HighsInt, 2> whole{kHighsVarTypeInteger, kHighsVarTypeInteger};
  ASSERT_EQ(
      Highs_passMip(highs.get(), 2, 1, 2, kHighsMatrixFormatRowwise, kHighsObjSenseMinimize, 0.0,
                    cost.data(), lower.data(), upper.data(), gpus_needed.data(), no_limit.data(),
                    row_start.data(), column.data(), gpus.data(), whole.data()),
      kHighsStatusOk);

  ASSERT_EQ(Highs_run(highs.get()), kHighsStatusOk);

  EXPECT_EQ(Highs_getModelStatus(highs.get()), kHighsModelStatusOptimal);
  std::array<double, 2> boxes{};
  std::array<double, 1> row{};
  ASSERT_EQ(Highs_getSolution(highs.get(), boxes.data(), nullptr, row.data(), nullptr),
            kHighsStatusOk);
  EXPECT_THAT(boxes, ElementsAre(DoubleNear(1.0, 1e-6), DoubleNear(1.0, 1e-6)));
}

}  // namespace
