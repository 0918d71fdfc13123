// The report in a real browser, where one is installed: it renders, says what it should, and the
// console stays silent.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "berth/output/report.h"
#include "berth/output/study_report.h"
#include "tests/output/sample_plans.h"
#include "tests/output/sample_simulation.h"
#include "tests/output/sample_study.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string find_browser() {
  const char* search = std::getenv("PATH");
  std::string path = search != nullptr ? search : "";
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    for (std::size_t at = 0; at <= path.size();) {
      const std::size_t end = std::min(path.find(':', at), path.size());
      const std::string file = path.substr(at, end - at) + "/" + name;
      if (access(file.c_str(), X_OK) == 0) return file;
      at = end + 1;
    }
  }
  return {};
}

struct Rendered {
  bool ran = false;
  std::string dom;
  std::string log;
};

Rendered render(const std::string& browser, const std::string& html, const std::string& name) {
  const std::filesystem::path directory = std::filesystem::temp_directory_path() /
                                          ("berth-report-" + std::to_string(getpid()) + "-" + name);
  std::filesystem::create_directories(directory);
  Rendered result;
  const std::string page = (directory / "report.html").string();
  if (write_file(page, html).ok()) {
    const std::string command =
        "timeout 60 '" + browser +
        "' --headless --no-sandbox --disable-gpu --disable-dev-shm-usage" + " --user-data-dir='" +
        directory.string() + "/profile' --enable-logging=stderr" + " --dump-dom 'file://" + page +
        "' >'" + directory.string() + "/dom' 2>'" + directory.string() + "/log'";
    const int status = std::system(command.c_str());
    result.ran = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (auto dom = read_file(directory / "dom")) result.dom = *dom;
    if (auto log = read_file(directory / "log")) result.log = *log;
  }
  std::error_code ignored;  // leftovers of a browser that is still closing its files do no harm
  std::filesystem::remove_all(directory, ignored);
  return result;
}

TEST(Browser, RendersTheReportWithoutComplaint) {
  const std::string browser = find_browser();
  if (browser.empty()) GTEST_SKIP() << "no Chromium on this machine: the page is not rendered";
  const Rendered page = render(browser, to_html_report(test::sample_plan()), "sample");
  if (!page.ran) GTEST_SKIP() << "Chromium does not start here: " << page.log.substr(0, 500);
  for (const char* part : {"$352.44", "4 of 4", "Cost by deployment", "llama-3.1-70b-h100-sxm-tp8",
                           "id=\"flow-chart-title\"", "</html>"}) {
    EXPECT_THAT(page.dom, HasSubstr(part));
  }
  EXPECT_THAT(page.log, Not(HasSubstr("CONSOLE")));
}

TEST(Browser, RendersAStudyWithoutComplaint) {
  const std::string browser = find_browser();
  if (browser.empty()) GTEST_SKIP() << "no Chromium on this machine: the page is not rendered";
  const Rendered page =
      render(browser, to_html_report(test::sample_study(StudyKind::kScale)), "study");
  if (!page.ran) GTEST_SKIP() << "Chromium does not start here: " << page.log.substr(0, 500);
  for (const char* part : {"Cost and time by size", "id=\"scale-time-title\"", "</html>"}) {
    EXPECT_THAT(page.dom, HasSubstr(part));
  }
  EXPECT_THAT(page.log, Not(HasSubstr("CONSOLE")));
}

TEST(Browser, RendersAReplayWithoutComplaint) {
  const std::string browser = find_browser();
  if (browser.empty()) GTEST_SKIP() << "no Chromium on this machine: the page is not rendered";
  const Rendered page = render(
      browser, to_html_report(test::sample_verification(test::sample_plan(), true)), "replay");
  if (!page.ran) GTEST_SKIP() << "Chromium does not start here: " << page.log.substr(0, 500);
  for (const char* part :
       {"chat holds at 95 % confidence", "id=\"replay-timeline-2-title\"", "Plan 3", "</html>"}) {
    EXPECT_THAT(page.dom, HasSubstr(part));
  }
  EXPECT_THAT(page.log, Not(HasSubstr("CONSOLE")));
}

TEST(Browser, HostileNamesStayText) {
  const std::string browser = find_browser();
  if (browser.empty()) GTEST_SKIP() << "no Chromium on this machine: the page is not rendered";
  const Rendered page = render(browser, to_html_report(test::hostile_plan()), "hostile");
  if (!page.ran) GTEST_SKIP() << "Chromium does not start here: " << page.log.substr(0, 500);
  EXPECT_THAT(page.dom, Not(HasSubstr("<script")));
  EXPECT_THAT(page.log, Not(HasSubstr("CONSOLE")));
}

}  // namespace
}  // namespace berth
