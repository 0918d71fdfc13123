#include "berth/plan/solution_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

SolutionFile sample() {
  SolutionFile file;
  file.method = "gh";
  file.status = "feasible";
  file.solution.replicas = {0, 3, 12};
  file.solution.boxes = {1, 0};
  file.solution.routes = {{ClassId(0), OptionId(1), 1.0 / 3.0}, {ClassId(1), OptionId(2), 1.0}};
  file.solution.unmet = {0.25, 0.0};
  file.claims.objective = CostRate::micro_usd_per_hour(55'040'001);
  file.claims.lower_bound = 50.0;
  file.solve_seconds = 0.1;
  return file;
}

std::string errors_of(const std::string& text) {
  const Result<SolutionFile> file = parse_solution("s.json", text);
  std::string all;
  if (file) return all;
  for (const Error& error : file.errors()) all += to_string(error) + "\n";
  return all;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(SolutionJson, ReadsBackTheSame) {
  const SolutionFile file = sample();
  const Result<SolutionFile> read = parse_solution("s.json", to_json(file));
  ASSERT_TRUE(read.ok()) << to_string(read.errors().front());
  EXPECT_EQ(read->solution, file.solution);
  EXPECT_EQ(read->claims.objective, file.claims.objective);
  EXPECT_EQ(read->claims.lower_bound, file.claims.lower_bound);
  EXPECT_EQ(read->method, file.method);
  EXPECT_EQ(read->status, file.status);
  EXPECT_EQ(read->solve_seconds, file.solve_seconds);
  EXPECT_EQ(to_json(*read), to_json(file));
  EXPECT_THAT(check_claims(*read), IsEmpty());
}

TEST(SolutionJson, WithoutASolutionEverythingIsEmptyOrNull) {
  SolutionFile file;
  file.method = "gh";
  file.status = "infeasible";
  const std::string json = to_json(file);
  EXPECT_THAT(json, HasSubstr("\"objective\":null"));
  EXPECT_THAT(json, HasSubstr("\"gap\":null"));
  const Result<SolutionFile> read = parse_solution("s.json", json);
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->claims.objective.has_value());
  EXPECT_THAT(check_claims(*read), IsEmpty());
}

TEST(SolutionJson, NoPlanIsNotTakenForAProofThatThereIsNone) {
  SolutionFile file;
  file.method = "gh";
  file.status = "infeasible";
  file.detail = "class 'a': 1 of its demand is not served";
  EXPECT_THAT(to_json(file), HasSubstr("\"status\":\"infeasible\",\n \"proven\":false"));
  file.proven = true;
  const Result<SolutionFile> read = parse_solution("s.json", to_json(file));
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->proven);
  EXPECT_EQ(read->detail, file.detail);
  // Files written before the member was there.
  const Result<SolutionFile> older =
      parse_solution("s.json", replaced(to_json(file), " \"proven\":true,\n", ""));
  ASSERT_TRUE(older.ok());
  EXPECT_FALSE(older->proven);
}

// Sums of costs that an instance may have.
TEST(SolutionJson, LargeCostsSurviveExactly) {
  Random random(12);
  SolutionFile file = sample();
  for (int k = 0; k < 2000; ++k) {
    const double usd = (0.5 + 0.49999 * random.uniform()) * CostRate::kMaxTotalUsdPerHour;
    file.claims.objective = CostRate::usd_per_hour(usd);
    const Result<SolutionFile> read = parse_solution("s.json", to_json(file));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->claims.objective, file.claims.objective);
  }
}

TEST(SolutionJson, RandomSharesSurvive) {
  Random random(11);
  SolutionFile file = sample();
  file.solution.routes.clear();
  for (int k = 0; k < 5000; ++k) {
    file.solution.routes.push_back({ClassId(k), OptionId(k), random.uniform()});
  }
  const Result<SolutionFile> read = parse_solution("s.json", to_json(file));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->solution, file.solution);
}

TEST(SolutionJson, ReportsAllErrorsWithPointers) {
  std::string text = to_json(sample());
  text = replaced(text, "berth.solution/1", "berth.solution/9");
  text = replaced(text, "\"feasible\"", "\"feasable\"");
  text = replaced(text, "[0,3,12]", "[0,3.5,\"x\"]");
  text = replaced(text, "\"boxes\"", "\"boxs\"");
  text = replaced(text, "\"unmet\":[0.25,0]", "\"unmet\":7");
  text = replaced(text, "55.040001", "1e12");
  const std::string errors = errors_of(text);
  for (const char* part :
       {"s.json: /format", "did you mean 'feasible'?", "/replicas/1: expected a whole number",
        "/replicas/2: expected a whole number, found a string", "/boxs: unknown key",
        "did you mean 'boxes'?", "/boxes: 'boxes' is missing", "/unmet: expected a list",
        "/objective: must be below"}) {
    EXPECT_THAT(errors, HasSubstr(part));
  }
}

TEST(SolutionJson, ColumnsMustAgree) {
  EXPECT_THAT(errors_of(replaced(to_json(sample()), "\"option\":[1,2]", "\"option\":[1]")),
              HasSubstr("columns differ in length: class 2, option 1, share 2"));
}

TEST(SolutionJson, NumbersOutOfRangeAreErrors) {
  const std::string text = to_json(sample());
  EXPECT_THAT(errors_of(replaced(text, "[0,3,12]", "[0,3,3000000000]")), HasSubstr("/replicas/2"));
  EXPECT_THAT(errors_of(replaced(text, "\"option\":[1,2]", "\"option\":[1,-2]")),
              HasSubstr("/routes/option/1"));
  EXPECT_THAT(errors_of(replaced(text, "[0,3,12]", "[0,3,99999999999999999999]")),
              HasSubstr("/replicas/2"));
  EXPECT_THAT(errors_of(replaced(text, "0.25", "1e999")), HasSubstr("too large"));
}

TEST(SolutionJson, ManyBrokenEntriesAreCounted) {
  std::string column = "[";
  for (int k = 0; k < 1000; ++k) column += k == 0 ? "\"x\"" : ",\"x\"";
  const Result<SolutionFile> file =
      parse_solution("s.json", replaced(to_json(sample()), "[0,3,12]", column + "]"));
  ASSERT_FALSE(file.ok());
  EXPECT_THAT(file.errors(), SizeIs(11));
  EXPECT_THAT(to_string(file.errors().back()), HasSubstr("990 more"));
}

TEST(SolutionJson, SyntaxErrorsNameTheLine) {
  const std::string text = to_json(sample());
  EXPECT_THAT(errors_of(text.substr(0, text.size() / 2)), HasSubstr("s.json:"));
  EXPECT_THAT(errors_of("{\n\n  oops}"), HasSubstr("s.json:3"));
  EXPECT_FALSE(errors_of("").empty());
  EXPECT_THAT(errors_of("[1]"), HasSubstr("expected a map"));
}

TEST(SolutionJson, ClaimsAreCheckedAgainstEachOther) {
  const auto claims_of = [](const std::string& text) {
    const Result<SolutionFile> file = parse_solution("s.json", text);
    EXPECT_TRUE(file.ok());
    return check_claims(*file);
  };
  const std::string text = to_json(sample());
  EXPECT_THAT(claims_of(text), IsEmpty());
  EXPECT_THAT(claims_of(replaced(text, "\"gap\":0.0", "\"gap\":0.1")), SizeIs(1));
  EXPECT_THAT(claims_of(replaced(text, "\"lower_bound\":50", "\"lower_bound\":null")), SizeIs(1));
  EXPECT_THAT(claims_of(replaced(text, "\"feasible\"", "\"optimal\"")), SizeIs(1));
  EXPECT_THAT(claims_of(replaced(text, "\"feasible\"", "\"infeasible\"")), SizeIs(1));
}

TEST(Gap, FollowsItsFormula) {
  EXPECT_EQ(gap_of(CostRate::usd_per_hour(100.0), 75.0), 0.25);
  EXPECT_EQ(gap_of(CostRate(), 0.0), 0.0);
  EXPECT_EQ(gap_of(std::nullopt, 1.0), std::nullopt);
  EXPECT_EQ(gap_of(CostRate(), std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace berth
