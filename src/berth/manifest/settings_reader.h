#pragma once
// Reading of berth.deploy/1 over what is there already. Private to this room.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "berth/document/reader.h"
#include "berth/manifest/settings.h"

namespace berth::manifest {

using KeyTable = std::map<std::string, std::vector<std::string>>;

/// Reads sections; `keys`, if not null, gathers which keys each asks for.
struct SettingsReader {
  DeploySettings& settings;
  KeyTable* keys = nullptr;

  /// The map has been read: what nobody asked for is an error.
  void finish(MapReader& map, const std::string& section) const;
};

// Each leaves `value` as it is where the key is absent. `nullable`: null empties it.
void read_text(MapReader& map, std::string_view key, std::string& value, bool nullable = false);
void read_texts(MapReader& map, std::string_view key, std::vector<std::string>& value);
void read_flag(MapReader& map, std::string_view key, bool& value);
void read_whole(MapReader& map, std::string_view key, int& value, Range range);
void read_number(MapReader& map, std::string_view key, double& value, Range range);
void read_time(MapReader& map, std::string_view key, Seconds& value);
/// Bytes; null: 0.
void read_bytes(MapReader& map, std::string_view key, double& value);
/// One of `known`, else kUnknownName.
void read_word(MapReader& map, std::string_view key, std::string& value,
               const std::vector<std::string>& known);

/// How the keys and values of a table of texts must look.
enum class Form { kLabels, kAnnotations, kEnvironment, kAny };
/// Entries override those there; null removes one.
void read_table(MapReader& map, std::string_view key, Labels& table, Form form);

/// Records what is wrong with a text, where something is.
void expect_label(MapReader& map, std::string_view key, const std::string& value);

// The sections with a file of their own.
void read_engines(MapReader& root, const SettingsReader& reader);
void read_places(MapReader& root, const SettingsReader& reader);
void read_pods(MapReader& root, const SettingsReader& reader);
void read_routing(MapReader& root, const SettingsReader& reader);
void read_scaling(MapReader& root, const SettingsReader& reader);
void read_metrics(MapReader& root, const SettingsReader& reader);

/// The whole file.
void read_settings_file(const Document& document, const SettingsReader& reader, Errors& errors);

}  // namespace berth::manifest
