#include "berth/workload/reading/columns.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

constexpr std::array kRequired = {TraceRole::kTimestamp, TraceRole::kPrompt, TraceRole::kOutput};
constexpr std::size_t kShownColumns = 12;

class Layouter {
 public:
  Layouter(TraceSyntax syntax, std::span<const std::string> header, const ColumnMap& map,
           const std::string& where)
      : syntax_(syntax), header_(header), map_(map), where_(where) {
    for (const std::string& name : header) names_.push_back(to_lower(trim(name)));
  }

  Result<TraceLayout> run() {
    TraceLayout layout;
    layout.format = &recognise(syntax_, names_);
    for (std::size_t role = 0; role < kTraceRoles; ++role) {
      place(static_cast<TraceRole>(role), layout);
    }
    if (!errors_.empty()) return errors_;
    std::vector<TraceRole> missing;
    for (const TraceRole role : kRequired) {
      if (!layout.columns.find(role)) missing.push_back(role);
    }
    if (!missing.empty()) return missing_roles(missing);
    return layout;
  }

 private:
  void place(TraceRole role, TraceLayout& layout) {
    const auto mapped = std::find_if(map_.columns.begin(), map_.columns.end(),
                                     [&](const auto& entry) { return entry.first == role; });
    if (mapped != map_.columns.end()) {
      place_mapped(role, mapped->second, layout);
      return;
    }
    std::vector<std::string_view> candidates;
    for (const ColumnName& column : layout.format->columns) {
      if (column.role == role && count(column.name) > 0) candidates.push_back(column.name);
    }
    if (candidates.empty()) return;
    if (candidates.size() > 1) {
      errors_.push_back({ErrorCode::kInconsistent,
                         fmt::format("several columns could be the {}: {}", to_string(role),
                                     fmt::join(candidates, ", ")),
                         where_, fmt::format("choose with --map {}=COLUMN", to_string(role))});
      return;
    }
    place_named(role, candidates.front(), layout);
  }

  void place_mapped(TraceRole role, const std::string& column, TraceLayout& layout) {
    // A name in its exact spelling wins over one that differs in case.
    const auto exact = std::find(header_.begin(), header_.end(), column);
    if (exact != header_.end() && std::count(header_.begin(), header_.end(), column) == 1) {
      layout.columns.set(role, static_cast<std::size_t>(exact - header_.begin()));
      return;
    }
    const std::string lower = to_lower(trim(column));
    if (count(lower) > 0) {
      place_named(role, lower, layout);
      return;
    }
    const std::vector<std::string> header(header_.begin(), header_.end());
    errors_.push_back(
        {ErrorCode::kMissing,
         fmt::format("--map {0}={1}: there is no column '{1}'", to_string(role), column), where_,
         suggest(column, header)});
  }

  void place_named(TraceRole role, std::string_view name, TraceLayout& layout) {
    if (count(name) > 1) {
      errors_.push_back(
          {ErrorCode::kDuplicate, fmt::format("column '{}' appears twice", name), where_, {}});
      return;
    }
    const auto found = std::find(names_.begin(), names_.end(), name);
    layout.columns.set(role, static_cast<std::size_t>(found - names_.begin()));
  }

  [[nodiscard]] std::ptrdiff_t count(std::string_view name) const {
    return std::count(names_.begin(), names_.end(), name);
  }

  [[nodiscard]] std::string shown_header() const {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(header_.size(), kShownColumns); ++i) {
      shown.push_back(fmt::format("'{}'", header_[i]));
    }
    if (header_.size() > kShownColumns) {
      shown.push_back(fmt::format("... ({} more)", header_.size() - kShownColumns));
    }
    return fmt::format("{}", fmt::join(shown, ", "));
  }

  Error missing_roles(const std::vector<TraceRole>& missing) const {
    std::vector<std::string> options;
    for (const TraceRole role : missing) {
      options.push_back(fmt::format("--map {}=COLUMN", to_string(role)));
    }
    const std::string suggestion = fmt::format("name them with {}", fmt::join(options, " "));
    if (missing.size() == kRequired.size()) {
      std::vector<std::string> known;
      for (const TraceFormat* format : all_trace_formats()) {
        known.push_back(fmt::format("{} ({})", format->name, format->shape));
      }
      return {ErrorCode::kUnsupported,
              fmt::format(
                  "unknown trace format: the {} {}; known formats are {}",
                  syntax_ == TraceSyntax::kCsv ? "header has the columns" : "lines have the keys",
                  shown_header(), fmt::join(known, "; ")),
              where_, suggestion};
    }
    std::vector<std::string_view> roles;
    for (const TraceRole role : missing) roles.push_back(to_string(role));
    return {ErrorCode::kMissing,
            fmt::format("no column for {}; the columns are {}", fmt::join(roles, " and "),
                        shown_header()),
            where_, suggestion};
  }

  TraceSyntax syntax_;
  std::span<const std::string> header_;
  const ColumnMap& map_;
  const std::string& where_;
  std::vector<std::string> names_;
  Errors errors_;
};

}  // namespace

Result<TraceLayout> lay_out(TraceSyntax syntax, std::span<const std::string> header,
                            const ColumnMap& map, const std::string& where) {
  return Layouter(syntax, header, map, where).run();
}

}  // namespace berth
