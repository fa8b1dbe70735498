#include "clustering/run_settings.hpp"

#include <locale>
#include <sstream>
#include <stdexcept>

#include "base/text_fields.hpp"

namespace clustcr {
namespace {

constexpr const char* kMethods[] = {"mcl", "components", "preclusters",
                                    "edges"};

// Whatever the locale, and without loss.
std::string number_to_text(double number) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.precision(17);
  out << number;
  return out.str();
}

double double_from_text(std::string_view text) {
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  double number = 0;
  if (!(in >> number) || in.peek() != std::istringstream::traits_type::eof())
    throw std::invalid_argument("'" + std::string(text) + "' is no number");
  return number;
}

Method method_from_text(std::string_view text) {
  for (int m = 0; m < 4; ++m)
    if (text == kMethods[m]) return static_cast<Method>(m);
  throw std::invalid_argument("there is no method '" + std::string(text) + "'");
}

void set(std::string_view key, std::string_view value, RunSettings* settings) {
  if (key == "method") {
    settings->method = method_from_text(value);
  } else if (key == "inflation") {
    settings->mcl.inflation = double_from_text(value);
  } else if (key == "distance") {
    settings->rule.distance = distance_of_name(value);
  } else if (key == "v_distance") {
    settings->rule.v_distance =
        std::make_shared<GeneDistances>(GeneDistances::from_text(value));
  } else {
    const std::uint64_t number = number_from_text(value);
    if (key == "expansion")
      settings->mcl.expansion = static_cast<int>(number);
    else if (key == "max_distance")
      settings->rule.max_distance = static_cast<int>(number);
    else if (key == "missing_genes_match")
      settings->rule.missing_genes_match = number != 0;
    else if (key == "ambiguous_genes_match")
      settings->rule.ambiguous_genes_match = number != 0;
    else if (key == "weighted")
      settings->weighted = number != 0;
    else if (key == "join")
      settings->join = number != 0;
    else if (key == "singletons")
      settings->singletons = number != 0;
    else if (key == "memory_limit")
      settings->memory_limit = number;
    else if (key == "divide")
      settings->divide = number != 0;
    else
      throw std::invalid_argument("unknown setting '" + std::string(key) + "'");
  }
}

}  // namespace

std::string settings_to_text(const RunSettings& s) {
  std::string text;
  auto add = [&](const char* key, const std::string& value) {
    text += std::string(key) + "\t" + value + "\n";
  };
  auto add_number = [&](const char* key, std::uint64_t value) {
    add(key, std::to_string(value));
  };
  add("method", kMethods[static_cast<int>(s.method)]);
  add("inflation", number_to_text(s.mcl.inflation));
  add_number("expansion", static_cast<std::uint64_t>(s.mcl.expansion));
  add("distance", distance_name(s.rule.distance));
  add_number("max_distance", static_cast<std::uint64_t>(s.rule.max_distance));
  add_number("missing_genes_match", s.rule.missing_genes_match);
  // Runs of before do not have it.
  if (s.rule.ambiguous_genes_match) add_number("ambiguous_genes_match", 1);
  if (s.rule.v_distance) add("v_distance", s.rule.v_distance->to_text());
  if (s.weighted) add_number("weighted", 1);
  add_number("join", s.join);
  add_number("singletons", s.singletons);
  add_number("memory_limit", s.memory_limit);
  add_number("divide", s.divide);
  return text;
}

RunSettings settings_from_text(std::string_view text) {
  RunSettings settings;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = take_field(&rest, '\n');
    const std::string_view key = take_field(&line, '\t');
    set(key, line, &settings);
  }
  // There is one text for them: what is left out, stands twice or is cut to
  // fit a number would be other settings than were meant.
  if (settings_to_text(settings) != text)
    throw std::invalid_argument("it must have each setting once");
  return settings;
}

}  // namespace clustcr
