// Coefficients as a berth.catalog/1 file.

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "berth/calibrate/calibration.h"
#include "berth/core/text.h"

namespace berth {
namespace {

/// Four digits say more than any fit knows.
std::string number_text(double value) { return fmt::format("{:.4g}", value); }

std::string value_text(CoefficientUnit unit, double value) {
  if (unit != CoefficientUnit::kSeconds) return number_text(value);
  const double us = value * 1e6;
  return us >= 5000.0 ? number_text(us * 1e-3) + "ms" : number_text(us) + "us";
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

/// A name as YAML takes it: bare where it can be nothing else.
std::string name_text(const std::string& name) {
  const bool plain = !name.empty() && std::isalpha(static_cast<unsigned char>(name.front())) != 0 &&
                     std::all_of(name.begin(), name.end(), [](unsigned char c) {
                       return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '@';
                     });
  return plain ? name : quoted(name);
}

std::string names_text(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name_text(name);
  return out;
}

std::string source_text(const Source& source) {
  return fmt::format("{{text: {}, date: {}, verified: {}}}", quoted(source.text), source.date,
                     source.verified);
}

void write_map(std::string& out, std::string_view key,
               const std::map<std::string, double, std::less<>>& map) {
  if (map.empty()) return;
  out += fmt::format("    {}:\n", key);
  for (const auto& [name, value] : map) {
    out += fmt::format("      {}: {}\n", name, fmt::format("{:.2g}", value));
  }
}

template <class Owner>
void write_entry(std::string& out, const CoefficientEntry& entry,
                 std::span<const CoefficientField<Owner>> fields) {
  out += fmt::format("  - name: {}\n", name_text(entry.name));
  if (!entry.on.empty()) out += fmt::format("    on: {}\n", name_text(entry.on));
  if (!entry.like.empty()) out += fmt::format("    like: {}\n", name_text(entry.like));
  if (!entry.aliases.empty()) {
    out += fmt::format("    aliases: [{}]\n", names_text(entry.aliases));
  }
  if (entry.watts_per_tflops > 0.0) {
    out += fmt::format("    watts_per_tflops: {}\n", number_text(entry.watts_per_tflops));
  }
  for (const auto& field : fields) {
    const auto value = entry.values.find(field.key);
    if (value == entry.values.end()) continue;
    out += fmt::format("    {}: {}\n", field.key, value_text(field.unit, value->second));
  }
  if (!entry.measured.empty()) {
    out += fmt::format("    measured: [{}]\n", names_text(entry.measured));
  }
  if (entry.rows > 0.0) out += fmt::format("    rows: {:.0f}\n", entry.rows);
  write_map(out, "confidence", entry.confidence);
  write_map(out, "spread", entry.spread);
  out += fmt::format("    source: {}\n", source_text(entry.source));
  if (!entry.note.empty()) out += fmt::format("    note: {}\n", quoted(entry.note));
}

}  // namespace

std::string to_yaml(const Coefficients& coefficients, const std::string& header) {
  std::string out = header + "format: berth.catalog/1\narchitectures:\n";
  for (const CoefficientEntry& entry : coefficients.architectures) {
    write_entry(out, entry, efficiency_fields());
  }
  out += "engines:\n";
  for (const CoefficientEntry& entry : coefficients.engines) {
    write_entry(out, entry, engine_fields());
  }
  return out;
}

void add_usual_spreads(Coefficients& coefficients) {
  constexpr double kHardware = 0.1;
  constexpr double kEngineFactor = 0.3;
  constexpr double kEngineTime = 0.5;
  const auto add = [](CoefficientEntry& entry, std::string_view key, double spread) {
    const auto own = entry.values.find(key);
    if (own == entry.values.end() || !(own->second > 0.0)) return;
    entry.spread.emplace(std::string(key), spread);
  };
  for (CoefficientEntry& entry : coefficients.architectures) {
    for (const auto& field : efficiency_fields()) add(entry, field.key, kHardware);
  }
  for (CoefficientEntry& entry : coefficients.engines) {
    for (const auto& field : engine_fields()) {
      const bool time = field.unit == CoefficientUnit::kSeconds;
      add(entry, field.key, time ? kEngineTime : kEngineFactor);
    }
  }
}

}  // namespace berth
