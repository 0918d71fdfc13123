#include "berth/service/plan_store.h"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/plan/small_plans.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

StoredEntry entry(const std::string& title, int replicas = 4) {
  StoredEntry entry;
  entry.created_s = 1'800'000'000.0;
  entry.title = title;
  entry.fleet_text = "format: berth.fleet/1\n# \"é\"\n";
  entry.request_json = R"({"method":"gh"})";
  entry.trajectory_json = R"([{"seconds":0.5,"incumbent":4,"bound":null}])";
  entry.seconds = 0.25;
  entry.plan = small_plan(replicas);
  return entry;
}

class PlanStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    store_.reset();
    auto opened = PlanStore::open(path());
    ASSERT_TRUE(opened) << opened.errors()[0].message;
    store_ = *std::move(opened);
  }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "berth.db"; }
  std::int64_t add(const std::string& title, int replicas = 4) {
    const auto id = store_->add(entry(title, replicas));
    EXPECT_TRUE(id);
    return id ? *id : 0;
  }
  nlohmann::json record(std::int64_t id) {
    const auto text = store_->record(id);
    EXPECT_TRUE(text);
    return text ? nlohmann::json::parse(**text) : nlohmann::json();
  }
  std::vector<std::int64_t> listed(std::int64_t limit, std::optional<std::int64_t> before = {}) {
    const auto json = nlohmann::json::parse(*store_->list(limit, before));
    std::vector<std::int64_t> ids;
    for (const auto& plan : json["plans"]) ids.push_back(plan["id"]);
    ids.push_back(json["next"].is_null() ? 0 : json["next"].get<std::int64_t>());
    return ids;
  }
  std::int64_t add_study(std::int64_t plan) {
    const auto id = store_->add(StoredStudy{plan, "stress", 1.0, "{}", R"({"format":"x"})"});
    EXPECT_TRUE(id);
    return id ? *id : 0;
  }

  berth::testing::TemporaryDirectory directory_;
  std::unique_ptr<PlanStore> store_;
};

TEST_F(PlanStoreTest, KeepsWhatItIsGiven) {
  EXPECT_EQ(add("a \"title\""), 1);
  for (int round = 0; round < 2; ++round) {
    const auto json = record(1);
    EXPECT_EQ(json["id"], 1);
    EXPECT_EQ(json["created"], "2027-01-15T08:00:00Z");
    EXPECT_EQ(json["title"], "a \"title\"");
    EXPECT_EQ(json["active"], false);
    EXPECT_EQ(json["gpus"], 4);
    EXPECT_EQ(json["deployments"], 1);
    EXPECT_EQ(json["current"], nullptr);
    EXPECT_EQ(json["seconds"], 0.25);
    EXPECT_EQ(json["fleet_text"], "format: berth.fleet/1\n# \"é\"\n");
    EXPECT_EQ(json["request"]["method"], "gh");
    EXPECT_EQ(json["trajectory"][0]["seconds"], 0.5);
    EXPECT_EQ(json["plan"]["format"], "berth.plan/1");
    const auto summary = nlohmann::json::parse(*store_->summary(1));
    for (const auto& [name, value] : summary.items()) EXPECT_EQ(json[name], value) << name;
    EXPECT_FALSE(summary.contains("plan"));
    reopen();
  }
  const auto plan = store_->plan(1);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->deployments.size(), 1U);
}

TEST_F(PlanStoreTest, ARecordThatWasReadLatelyIsTheSameText) {
  add("a");
  const auto first = store_->record(1);
  const auto second = store_->record(1);
  EXPECT_EQ(first->get(), second->get());
}

TEST_F(PlanStoreTest, ManyRecordsAreReadRight) {
  for (int k = 0; k < 300; ++k) add("plan " + std::to_string(k));
  for (int round = 0; round < 2; ++round) {
    for (std::int64_t id = 1; id <= 300; ++id) {
      EXPECT_EQ(record(id)["title"], "plan " + std::to_string(id - 1));
    }
  }
}

TEST_F(PlanStoreTest, ListsComeInPagesNewestFirst) {
  for (int k = 0; k < 5; ++k) add("p");
  EXPECT_THAT(listed(2), ElementsAre(5, 4, 4));
  EXPECT_THAT(listed(2, 4), ElementsAre(3, 2, 2));
  EXPECT_THAT(listed(2, 2), ElementsAre(1, 0));
  EXPECT_THAT(listed(5), ElementsAre(5, 4, 3, 2, 1, 0));
  EXPECT_THAT(listed(5, 1), ElementsAre(0));
  ASSERT_TRUE(store_->remove(4));
  EXPECT_THAT(listed(2), ElementsAre(5, 3, 3));
}

TEST_F(PlanStoreTest, WhatIsRemovedIsGoneAndItsIdNotUsedAgain) {
  add("a");
  add("b");
  record(2);
  ASSERT_TRUE(store_->remove(2));
  EXPECT_EQ(store_->record(2).errors()[0].code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->plan(2).errors()[0].code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->remove(2).errors()[0].code, ErrorCode::kNotFound);
  reopen();
  EXPECT_EQ(add("c"), 3);
  EXPECT_EQ(*store_->count(), 2);
}

TEST_F(PlanStoreTest, OnePlanIsActiveAndStaysSoOverARestart) {
  EXPECT_EQ(store_->active(), nullptr);
  add("a", 2);
  add("b", 3);
  EXPECT_EQ(store_->activate(9).errors()[0].code, ErrorCode::kNotFound);
  record(1);
  record(2);
  ASSERT_TRUE(store_->activate(1));
  EXPECT_EQ(record(1)["active"], true);
  ASSERT_TRUE(store_->activate(2));
  for (int round = 0; round < 2; ++round) {
    ASSERT_NE(store_->active(), nullptr);
    EXPECT_EQ(store_->active()->id, 2);
    EXPECT_EQ(store_->active()->plan.deployments[0].replicas, 3);
    EXPECT_EQ(store_->active()->created_s, 1'800'000'000.0);
    EXPECT_EQ(record(1)["active"], false);
    EXPECT_EQ(record(2)["active"], true);
    EXPECT_THAT(*store_->list(1, {}), HasSubstr("\"active\":true"));
    reopen();
  }
}

TEST_F(PlanStoreTest, TheActivePlanIsNotRemoved) {
  add("a");
  add("b");
  ASSERT_TRUE(store_->activate(1));
  EXPECT_EQ(store_->remove(1).errors()[0].code, ErrorCode::kInconsistent);
  EXPECT_EQ(record(1)["id"], 1);
  ASSERT_TRUE(store_->activate(2));
  EXPECT_TRUE(store_->remove(1));
}

TEST_F(PlanStoreTest, TheNewestTheActiveAndThoseInUseStay) {
  for (int k = 0; k < 6; ++k) add("a");
  add_study(2);
  add_study(5);
  record(2);
  ASSERT_TRUE(store_->activate(1));
  ASSERT_EQ(*store_->add(entry("b", 4), {2, {3}}), 7);
  EXPECT_EQ(*store_->count(), 4);
  for (const int id : {1, 3, 6, 7}) EXPECT_TRUE(store_->record(id)) << id;
  for (const int id : {2, 4, 5}) EXPECT_FALSE(store_->record(id)) << id;
  EXPECT_FALSE(store_->study(1));
  ASSERT_TRUE(store_->add(entry("c", 4), {1, {}}));
  EXPECT_EQ(*store_->count(), 2) << "the new one and the active one";
  ASSERT_TRUE(store_->add(entry("d", 4)));
  EXPECT_EQ(*store_->count(), 3);
}

TEST_F(PlanStoreTest, WhatIsForgottenGivesItsRoomBack) {
  add("a");
  const std::string large(std::size_t{8} << 20, 'x');
  ASSERT_TRUE(store_->add(StoredStudy{1, "stress", 1.0, "{}", "\"" + large + "\""}));
  reopen();
  EXPECT_GT(std::filesystem::file_size(path()), large.size());
  ASSERT_TRUE(store_->remove_study(1));
  reopen();
  EXPECT_LT(std::filesystem::file_size(path()), large.size() / 8);
}

TEST_F(PlanStoreTest, StudiesGoWithTheirPlan) {
  add("a");
  add("b");
  EXPECT_EQ(add_study(1), 1);
  EXPECT_EQ(add_study(1), 2);
  EXPECT_EQ(add_study(2), 3);
  EXPECT_EQ(store_->add(StoredStudy{9, "stress", 1.0, "{}", "{}"}).errors()[0].code,
            ErrorCode::kNotFound);
  const auto list = nlohmann::json::parse(*store_->studies(1));
  ASSERT_EQ(list["studies"].size(), 2U);
  EXPECT_EQ(list["studies"][0]["id"], 2);
  EXPECT_FALSE(list["studies"][0].contains("result"));
  EXPECT_EQ(nlohmann::json::parse(*store_->study(2))["result"]["format"], "x");
  ASSERT_TRUE(store_->remove_study(2));
  EXPECT_EQ(store_->remove_study(2).errors()[0].code, ErrorCode::kNotFound);
  ASSERT_TRUE(store_->remove(1));
  EXPECT_EQ(store_->study(1).errors()[0].code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->studies(1).errors()[0].code, ErrorCode::kNotFound);
  EXPECT_TRUE(store_->study(3));
  reopen();
  EXPECT_EQ(add_study(2), 4) << "ids are not used again";
}

TEST_F(PlanStoreTest, AFileInUseIsRefused) {
  const auto second = PlanStore::open(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.errors()[0].code, ErrorCode::kInconsistent);
}

TEST_F(PlanStoreTest, ADamagedFileIsRefused) {
  for (int k = 0; k < 50; ++k) add("p");
  store_.reset();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 2);
    file << std::string(std::size_t{4096} * 8, 'x');
  }
  const auto damaged = PlanStore::open(path());
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.errors()[0].code, ErrorCode::kUnreadable);
  std::ofstream(path(), std::ios::trunc) << "this is no database at all, but long enough to be one";
  EXPECT_FALSE(PlanStore::open(path()));
}

TEST_F(PlanStoreTest, ManyThreadsAtOnce) {
  add("a");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int k = 0; k < 25; ++k) {
        const auto id = store_->add(entry("t"));
        ASSERT_TRUE(id);
        EXPECT_TRUE(store_->record(*id));
        EXPECT_TRUE(store_->list(10, {}));
        EXPECT_TRUE(k % 5 != 0 || store_->activate(*id));
        EXPECT_NE(store_->active(), nullptr);
        if (t == 0 && k % 2 == 1) static_cast<void>(store_->remove(*id));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace berth::test
