// berth completion bash|zsh|fish: generated from the commands themselves, so it cannot go stale.

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "berth/core/text.h"

namespace berth::cli {
namespace {

struct Command {
  std::string path;                ///< "workload fit"; empty for berth itself
  std::vector<std::string> words;  ///< subcommands and long flags
};

void collect(const CLI::App& app, const std::string& path, std::vector<Command>& commands) {
  Command command{path, {}};
  const auto every = [](const CLI::App*) { return true; };
  for (const CLI::App* child : app.get_subcommands(every))
    command.words.push_back(child->get_name());
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) command.words.push_back("--" + name);
    if (option->get_lnames().empty()) {
      for (const std::string& name : option->get_snames()) command.words.push_back("-" + name);
    }
  }
  commands.push_back(std::move(command));
  for (const CLI::App* child : app.get_subcommands(every)) {
    collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(), commands);
  }
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

/// The words of the command line that are not flags choose the row; files complete as well.
std::string bash(const std::vector<Command>& commands) {
  std::string script =
      "_berth() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" word words\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$word\" in -*) ;; *) case \"$path $word\" in\n";
  std::vector<std::string> patterns;
  for (const Command& command : commands) {
    if (!command.path.empty()) patterns.push_back(fmt::format("\" {0}\"", command.path));
  }
  script += fmt::format("      {}) path=\"$path $word\" ;;\n    esac ;; esac\n  done\n",
                        fmt::join(patterns, "|"));
  script += "  case \"${path# }\" in\n";
  for (const Command& command : commands) {
    script += fmt::format("    \"{}\") words=\"{}\" ;;\n", command.path, joined(command.words));
  }
  script +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\") $(compgen -f -- \"$current\"))\n"
      "}\n"
      "complete -o filenames -F _berth berth\n";
  return script;
}

std::string zsh(const std::vector<Command>& commands) {
  return "#compdef berth\nautoload -U +X bashcompinit && bashcompinit\n" + bash(commands);
}

std::string fish(const std::vector<Command>& commands) {
  std::string script;
  for (const Command& command : commands) {
    const std::vector<std::string> parts = split(command.path, ' ');
    std::string condition = "__fish_use_subcommand";
    if (!command.path.empty()) {
      condition.clear();
      for (const std::string& part : parts) {
        condition += (condition.empty() ? "" : "; and ") +
                     fmt::format("__fish_seen_subcommand_from {}", part);
      }
    }
    for (const std::string& word : command.words) {
      const std::string kind = word.starts_with("--")  ? "-l " + word.substr(2)
                               : word.starts_with("-") ? "-s " + word.substr(1)
                                                       : "-a " + word;
      script += fmt::format("complete -c berth -n '{}' {}\n", condition, kind);
    }
  }
  return script;
}

int run_completion(const std::vector<Command>& commands, const std::string& shell,
                   Session& session) {
  if (shell == "bash") return deliver(session, "", bash(commands), "the completion");
  if (shell == "zsh") return deliver(session, "", zsh(commands), "the completion");
  return deliver(session, "", fish(commands), "the completion");
}

}  // namespace

void add_completion(CLI::App& app, Session& session) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print the completion script of a shell");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, &app, &session] {
    session.run = [shell, &app, &session] {
      std::vector<Command> commands;
      collect(app, "", commands);
      return run_completion(commands, *shell, session);
    };
  });
}

}  // namespace berth::cli
