// A tree into a directory that holds other things as well.

#include "berth/manifest/tree.h"

#include <fstream>

#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "tests/support/temporary_directory.h"

namespace berth {
namespace {

namespace fs = std::filesystem;

class WriteTree : public ::testing::Test {
 protected:
  fs::path directory() const { return root_.path() / "out"; }
  std::string text(const std::string& name) const {
    const auto content = read_file(directory() / name);
    return content ? *content : "(none)";
  }
  void put(const std::string& name, const std::string& content) const {
    ASSERT_TRUE(write_file(directory() / name, content).ok());
  }
  WrittenTree write(const ManifestTree& tree) const {
    const Result<WrittenTree> written = write_tree(tree, directory());
    EXPECT_TRUE(written.ok()) << to_string(written.errors().front());
    return written ? *written : WrittenTree{};
  }

 private:
  testing::TemporaryDirectory root_;
};

TEST_F(WriteTree, WritesChangesAndRemovesItsOwn) {
  WrittenTree first =
      write({{"kustomization.yaml", "k\n"}, {"a/b.yaml", "1\n"}, {"a/c.yaml", "2\n"}});
  EXPECT_EQ(first.written, 3);
  const auto before = fs::last_write_time(directory() / "kustomization.yaml");
  WrittenTree second =
      write({{"kustomization.yaml", "k\n"}, {"a/b.yaml", "new\n"}, {"d.yaml", "4\n"}});
  EXPECT_EQ(second.written, 2);
  EXPECT_EQ(second.unchanged, 1);
  EXPECT_EQ(second.removed, 1);
  EXPECT_EQ(text("a/b.yaml"), "new\n");
  EXPECT_FALSE(fs::exists(directory() / "a/c.yaml"));
  EXPECT_EQ(fs::last_write_time(directory() / "kustomization.yaml"), before);
  EXPECT_FALSE(fs::exists(directory() / ".berth-new"));
}

TEST_F(WriteTree, KeepsWhatIsNotItsOwn) {
  put("README.md", "mine\n");
  put("a/patch.yaml", "mine\n");
  write({{"a/b.yaml", "1\n"}});
  WrittenTree last = write({});
  EXPECT_EQ(last.removed, 1);
  EXPECT_EQ(text("README.md"), "mine\n");
  EXPECT_EQ(text("a/patch.yaml"), "mine\n");
  EXPECT_FALSE(fs::exists(directory() / "a/b.yaml"));
}

TEST_F(WriteTree, RemovesFoldersThatItLeavesEmpty) {
  write({{"a/b/c.yaml", "1\n"}, {"z.yaml", "2\n"}});
  write({{"z.yaml", "2\n"}});
  EXPECT_FALSE(fs::exists(directory() / "a"));
}

TEST_F(WriteTree, RefusesToReplaceAnothersFile) {
  put("kustomization.yaml", "mine\n");
  const auto written = write_tree({{"kustomization.yaml", "k\n"}, {"b.yaml", "1\n"}}, directory());
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.errors().size(), 1U);
  EXPECT_EQ(written.errors().front().code, ErrorCode::kInconsistent);
  EXPECT_EQ(text("kustomization.yaml"), "mine\n");
  EXPECT_FALSE(fs::exists(directory() / "b.yaml"));
}

TEST_F(WriteTree, TakesOverAFileThatIsTheSame) {
  put("a.yaml", "1\n");
  EXPECT_EQ(write({{"a.yaml", "1\n"}}).unchanged, 1);
  EXPECT_EQ(write({}).removed, 1);
}

TEST_F(WriteTree, StaysInItsDirectory) {
  for (const std::string path : {"../x", "/tmp/x", "a/../../x", "", ".", "./x", ".berth-files"}) {
    EXPECT_FALSE(write_tree({{path, "1\n"}}, directory()).ok()) << path;
  }
  put(".berth-files", "../victim\n/etc/hostname\n");
  put("../victim", "mine\n");
  EXPECT_EQ(write({}).removed, 0);
  EXPECT_EQ(text("../victim"), "mine\n");
}

TEST_F(WriteTree, IsCompletedAfterAnInterruption) {
  write({{"a.yaml", "1\n"}});
  // As a call leaves it that ended between its list and its files.
  put(".berth-files", "a.yaml\nb.yaml\n");
  put(".berth-new/b.yaml", "half\n");
  put("b.yaml", "2\n");
  WrittenTree next = write({{"c.yaml", "3\n"}});
  EXPECT_EQ(next.removed, 2);
  EXPECT_FALSE(fs::exists(directory() / "a.yaml"));
  EXPECT_FALSE(fs::exists(directory() / "b.yaml"));
  EXPECT_FALSE(fs::exists(directory() / ".berth-new"));
}

TEST_F(WriteTree, SaysWhereItCannotWrite) {
  put("file", "x\n");
  EXPECT_FALSE(write_tree({{"a.yaml", "1\n"}}, directory() / "file").ok());
}

TEST(DocumentStream, HoldsTheObjectsAlone) {
  EXPECT_EQ(document_stream({{"a.yaml", "a: 1\n"},
                             {"b/c.yaml", "b: 2\n"},
                             {"d.json", "{}\n"},
                             {"kustomization.yaml", "k\n"}}),
            "a: 1\n---\nb: 2\n");
}

}  // namespace
}  // namespace berth
