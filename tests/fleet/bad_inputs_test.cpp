// Every row of tests/data/bad/index.yaml through the library.

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/document/reader.h"
#include "berth/fleet/fleet.h"

namespace berth {
namespace {

namespace fs = std::filesystem;

struct BadInput {
  std::string file;
  int exit_code = 0;
  std::string code;
  std::string where;
  std::string message;
  std::string suggestion;
  std::size_t errors = 1;
};

void PrintTo(const BadInput& input, std::ostream* os) { *os << input.file; }

fs::path folder() { return fs::path(BERTH_SOURCE_DIR) / "tests" / "data" / "bad"; }

std::vector<BadInput> read_index() {
  std::vector<BadInput> inputs;
  const Result<Document> document = read_document(folder() / "index.yaml");
  if (!document) {
    ADD_FAILURE() << to_string(document.errors()[0]);
    return inputs;
  }
  Errors errors;
  MapReader root(*document, errors);
  for (const ValueReader& item : root.list("inputs")) {
    MapReader map(item);
    BadInput input;
    input.file = map.string("file");
    input.exit_code = static_cast<int>(map.integer("exit_code", kAnyNumber));
    input.code = map.string("code");
    input.where = map.string("where");
    input.message = map.string("message");
    input.suggestion = map.string("suggestion", std::string());
    input.errors = static_cast<std::size_t>(map.integer("errors", kPositive, 1));
    map.reject_unknown_keys();
    inputs.push_back(std::move(input));
  }
  root.reject_unknown_keys();
  for (const Error& error : errors) ADD_FAILURE() << to_string(error);
  return inputs;
}

std::string all(const Errors& errors) {
  std::string text;
  for (const Error& error : errors)
    text += fmt::format("{}: {}\n", to_string(error.code), to_string(error));
  return text;
}

class BadFleet : public ::testing::TestWithParam<BadInput> {};

TEST_P(BadFleet, IsRefusedWithAUsefulMessage) {
  const BadInput& expected = GetParam();
  const Result<Fleet> fleet = read_fleet(folder() / expected.file);
  ASSERT_FALSE(fleet.ok());
  const Errors& errors = fleet.errors();
  EXPECT_EQ(errors.size(), expected.errors) << all(errors);
  EXPECT_EQ(exit_status(errors), expected.exit_code);
  const bool told = std::any_of(errors.begin(), errors.end(), [&](const Error& error) {
    return to_string(error.code) == expected.code &&
           error.where.find(expected.where) != std::string::npos &&
           error.message.find(expected.message) != std::string::npos &&
           error.suggestion.find(expected.suggestion) != std::string::npos;
  });
  EXPECT_TRUE(told) << "expected " << expected.code << ": " << expected.where << ": "
                    << expected.message << "; " << expected.suggestion << "\ngot\n"
                    << all(errors);
}

INSTANTIATE_TEST_SUITE_P(Index, BadFleet, ::testing::ValuesIn(read_index()), [](const auto& row) {
  std::string name = row.param.file;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

TEST(BadFleets, TableIsLongEnoughAndHasEveryFile) {
  const std::vector<BadInput> inputs = read_index();
  EXPECT_GE(inputs.size(), 40U);
  std::set<std::string> listed;
  for (const BadInput& input : inputs) EXPECT_TRUE(listed.insert(input.file).second) << input.file;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder())) {
    const std::string name = entry.path().filename().string();
    if (name == "index.yaml") continue;
    EXPECT_TRUE(listed.contains(name)) << name << " has no row in index.yaml";
  }
}

TEST(BadFleets, UnreadableFileSaysWhy) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads every file";
  const fs::path path =
      fs::temp_directory_path() / fmt::format("berth-unreadable-{}.yaml", ::getpid());
  ASSERT_TRUE(write_file(path, "format: berth.fleet/1\n").ok());
  fs::permissions(path, fs::perms::none);
  const Result<Fleet> fleet = read_fleet(path);
  fs::remove(path);
  ASSERT_FALSE(fleet.ok());
  EXPECT_EQ(fleet.errors()[0].code, ErrorCode::kUnreadable);
}

}  // namespace
}  // namespace berth
