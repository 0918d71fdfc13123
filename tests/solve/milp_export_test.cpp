// What `berth export mps|lp` writes means the same to other solvers.

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/instance/instance_json.h"
#include "berth/solve/milp/write_model.h"
#include "tests/support/external_solvers.h"
#include "tests/support/oracle.h"
#include "tests/support/random_instance.h"
#include "tests/support/shared_instances.h"
#include "tests/support/temporary_directory.h"

namespace berth::milp {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::array kFormats = {ModelFormat::kMps, ModelFormat::kLp};
constexpr std::array kSolvers = {ExternalSolver::kHighs, ExternalSolver::kCbc,
                                 ExternalSolver::kGlpk};
constexpr double kAgreement = 1e-6;

std::filesystem::path write(const TemporaryDirectory& directory, ModelFormat format,
                            const std::string& text) {
  const std::filesystem::path path =
      directory.path() / (format == ModelFormat::kMps ? "model.mps" : "model.lp");
  EXPECT_TRUE(write_file(path, text).ok());
  return path;
}

std::string model_text(const Instance& instance, const MilpOptions& options, ModelFormat format) {
  const Result<std::string> text = write_model(instance, options, format);
  if (text) return *text;
  ADD_FAILURE() << to_string(text.errors().front());
  return {};
}

/// The solver's answer to the file is `expected`; nullopt stands for infeasible.
void expect_answer(ExternalSolver solver, const std::filesystem::path& file,
                   std::optional<double> expected) {
  const ExternalAnswer answer = solve_file(solver, file);
  const std::string who = to_string(solver) + ", " + file.filename().string();
  if (!expected) {
    EXPECT_EQ(answer.status, ExternalAnswer::Status::kInfeasible) << who << '\n' << answer.log;
    return;
  }
  ASSERT_EQ(answer.status, ExternalAnswer::Status::kOptimal) << who << '\n' << answer.log;
  EXPECT_NEAR(answer.objective, *expected, kAgreement * std::max(1.0, std::abs(*expected))) << who;
}

std::optional<double> optimum_of(const Instance& instance) {
  const OracleAnswer answer = solve_exactly(instance);
  EXPECT_NE(answer.status, OracleAnswer::Status::kTimeLimit);
  if (answer.status != OracleAnswer::Status::kOptimal) return std::nullopt;
  return answer.objective;
}

/// Every kind of column and row.
Model every_kind() {
  Model model;
  const auto a = model.add_column(1.5, 0, kInfinity, true);
  const auto b = model.add_column(2.25, -kInfinity, kInfinity, false);
  const auto c = model.add_column(-1e-7, -kInfinity, -1, false);
  const auto d = model.add_column(0.1, 3, 3, true);
  const auto unused = model.add_column(0, 0, 7, false);
  const auto f = model.add_column(-1, -5, 4, true);
  model.add_term(a, 1);
  model.add_term(b, 1);
  model.close_row(2.5, kInfinity);
  model.add_term(b, 1);
  model.add_term(c, 1.0 / 3.0);
  model.close_row(-10, 4.5);
  model.add_term(a, -1);
  model.add_term(d, 1);
  model.close_row(-kInfinity, 1);
  model.add_term(a, 1);
  model.add_term(unused, 1);
  model.close_row(-kInfinity, kInfinity);
  model.add_term(f, 2);
  model.add_term(b, -0.5);
  model.close_row(5, 5);
  model.close_row(-kInfinity, 1);
  model.add_term(c, 1);
  model.close_row(-4, kInfinity);
  return model;
}

std::vector<std::string> names(ModelFormat format, std::size_t count, const std::string& letter) {
  return safe_names(format, count, [&](std::size_t i) { return letter + std::to_string(i); });
}

TEST(MilpExport, EveryKindOfColumnAndRowIsRead) {
  const TemporaryDirectory directory;
  const Model model = every_kind();
  // r4 says b = 4 f - 10, so the cost is 1.5 a + 8 f - 22.2 - 1e-7 c. r1 with c <= -1 rules out
  // f = 0, and r0 asks a >= 12.5 - 4 f: a = 9, b = -6, f = 1 and c = -1.
  const double expected = -0.6999999;
  for (const ModelFormat format : kFormats) {
    const auto columns = names(format, model.column_count(), "x");
    const auto rows = names(format, model.row_count(), "r");
    const auto file = write(
        directory, format,
        format == ModelFormat::kMps ? to_mps(model, columns, rows) : to_lp(model, columns, rows));
    for (const ExternalSolver solver : kSolvers) {
      if (is_installed(solver)) expect_answer(solver, file, expected);
    }
  }
}

TEST(MilpExport, NamesAreSafeDifferentAndShort) {
  const std::vector<std::string> raw = {"x[a b,c:bf16@h100 tp1]",
                                        "x[a b,c:bf16@h100 tp1]",
                                        "x[a_b,c:bf16@h100 tp1]",
                                        "e5",
                                        "free",
                                        "cost",
                                        "n_cost",
                                        "",
                                        "1st",
                                        "*note",
                                        "$",
                                        "\xC3\xA9",
                                        "a#7",
                                        std::string(300, 'k'),
                                        std::string(300, 'k'),
                                        "a\nb",
                                        "a\\b"};
  for (const ModelFormat format : kFormats) {
    const auto safe = safe_names(format, raw.size(), [&](std::size_t i) { return raw[i]; });
    ASSERT_EQ(safe.size(), raw.size());
    EXPECT_THAT(std::set<std::string>(safe.begin(), safe.end()), SizeIs(raw.size()));
    EXPECT_THAT(safe,
                Each(SizeIs(::testing::AllOf(::testing::Ge(1U), ::testing::Le(kLongestName)))));
    for (const std::string& name : safe) {
      EXPECT_EQ(name.find_first_of(" \t\n\\*$<>^;!\"'"), std::string::npos) << name;
      EXPECT_TRUE(std::isalpha(static_cast<unsigned char>(name.front()))) << name;
      EXPECT_NE(name, kObjectiveName);
      EXPECT_NE(name, "free");
      EXPECT_NE(name, "e5");
      if (format == ModelFormat::kLp) {
        EXPECT_EQ(name.find_first_of("[]:+-/="), std::string::npos) << name;
      }
    }
  }
}

TEST(MilpExport, NumbersReadBackAsTheSameDouble) {
  Model model;
  const double awkward = 0.1 + 0.2;
  const auto x = model.add_column(awkward, 0, 1e300, false);
  model.add_term(x, 1.0 / 3.0);
  model.close_row(5e-324, kInfinity);
  for (const ModelFormat format : kFormats) {
    const std::string text =
        format == ModelFormat::kMps ? to_mps(model, {"x"}, {"r"}) : to_lp(model, {"x"}, {"r"});
    for (const double number : {awkward, 1e300, 1.0 / 3.0, 5e-324}) {
      EXPECT_THAT(text, HasSubstr(" " + shortest(number))) << text;
    }
  }
}

TEST(MilpExport, NoLineOfLpIsLongerThanReadersTake) {
  Model model;
  std::vector<std::string> columns;
  for (int c = 0; c < 200; ++c) {
    model.add_term(model.add_column(1.0 / 3.0, 0, 1, true), -1.0 / 7.0);
    columns.push_back(std::string(kLongestName - 4, 'x') + std::to_string(c));
  }
  model.close_row(-1.0 / 3.0, 1.0 / 3.0);
  const std::string text = to_lp(model, columns, {std::string(kLongestName, 'r')});
  for (const std::string& line : split(text, '\n')) EXPECT_LE(line.size(), 255U) << line;
}

/// Files of random instances with every feature, against the exact answer.
class MilpExportRandom : public ::testing::TestWithParam<ExternalSolver> {};

TEST_P(MilpExportRandom, AgreesOnTheOptimum) {
  if (!is_installed(GetParam())) {
    GTEST_SKIP() << to_string(GetParam()) << " is not installed: scripts/setup --solvers";
  }
  const TemporaryDirectory directory;
  int optimal = 0;
  int infeasible = 0;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    const RandomShape shape = random_shape(seed, seed % 2 == 0);
    const Instance instance = random_instance(shape, seed);
    const std::optional<double> expected = optimum_of(instance);
    ++(expected ? optimal : infeasible);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + to_string(shape));
    const ModelFormat format = kFormats.at(seed / 2 % 2);
    MilpOptions options;
    options.dominance = seed % 3 == 0;
    options.warm_start = seed % 4 < 2;
    expect_answer(GetParam(), write(directory, format, model_text(instance, options, format)),
                  expected);
  }
  EXPECT_GT(optimal, 10);
  EXPECT_GT(infeasible, 1);
}

INSTANTIATE_TEST_SUITE_P(Solvers, MilpExportRandom, ::testing::ValuesIn(kSolvers),
                         [](const auto& test) { return to_string(test.param); });

class MilpExportKnown : public ::testing::TestWithParam<ExternalSolver> {};

TEST_P(MilpExportKnown, AgreesOnTheOptimum) {
  if (!is_installed(GetParam())) {
    GTEST_SKIP() << to_string(GetParam()) << " is not installed: scripts/setup --solvers";
  }
  const TemporaryDirectory directory;
  std::size_t tried = 0;
  for (const KnownInstance& known : known_instances()) {
    const std::string id = known.name.substr(0, 3);
    if (id != "t1-" && id != "t5-") continue;
    const auto instance = read_instance(known.path);
    ASSERT_TRUE(instance.ok()) << to_string(instance.errors().front());
    SCOPED_TRACE(known.name);
    const ModelFormat format = kFormats.at(tried % 2);
    expect_answer(GetParam(), write(directory, format, model_text(*instance, {}, format)),
                  known.objective);
    ++tried;
  }
  if (tried == 0) GTEST_SKIP() << "the shared instances are not there";
}

INSTANTIATE_TEST_SUITE_P(Solvers, MilpExportKnown, ::testing::ValuesIn(kSolvers),
                         [](const auto& test) { return to_string(test.param); });

}  // namespace
}  // namespace berth::milp
