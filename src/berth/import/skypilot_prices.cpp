#include "berth/import/skypilot_prices.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "berth/core/text.h"
#include "berth/document/yaml_text.h"
#include "berth/import/known_form.h"
#include "berth/workload/reading/csv_line.h"
#include "berth/workload/reading/csv_records.h"
#include "berth/workload/reading/row_errors.h"

namespace berth {
namespace {

enum PriceColumn : std::size_t {
  kInstanceType,
  kAcceleratorName,
  kAcceleratorCount,
  kPrice,
  kSpotPrice,
  kRegion,
  kPriceColumns
};
constexpr std::array<const char*, kPriceColumns> kPriceColumnNames = {
    "InstanceType", "AcceleratorName", "AcceleratorCount", "Price", "SpotPrice", "Region"};

/// The dearest box sold, a rack of 72 GPUs, is near 1e3 USD/h.
constexpr double kMostPrice = 1e6;
constexpr double kMostCount = 4096;

/// SkyPilot's names that say less than the catalog's.
std::string_view catalog_gpu(std::string_view name) {
  return name == "A100" ? "A100-40GB" : name;  // its 80 GB card is "A100-80GB"
}

/// "2026", "2026-07" or "2026-07-31".
bool is_date(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00";
  if (text.size() != 4 && text.size() != 7 && text.size() != kForm.size()) return false;
  const bool formed = std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
    return form == '0' ? c >= '0' && c <= '9' : c == form;
  });
  const auto within = [&](std::size_t at, long long most) {
    if (!formed || text.size() < at + 2) return formed;
    const long long number = parse_integer(text.substr(at, 2)).value_or(0);
    return number >= 1 && number <= most;
  };
  return within(5, 12) && within(8, 31);
}

/// Names with the number of their rows, as one note.
using RowCounts = std::map<std::string, std::size_t>;

void tell(const RowCounts& counts, std::string_view what, std::vector<std::string>& notes) {
  if (counts.empty()) return;
  std::vector<std::string> words;
  std::size_t rows = 0;
  for (const auto& [name, count] : counts) {
    words.push_back(fmt::format("{} ({})", name, count));
    rows += count;
  }
  notes.push_back(fmt::format("left out {} {} {}: {}", rows, rows == 1 ? "row" : "rows", what,
                              fmt::join(words, ", ")));
}

class PriceListReader {
 public:
  PriceListReader(std::string name, const PriceListOptions& options, const Catalog& catalog)
      : name_(std::move(name)), options_(options), catalog_(catalog), errors_(name_) {}

  Result<PriceList> read(std::string_view content) {
    CsvRecords records(content);
    std::string record;
    static_cast<void>(records.next(record));
    if (Errors errors = read_header(record); !errors.empty()) return errors;
    while (records.next(record)) {
      line_ = records.line();
      if (!trim(record).empty()) read_row(record);
    }
    if (!errors_.empty()) return errors_.take();
    if (Errors errors = unknown_regions(); !errors.empty()) return errors;
    tell_what_is_left_out();
    if (list_.offers.empty()) {
      return Error{ErrorCode::kMissing,
                   list_.notes.empty()
                       ? "no price of a GPU in this file"
                       : fmt::format("no offer remains; {}", fmt::join(list_.notes, "; ")),
                   name_,
                   {}};
    }
    return std::move(list_);
  }

 private:
  Errors read_header(const std::string& record) {
    std::vector<std::string> header;
    const std::string where = at_line(name_, 1);
    if (!split_csv(record, header)) {
      return {{ErrorCode::kSyntax, "a quote of the header is not closed", where, {}}};
    }
    columns_ = header.size();
    Errors errors;
    for (std::size_t c = 0; c < kPriceColumns; ++c) {
      const auto found = std::find(header.begin(), header.end(), kPriceColumnNames[c]);
      if (found == header.end()) {
        errors.push_back({ErrorCode::kMissing, fmt::format("no column '{}'", kPriceColumnNames[c]),
                          where, suggest(kPriceColumnNames[c], header)});
        continue;
      }
      position_[c] = static_cast<std::size_t>(found - header.begin());
      if (std::find(found + 1, header.end(), kPriceColumnNames[c]) != header.end()) {
        errors.push_back({ErrorCode::kDuplicate,
                          fmt::format("the column '{}' stands twice", kPriceColumnNames[c]),
                          where,
                          {}});
      }
    }
    return errors;
  }

  [[nodiscard]] const std::string& text(PriceColumn column) const {
    return fields_[position_[column]];
  }

  /// nullopt when empty, or when it is wrong and was complained about.
  std::optional<double> number(PriceColumn column, double most) {
    const std::string& field = text(column);
    if (field.empty() || to_lower(field) == "nan") return std::nullopt;
    const std::optional<double> value = parse_number(field);
    if (!value) {
      errors_.add(
          line_, ErrorCode::kWrongType,
          fmt::format("{}: expected a number, found '{}'", kPriceColumnNames[column], field));
    } else if (*value < 0.0 || *value > most) {
      errors_.add(
          line_, ErrorCode::kOutOfRange,
          fmt::format("{}: expected 0 to {:g}, found {}", kPriceColumnNames[column], most, field));
      return std::nullopt;
    }
    return value;
  }

  void read_row(const std::string& record) {
    if (!split_csv(record, fields_)) {
      errors_.add(line_, ErrorCode::kSyntax, "a quote is not closed, or text follows it");
      return;
    }
    if (fields_.size() != columns_) {
      errors_.add(
          line_, ErrorCode::kSyntax,
          fmt::format("expected {} fields as in the header, found {}", columns_, fields_.size()));
      return;
    }
    const std::string& region = text(kRegion);
    const std::string& gpu = text(kAcceleratorName);
    const std::optional<double> count = number(kAcceleratorCount, kMostCount);
    PricedInstance offer{region, text(kInstanceType),        {},
                         1,      number(kPrice, kMostPrice), number(kSpotPrice, kMostPrice),
                         line_};
    if (gpu.empty()) return;  // a box without GPUs
    if (std::find(regions_.begin(), regions_.end(), region) == regions_.end()) {
      regions_.push_back(region);
    }
    if (!is_wanted(region) || is_left_out(gpu, count, offer)) return;
    offer.lot = static_cast<int>(*count);
    place(std::move(offer));
  }

  [[nodiscard]] bool is_wanted(const std::string& region) const {
    const auto& wanted = options_.regions;
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), region) != wanted.end();
  }

  /// Counts what cannot be an offer; fills in the GPU of what can. A price of 0 is none: SkyPilot
  /// writes it where it knows no price.
  bool is_left_out(const std::string& gpu, std::optional<double> count, PricedInstance& offer) {
    const std::optional<GpuId> known = catalog_.find_gpu(catalog_gpu(gpu));
    for (std::optional<double>* price : {&offer.on_demand, &offer.spot}) {
      if (*price && **price == 0.0) price->reset();
    }
    const auto leave_out = [&gpu](RowCounts& counts) {
      ++counts[gpu];
      return true;
    };
    if (!known) return leave_out(unknown_gpus_);
    if (!count || *count < 1.0 || *count != std::floor(*count)) return leave_out(fractions_);
    if (offer.instance.empty() || offer.region.empty()) return leave_out(unnamed_);
    if (!offer.on_demand && !offer.spot) return leave_out(unpriced_);
    offer.gpu = catalog_.gpu(*known).name;
    return false;
  }

  /// Zones of a region are one offer at the price of the cheapest.
  void place(PricedInstance offer) {
    const auto [found, is_new] =
        index_.try_emplace({offer.region, offer.instance}, list_.offers.size());
    if (is_new) {
      list_.offers.push_back(std::move(offer));
      return;
    }
    PricedInstance& first = list_.offers[found->second];
    if (first.gpu != offer.gpu || first.lot != offer.lot) {
      errors_.add(
          line_, ErrorCode::kInconsistent,
          fmt::format("{} in {} has {} x {}, but {} x {} in line {}", offer.instance, offer.region,
                      offer.lot, offer.gpu, first.lot, first.gpu, first.line));
      return;
    }
    const auto merge = [](std::optional<double>& price, const std::optional<double>& other) {
      if (other && (!price || *other < *price)) price = other;
    };
    merge(first.on_demand, offer.on_demand);
    merge(first.spot, offer.spot);
  }

  [[nodiscard]] Errors unknown_regions() const {
    Errors errors;
    for (const std::string& region : options_.regions) {
      if (std::find(regions_.begin(), regions_.end(), region) != regions_.end()) continue;
      errors.push_back({ErrorCode::kUnknownName,
                        fmt::format("no GPU in a region '{}' of {}", region, name_), "--region",
                        suggest(region, regions_)});
    }
    return errors;
  }

  void tell_what_is_left_out() {
    tell(unknown_gpus_, "of GPUs that the catalog does not know", list_.notes);
    tell(fractions_, "with no whole number of GPUs", list_.notes);
    tell(unnamed_, "of GPUs without an instance type or region", list_.notes);
    tell(unpriced_, "without a price", list_.notes);
  }

  std::string name_;
  const PriceListOptions& options_;
  const Catalog& catalog_;
  RowErrors errors_;
  PriceList list_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;  // of list_.offers
  std::vector<std::string> regions_;
  RowCounts unknown_gpus_, fractions_, unnamed_, unpriced_;
  std::array<std::size_t, kPriceColumns> position_{};
  std::size_t columns_ = 0;
  std::vector<std::string> fields_;  // of the row at hand
  std::uint64_t line_ = 0;
};

Errors check_options(const PriceListOptions& options) {
  Errors errors;
  if (options.cloud.empty()) {
    errors.push_back({ErrorCode::kUsage, "a price list does not say of which cloud it is",
                      "--cloud", "add --cloud NAME, or name a file as SkyPilot does: aws/vms.csv"});
  }
  if (!is_date(options.date)) {
    errors.push_back({ErrorCode::kUsage, "'" + options.date + "' is not a date", "--date",
                      "write the day the prices were read as 2026-01-31, 2026-01 or 2026"});
  }
  return errors;
}

}  // namespace

Result<PriceList> import_skypilot_prices(const std::string& name, std::string_view content,
                                         const PriceListOptions& options, const Catalog& catalog) {
  constexpr std::string_view kForm = "a price list of SkyPilot's catalog (vms.csv)";
  if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
  if (const auto bad = first_invalid_utf8(content)) {
    const auto end = content.begin() + static_cast<std::ptrdiff_t>(*bad);
    const auto line = 1 + std::count(content.begin(), end, '\n');
    return Error{
        ErrorCode::kSyntax, "not valid UTF-8", at_line(name, static_cast<std::uint64_t>(line)), {}};
  }
  const std::string_view header = content.substr(0, content.find('\n'));
  const bool known =
      std::any_of(kPriceColumnNames.begin(), kPriceColumnNames.end(), [&](std::string_view column) {
        return column.size() > 8 && header.find(column) != header.npos;
      });
  if (!known) return wrong_form(name, content, kForm);
  if (Errors errors = check_options(options); !errors.empty()) return errors;
  return PriceListReader(name, options, catalog).read(content);
}

std::string to_yaml(const PriceList& list, const PriceListOptions& options) {
  std::string out = "format: berth.catalog/1\n";
  fmt::format_to(std::back_inserter(out),
                 "source: {{text: {}, date: {}, verified: false}}\noffers:\n",
                 yaml_text("SkyPilot catalog, prices of " + options.cloud), options.date);
  for (const PricedInstance& offer : list.offers) {
    fmt::format_to(std::back_inserter(out),
                   "  - {{cloud: {}, region: {}, instance: {}, gpu: {}, lot: {}",
                   yaml_text(options.cloud), yaml_text(offer.region), yaml_text(offer.instance),
                   yaml_text(offer.gpu), offer.lot);
    if (offer.on_demand) out += ", on_demand: " + shortest(*offer.on_demand);
    if (offer.spot) out += ", spot: " + shortest(*offer.spot);
    out += "}\n";
  }
  return out;
}

}  // namespace berth
