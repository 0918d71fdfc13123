#include <fmt/format.h>

#include "berth/catalog/entry_reader.h"
#include "berth/core/text.h"

namespace berth::catalog_draft {
namespace {

enum class Kind { kArchitecture, kEngine };

struct Section {
  Kind kind = Kind::kArchitecture;
  std::string_view one;  ///< "engine"
  std::vector<CoefficientEntry>* entries = nullptr;
  std::map<std::string, Places, std::less<>>* places = nullptr;  ///< engines: of each, by id
};

/// The values of `fields` that the entry states, into `values`.
template <class Owner>
void read_values(EntryReader& reader, std::span<const CoefficientField<Owner>> fields,
                 CoefficientEntry& entry) {
  for (const auto& field : fields) {
    const auto value = reader.find(field.key);
    if (!value) continue;
    const Range range{.min = field.min, .max = field.max};
    std::optional<double> read;
    if (field.unit == CoefficientUnit::kSeconds) {
      if (const auto seconds = value->duration(range)) read = seconds->value;
    } else {
      read = value->number(range);
    }
    if (read) entry.values.insert_or_assign(std::string(field.key), *read);
  }
}

template <class Owner>
bool has_field(std::span<const CoefficientField<Owner>> fields, std::string_view key) {
  for (const auto& field : fields) {
    if (field.key == key) return true;
  }
  return false;
}

/// {compute: 0.03, ..}: a spread of logarithms by field.
void read_spreads(EntryReader& reader, std::string_view name, Kind kind,
                  std::map<std::string, double, std::less<>>& spreads) {
  const auto value = reader.find(name);
  if (!value) return;
  MapReader map(*value);
  for (const auto& [key, item] : map.entries()) {
    const bool known = kind == Kind::kEngine ? has_field(engine_fields(), key)
                                             : has_field(efficiency_fields(), key);
    if (!known) {
      item.fail(ErrorCode::kUnknownKey, fmt::format("'{}' is no coefficient", key));
      continue;
    }
    if (const auto number = item.number({.min = 0.0, .max = 10.0, .exclusive_min = true})) {
      spreads.insert_or_assign(key, *number);
    }
  }
}

void read_like(EntryReader& reader, const Section& section, CoefficientEntry& entry) {
  const auto value = reader.find("like");
  if (!value) return;
  const auto name = value->string();
  if (!name) return;
  std::vector<std::string> known;
  for (const CoefficientEntry& other : *section.entries) {
    if (other.id() == entry.id()) break;  // only entries before it, so that no circle can close
    known.push_back(other.id());
    if (to_lower(other.id()) == to_lower(*name)) {
      entry.like = other.id();
      return;
    }
  }
  value->fail(ErrorCode::kUnknownName,
              fmt::format("no {} '{}' stands before this one", section.one, *name),
              suggest(*name, known));
}

CoefficientEntry& entry_of(const Section& section, const std::string& name, const std::string& on,
                           bool& is_new) {
  CoefficientEntry fresh;
  fresh.name = name;
  fresh.on = on;
  for (CoefficientEntry& entry : *section.entries) {
    if (to_lower(entry.id()) == to_lower(fresh.id())) {
      is_new = false;
      return entry;
    }
  }
  is_new = true;
  return section.entries->emplace_back(std::move(fresh));
}

void read_entry(const ValueReader& item, const FileContext& file, const Section& section) {
  MapReader names(item);
  const std::string name = names.string("name");
  const std::string on =
      section.kind == Kind::kEngine ? names.optional_string("on").value_or("") : "";
  if (name.empty()) return;
  bool is_new = false;
  CoefficientEntry& entry = entry_of(section, name, on, is_new);
  Places unused;
  Places& places = section.places == nullptr ? unused : (*section.places)[to_lower(entry.id())];
  EntryReader reader(item, file, places);
  std::string written;
  reader.text("name", written);
  read_like(reader, section, entry);
  if (section.kind == Kind::kEngine) {
    reader.text("on", written);
    reader.aliases(entry.aliases);
    read_values(reader, engine_fields(), entry);
  } else {
    read_values(reader, efficiency_fields(), entry);
    reader.number("watts_per_tflops", kNotNegative, entry.watts_per_tflops);
  }
  if (reader.find("measured")) entry.measured = reader.map().strings("measured");
  reader.number("rows", kNotNegative, entry.rows);
  read_spreads(reader, "confidence", section.kind, entry.confidence);
  read_spreads(reader, "spread", section.kind, entry.spread);
  reader.source("source", is_new, entry.source);
  reader.text("note", entry.note);
  reader.finish();
}

void read_section(MapReader& root, std::string_view key, const FileContext& file,
                  const Section& section) {
  for (const ValueReader& item : root.list(key)) {
    if (item.is_map()) {
      read_entry(item, file, section);
    } else {
      static_cast<void>(item.map());  // records what was expected
    }
  }
}

}  // namespace

void read_coefficients(MapReader& root, const FileContext& file, CatalogDraft& draft) {
  read_section(root, "architectures", file,
               {Kind::kArchitecture, "architecture", &draft.coefficients.architectures, nullptr});
  read_section(root, "engines", file,
               {Kind::kEngine, "engine", &draft.coefficients.engines, &draft.engine_places});
}

}  // namespace berth::catalog_draft
