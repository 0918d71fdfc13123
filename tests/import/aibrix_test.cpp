// AIBrix's profiles and loads: what becomes of them, and what is said of bad ones.

#include "berth/import/aibrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/import/aibrix_load.h"
#include "tests/import/import_errors.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::said_by;

constexpr const char* kWindow =
    R"({"meta_v": 3, "meta_interval_sec": 10, "meta_precision": 10, "meta_total_reqs": 40,
        "meta_pending_reqs": 3, "70:60": 15, "90:80": 5})";

std::string profile(const std::string& gpu, const std::string& tputs = "[[8, 4], [2, 1]]",
                    const std::string& indexes = "[[64, 256], [128, 512]]") {
  return R"({"gpu": ")" + gpu + R"(", "cost": 2, "tputs": )" + tputs + R"(, "indexes": )" +
         indexes + R"(, "created": 1.5, "slos": {"percentile": 99}})";
}

Result<ImportedProblem> imported(const std::vector<std::string>& profiles,
                                 const std::vector<std::string>& loads = {kWindow}) {
  std::vector<NamedText> gpus;
  std::vector<NamedText> requests;
  for (const std::string& text : profiles) {
    gpus.push_back({"p" + std::to_string(gpus.size()) + ".json", text});
  }
  for (const std::string& text : loads) {
    requests.push_back({"l" + std::to_string(requests.size()) + ".json", text});
  }
  return import_aibrix(gpus, requests);
}

std::string said_of_load(const std::string& content) {
  const std::vector<NamedText> files = {{"l.json", content}};
  return said_by(read_aibrix_load(files));
}

NamedText sample_text(const std::string& file) {
  const std::string path = std::string(BERTH_SOURCE_DIR) + "/data/import/" + file;
  return {file, *read_file(path)};
}

TEST(ImportAibrix, RowsAreOutputsAndColumnsAreInputs) {
  const Result<ImportedProblem> problem =
      imported({profile("a"), profile("b", "[[16, 8], [4, 0]]")});
  ASSERT_TRUE(problem.ok()) << said_by(problem);
  const InstanceColumns& c = problem->instance.columns();
  // 2^7 = 128 in, 2^6 = 64 out; 2^9 = 512 in, 2^8 = 256 out. 4 requests/s arrive, 3 to 1.
  EXPECT_THAT(c.classes.name, ElementsAre("in128/out64", "in512/out256"));
  EXPECT_THAT(c.options.name, ElementsAre("a", "b"));
  ASSERT_EQ(problem->instance.pair_count(), 3U);
  EXPECT_DOUBLE_EQ(c.pairs.load[*problem->instance.find_pair(ClassId(0), OptionId(0))], 3.0 / 8);
  EXPECT_DOUBLE_EQ(c.pairs.load[*problem->instance.find_pair(ClassId(0), OptionId(1))], 3.0 / 16);
  EXPECT_DOUBLE_EQ(c.pairs.load[*problem->instance.find_pair(ClassId(1), OptionId(0))], 1.0);
  EXPECT_THAT(problem->notes, ElementsAre(HasSubstr("2 of 4 sizes have no requests")));
}

TEST(ImportAibrix, TheSamplesAreAnInstance) {
  const std::vector<NamedText> profiles = {sample_text("aibrix-a10.json"),
                                           sample_text("aibrix-a100.json")};
  const std::vector<NamedText> loads = {sample_text("aibrix-load.json")};
  const Result<ImportedProblem> problem = import_aibrix(profiles, loads);
  ASSERT_TRUE(problem.ok()) << said_by(problem);
  EXPECT_EQ(problem->instance.class_count(), 4U);
  EXPECT_EQ(problem->instance.pair_count(), 7U);  // an A10 cannot serve 2048 in, 1024 out
}

TEST(ImportAibrix, AListOfProfilesInOneFileIsTheSameAsFiles) {
  const Result<ImportedProblem> list = imported({"[" + profile("a") + "," + profile("b") + "]"});
  ASSERT_TRUE(list.ok()) << said_by(list);
  EXPECT_EQ(list->instance.option_count(), 2U);
}

TEST(ImportAibrix, LongerRequestsThanProfiledAreTold) {
  const Result<ImportedProblem> problem =
      imported({profile("a")}, {R"({"meta_precision": 1, "7:6": 3, "12:6": 1})"});
  ASSERT_TRUE(problem.ok()) << said_by(problem);
  EXPECT_THAT(problem->notes, ::testing::Contains(HasSubstr("25 % of the requests are longer")));
}

TEST(ImportAibrix, SaysAllThatIsWrongWithAllFiles) {
  const std::string said =
      said_by(imported({profile("a", "[[8, 4]]"), profile("b", "[[8, -4], [2, 1]]"),
                        profile("c", "[[8, 4], [2, 1]]", "[[64, 32], [128, 512]]"),
                        profile("d", "[[8, 4], [2, 1]]", "[[64, 256]]"), R"({"tputs": [[1]]})",
                        "gpu,cost\n", "{\"gpu\": "},
                       {R"({"meta_v": 3, "1-2": 5})"}));
  EXPECT_THAT(said, HasSubstr("p0.json:1: /tputs: 1 x 2 sizes, but indexes name 2 outputs"));
  EXPECT_THAT(said, HasSubstr("p1.json:1: /tputs/0/1: must be"));
  EXPECT_THAT(said, HasSubstr("p2.json:1: /indexes/0/1: 32 does not come after 64"));
  EXPECT_THAT(said, HasSubstr("p3.json:1: /indexes: expected two lists"));
  EXPECT_THAT(said, HasSubstr("p4.json:1: the key 'gpu' is missing"));
  EXPECT_THAT(said, HasSubstr("p4.json:1: the key 'indexes' is missing"));
  EXPECT_THAT(said, HasSubstr("p5.json: expected a profile of AIBrix"));
  EXPECT_THAT(said, HasSubstr("p6.json:1"));
  EXPECT_THAT(said, HasSubstr("l0.json:1: /1-2: '1-2' is no size"));
}

TEST(ImportAibrix, ProfilesMustGoTogether) {
  EXPECT_THAT(said_by(imported(
                  {profile("a"), profile("b", "[[8, 4], [2, 1]]", "[[64, 256], [128, 1024]]")})),
              HasSubstr("p1.json:1: /indexes: other sizes than in p0.json:1: /indexes"));
  EXPECT_THAT(said_by(imported({profile("a"), profile("a")})),
              HasSubstr("a second profile of 'a'"));
  const Result<ImportedProblem> nobody = imported({profile("a", "[[0, 4], [2, 1]]")});
  ASSERT_FALSE(nobody.ok());
  EXPECT_EQ(nobody.errors().front().code, ErrorCode::kInfeasible);
  EXPECT_THAT(said_by(nobody), HasSubstr("p0.json:1: /tputs/0/0: no GPU serves"));
}

TEST(AibrixLoad, WindowsFollowEachOther) {
  const std::vector<NamedText> files = {{"a", kWindow},
                                        {"b", R"({"meta_interval_sec": 30, "70:60": 20})"}};
  const Result<ObservedLoad> load = read_aibrix_load(files);
  ASSERT_FALSE(load.ok());  // 2^70 tokens: the second window says no precision
  const std::vector<NamedText> good = {
      {"a", kWindow}, {"b", R"({"meta_interval_sec": 30, "meta_precision": 10, "70:60": 20})"}};
  const Result<ObservedLoad> both = read_aibrix_load(good);
  ASSERT_TRUE(both.ok()) << said_by(both);
  EXPECT_DOUBLE_EQ(both->rate, (40.0 + 20.0) / 40.0);
  ASSERT_EQ(both->patterns.size(), 3U);
  EXPECT_DOUBLE_EQ(both->patterns[1].prompt_tokens, 512.0);
  EXPECT_DOUBLE_EQ(both->patterns[1].output_tokens, 256.0);
}

TEST(AibrixLoad, AWindowOfTheFirstVersionIsTenSecondsOfWholeLogarithms) {
  const std::vector<NamedText> files = {{"a", R"({"7:6": 15, "9:8": 5})"}};
  const Result<ObservedLoad> load = read_aibrix_load(files);
  ASSERT_TRUE(load.ok()) << said_by(load);
  EXPECT_DOUBLE_EQ(load->rate, 2.0);
  EXPECT_DOUBLE_EQ(load->patterns.front().prompt_tokens, 128.0);
}

TEST(AibrixLoad, TicksOfTheGeneratorAreInMilliseconds) {
  const std::string lines =
      R"({"timestamp": 0, "requests": [{"prompt": "hi", "prompt_length": 100, "output_length": 20}]})"
      "\n"
      R"({"timestamp": 1000, "requests": [{"prompt_length": 100, "output_length": null},)"
      R"( {"prompt_length": 50, "output_length": 10}]})"
      "\n"
      R"({"timestamp": 2000, "requests": []})";
  const std::vector<NamedText> files = {{"w.jsonl", lines}};
  const Result<ObservedLoad> load = read_aibrix_load(files);
  ASSERT_TRUE(load.ok()) << said_by(load);
  EXPECT_DOUBLE_EQ(load->rate, 1.0);  // 3 requests in 3 ticks of a second
  EXPECT_EQ(load->without_lengths, 1U);
  EXPECT_EQ(load->patterns.size(), 2U);
  const std::vector<NamedText> old = {
      {"w.json",
       R"([{"Timestamp": 0, "Requests": [{"Prompt Length": 8, "Output Length": 4}]},)"
       R"( {"Timestamp": 500, "Requests": [{"Prompt Length": 8, "Output Length": 4}]}])"}};
  const Result<ObservedLoad> list = read_aibrix_load(old);
  ASSERT_TRUE(list.ok()) << said_by(list);
  EXPECT_DOUBLE_EQ(list->rate, 2.0);
}

TEST(AibrixLoad, SaysWhatIsWrong) {
  EXPECT_THAT(said_of_load("{\"meta_v\": 3}"), HasSubstr("no request with its lengths"));
  EXPECT_THAT(said_of_load(profile("a")), HasSubstr("found an AIBrix profile"));
  EXPECT_THAT(said_of_load("a,b\n1,2\n"), HasSubstr("found a table with the columns a,b"));
  EXPECT_THAT(said_of_load(R"({"meta_v": 3, "meta_interval_sec": 0, "7:6": -1, "8:1": "x"})"),
              ::testing::AllOf(HasSubstr("/meta_interval_sec: must be"), HasSubstr("/7:6: must be"),
                               HasSubstr("/8:1: expected a number")));
  EXPECT_THAT(said_of_load(R"({"meta_v": 3, "meta_total_reqs": 0, "7:6": 1})"),
              HasSubstr("none that arrived"));
  EXPECT_THAT(
      said_of_load(R"({"timestamp": 5, "requests": [{"prompt_length": 1, "output_length": 1}]})"),
      HasSubstr("requests of one moment have no rate"));
  EXPECT_THAT(said_of_load(R"({"timestamp": "now", "requests": [{"prompt_length": 0}, 3]})"),
              ::testing::AllOf(HasSubstr("/timestamp: expected a number"),
                               HasSubstr("/requests/0/prompt_length: must be"),
                               HasSubstr("/requests/1: expected a map")));
  EXPECT_THAT(said_by(read_aibrix_load({})), HasSubstr("--load"));
  const std::vector<NamedText> mixed = {
      {"a", kWindow},
      {"b", R"({"timestamp": 5, "requests": [{"prompt_length": 1, "output_length": 1}]})"}};
  EXPECT_THAT(said_by(read_aibrix_load(mixed)), HasSubstr("give the one or the other"));
}

}  // namespace
}  // namespace berth
