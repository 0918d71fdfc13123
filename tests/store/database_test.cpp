#include "berth/store/database.h"

#include <array>
#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace berth::test {
namespace {

constexpr std::array<std::string_view, 1> kFirst = {
    "CREATE TABLE things(id INTEGER PRIMARY KEY, name TEXT NOT NULL, size REAL);"};
constexpr std::array<std::string_view, 2> kSecond = {
    kFirst[0], "ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'grey';"};

using berth::testing::TemporaryDirectory;

class DatabaseTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "deep/things.db"; }
  [[nodiscard]] Result<Database> open(std::span<const std::string_view> schema = kFirst) const {
    return Database::open(path(), {schema, "the store"});
  }
  static std::int64_t count(Database& database) {
    const auto rows = database.rows("SELECT count(*) FROM things");
    return rows ? integer_of(rows->front()[0]) : -1;
  }
  static Status add(Database& database, const std::string& name) {
    return database.run("INSERT INTO things(name, size) VALUES(?, ?)",
                        std::array<DatabaseValue, 2>{name, 1.5});
  }

  TemporaryDirectory directory_;
};

TEST_F(DatabaseTest, KeepsWhatItIsGiven) {
  {
    Result<Database> database = open();
    ASSERT_TRUE(database);
    ASSERT_TRUE(add(*database, "a'b;--\n\"c\""));
    EXPECT_EQ(database->last_key(), 1);
  }
  Result<Database> again = open();
  ASSERT_TRUE(again);
  const auto rows = again->rows("SELECT id, name, size, NULL FROM things");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(integer_of(rows->front()[0]), 1);
  EXPECT_EQ(text_of(rows->front()[1]), "a'b;--\n\"c\"");
  EXPECT_EQ(number_of(rows->front()[2]), 1.5);
  EXPECT_FALSE(optional_number(rows->front()[3]));
}

TEST_F(DatabaseTest, AnErrorUndoesTheWholeTransaction) {
  Result<Database> database = open();
  ASSERT_TRUE(database);
  const Status done = database->transact([&]() -> Status {
    if (Status status = add(*database, "one"); !status) return status;
    return database->run("INSERT INTO things(name) VALUES(NULL)");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.errors().front().code, ErrorCode::kUnwritable);
  EXPECT_EQ(count(*database), 0);
  ASSERT_TRUE(database->transact([&] { return add(*database, "two"); }));
  EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, AnExceptionUndoesItToo) {
  Result<Database> database = open();
  ASSERT_TRUE(database);
  EXPECT_THROW(static_cast<void>(database->transact([&]() -> Status {
                 EXPECT_TRUE(add(*database, "a"));
                 throw std::bad_alloc();
               })),
               std::bad_alloc);
  EXPECT_EQ(count(*database), 0);
  EXPECT_TRUE(database->transact([&] { return add(*database, "b"); }));
  EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, GivesRoomBackInSteps) {
  Result<Database> database = open();
  ASSERT_TRUE(database);
  EXPECT_FALSE(*database->shrink(100));
  ASSERT_TRUE(add(*database, std::string(std::size_t{1} << 20, 'x')));
  ASSERT_TRUE(database->run("DELETE FROM things"));
  int steps = 1;
  while (*database->shrink(100)) ++steps;
  EXPECT_GE(steps, 2);
  EXPECT_EQ(integer_of((*database->rows("PRAGMA freelist_count"))[0][0]), 0);
}

TEST_F(DatabaseTest, AnotherProcessIsToldThatItIsTaken) {
  const Result<Database> first = open();
  ASSERT_TRUE(first);
  const Result<Database> second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.errors().front().code, ErrorCode::kInconsistent);
  EXPECT_THAT(second.errors().front().message, ::testing::HasSubstr("in use"));
}

TEST_F(DatabaseTest, OldFilesAreBroughtUpToDateAndNewerOnesRefused) {
  {
    Result<Database> old = open(kFirst);
    ASSERT_TRUE(old);
    ASSERT_TRUE(add(*old, "one"));
  }
  {
    Result<Database> updated = open(kSecond);
    ASSERT_TRUE(updated);
    const auto rows = updated->rows("SELECT colour FROM things");
    ASSERT_TRUE(rows);
    EXPECT_EQ(text_of(rows->front()[0]), "grey");
  }
  const Result<Database> refused = open(kFirst);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.errors().front().message, ::testing::HasSubstr("newer"));
}

TEST_F(DatabaseTest, WhatIsNoDatabaseIsNotTouched) {
  std::filesystem::create_directories(path().parent_path());
  std::ofstream(path()) << "a letter that somebody wrote, long enough to be no empty file";
  const Result<Database> database = open();
  ASSERT_FALSE(database);
  EXPECT_THAT(database.errors().front().message, ::testing::HasSubstr("not a database"));
  std::ifstream letter(path());
  std::string text;
  std::getline(letter, text);
  EXPECT_THAT(text, ::testing::StartsWith("a letter"));
}

/// The child adds pairs of rows, each pair in a transaction, until it is killed.
void add_pairs(const std::filesystem::path& path) {
  Result<Database> database = Database::open(path, {kFirst, "the store"});
  if (!database) _exit(1);
  while (true) {
    const Status done = database->transact([&]() -> Status {
      if (Status status = database->run("INSERT INTO things(name) VALUES('left')"); !status) {
        return status;
      }
      return database->run("INSERT INTO things(name) VALUES('right')");
    });
    if (!done) _exit(1);
  }
}

TEST_F(DatabaseTest, KilledAtAnyMomentItKeepsWholeTransactions) {
  ASSERT_TRUE(open());
  std::int64_t before = 0;
  for (int kill_number = 0; kill_number < 20; ++kill_number) {
    const pid_t child = fork();
    if (child == 0) add_pairs(path());
    usleep(static_cast<useconds_t>(15'000 + 3'571 * kill_number));
    kill(child, SIGKILL);
    int state = 0;
    waitpid(child, &state, 0);
    ASSERT_TRUE(WIFSIGNALED(state)) << "the child ended by itself";
    Result<Database> database = open();
    ASSERT_TRUE(database) << to_string(database.errors().front());
    const std::int64_t now = count(*database);
    EXPECT_EQ(now % 2, 0);
    EXPECT_GE(now, before);
    before = now;
  }
  EXPECT_GT(before, 0);
}

}  // namespace
}  // namespace berth::test
